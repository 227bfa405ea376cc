"""Layer records in registries: fetched before layers are, sent after them, and never more than a help."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import pytest
from fakeregistry import FakeRegistry, fake_registry
from imagesheld import HASTY, hold
from recording import REPOSITORY, TAG, read, records, sharing, where
from scanning import BASE, EXAMPLE, OURS, dist_info

from shipworthy import scan
from shipworthy.contents import layer_cache
from shipworthy.layers.shared.cache import SharedCache


NEWER = ib.image(BASE, {**OURS, **dist_info("Flask", "0.12")}, compression="gzip")
LAYERS = [ib.sha256(blob) for blob in EXAMPLE.blobs]
DIFF_IDS = [ib.sha256(layer) for layer in EXAMPLE.layers]


@pytest.fixture
def other() -> Iterator[FakeRegistry]:
    """A registry that holds nothing."""
    with fake_registry() as registry:
        yield registry


def target(fake: FakeRegistry, tag: str = "1") -> str:
    """The target of a tag."""
    return f"registry:{fake.host}/a/app:{tag}"


def layers_asked(fake: FakeRegistry) -> int:
    """How often a layer of the example was fetched."""
    return sum(fake.count(f"GET /v2/a/app/blobs/{layer}") for layer in LAYERS)


def test_a_second_machine_fetches_no_layer(fake: FakeRegistry, tmp_path: Path) -> None:
    """The same is found, nothing of a layer is fetched, nothing is sent once more, and nobody is told anything."""
    told: list[str] = []
    first = read(target(fake), tmp_path / "1", sharing(fake, fake, tell=told.append))
    assert (2, len(LAYERS)) == (layers_asked(fake), len(records(fake)))
    fake.asked.clear()
    access = sharing(fake, fake, tell=told.append)
    assert first == read(target(fake), tmp_path / "2", access)
    assert 0 == layers_asked(fake) == fake.count("PUT") == fake.count("POST")
    assert len(LAYERS) == fake.count(f"GET {TAG}")
    assert [] == told
    assert first == read(target(fake), tmp_path / "3", HASTY)


def test_archives_too(fake: FakeRegistry, tmp_path: Path) -> None:
    """A record is a layer's wherever the layer is: no layer of the archive is read."""
    archive = ib.write_archive(EXAMPLE.classic_files(), tmp_path / "image.tar")
    name, told = f"docker-archive:{archive}", list[str]()
    first = read(name, tmp_path / "1", sharing(None, fake), told)
    assert len(LAYERS) == len(told)
    told.clear()
    assert first == read(name, tmp_path / "2", sharing(fake), told)
    assert [] == told


def test_the_same_bytes_wherever_it_was_read(
    fake: FakeRegistry, other: FakeRegistry, tmp_path: Path
) -> None:
    """Two machines send the same manifests, of OCI's form for artifacts, whose tags name layer and catalogers."""
    archive = ib.write_archive(EXAMPLE.classic_files(), tmp_path / "image.tar")
    read(target(fake), tmp_path / "1", sharing(None, fake))
    read(f"docker-archive:{archive}", tmp_path / "2", sharing(None, other))
    assert records(fake) == records(other)
    fingerprint = layer_cache(tmp_path).fingerprint
    for diff_id in DIFF_IDS:
        hexadecimal = diff_id.removeprefix("sha256:")
        document = json.loads(records(fake)[f"v1-{fingerprint}-{hexadecimal}"])
        assert "application/vnd.shipworthy.layer-record.v1" == document["artifactType"]
        assert "application/vnd.oci.empty.v1+json" == document["config"]["mediaType"]
        assert b"{}" == fake.blobs[document["config"]["digest"]]
        (layer,) = document["layers"]
        assert len(fake.blobs[layer["digest"]]) == layer["size"]


def test_only_what_layers_claim_is_sent(fake: FakeRegistry, tmp_path: Path) -> None:
    """A record under a key that is no layer's diff ID, as a table of contents has one, stays on this machine."""
    read(target(fake), tmp_path / "1", sharing())
    known = layer_cache(tmp_path / "1")
    cache = SharedCache(tmp_path / "a", known.fingerprint, access=sharing(None, fake))
    cache.expect(DIFF_IDS[:1])
    for diff_id in DIFF_IDS:
        cache.put(diff_id, known.read(diff_id))
    cache.share()
    assert 1 == len(records(fake))


def test_two_machines_at_once(fake: FakeRegistry, tmp_path: Path) -> None:
    """Whoever is first, what is there afterwards is the same."""
    read(target(fake), tmp_path / "1", sharing())
    known = layer_cache(tmp_path / "1")
    caches = [
        SharedCache(tmp_path / name, known.fingerprint, access=sharing(None, fake))
        for name in "ab"
    ]
    for cache in caches:
        cache.expect(DIFF_IDS)
        for diff_id in DIFF_IDS:
            cache.put(diff_id, known.read(diff_id))
    threads = [threading.Thread(target=cache.share) for cache in caches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(LAYERS) == len(records(fake))
    told: list[str] = []
    read(target(fake), tmp_path / "2", sharing(fake, tell=told.append), told)
    assert [] == told


def test_what_was_fetched_is_not_handed_on(
    fake: FakeRegistry, other: FakeRegistry, tmp_path: Path
) -> None:
    """Only what this machine read itself is sent: here the layer that the other image has not."""
    read(target(fake), tmp_path / "1", sharing(None, fake))
    hold(fake, NEWER, "2")
    read(target(fake, "2"), tmp_path / "2", sharing(fake, other))
    (tag,) = records(other)
    assert tag.endswith(ib.sha256(NEWER.layers[1]).removeprefix("sha256:"))
    read(target(fake), tmp_path / "2", sharing(fake, other))
    assert 1 == len(records(other))  # what was remembered neither


def test_a_record_that_is_there_stays(fake: FakeRegistry, tmp_path: Path) -> None:
    """Who sends without fetching looks first, and sends what is missing."""
    read(target(fake), tmp_path / "1", sharing(None, fake))
    hold(fake, NEWER, "2")
    fake.asked.clear()
    read(target(fake, "2"), tmp_path / "2", sharing(None, fake))
    assert 2 == fake.count(f"HEAD {TAG}")
    assert 1 == fake.count(f"PUT {TAG}")
    assert 0 == fake.count(f"GET {TAG}")


def test_repositories_in_turn(
    fake: FakeRegistry, other: FakeRegistry, tmp_path: Path
) -> None:
    """The second is asked for what the first has not, and nobody where all is known."""
    hold(fake, NEWER, "2")
    read(target(fake, "2"), tmp_path / "1", sharing(None, other))
    read(target(fake), tmp_path / "2", sharing(None, fake))
    fake.asked.clear()
    other.asked.clear()
    access = replace(HASTY, cache_from=(where(other), where(fake)))
    told: list[str] = []
    read(target(fake), tmp_path / "3", access, told)
    assert ([], 2, 1) == (told, other.count(f"GET {TAG}"), fake.count(f"GET {TAG}"))
    hold(fake, ib.image(BASE, compression="gzip"), "3")
    fake.asked.clear()
    read(target(fake, "3"), tmp_path / "3", access, told)
    assert ([], 0) == (told, fake.count(REPOSITORY))


def test_a_registry_that_takes_no_type_of_ours(
    fake: FakeRegistry, tmp_path: Path
) -> None:
    """GitLab's has a list of types; without the type it takes the record, and it is found."""
    fake.allowed = ("application/vnd.oci.image.config.v1+json",)
    told: list[str] = []
    first = read(target(fake), tmp_path / "1", sharing(None, fake, tell=told.append))
    assert len(LAYERS) == len(records(fake))
    assert not any(b"artifactType" in data for data in records(fake).values())
    access = sharing(fake, tell=told.append)
    assert first == read(target(fake), tmp_path / "2", access, told)
    assert [] == told


def test_a_disk_that_takes_nothing(fake: FakeRegistry, tmp_path: Path) -> None:
    """Records that were fetched are used all the same."""
    read(target(fake), tmp_path / "1", sharing(None, fake))
    (tmp_path / "file").write_bytes(b"")
    told: list[str] = []
    read(target(fake), tmp_path / "file" / "below", sharing(fake), told)
    assert [] == told


def test_nothing_without_a_cache(
    fake: FakeRegistry, database: Path, tmp_path: Path
) -> None:
    """Without a cache nothing is fetched or sent, and a line says so; results are the same with and without."""
    told: list[str] = []
    access = sharing(fake, fake, tell=told.append)
    given = {"db": database, "allow_partial": True}
    bare = scan(target(fake), cache=False, access=access, **given)  # type: ignore[arg-type]
    assert 1 == len(told)
    assert "neither fetched nor sent" in told[0]
    assert 0 == fake.count(REPOSITORY)
    for name in "12":
        folder = tmp_path / name
        assert bare == scan(target(fake), cache_dir=folder, access=access, **given)  # type: ignore[arg-type]


def test_no_thread_is_left(fake: FakeRegistry, tmp_path: Path) -> None:
    """Layers may be read in forked processes after records were asked for."""
    cache = SharedCache(tmp_path, "f", access=sharing(fake))
    before = set(threading.enumerate())
    cache.expect(DIFF_IDS)
    ours = [
        one for one in set(threading.enumerate()) - before if "serve" in str(one.name)
    ]
    assert [] == ours
