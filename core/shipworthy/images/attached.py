"""
What is attached to an image in an OCI layout: attestations, VEX, SBOMs, as bytes with their type.

Four ways are known. Referrers name the image's manifest as their ``subject`` (OCI image specification 1.1). BuildKit
puts attestation manifests beside the image, annotated ``vnd.docker.reference.digest``
(https://docs.docker.com/build/metadata/attestations/attestation-storage/). cosign tags them ``sha256-<hex>.att``, and marks them with
the annotation ``kind`` in layouts that ``cosign save`` wrote. Whoever can write the image can attach to it, so what is found
here is no more to be trusted than the image.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from shipworthy.errors import LimitError
from shipworthy.images.choice import REF_NAME
from shipworthy.images.documents import (
    INDEX_TYPES,
    MANIFEST_TYPES,
    Descriptor,
    Json,
    decode,
    parse_index,
    parse_manifest,
)
from shipworthy.images.store import BlobStore, blob_in, path_of
from shipworthy.model.limits import LIMITS, MIB
from shipworthy.values import dataclass


MAX_MANIFESTS = 2000
"""Manifests looked at for their subject."""
MAX_ATTACHED = 200
"""Documents taken."""
MAX_BYTES = 128 * MIB
"""All of them together."""

_REFERENCE = "vnd.docker.reference.digest"
_KIND = "kind"
_COSIGN = "dev.cosignproject.cosign/atts"
_PREDICATES = ("in-toto.io/predicate-type", "predicateType")
_NO_DOCUMENTS = ("tar", "simplesigning", "octet-stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One document attached to an image."""

    type: str
    """Its predicate type, else the artifact's type, else its media type."""
    data: bytes


def attachments(
    store: BlobStore, index: str, digest: str, *, wanted: Callable[[str], bool]
) -> tuple[Attachment, ...]:
    """
    The documents attached to the manifest ``digest``, in the order of the index.

    Args:
        store: The layout's files.
        index: The name of its index.
        digest: The image's manifest.
        wanted: Asked of each document's type before it is read.

    Raises:
        ImageError: A document is damaged or not what its digest says.
        LimitError: There are more, or larger ones, than are read.
    """
    found: list[Attachment] = []
    room = MAX_BYTES
    for type_, layer in _layers(store, index, digest):
        if not wanted(type_):
            continue
        if len(found) >= MAX_ATTACHED:
            raise LimitError(f"{store.name}: more than {MAX_ATTACHED} attachments")
        data = blob_in(store, layer)
        room -= len(data)
        if room < 0:
            raise LimitError(
                f"{store.name}: attachments of more than {MAX_BYTES} bytes"
            )
        found.append(Attachment(type=type_, data=data))
    return tuple(found)


def _layers(
    store: BlobStore, index: str, digest: str
) -> Iterator[tuple[str, Descriptor]]:
    """(type, descriptor) of every document attached."""
    first = parse_index(store.read(index), f"{store.name}: {index}")
    seen: set[str] = set()
    for descriptor in _manifests(store, first, depth=0):
        if descriptor.digest == digest or descriptor.digest in seen:
            continue
        seen.add(descriptor.digest)
        if len(seen) > MAX_MANIFESTS:
            raise LimitError(f"{store.name}: more than {MAX_MANIFESTS} manifests")
        if not _holds(store, descriptor):
            continue  # an index may name more than was copied
        data = blob_in(store, descriptor)
        document = decode(data, f"{store.name}: {descriptor.digest}")
        if not isinstance(document, dict) or not _is_attached(
            descriptor, document, digest
        ):
            continue
        manifest = parse_manifest(data, descriptor.digest)
        artifact = document.get("artifactType")
        for layer in manifest.layers:
            if not any(word in layer.media_type for word in _NO_DOCUMENTS):
                yield _type(layer, artifact), layer


def _type(layer: Descriptor, artifact: object) -> str:
    predicates = (layer.annotation(key) for key in _PREDICATES)
    told = next((one for one in predicates if one), "")
    return told or (artifact if isinstance(artifact, str) else "") or layer.media_type


def _manifests(
    store: BlobStore, descriptors: tuple[Descriptor, ...], depth: int
) -> Iterator[Descriptor]:
    """Every manifest below, indexes followed."""
    if depth > LIMITS.index_depth:
        raise LimitError(f"{store.name}: indexes more than {LIMITS.index_depth} deep")
    for descriptor in descriptors[:MAX_MANIFESTS]:
        if descriptor.media_type in MANIFEST_TYPES:
            yield descriptor
        elif descriptor.media_type in INDEX_TYPES and _holds(store, descriptor):
            inner = parse_index(blob_in(store, descriptor), descriptor.digest)
            yield from _manifests(store, inner, depth + 1)


def _is_attached(descriptor: Descriptor, document: Json, digest: str) -> bool:
    """Whether the manifest says that it is attached to the image, or the index does."""
    subject = document.get("subject")
    if isinstance(subject, dict) and subject.get("digest") == digest:
        return True
    if descriptor.annotation(_REFERENCE) == digest:
        return True
    tag = descriptor.annotation(REF_NAME).rpartition(":")[2]
    if tag == f"{digest.replace(':', '-')}.att":
        return True
    return descriptor.annotation(_KIND) == _COSIGN


def _holds(store: BlobStore, descriptor: Descriptor) -> bool:
    return path_of(descriptor.digest) in store
