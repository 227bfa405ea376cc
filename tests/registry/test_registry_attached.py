"""VEX that is attached to an image in a registry, in each of the ways that tools have."""

from __future__ import annotations

import json
from contextlib import closing

import imagebuilder as ib
import pytest
from attaching import EMPTY, MANIFEST, NOTHING_SAID, OPENVEX
from fakeregistry import FakeRegistry, Fault
from imagesheld import (
    HASTY,
    INDEX_TYPE,
    entry,
    hold_manifest,
    index_of,
)
from scanning import EXAMPLE

from shipworthy.errors import DigestMismatchError, ImageUnreachableError
from shipworthy.images.registry.image import RegistryImage
from shipworthy.images.target import open_image


OURS = ib.sha256(EXAMPLE.manifest)
TAG = OURS.replace(":", "-")


def document(subject: str = OURS) -> bytes:
    """The manifest of a VEX document that refers to an image."""
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "artifactType": OPENVEX,
            "config": ib.descriptor(b"{}", EMPTY),
            "layers": [ib.descriptor(NOTHING_SAID, OPENVEX)],
            "subject": {"mediaType": MANIFEST, "digest": subject, "size": 1},
        }
    ).encode()


def attach(fake: FakeRegistry, way: str) -> str:
    """Attach the document; gives the tag to open."""
    manifest = document("sha256:" + "0" * 64 if way == "cosign" else OURS)
    hold_manifest(fake, manifest, f"{TAG}.att" if way == "cosign" else "")
    fake.blobs[ib.sha256(NOTHING_SAID)] = NOTHING_SAID
    listed = index_of([entry(manifest, artifactType=OPENVEX)])
    if way == "referrers":
        fake.referrers[OURS] = listed
    elif way == "tag":
        hold_manifest(fake, listed, TAG, INDEX_TYPE)
    elif way == "buildkit":
        annotations = {
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": OURS,
        }
        entries = [
            entry(EXAMPLE.manifest, "amd64"),
            entry(manifest, "unknown", annotations=annotations),
        ]
        hold_manifest(fake, index_of(entries), "index", INDEX_TYPE)
        return "index"
    return "1"


def attached(fake: FakeRegistry, tag: str = "1") -> list[tuple[str, bytes]]:
    """What is found."""
    target = f"registry:{fake.host}/a/app:{tag}"
    with closing(open_image(target, access=HASTY)) as image:
        assert isinstance(image, RegistryImage)
        return [(one.type, one.data) for one in image.attached(lambda _: True)]


@pytest.mark.parametrize("way", ["referrers", "tag", "cosign", "buildkit"])
def test_each_way_of_attaching_is_found(way: str, fake: FakeRegistry) -> None:
    """The document comes as it is."""
    tag = attach(fake, way)
    assert [(OPENVEX, NOTHING_SAID)] == attached(fake, tag)


def test_nothing_attached(fake: FakeRegistry) -> None:
    """Also where the registry has no list of referrers, or lists what is not there."""
    assert [] == attached(fake)
    fake.referrers[OURS] = index_of([entry(document())])
    assert [] == attached(fake)


def test_a_document_that_was_changed(fake: FakeRegistry) -> None:
    """It is what its digest says, or there is no result."""
    attach(fake, "referrers")
    fake.blobs[ib.sha256(NOTHING_SAID)] = NOTHING_SAID[::-1]
    with pytest.raises(DigestMismatchError):
        attached(fake)


def test_a_list_that_cannot_be_had(fake: FakeRegistry) -> None:
    """Without an answer it is not taken for an empty one."""
    fake.faults["referrers"] = [Fault(status=503)]
    fake.forever = True
    with pytest.raises(ImageUnreachableError, match="the server says 503"):
        attached(fake)
