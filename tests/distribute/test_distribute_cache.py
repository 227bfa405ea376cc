"""The cache over weeks: what goes, what stays, and several processes with different references at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakeregistry import FakeRegistry, Fault, fake_registry
from feedwriter import Feeds, osv
from travelling import (
    NEWER,
    OLDER,
    digest_of,
    image_of,
    scanned,
    told_by,
    two_databases,
)

from shipworthy.advisories.build import build
from shipworthy.advisories.distribute.cache import KEPT
from shipworthy.errors import UnreachableError


DAY = 86400.0


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image that every database here judges."""
    return image_of(tmp_path_factory.mktemp("image"))


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    """An empty registry."""
    with fake_registry() as held:
        yield held


def age(cache: Path, days: float) -> None:
    """Let time pass over everything in a cache."""
    for path in cache.glob("databases/*/*"):
        stamp = path.stat().st_mtime - days * DAY
        os.utime(path, (stamp, stamp))


def files(cache: Path) -> set[Path]:
    """All that is kept."""
    return {path for path in cache.glob("databases/*/*") if path.is_file()}


def silence(fake: FakeRegistry) -> None:
    """Let the registry answer nobody."""
    fake.faults, fake.forever = {"": [Fault(status=503)]}, True


def test_a_new_database_every_day(
    fake: FakeRegistry, image: Path, tmp_path: Path
) -> None:
    """Scans alone keep the cache within so many databases, and the last one is whole."""
    cache, feeds = tmp_path / "cache", Feeds(tmp_path / "feeds")
    feeds.root.mkdir()
    sizes = []
    for day in range(12):
        django = osv("PYSEC-2019-16", "PyPI", "django", fixed="2.2.4", summary=str(day))
        feeds.osv_files("PyPI", django)
        fake.hold(build_in(feeds, tmp_path / "db"))
        scanned(image, f"oci://{fake.host}/a/db", cache)
        sizes.append(len(files(cache)))
        age(cache, 3)
    assert max(sizes) == sizes[-1] == sizes[KEPT + 1]
    silence(fake)
    result = scanned(image, f"oci://{fake.host}/a/db", cache)
    assert digest_of(tmp_path / "db") == result.database.digest


def build_in(feeds: Feeds, directory: Path) -> Path:
    """Build, and give the directory."""
    build(feeds.root, directory)
    return directory


def test_what_a_reference_names_stays(
    fake: FakeRegistry, image: Path, tmp_path: Path
) -> None:
    """Neither a month without a scan nor another reference's fetch takes away what a scan without a network needs."""
    older, newer = two_databases(tmp_path / "two")
    cache = tmp_path / "cache"
    fake.hold(older, "old")
    fake.hold(newer, "new")
    scanned(image, f"oci://{fake.host}/a/db:old", cache)
    age(cache, 30)
    scanned(image, f"oci://{fake.host}/a/db:new", cache)
    silence(fake)
    for tag, ids in (("old", OLDER), ("new", NEWER)):
        assert ids == told_by(scanned(image, f"oci://{fake.host}/a/db:{tag}", cache))


def test_what_nobody_asks_for_any_more_goes(
    fake: FakeRegistry, image: Path, tmp_path: Path
) -> None:
    """A reference that nobody used for ninety days, its shards, and what a killed fetch left."""
    older, newer = two_databases(tmp_path / "two")
    cache = tmp_path / "cache"
    fake.hold(older, "old")
    scanned(image, f"oci://{fake.host}/a/db:old", cache)
    (cache / "databases/shards/.new-killed").write_bytes(b"x" * 1000)
    (cache / "databases/names/.new-killed").write_bytes(b"x")
    age(cache, 91)
    (cache / "databases/shards/.new-running").write_bytes(b"x")
    before = files(cache)
    fake.hold(newer, "new")
    scanned(image, f"oci://{fake.host}/a/db:new", cache)
    left = {path.name for path in before & files(cache)}
    assert ".new-running" in left
    assert not [name for name in left if "killed" in name]
    assert f"{digest_of(older).replace(':', '-')}.json" not in left
    silence(fake)
    with pytest.raises(UnreachableError):
        scanned(image, f"oci://{fake.host}/a/db:old", cache)
    assert NEWER == told_by(scanned(image, f"oci://{fake.host}/a/db:new", cache))


def test_what_is_being_read_stays(
    fake: FakeRegistry, image: Path, tmp_path: Path
) -> None:
    """What a scan has just found in the cache is not taken from it by another's pruning, even where no reference names it."""
    from shipworthy.advisories.distribute.cache import Cache
    from shipworthy.advisories.index import load_index

    older, _ = two_databases(tmp_path / "two")
    cache = tmp_path / "cache"
    fake.hold(older)
    scanned(image, f"oci://{fake.host}/a/db", cache)
    age(cache, 91)
    held = Cache(cache / "databases")
    shard = load_index(older).shards["pypi"]
    assert held.has(shard)
    held.prune(lambda _: ())
    assert held.shard(shard).exists()
    assert 1 == len(files(cache))


def test_different_references_at_once(
    fake: FakeRegistry, image: Path, tmp_path: Path
) -> None:
    """Scans by an older and a newer database side by side in one old cache each get their own."""
    older, newer = two_databases(tmp_path / "two")
    cache = tmp_path / "cache"
    fake.hold(older, "old")
    fake.hold(newer, "new")
    scanned(image, f"oci://{fake.host}/a/db:old", cache)
    age(cache, 91)
    command = [sys.executable, "-m", "shipworthy", "scan", str(image), "-q"]
    command += ["-o", "json", "--allow-partial", "--db"]
    running = [
        subprocess.Popen(
            [*command, f"oci://{fake.host}/a/db:{tag}"],
            env={**os.environ, "SHIPWORTHY_CACHE_DIR": str(cache)},
            stdout=subprocess.PIPE,
        )
        for tag in ("old", "new") * 3
    ]
    for number, process in enumerate(running):
        out, _ = process.communicate(timeout=60)
        assert 0 == process.returncode
        wanted = digest_of((older, newer)[number % 2])
        assert wanted.encode() in out
    assert not list(cache.glob("databases/*/.new-*"))
    assert time.time() - max(p.stat().st_mtime for p in files(cache)) < DAY
