"""What is read of a registry: manifests and indexes of both kinds, the one for the platform, nothing twice."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import pytest
from fakeregistry import FakeRegistry, Fault
from imagesheld import (
    DOCKER_LIST,
    DOCKER_TYPE,
    HASTY,
    INDEX_TYPE,
    entry,
    hold,
    hold_manifest,
    index_of,
    said,
    scanned,
)
from scanning import BASE, EXAMPLE, OURS

from shipworthy.errors import (
    DigestMismatchError,
    ImageError,
    ImageNotFoundError,
    LimitError,
)
from shipworthy.images.target import open_image
from shipworthy.listing import list_contents


ARM = replace(ib.image(BASE, compression="zstd"), architecture="arm64")


def target(fake: FakeRegistry, tag: str = "1") -> str:
    """The target of a tag."""
    return f"registry:{fake.host}/a/app:{tag}"


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_the_same_from_archive_layout_and_registry(
    compression: str, fake: FakeRegistry, database: Path, tmp_path: Path
) -> None:
    """Only the target's own line differs."""
    built = ib.image(BASE, OURS, {"srv/.wh.x": b""}, compression=compression)
    hold(fake, built, "same")
    archive = ib.write_archive(built.classic_files(), tmp_path / "image.tar")
    layout = ib.write_directory(built.layout_files(), tmp_path / "layout")
    found = said(scanned(target(fake, "same"), database))
    assert found[0]
    assert found == said(scanned(f"docker-archive:{archive}", database))
    assert found == said(scanned(f"oci:{layout}", database))


def test_what_is_said_of_the_image(fake: FakeRegistry, database: Path) -> None:
    """Digests, platform and name are the registry's."""
    image = scanned(target(fake), database).image
    assert ("registry", "linux/amd64") == (image.kind, image.platform)
    assert ib.sha256(EXAMPLE.manifest) == image.manifest_digest
    assert ib.sha256(EXAMPLE.config) == image.image_id
    assert (f"{fake.host}/a/app:1",) == image.tags


def test_layers_in_the_cache_are_not_fetched(
    fake: FakeRegistry, database: Path, tmp_path: Path
) -> None:
    """The second scan asks for manifest and configuration, and for no byte more."""
    first = scanned(target(fake), database, tmp_path / "cache")
    assert 2 == sum(fake.count(ib.sha256(blob)) for blob in EXAMPLE.blobs)
    fake.asked.clear()
    fake.sent = 0
    second = scanned(target(fake), database, tmp_path / "cache")
    assert first == second
    path = "GET /v2/a/app"
    config = ib.sha256(EXAMPLE.config)
    assert [f"{path}/manifests/1", f"{path}/blobs/{config}"] == fake.asked
    assert len(EXAMPLE.manifest) + len(EXAMPLE.config) == fake.sent


def test_a_layer_that_occurs_twice_is_fetched_once(
    fake: FakeRegistry, database: Path
) -> None:
    """Of two layers with one digest."""
    twice = ib.image(BASE, OURS, BASE, compression="gzip")
    hold(fake, twice, "twice")
    scanned(target(fake, "twice"), database)
    assert 1 == fake.count(ib.sha256(twice.blobs[0]))


@pytest.mark.parametrize("media_type", [INDEX_TYPE, DOCKER_LIST])
def test_an_index_leads_to_the_platform(
    media_type: str, fake: FakeRegistry, database: Path
) -> None:
    """Asked for or this machine's; what else is in the index is not fetched."""
    hold(fake, ARM)
    entries = [entry(EXAMPLE.manifest, "amd64"), entry(ARM.manifest, "arm64")]
    digest = hold_manifest(fake, index_of(entries, media_type), "both", media_type)
    image = scanned(target(fake, "both"), database, platform="linux/arm64").image
    assert (ib.sha256(ARM.manifest), (digest,)) == (
        image.manifest_digest,
        image.index_digests,
    )
    assert not fake.count(ib.sha256(EXAMPLE.manifest))
    with pytest.raises(ImageNotFoundError, match="linux/s390x") as caught:
        scanned(target(fake, "both"), database, platform="linux/s390x")
    assert "it holds: linux/amd64, linux/arm64" in caught.value.hint


def test_an_index_inside_an_index_and_attestations(
    fake: FakeRegistry, database: Path
) -> None:
    """BuildKit's attestations are no images; an index may be one of an index."""
    reference = {"vnd.docker.reference.type": "attestation-manifest"}
    attestation = entry(ARM.manifest, "unknown", annotations=reference)
    inner = index_of([attestation, entry(EXAMPLE.manifest, "amd64")])
    hold_manifest(fake, inner, "", INDEX_TYPE)
    outer = index_of([entry(inner, media_type=INDEX_TYPE)])
    hold_manifest(fake, outer, "outer", INDEX_TYPE)
    image = scanned(target(fake, "outer"), database).image
    assert ib.sha256(EXAMPLE.manifest) == image.manifest_digest
    assert (ib.sha256(outer), ib.sha256(inner)) == image.index_digests


def test_a_manifest_of_docker(fake: FakeRegistry, database: Path) -> None:
    """Schema 2 is read as OCI's is."""
    document = json.loads(EXAMPLE.manifest)
    document["mediaType"] = DOCKER_TYPE
    hold_manifest(fake, json.dumps(document).encode(), "docker", DOCKER_TYPE)
    found = said(scanned(target(fake, "docker"), database))
    assert said(scanned(target(fake), database)) == found


def test_a_digest_pins(fake: FakeRegistry, database: Path) -> None:
    """The tag beside it is not asked for; bytes of another digest are refused."""
    digest = ib.sha256(EXAMPLE.manifest)
    pinned = f"registry:{fake.host}/a/app:gone@{digest}"
    assert digest == scanned(pinned, database).image.manifest_digest
    fake.manifests[digest] += b" "
    with pytest.raises(DigestMismatchError, match=digest):
        scanned(pinned, database)


def test_a_registry_that_says_another_digest(fake: FakeRegistry) -> None:
    """What it says of a tag's manifest must be true."""
    digest = ib.sha256(EXAMPLE.manifest)
    fake.claimed[digest] = "sha256:" + "0" * 64
    with pytest.raises(DigestMismatchError, match="the registry says"):
        open_image(target(fake), access=HASTY)


def test_only_one_image_for_another_platform(fake: FakeRegistry) -> None:
    """Where the manifest stands alone, the configuration tells."""
    with pytest.raises(ImageNotFoundError, match="is for linux/amd64, not for"):
        open_image(target(fake), platform="linux/arm64", access=HASTY)


SCHEMA_1 = b'{"schemaVersion": 1, "name": "a/app", "fsLayers": []}'
ARTIFACT = json.loads(EXAMPLE.manifest) | {
    "config": ib.descriptor(b"{}", "application/vnd.cncf.helm.x.v1+json")
}


@pytest.mark.parametrize(
    ("data", "type_", "told"),
    [
        (SCHEMA_1, "application/vnd.docker.distribution.manifest.v1+json", "schema 1"),
        (b"<html></html>", "text/html; charset=utf-8", "found a web page"),
        (b"<html></html>", "application/json", "not valid JSON"),
        (b"[]", INDEX_TYPE, "found another document"),
        (b'{"schemaVersion": 2}', "application/json", "neither an image nor an index"),
        (json.dumps(ARTIFACT).encode(), "application/json", "is an artifact of type"),
        (b'{"schemaVersion": 2, "config": 1, "layers": 2}', "", "expected an object"),
    ],
)
def test_what_is_no_image(
    data: bytes, type_: str, told: str, fake: FakeRegistry
) -> None:
    """One line says what it is instead."""
    hold_manifest(fake, data, "odd", type_)
    with pytest.raises(ImageError, match=told):
        open_image(target(fake, "odd"), access=HASTY)


def test_a_manifest_that_never_ends(fake: FakeRegistry) -> None:
    """Of 100 MB not more than the bound is read."""
    hold_manifest(fake, b" " * 100_000_000, "large")
    with pytest.raises(LimitError, match="crosses the bound"):
        open_image(target(fake, "large"), access=HASTY)
    fake.faults["manifests/large"] = [Fault(cut=100_000_000, how="short")]
    with pytest.raises(LimitError, match="crosses the bound"):
        open_image(target(fake, "large"), access=HASTY)


def test_the_list_of_software(fake: FakeRegistry) -> None:
    """`shipworthy sbom` takes the target too."""
    packages = list_contents(target(fake), cache=False, access=HASTY).packages
    assert "Django" in {package.name for package in packages}


def test_a_base_in_a_registry(fake: FakeRegistry, database: Path) -> None:
    """Its layers are told from those on top, by its configuration alone."""
    base = ib.image(BASE, compression="zstd")
    hold(fake, base, "base")
    result = scanned(target(fake), database, base=target(fake, "base"))
    assert ["base", "own"] == [layer.origin for layer in result.image.layers]
    assert not fake.count(ib.sha256(base.blobs[0]))


def test_a_mirror_comes_first(fake: FakeRegistry, database: Path) -> None:
    """For images of Docker Hub, under the name that the image has there."""
    mirrored = replace(HASTY, mirrors=("127.0.0.1:1", f"{fake.host}/hub"))
    image = scanned("registry:app:1", database, access=mirrored).image
    assert ("docker.io/library/app:1",) == image.tags
    assert fake.count("GET /v2/hub/library/app/manifests/1")
