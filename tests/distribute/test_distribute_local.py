"""Bundles, signatures, age and names: what needs no registry."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from datetime import datetime, timezone
from pathlib import Path

import imagebuilder as ib
import pytest
from scanning import EXAMPLE

from shipworthy.advisories.build import build
from shipworthy.advisories.distribute.artifact import parse_manifest
from shipworthy.advisories.distribute.freshness import parse_max_age, stale
from shipworthy.advisories.distribute.pack import pack, unpack
from shipworthy.advisories.distribute.places import parse_places
from shipworthy.advisories.index import ShardInfo
from shipworthy.errors import DatabaseError, UsageError
from shipworthy.remote.blob import Blob, blob_of


FEEDS = Path(__file__).resolve().parents[2] / "examples/feeds"
NOW = datetime(2026, 8, 20, tzinfo=timezone.utc)


def shipworthy(*arguments: str | Path, cache: Path) -> subprocess.CompletedProcess[str]:
    """One run of the command with a cache of its own."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SHIPWORTHY_CACHE_DIR": str(cache)},
    )


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The example's database."""
    build(FEEDS, tmp_path / "db")
    return tmp_path / "db"


def test_a_bundle_scans_like_the_directory(database: Path, tmp_path: Path) -> None:
    """Two bundles are the same bytes, and a scan with one gives the directory's report."""
    cache = tmp_path / "cache"
    bundles = tmp_path / "a.tar", tmp_path / "b.tar"
    for path in bundles:
        done = shipworthy("db", "bundle", path, "--db", database, cache=cache)
        assert 0 == done.returncode, done.stderr
    assert bundles[0].read_bytes() == bundles[1].read_bytes()
    image = ib.write_archive(EXAMPLE.classic_files(), tmp_path / "image.tar")
    scans = [
        shipworthy("scan", image, "-o", "json", "--db", db, cache=cache)
        for db in (database, bundles[0])
    ]
    assert scans[0].stdout
    assert scans[0].stdout == scans[1].stdout


def test_a_hostile_bundle_is_refused(tmp_path: Path) -> None:
    """Members that climb out are never written, and what is no bundle is told."""
    path = tmp_path / "evil.tar"
    with tarfile.open(path, "w") as archive:
        for name in ("../../escaped", "index.json"):
            member = tarfile.TarInfo(name)
            member.size = 2
            archive.addfile(member, io.BytesIO(b"{}"))
    done = shipworthy("db", "verify", "--db", path, cache=tmp_path / "cache")
    assert 3 == done.returncode
    assert "expected a bundle" in done.stderr
    assert not (tmp_path.parent / "escaped").exists()


@pytest.mark.parametrize("kind", ["ed25519", "EC -pkeyopt ec_paramgen_curve:P-256"])
def test_signatures(kind: str, database: Path, tmp_path: Path) -> None:
    """With a key given, an unsigned, a foreign and a changed database are all refused."""
    for name in ("ours", "theirs"):
        command = f"openssl genpkey -algorithm {kind} -out {name}.pem"
        subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
        command = f"openssl pkey -in {name}.pem -pubout -out {name}.pub"
        subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)

    def verified(key: str) -> int:
        options = ("--db", database, "--db-key", tmp_path / key)
        return shipworthy("db", "verify", *options, cache=tmp_path / "c").returncode

    assert 3 == verified("ours.pub")
    key = tmp_path / "ours.pem"
    assert (
        0
        == shipworthy(
            "db", "sign", "--db", database, "--key", key, cache=tmp_path
        ).returncode
    )
    assert 0 == verified("ours.pub")
    assert 3 == verified("theirs.pub")
    index = database / "index.json"
    index.write_bytes(index.read_bytes() + b"\n")
    assert 3 == verified("ours.pub")


def test_age() -> None:
    """Fresh says nothing, old is told or fails, and an unknown date is not fresh."""
    assert not stale("2026-08-15T00:00:00Z", parse_max_age("7d"), NOW)
    assert "8 days" in stale("2026-08-12", parse_max_age("7d"), NOW)
    assert stale("", parse_max_age("7d,warn"), NOW)
    with pytest.raises(DatabaseError, match="8 days"):
        stale("2026-08-12", parse_max_age("1w,fail"), NOW)
    with pytest.raises(UsageError):
        parse_max_age("a week")


def test_more_than_the_index_says_is_not_inflated(tmp_path: Path) -> None:
    """A bomb ends at the size that was stated."""
    (tmp_path / "zeros").write_bytes(bytes(50_000_000))
    blob, digest = pack(tmp_path / "zeros", tmp_path / "bomb")
    shard = ShardInfo(
        name="x", digest=digest, size=1000, advisories=0, packages=0, records=0
    )
    out = io.BytesIO()
    with pytest.raises(DatabaseError, match="inflates to more"):
        unpack(io.BytesIO((tmp_path / "bomb").read_bytes()), blob, shard, out)
    assert 1000 >= len(out.getvalue())


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"config":{"mediaType":5}}', b"[" * 10_000]
)
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    """Nothing but a database error comes out of it."""
    with pytest.raises(DatabaseError):
        parse_manifest(data, "x")


@pytest.mark.parametrize(
    "text", ["oci://", "oci://host", "oci://h/UPPER", "oci://h/a@sha256:1"]
)
def test_wrong_references(text: str) -> None:
    """They are wrong use."""
    with pytest.raises(UsageError):
        parse_places([text])


def test_names() -> None:
    """A digest wins over the tag, and commas part mirrors."""
    digest = f"sha256:{'a' * 64}"
    first, second = parse_places([f"oci://h:5000/a/b:t@{digest},oci://g/c"])
    assert (f"oci://h:5000/a/b:t@{digest}", "oci://g/c") == (str(first), str(second))
    assert Blob(digest=blob_of(b"x").digest, size=1) == blob_of(b"x")
