"""The database in a real registry: what is fetched, what is believed, and what a broken line leaves."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import imagebuilder as ib
import pytest
from feedwriter import Feeds, osv
from registries import registry
from scanning import EXAMPLE

from shipworthy.advisories.build import build


pytestmark = pytest.mark.functional

FEEDS = Path(__file__).resolve().parents[2] / "examples/feeds"


def shipworthy(
    *arguments: str | Path, cache: Path, **env: str
) -> subprocess.CompletedProcess[str]:
    """One run of the command with a cache of its own."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SHIPWORTHY_CACHE_DIR": str(cache), **env},
    )


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's database."""
    path = tmp_path_factory.mktemp("db") / "db"
    build(FEEDS, path)
    return path


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's image."""
    path = tmp_path_factory.mktemp("image") / "image.tar"
    return ib.write_archive(EXAMPLE.classic_files(), path)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[str]:
    """A registry of the test's own."""
    with registry(tmp_path / "registry") as address:
        yield address


def pushed(host: str, database: Path, cache: Path) -> str:
    """Push and give the pinned reference."""
    done = shipworthy("db", "push", f"oci://{host}/a/db", "--db", database, cache=cache)
    assert 0 == done.returncode, done.stderr
    return done.stdout.strip()


def shards(cache: Path) -> set[str]:
    """The shards in a cache."""
    return {path.name for path in cache.glob("databases/shards/*")}


def test_what_comes_back_is_what_went_in(
    host: str, database: Path, tmp_path: Path
) -> None:
    """Every shard of a pull is byte for byte the one pushed, and a second push uploads nothing."""
    cache = tmp_path / "cache"
    pinned = pushed(host, database, cache)
    done = shipworthy("db", "pull", "--db", f"oci://{host}/a/db", cache=cache)
    assert 0 == done.returncode, done.stderr
    fetched = {p.read_bytes() for p in cache.glob("databases/shards/*")}
    assert fetched == {p.read_bytes() for p in database.glob("shards/*")}
    again = shipworthy(
        "db", "push", f"oci://{host}/a/db", "--db", database, cache=cache
    )
    assert pinned == again.stdout.strip()
    assert " 0 new blobs" in again.stderr
    verified = shipworthy("db", "verify", "--db", pinned, cache=cache)
    assert 0 == verified.returncode, verified.stderr


def test_a_scan_fetches_what_it_needs_once(
    host: str, image: Path, tmp_path: Path
) -> None:
    """Only the image's own buckets and the shared shards travel; the report is that of the directory but for its source."""
    cache = tmp_path / "cache"
    feeds = Feeds(tmp_path / "feeds")
    feeds.root.mkdir()
    feeds.osv_files("npm", osv("GHSA-35jh-r3h4-6jhm", "npm", "lodash", fixed="4.17.21"))
    feeds.osv_files("PyPI", osv("PYSEC-2019-16", "PyPI", "django", fixed="2.2.4"))
    feeds.osv_files("Debian", osv("DSA-1-1", "Debian:12", "glibc", fixed="3.0"))
    build(feeds.root, tmp_path / "db")
    pinned = pushed(host, tmp_path / "db", cache)
    arguments = ("scan", image, "-o", "json", "--allow-partial")
    first = shipworthy(*arguments, "--db", f"oci://{host}/a/db", cache=cache)
    assert 0 == first.returncode, first.stderr
    index = json.loads((tmp_path / "db/index.json").read_text())
    digests = {
        s["name"]: s["digest"].replace(":", "-") + ".sqlite" for s in index["shards"]
    }
    del digests["npm"]
    assert set(digests.values()) == shards(cache)
    before = {p: p.stat().st_mtime_ns for p in cache.glob("databases/*/*")}
    second = shipworthy(*arguments, "--db", f"oci://{host}/a/db", cache=cache)
    assert first.stdout == second.stdout
    assert before == {p: p.stat().st_mtime_ns for p in cache.glob("databases/*/*")}
    local = shipworthy(*arguments, "--db", tmp_path / "db", cache=cache)
    ours, theirs = json.loads(first.stdout), json.loads(local.stdout)
    assert ours["database"].pop("source").endswith(pinned.partition("@")[2])
    assert "" == theirs["database"].pop("source")
    assert ours == theirs


def test_only_the_shard_that_changed_is_fetched(host: str, tmp_path: Path) -> None:
    """A newer database brings its new shards alone, under a second tag of the same date."""
    cache = tmp_path / "cache"
    feeds = Feeds(tmp_path / "feeds")
    feeds.root.mkdir()
    feeds.osv_files("npm", osv("GHSA-35jh-r3h4-6jhm", "npm", "lodash", fixed="4.17.21"))
    feeds.osv_files("PyPI", osv("PYSEC-2019-16", "PyPI", "django", fixed="2.2.4"))
    build(feeds.root, tmp_path / "db")
    pushed(host, tmp_path / "db", cache)
    shipworthy("db", "pull", "--db", f"oci://{host}/a/db", cache=cache)
    known = shards(cache)
    feeds.osv_files("npm", osv("GHSA-p6mc-m468-83gw", "npm", "lodash", fixed="4.17.19"))
    build(feeds.root, tmp_path / "db")
    done = shipworthy(
        "db", "push", f"oci://{host}/a/db", "--db", tmp_path / "db", cache=cache
    )
    assert "2024-05-01-2" in done.stderr
    done = shipworthy("db", "pull", "--db", f"oci://{host}/a/db", cache=cache)
    assert 1 == len(shards(cache) - known)
    assert 1 == done.stderr.count("fetched npm")
    old = shipworthy(
        "db", "status", "--db", f"oci://{host}/a/db:2024-05-01", cache=cache
    )
    new = shipworthy("db", "status", "--db", f"oci://{host}/a/db", cache=cache)
    assert old.stdout.split()[1] != new.stdout.split()[1]


def test_a_dated_tag_cannot_be_asked_for(
    host: str, database: Path, tmp_path: Path
) -> None:
    """Nobody moves a dated tag by naming it."""
    done = shipworthy(
        "db", "push", f"oci://{host}/a/db:2026-08-15", "--db", database, cache=tmp_path
    )
    assert 2 == done.returncode


def test_a_pull_killed_at_any_moment_leaves_the_database_before(
    host: str, database: Path, image: Path, tmp_path: Path
) -> None:
    """After kill -9 a scan works, also without the registry once all was there."""
    cache = tmp_path / "cache"
    pushed(host, database, cache)
    reference = f"oci://{host}/a/db"
    for moment in (0.2, 0.5, 0.7, 0.9, 1.1, 1.4):
        process = subprocess.Popen(
            [sys.executable, "-m", "shipworthy", "db", "pull", "-q", "--db", reference],
            env={**os.environ, "SHIPWORTHY_CACHE_DIR": str(cache)},
        )
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.wait()
        for path in cache.glob("databases/shards/sha256-*"):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            assert path.name == f"sha256-{digest}.sqlite"
    done = shipworthy("scan", image, "--db", reference, cache=cache)
    assert 0 == done.returncode, done.stderr


def test_eight_at_once(host: str, database: Path, tmp_path: Path) -> None:
    """Any number of processes may pull into one cache."""
    cache = tmp_path / "cache"
    pushed(host, database, cache)
    command = [sys.executable, "-m", "shipworthy", "db", "pull", "-q"]
    environment = {**os.environ, "SHIPWORTHY_CACHE_DIR": str(cache)}
    processes = [
        subprocess.Popen([*command, "--db", f"oci://{host}/a/db"], env=environment)
        for _ in range(8)
    ]
    assert [0] * 8 == [process.wait() for process in processes]
    assert not list(cache.glob("databases/*/.new-*"))
    assert len(list(database.glob("shards/*"))) == len(shards(cache))


def test_a_tampered_blob_is_refused(host: str, database: Path, tmp_path: Path) -> None:
    """Bytes that are not those of the manifest never reach the cache."""
    cache = tmp_path / "cache"
    pushed(host, database, cache)
    for path in (tmp_path / "registry/reg").rglob("data"):
        data = path.read_bytes()
        if data.startswith(b"\x28\xb5\x2f\xfd"):
            path.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
    done = shipworthy("db", "pull", "--db", f"oci://{host}/a/db", cache=cache)
    assert 3 == done.returncode
    assert "is not what the database says" in done.stderr
    assert not shards(cache)


def test_a_mirror_takes_over(host: str, database: Path, tmp_path: Path) -> None:
    """The next place is asked when the first is silent or does not know the database."""
    cache = tmp_path / "cache"
    pushed(host, database, cache)
    places = f"oci://{host}/nobody/here,oci://{host}/a/db"
    done = shipworthy("db", "pull", "--db", places, cache=cache)
    assert 0 == done.returncode, done.stderr


def test_a_silent_registry_leaves_what_was_fetched(
    database: Path, image: Path, tmp_path: Path
) -> None:
    """Without an answer the database fetched before is used, and the result says so."""
    cache = tmp_path / "cache"
    with registry(tmp_path / "registry") as host:
        pushed(host, database, cache)
        assert (
            0
            == shipworthy(
                "db", "pull", "--db", f"oci://{host}/a/db", cache=cache
            ).returncode
        )
    done = shipworthy(
        "scan", image, "-o", "json", "--db", f"oci://{host}/a/db", cache=cache
    )
    assert 0 == done.returncode, done.stderr
    told = [s for s in json.loads(done.stdout)["statuses"] if s["subject"] == "fetch"]
    assert "no registry answered" in told[0]["message"]


def test_a_pinned_digest_wins_and_must_match(
    host: str, database: Path, tmp_path: Path
) -> None:
    """A digest is what is fetched, whatever the tag; one that is not there is an error."""
    cache = tmp_path / "cache"
    pinned = pushed(host, database, cache)
    digest = pinned.partition("@")[2]
    done = shipworthy(
        "db", "pull", "--db", f"oci://{host}/a/db:none@{digest}", cache=cache
    )
    assert 0 == done.returncode, done.stderr
    wrong = f"oci://{host}/a/db@sha256:{'0' * 64}"
    assert 3 == shipworthy("db", "pull", "--db", wrong, cache=cache).returncode


def test_with_encryption_and_a_password(database: Path, tmp_path: Path) -> None:
    """A registry with a certificate of its own authority and docker's credentials."""
    cache = tmp_path / "cache"
    with registry(tmp_path / "registry", secured=True) as host:
        config = tmp_path / "docker"
        config.mkdir()
        auth = base64.b64encode(b"user:pass1").decode()
        (config / "config.json").write_text(
            json.dumps({"auths": {host: {"auth": auth}}})
        )
        options = ("--ca-file", tmp_path / "registry/ca.crt")
        reference = f"oci://{host}/a/db"
        known = {"cache": cache, "DOCKER_CONFIG": str(config)}
        done = shipworthy("db", "push", reference, "--db", database, *options, **known)  # type: ignore[arg-type]
        assert 0 == done.returncode, done.stderr
        done = shipworthy("db", "pull", "--db", reference, *options, **known)  # type: ignore[arg-type]
        assert 0 == done.returncode, done.stderr
        denied = shipworthy(
            "db",
            "status",
            "--db",
            reference,
            *options,
            cache=tmp_path / "new",
            DOCKER_CONFIG=str(tmp_path),
            HOME=str(tmp_path),
        )
        assert 3 == denied.returncode
        assert "access denied" in denied.stderr
