"""Catalogers are loaded when a layer is to be read; who they are is known before, and is what they say themselves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from shipworthy import scan
from shipworthy.catalogers.known import KNOWN
from shipworthy.contents import read_contents
from shipworthy.extensions import places
from shipworthy.layers.select import Selector
from shipworthy.readers import Readers


_OURS = "shipworthy.catalogers.alpm"
_LOADED = """
import sys
from shipworthy import scan
scan(sys.argv[1], db=sys.argv[2], cache_dir=sys.argv[3])
print(sorted(name for name in sys.modules if name in sys.argv[4:]))
"""


def test_what_is_known_of_ours_is_what_they_say() -> None:
    """Name and version of each, and none missing: a version that was raised in one of the two places is found here."""
    said = {
        place: (one.name, one.version)
        for place in places("catalogers").values()
        for one in Readers().selector.catalogers
        if f"{type(one).__module__}".startswith(place.partition(":")[0])
        and type(one).__name__ == place.partition(":")[2]
    }
    assert said == KNOWN


def test_records_are_found_by_what_the_loaded_catalogers_make() -> None:
    """The fingerprint is the same before and after loading, and the selector's."""
    readers = Readers()
    before = readers.fingerprint
    assert isinstance(readers.selector, Selector)
    assert before == readers.fingerprint == readers.selector.fingerprint
    assert readers.statuses == ()


def test_a_second_scan_loads_no_cataloger(
    database: Path, target: str, tmp_path: Path
) -> None:
    """All layers known: nothing that reads files is imported; with a new cache it is."""
    modules = [place.partition(":")[0] for place in KNOWN]
    told = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", _LOADED, target, database, tmp_path / "c", *modules],
            capture_output=True,
            text=True,
            check=True,
        )
        told.append(done.stdout.strip())
    assert str(sorted(modules)) == told[0]
    assert told[1] == "[]"


def test_where_one_of_ours_is_broken_it_is_told_and_nothing_is_kept(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the others read must not stand for what all would have read."""
    monkeypatch.setitem(sys.modules, _OURS, None)
    found = read_contents(target, cache_dir=tmp_path / "c")
    assert ["plug-in/catalogers/alpm"] == [one.source for one in found.statuses]
    assert found.memory is None
    assert [] == list(tmp_path.rglob("*.layer"))


def test_a_plug_in_of_somebody_else_is_loaded_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it reads and in which version only it can say: one that fails is told before any layer is read."""
    metadata = tmp_path / "odd-1.dist-info"
    metadata.mkdir()
    points = "[shipworthy.catalogers]\nodd = no_such_module_at_all:x\n"
    (metadata / "entry_points.txt").write_text(points)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1\n")
    known = Readers().fingerprint
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    readers = Readers()
    assert known == readers.fingerprint
    assert ["plug-in/catalogers/odd"] == [one.source for one in readers.statuses]


def test_a_second_scan_is_told_of_a_plug_in_that_fails(
    database: Path, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though everything is known, the scan is partial, as it was the first time."""
    test_a_plug_in_of_somebody_else_is_loaded_at_once(tmp_path, monkeypatch)
    for _ in range(2):
        result = scan(target, db=database, cache_dir=tmp_path / "c")
        assert not result.coverage.complete
        assert "plug-in/catalogers/odd" in {one.source for one in result.statuses}
