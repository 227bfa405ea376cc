"""All platforms of an image in a registry: every blob asked for once, and what cannot be had told."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imagebuilder as ib
import pytest
from fakeregistry import FakeRegistry, Fault
from imagesheld import HASTY, MANIFEST_TYPE
from indexing import AMD, ARM, BOTH, Index, document_of
from registries import need, registry

from shipworthy import scan
from shipworthy.errors import DigestMismatchError, ImageUnreachableError
from shipworthy.model.result import ScanResult


def scanned(
    fake: FakeRegistry, db: Path, cache: Path | None = None, tag: str = "multi"
) -> ScanResult:
    """A scan of all platforms."""
    return scan(
        f"registry:{fake.host}/a/app:{tag}",
        db=db,
        cache_dir=cache,
        cache=cache is not None,
        access=HASTY,
        all_platforms=True,
    )


def blob_requests(fake: FakeRegistry) -> list[str]:
    """The blobs that were asked for."""
    return [line.rpartition("/")[2] for line in fake.asked if "/blobs/" in line]


@pytest.mark.parametrize("nested", [False, True])
def test_every_blob_is_fetched_once(
    fake: FakeRegistry, database: Path, nested: bool
) -> None:
    """Without any cache a layer that both platforms have is fetched once, and so is every document."""
    Index(images=BOTH, nested=nested).hold(fake)
    result = scanned(fake, database)
    assert len(result.image.platforms) == 2
    asked = blob_requests(fake)
    assert len(asked) == len(set(asked))
    layers = {ib.sha256(blob) for image in BOTH for blob in image.blobs}
    assert len(layers) == 4
    assert layers <= set(asked)
    documents = [line for line in fake.asked if "/manifests/" in line]
    assert len(documents) == len(set(documents)) == 3 + nested
    assert result.image.tags == (f"{fake.host}/a/app:multi",)
    digest = ib.sha256(Index(images=BOTH).document)
    assert result.image.manifest_digest == digest


def test_known_layers_are_not_fetched(
    fake: FakeRegistry, database: Path, tmp_path: Path
) -> None:
    """With a cache nothing but the documents is asked for again, and the bytes of the result are the same."""
    Index(images=BOTH).hold(fake)
    plain = document_of(scanned(fake, database))
    first = document_of(scanned(fake, database, tmp_path / "cache"))
    fake.asked.clear()
    second = document_of(scanned(fake, database, tmp_path / "cache"))
    assert plain == first == second
    configs = {ib.sha256(image.config) for image in BOTH}
    assert set(blob_requests(fake)) == configs


def test_same_as_from_a_layout(
    fake: FakeRegistry, database: Path, tmp_path: Path
) -> None:
    """What is found does not depend on where the index is kept."""
    Index(images=BOTH).hold(fake)
    here = scanned(fake, database)
    path = ib.write_directory(Index(images=BOTH).files(), tmp_path / "layout")
    there = scan(f"oci:{path}", db=database, cache=False, all_platforms=True)
    assert here.findings == there.findings
    assert here.packages == there.packages
    assert here.image.platforms == there.image.platforms


def test_plain_manifest_is_as_without_the_option(
    fake: FakeRegistry, database: Path
) -> None:
    """A tag that leads to one image gives the bytes that it gives without the option."""
    target = f"registry:{fake.host}/a/app:1"
    alone = scan(target, db=database, cache=False, access=HASTY)
    assert document_of(scanned(fake, database, tag="1")) == document_of(alone)


def test_missing_layer_is_one_platforms(fake: FakeRegistry, database: Path) -> None:
    """A layer that the registry does not have, as those of Windows once were, costs its platform alone."""
    gone = frozenset({ib.sha256(ARM.blobs[2])})
    Index(images=BOTH, without=gone).hold(fake)
    result = scanned(fake, database)
    (told,) = (one for one in result.statuses if one.source == "platforms")
    assert (told.subject, told.partial) == ("linux/arm64", True)
    assert result.image.platform == "linux/amd64"


def test_schema_of_another_kind_is_one_platforms(
    fake: FakeRegistry, database: Path
) -> None:
    """An entry whose document is no image is told, and the others are scanned."""
    chart = b'{"schemaVersion": 2, "config": {}, "layers": "none"}'
    platform = {"os": "linux", "architecture": "riscv64"}
    more = (ib.descriptor(chart, MANIFEST_TYPE, platform=platform),)
    index = Index(images=BOTH, more=more)
    index.hold(fake)
    fake.manifests[ib.sha256(chart)] = chart
    fake.types[ib.sha256(chart)] = MANIFEST_TYPE
    result = scanned(fake, database)
    assert [one.platform for one in result.image.platforms if one.problem] == [
        "linux/riscv64"
    ]


def test_altered_layer_ends_the_scan(fake: FakeRegistry, database: Path) -> None:
    """Bytes that are not those of the digest are no matter of one platform."""
    Index(images=BOTH).hold(fake)
    digest = ib.sha256(ARM.blobs[2])
    fake.blobs[digest] = AMD.blobs[0]
    with pytest.raises((DigestMismatchError, ImageUnreachableError)):
        scanned(fake, database)


def test_registry_that_fails_ends_the_scan(fake: FakeRegistry, database: Path) -> None:
    """A registry that stops to answer gives no result of the platforms that were read by then."""
    Index(images=BOTH).hold(fake)
    fake.forever = True
    fake.faults[ib.sha256(ARM.blobs[2])] = [Fault(status=503)]
    with pytest.raises(ImageUnreachableError):
        scanned(fake, database)


@pytest.mark.functional
def test_an_index_in_a_real_registry(database: Path, tmp_path: Path) -> None:
    """An index that skopeo pushed to a registry gives what its layout gives."""
    need("skopeo")
    path = ib.write_directory(Index(images=BOTH).files("1"), tmp_path / "layout")
    with registry(tmp_path) as host:
        there = f"docker://{host}/test/multi:1"
        command = ["skopeo", "copy", "-q", "--all", "--preserve-digests"]
        command += ["--dest-tls-verify=false", f"oci:{path}:1", there]
        subprocess.run(command, check=True, capture_output=True)
        found = [
            scan(target, db=database, cache=False, access=HASTY, all_platforms=True)
            for target in (f"registry:{host}/test/multi:1", f"oci:{path}:1")
        ]
    assert found[0].findings == found[1].findings
    assert found[0].packages == found[1].packages
    assert found[0].image.platforms == found[1].image.platforms
