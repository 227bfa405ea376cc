"""What a registry may do wrong, one thing at a time: what is asked again, how often, and what is said."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakeregistry import FakeRegistry, Fault, fake_registry
from travelling import (
    HASTY,
    NEWER,
    OLDER,
    digest_of,
    image_of,
    scanned,
    told_by,
    two_databases,
)

from shipworthy.advisories.distribute.artifact import parse_manifest
from shipworthy.advisories.distribute.database import Database
from shipworthy.advisories.distribute.remote import RemoteSource
from shipworthy.errors import DatabaseError, UnreachableError
from shipworthy.remote.connection import Connection
from shipworthy.remote.transfer import Patience


BLOB = "GET /v2/a/db/blobs"
TRIES = 3


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small database."""
    return two_databases(tmp_path_factory.mktemp("two"))[1]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image that it judges."""
    return image_of(tmp_path_factory.mktemp("image"))


@pytest.fixture
def registry(database: Path) -> Iterator[FakeRegistry]:
    """A registry that holds it."""
    with fake_registry() as fake:
        fake.hold(database)
        yield fake


def patient(waits: list[float], timeout: float = 0.4) -> Connection:
    """A connection that notes its waits in place of waiting."""
    return Connection(
        patience=Patience(tries=TRIES, timeout=timeout, sleep=waits.append)
    )


def pulled(registry: FakeRegistry, cache: Path, connection: Connection) -> RemoteSource:
    """All of the database, into the cache."""
    database = Database(
        names=(f"oci://{registry.host}/a/db",),
        local=cache / "none",
        cache=cache,
        connection=connection,
    )
    source = database.open()
    source.prefetch(source.index.shards)
    assert isinstance(source, RemoteSource)
    return source


PASSING = {
    "too many": ("HEAD", Fault(status=429, after="7")),
    "broken": ("HEAD", Fault(status=500)),
    "overloaded": (BLOB, Fault(status=503, after="7")),
    "closed early": (BLOB, Fault(cut=100)),
    "closed at once": (BLOB, Fault(cut=0)),
    "short without a length": (BLOB, Fault(cut=100, how="short")),
    "reset": (BLOB, Fault(cut=100, how="reset")),
    "slow": (BLOB, Fault(cut=100, how="stall")),
    "slow manifest": ("GET /v2/a/db/manifests", Fault(cut=10, how="stall")),
    "cut manifest": ("GET /v2/a/db/manifests", Fault(cut=10)),
}


@pytest.mark.parametrize("case", PASSING)
def test_what_passes_is_asked_again(
    case: str, registry: FakeRegistry, tmp_path: Path
) -> None:
    """One bad answer costs one wait, as long as the server names it, and nothing else."""
    part, fault = PASSING[case]
    waits: list[float] = []
    registry.faults[part] = [fault]
    source = pulled(registry, tmp_path, patient(waits))
    assert [float(fault.after or 0.5)] == waits
    assert () == source.notes


@pytest.mark.parametrize("case", PASSING)
def test_what_stays_is_given_up(
    case: str, registry: FakeRegistry, tmp_path: Path
) -> None:
    """So many tries and no more; the message names the place and the reason, the hint what to do."""
    part, fault = PASSING[case]
    registry.faults[part], registry.forever = [fault], True
    begun = time.monotonic()
    with pytest.raises(UnreachableError) as caught:
        pulled(registry, tmp_path, patient([]))
    assert time.monotonic() - begun < 10
    assert f"oci://{registry.host}/a/db: no answer (" in caught.value.message
    assert "mirror" in caught.value.hint
    most = max(registry.asked.count(line) for line in registry.asked)
    assert TRIES == most
    assert not list(tmp_path.glob("databases/*/.new-*"))


@pytest.mark.parametrize(
    ("status", "said"), [(403, "access denied"), (404, "no such tag"), (410, "410")]
)
def test_what_is_refused_is_refused(
    status: int, said: str, registry: FakeRegistry, tmp_path: Path
) -> None:
    """Nothing is asked twice that will not change."""
    registry.faults["HEAD"], registry.forever = [Fault(status=status)], True
    with pytest.raises(UnreachableError, match=said):
        pulled(registry, tmp_path, patient([]))
    assert 1 == len(registry.asked)


def test_wrong_bytes_are_not_asked_for_again(
    registry: FakeRegistry, tmp_path: Path
) -> None:
    """They are an error at once, even with an older database at hand, and nothing of them stays."""
    registry.faults[BLOB], registry.forever = [Fault(flip=9)], True
    waits: list[float] = []
    with pytest.raises(DatabaseError, match="not what the manifest says") as caught:
        pulled(registry, tmp_path, patient(waits))
    assert not isinstance(caught.value, UnreachableError)
    assert [] == waits
    assert not list(tmp_path.glob("databases/shards/*"))


def test_nobody_there(tmp_path: Path, image: Path) -> None:
    """A closed port and a host that does not exist are told apart."""
    with pytest.raises(UnreachableError, match="connection refused"):
        scanned(image, "oci://127.0.0.1:1/a/db", tmp_path)
    with pytest.raises(UnreachableError, match="name cannot be resolved"):
        scanned(image, "oci://nowhere.invalid/a/db", tmp_path)


def mirrors(*registries: FakeRegistry) -> list[str]:
    """References to all of them."""
    return [f"oci://{fake.host}/a/db" for fake in registries]


@pytest.mark.parametrize(
    "fault", [Fault(status=404), Fault(flip=9), Fault(cut=50), Fault(status=500)]
)
@pytest.mark.parametrize("is_whole", [True, False])
def test_a_mirror_gives_what_the_first_has_not(
    fault: Fault,
    is_whole: bool,
    registry: FakeRegistry,
    database: Path,
    image: Path,
    tmp_path: Path,
) -> None:
    """A manifest whose blobs are gone or changed, one or all: they come from the next place, and the result is right."""
    with fake_registry() as second:
        second.hold(database)
        registry.forever = True
        digest = min(registry.blobs)
        registry.faults[BLOB if is_whole else digest] = [fault]
        result = scanned(image, mirrors(registry, second), tmp_path)
        assert NEWER == told_by(result)
        assert not [s for s in result.statuses if s.subject == "fetch"]
        assert second.count("GET") == (len(second.blobs) if is_whole else 1) or (
            not is_whole and 2 >= second.count("GET")
        )


def test_a_mirror_with_an_older_database(
    registry: FakeRegistry,
    image: Path,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The first place that answers decides which database it is; no older shard gets into it."""
    older = two_databases(tmp_path_factory.mktemp("again"))[0]
    with fake_registry() as second:
        second.hold(older)
        result = scanned(image, mirrors(registry, second), tmp_path / "a")
        assert NEWER == told_by(result)
        registry.faults["HEAD"], registry.forever = [Fault(status=500)], True
        result = scanned(image, mirrors(registry, second), tmp_path / "b")
        assert ("PYSEC-2019-16",) == told_by(result)


def test_only_the_digest_is_asked_for(
    registry: FakeRegistry, image: Path, tmp_path: Path
) -> None:
    """With everything in the cache a tag costs one request, and a digest none."""
    reference = f"oci://{registry.host}/a/db"
    scanned(image, reference, tmp_path, HASTY)
    registry.asked.clear()
    result = scanned(image, reference, tmp_path, HASTY)
    assert ["HEAD /v2/a/db/manifests/latest"] == registry.asked
    registry.asked.clear()
    scanned(image, f"{reference}@{result.database.source.partition('@')[2]}", tmp_path)
    assert [] == registry.asked


@pytest.mark.parametrize("bucket", ["pypi", "npm", "index", "manifest"])
@pytest.mark.parametrize("fault", [Fault(status=404), Fault(status=500), Fault(cut=30)])
def test_a_newer_database_that_cannot_be_had_whole(
    fault: Fault,
    bucket: str,
    image: Path,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """One part of it is enough: the scan goes on with the older one alone, says so, and takes the newer when it is whole."""
    older, newer = two_databases(tmp_path_factory.mktemp("both"))
    with fake_registry() as fake:
        reference = f"oci://{fake.host}/a/db"
        fake.hold(older)
        assert OLDER == told_by(scanned(image, reference, tmp_path))
        manifest = fake.hold(newer)
        artifact = parse_manifest(fake.manifests[manifest], "")
        digests = {name: blob.digest for name, blob in artifact.shards.items()}
        digests |= {"index": artifact.index.digest, "manifest": manifest}
        fake.faults[f"GET /v2/a/db/{KIND.get(bucket, 'blobs')}/{digests[bucket]}"] = [
            fault
        ]
        fake.forever = True
        result = scanned(image, reference, tmp_path)
        assert OLDER == told_by(result)
        assert digest_of(older) == result.database.digest
        assert fake.tags["latest"] not in result.database.source
        assert [s for s in result.statuses if s.subject == "fetch"]
        fake.faults = {}
        assert NEWER == told_by(scanned(image, reference, tmp_path))


KIND = {"manifest": "manifests"}


_IMPORTED = """
import sys
from shipworthy.cli.main import run
assert run(sys.argv[1:]) == 0
print(sorted({"oras", "requests"} & sys.modules.keys()))
"""


def test_what_is_imported(registry: FakeRegistry, image: Path, tmp_path: Path) -> None:
    """With everything in the cache a tag costs no import of oras, and a digest not even one of requests."""
    reference = f"oci://{registry.host}/a/db"
    scanned(image, reference, tmp_path, HASTY)
    pinned = f"{reference}@{registry.tags['latest']}"
    scanned(image, pinned, tmp_path, HASTY)
    for place, wanted in ((reference, "['requests']"), (pinned, "[]")):
        options = (
            "scan",
            str(image),
            "--allow-partial",
            "-q",
            "-o",
            "csv",
            "--db",
            place,
        )
        done = subprocess.run(
            [sys.executable, "-c", _IMPORTED, *options],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "SHIPWORTHY_CACHE_DIR": str(tmp_path)},
        )
        assert wanted == done.stdout.splitlines()[-1], done.stderr
