"""VEX in files, directories and repositories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from policing import scanned
from vexing import found, ids, image, openvex, said

from shipworthy.errors import UsageError
from shipworthy.policy.vex import read
from shipworthy.policy.vex.match import apply_vex
from shipworthy.policy.vex.parents import Parents
from shipworthy.policy.vex.read import (
    read_vex,
)


CVE = "CVE-2022-3715"
BASH = "pkg:deb/debian/bash@5.3"
VEX = openvex(said(CVE, [BASH]))


# Places.


def test_a_file_becomes_a_source_with_its_digest(tmp_path: Path) -> None:
    """The result can say which bytes were read."""
    path = tmp_path / "app.vex.json"
    path.write_bytes(VEX)
    (source,) = read_vex(path).sources
    assert source.name == str(path)
    assert source.kind == "vex"
    assert len(source.digest) == len("sha256:") + 64


def test_nothing_there_is_wrong_usage(tmp_path: Path) -> None:
    """The path is named."""
    for path in (tmp_path / "missing", "a\0b", tmp_path):
        with pytest.raises(UsageError, match=r"missing|a.b|no VEX document"):
            read_vex(path)


def test_a_directory_is_read_one_level_deep(tmp_path: Path) -> None:
    """Its own documents, in the order of names; what is no VEX is noted, other files are not looked at."""
    (tmp_path / "b.json").write_bytes(VEX)
    (tmp_path / "a.vex").write_bytes(VEX)
    (tmp_path / "c.json").write_bytes(b"{}")
    (tmp_path / "readme.txt").write_bytes(b"x")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "d.json").write_bytes(VEX)
    found = read_vex(tmp_path)
    assert [Path(one.source).name for one in found.statements] == ["a.vex", "b.json"]
    assert [Path(one.subject).name for one in found.notes] == ["c.json"]


def test_a_link_out_of_the_directory_is_not_followed(tmp_path: Path) -> None:
    """One that stays inside is, as Kubernetes mounts its files."""
    (tmp_path / "out.json").write_bytes(VEX)
    place = tmp_path / "vex"
    (place / "..data").mkdir(parents=True)
    (place / "..data" / "in.json").write_bytes(VEX)
    (place / "in.json").symlink_to("..data/in.json")
    (place / "out.json").symlink_to("../out.json")
    found = read_vex(place)
    assert [Path(one.source).name for one in found.statements] == ["in.json"]
    assert "leads out of the directory" in found.notes[0].message


def _repository(place: Path, *locations: str, document: bytes = VEX) -> None:
    (place / "0.1" / "pkg").mkdir(parents=True)
    (place / "vex-repository.json").write_text('{"name": "test"}')
    (place / "0.1" / "pkg" / "bash.json").write_bytes(document)
    (place / "bash-vex.json").write_bytes(VEX)
    packages = [{"id": "pkg:deb/debian/bash", "location": one} for one in locations]
    (place / "0.1" / "index.json").write_text(json.dumps({"packages": packages}))


def test_a_repository_is_read_by_its_index(tmp_path: Path) -> None:
    """Each document once, however often it is named; given itself or the directory above."""
    _repository(tmp_path / "default", "pkg/bash.json", "./pkg/../pkg/bash.json")
    for path in (tmp_path, tmp_path / "default"):
        assert len(read_vex(path).statements) == 1


@pytest.mark.parametrize(
    "location",
    [
        "../bash-vex.json",
        "/etc/passwd",
        "pkg/../../bash-vex.json",
        "link.json",
        "",
        "a\0b",
    ],
)
def test_a_location_outside_of_the_repository_is_not_read(
    location: str, tmp_path: Path
) -> None:
    """However it leads there; the rest of the repository is."""
    _repository(tmp_path, location, "pkg/bash.json")
    (tmp_path / "0.1" / "link.json").symlink_to("../bash-vex.json")
    found = read_vex(tmp_path)
    assert len(found.statements) == 1
    assert "lies outside of the repository, not read" in found.notes[0].message


def test_repositories_in_an_order_are_asked_in_that_order(tmp_path: Path) -> None:
    """What the first one says counts, whatever is newer or more careful; where it is silent, the next is asked."""
    for name, document in (
        ("vendor", openvex(said(CVE, [BASH]), timestamp="2020-01-01T00:00:00Z")),
        ("other", openvex(said(CVE, [BASH], "under_investigation"), version=2)),
        ("silent", openvex(said("CVE-1", [BASH]))),
    ):
        _repository(tmp_path / name, "pkg/bash.json", document=document)
    for order, gone in (
        (("vendor", "other"), [CVE]),
        (("other", "vendor"), []),
        (("silent", "vendor", "other"), [CVE]),
        (("silent",), []),
        ((), []),
    ):
        read_ = read_vex(tmp_path, order=order).statements
        scan = scanned([found(CVE, BASH)], image=image())
        assert ids(apply_vex(scan.findings, read_, scan, Parents())) == gone
    for wrong in ("missing", "..", "", "vendor/0.1"):
        with pytest.raises(UsageError, match="no VEX repository"):
            read_vex(tmp_path, order=[wrong])


def test_too_many_statements_are_cut_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory of millions does not fill the memory."""
    monkeypatch.setattr(read, "MAX_STATEMENTS", 3)
    for name in "ab":
        (tmp_path / f"{name}.json").write_bytes(openvex(*[said(CVE, [BASH])] * 2))
    found = read_vex(tmp_path)
    assert len(found.statements) == 3
    assert found.notes[-1].message == "only 3 statements are held"
