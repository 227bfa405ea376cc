"""Images in registries, real ones and such as fail on purpose, and ways to scan them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import imagebuilder as ib
from fakeregistry import FakeRegistry
from imagebuilder import BuiltImage

from shipworthy import scan
from shipworthy.images.access import Access
from shipworthy.model.result import ScanResult
from shipworthy.remote.connection import Connection
from shipworthy.remote.transfer import Patience


INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
PATIENCE = Patience(tries=3, first=0.0, timeout=1.0)
HASTY = Access(registry=Connection(patience=PATIENCE))
"""No wait between tries, and few of them."""


def hold(fake: FakeRegistry, image: BuiltImage, tag: str = "") -> str:
    """Let a registry hold an image; gives its manifest's digest."""
    for blob in (image.config, *image.blobs):
        fake.blobs[ib.sha256(blob)] = blob
    return hold_manifest(fake, image.manifest, tag)


def hold_manifest(
    fake: FakeRegistry, data: bytes, tag: str = "", type_: str = MANIFEST_TYPE
) -> str:
    """Let a registry hold a manifest or index; gives its digest."""
    digest = ib.sha256(data)
    fake.manifests[digest] = data
    fake.types[digest] = type_
    if tag:
        fake.tags[tag] = digest
    return digest


def index_of(
    entries: Sequence[dict[str, object]], media_type: str = INDEX_TYPE
) -> bytes:
    """An index of descriptors."""
    document = {"schemaVersion": 2, "mediaType": media_type, "manifests": entries}
    return json.dumps(document).encode()


def entry(data: bytes, architecture: str = "", **more: object) -> dict[str, object]:
    """An index's descriptor of a manifest or index."""
    if architecture:
        more["platform"] = {"os": "linux", "architecture": architecture}
    more.setdefault("media_type", MANIFEST_TYPE)
    return ib.descriptor(data, str(more.pop("media_type")), **more)


def scanned(
    target: str,
    db: Path,
    cache: Path | None = None,
    access: Access = HASTY,
    **more: str,
) -> ScanResult:
    """A scan in this process."""
    return scan(
        target,
        db=db,
        cache_dir=cache,
        cache=cache is not None,
        access=access,
        allow_partial=True,
        platform=more.get("platform", ""),
        base=more.get("base", ""),
    )


def said(result: ScanResult) -> tuple[object, ...]:
    """All that is found, whatever the target is called."""
    found = [(f.id, f.package.purl, f.package.locations) for f in result.findings]
    return (found, result.packages, result.coverage, result.statuses, result.distro)
