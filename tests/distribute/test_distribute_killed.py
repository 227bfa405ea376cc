"""A pull that is killed, at moments that are exact: at a byte of a blob, before each rename."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakeregistry import FakeRegistry, Fault, fake_registry
from travelling import (
    NEWER,
    OLDER,
    digest_of,
    image_of,
    scanned,
    shipworthy,
    told_by,
    two_databases,
)

from shipworthy.errors import UnreachableError


_KILLER = """
import os, signal, sys
count = 0
def hook(event, _):
    global count
    if event in ("os.rename", "tempfile.mkstemp"):
        count += 1
        if count == {moment}:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
"""


class Two:
    """An older and a newer database, the image, and a cache with the older one in it."""

    def __init__(self, directory: Path) -> None:
        self.older, self.newer = two_databases(directory)
        self.image = image_of(directory)
        self.digests = {digest_of(self.older): OLDER, digest_of(self.newer): NEWER}
        self.seeded = directory / "seeded"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    """Built once."""
    return Two(tmp_path_factory.mktemp("two"))


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    """A registry of the test's own."""
    with fake_registry() as fake:
        yield fake


def command(registry: FakeRegistry) -> list[str]:
    """The pull that is killed."""
    program = [sys.executable, "-m", "shipworthy", "db", "pull", "-q"]
    return [*program, "--db", f"oci://{registry.host}/a/db"]


def seed(registry: FakeRegistry, two: Two, cache: Path) -> None:
    """Put the older database into the cache, and the newer one where it came from."""
    registry.hold(two.older)
    done = shipworthy("db", "pull", "--db", f"oci://{registry.host}/a/db", cache=cache)
    assert 0 == done.returncode, done.stderr
    registry.hold(two.newer)


def assert_whole(cache: Path) -> None:
    """Every file under a digest's name has that digest."""
    for path in (cache / "databases").glob("*/sha256-*"):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert path.stem == f"sha256-{digest}"


def assert_one_of_them(two: Two, host: str, cache: Path) -> str:
    """Without an answer a scan judges by the one database or by the other, wholly; gives which."""
    result = scanned(two.image, f"oci://{host}/a/db", cache)
    assert two.digests[result.database.digest] == told_by(result)
    assert any(s.subject == "fetch" for s in result.statuses)
    return result.database.digest


def moments() -> list[tuple[str, int]]:
    """Requests of a pull and the byte of the answer at which it is killed."""
    parts = ["GET /v2/a/db/manifests", "index", "npm", "pypi"]
    return [("HEAD", 0), *((part, at) for part in parts for at in (0, 40, -1))]


@pytest.mark.parametrize(("part", "at"), moments())
def test_killed_at_a_byte(
    part: str, at: int, two: Two, registry: FakeRegistry, tmp_path: Path
) -> None:
    """With an older database in the cache, a scan without the network still works by that one alone."""
    cache = tmp_path / "cache"
    seed(registry, two, cache)
    line = part if part[0].isupper() else f"GET /v2/a/db/blobs/{_blob(registry, part)}"
    length = len(registry.blobs.get(line.rpartition("/")[2], b"")) or 500
    registry.faults[line] = [Fault(cut=at % length, how="stall")]
    with subprocess.Popen(
        command(registry), env={**os.environ, "SHIPWORTHY_CACHE_DIR": str(cache)}
    ) as process:
        assert registry.stalled.wait(20)
        process.send_signal(signal.SIGKILL)
    host = registry.host
    assert_whole(cache)
    registry.faults = {"": [Fault(status=503)]}
    registry.forever = True
    assert digest_of(two.older) == assert_one_of_them(two, host, cache)
    registry.faults = {}
    assert NEWER == told_by(scanned(two.image, f"oci://{host}/a/db", cache))


def _blob(registry: FakeRegistry, name: str) -> str:
    """The digest of a blob of the newer database by its shard's name."""
    from shipworthy.advisories.distribute.artifact import parse_manifest

    manifest = registry.manifests[registry.tags["latest"]]
    artifact = parse_manifest(manifest, "")
    if name == "index":
        return artifact.index.digest
    return artifact.shards[name].digest


@pytest.mark.parametrize("is_first", [True, False])
def test_killed_before_each_rename(
    is_first: bool, two: Two, registry: FakeRegistry, tmp_path: Path
) -> None:
    """However far it came, what is there is whole and it is one database: none, the older or the newer."""
    seeded = tmp_path / "seeded"
    if is_first:
        registry.hold(two.newer)
        seeded.mkdir()
    else:
        seed(registry, two, seeded)
    seen = []
    for moment in range(1, 60):
        cache, hook = tmp_path / f"cache{moment}", tmp_path / f"hook{moment}"
        shutil.copytree(seeded, cache)
        hook.mkdir()
        (hook / "sitecustomize.py").write_text(_KILLER.format(moment=moment))
        ended = subprocess.run(
            command(registry),
            env={
                **os.environ,
                "SHIPWORTHY_CACHE_DIR": str(cache),
                "PYTHONPATH": str(hook),
            },
            check=False,
        )
        assert_whole(cache)
        registry.faults, registry.forever = {"": [Fault(status=503)]}, True
        try:
            seen.append(assert_one_of_them(two, registry.host, cache))
        except UnreachableError:
            seen.append("")
        registry.faults, registry.forever = {}, False
        if ended.returncode == 0:
            break
        assert -signal.SIGKILL == ended.returncode
    before = "" if is_first else digest_of(two.older)
    assert len(seen) > 8
    assert [before] * (len(seen) - 1) == seen[:-1]
    assert digest_of(two.newer) == seen[-1]
