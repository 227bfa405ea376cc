"""
A policy as an OCI artifact (OCI image specification 1.1, "Guidelines for Artifact Usage").

The artifact is one layer with the policy's bytes and an empty configuration, the file's name in
``org.opencontainers.image.title``: what ``oras push REFERENCE FILE:TYPE`` writes too. Without the
media type, as plain ``oras push`` leaves it, the one layer whose title is a YAML file is the policy.
The manifest's bytes are a function of the policy and its name: no clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from shipworthy.advisories.distribute.artifact import TITLE
from shipworthy.errors import DatabaseError, UsageError
from shipworthy.remote.blob import DIGEST, MANIFEST_TYPE, Blob, blob_of
from shipworthy.remote.connection import Connection
from shipworthy.remote.reference import LATEST, RegistryPlace
from shipworthy.remote.registry import Registry
from shipworthy.remote.transfer import Reader


ARTIFACT_TYPE = "application/vnd.shipworthy.policy.v1"
POLICY_TYPE = "application/vnd.shipworthy.policy.v1+yaml"
MAX_POLICY = 1 << 20
"""Bytes of a policy."""

_EMPTY_TYPE = "application/vnd.oci.empty.v1+json"
_EMPTY = b"{}"
_MAX_LAYERS = 100
_ENDINGS = (".yaml", ".yml")


def dump_policy_manifest(policy: Blob, title: str) -> bytes:
    """The manifest's bytes; a pure function of its arguments."""
    empty = blob_of(_EMPTY)
    document = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "artifactType": ARTIFACT_TYPE,
        "config": {
            "mediaType": _EMPTY_TYPE,
            "digest": empty.digest,
            "size": empty.size,
        },
        "layers": [
            {
                "mediaType": POLICY_TYPE,
                "digest": policy.digest,
                "size": policy.size,
                "annotations": {TITLE: title},
            }
        ],
    }
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def policy_blob(manifest: bytes, name: str) -> Blob:
    """
    Where the policy of an artifact is, whoever wrote it; ``name`` is for messages.

    Raises:
        UsageError: The artifact holds no policy, several, or one that is too large.
    """
    try:
        found = _layers(orjson.loads(manifest))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        found = []
    if len(found) != 1:
        told = f"{len(found)} YAML files" if found else "none"
        raise UsageError(
            f"{name}: expected an artifact with one policy, found {told}",
            hint="publish one with: shipworthy policy push FILE oci://…",
        )
    if found[0].size > MAX_POLICY:
        raise UsageError(f"{name}: the policy is larger than {MAX_POLICY:,} bytes")
    return found[0]


def pull_policy(registry: Registry, digest: str) -> tuple[bytes, bytes]:
    """
    The manifest of that digest, and the policy that it names.

    Raises:
        DatabaseError: The bytes are not those that the digests name, or nobody answers.
        UsageError: There is no such artifact, or no policy in it.
    """
    if not registry.resolve(digest):
        raise UsageError(
            f"{registry.name}: is not there",
            hint="name what shipworthy policy push printed",
        )
    manifest = registry.manifest(digest)
    blob = policy_blob(manifest, registry.name)

    def take(reader: Reader) -> bytes:
        data = bytearray()
        while len(data) <= blob.size and (part := reader.read()):
            data += part
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        if digest != blob.digest:
            raise DatabaseError(
                f"{registry.name}: expected the policy {blob.digest}, found {digest}",
                hint="somebody changed it on its way, or the registry is broken",
            )
        return bytes(data)

    return manifest, registry.read(blob, take)


def push_policy(
    data: bytes, title: str, place: RegistryPlace, connection: Connection
) -> RegistryPlace:
    """
    Publish a policy under the place's tag, or ``latest``; gives the place pinned by its digest.

    Raises:
        DatabaseError: The registry refuses it, or does not answer.
        UsageError: The place names a digest.
    """
    if place.digest:
        raise UsageError(f"{place}: expected a repository or a tag")
    policy = blob_of(data)
    manifest = dump_policy_manifest(policy, title)
    registry = Registry(place=place, connection=connection)
    with closing(registry), TemporaryDirectory(prefix="shipworthy-") as directory:
        for content in (_EMPTY, data):
            path = Path(directory) / "blob"
            path.write_bytes(content)
            registry.push(path, blob_of(content))
        registry.push_manifest(manifest, place.tag or LATEST)
    return RegistryPlace(
        host=place.host,
        repository=place.repository,
        digest=blob_of(manifest).digest,
    )


def _layers(document: Mapping[str, Any]) -> list[Blob]:
    """The first layer of a policy's media type, else all that are YAML files by their titles."""
    layers = document["layers"]
    if not isinstance(layers, list) or len(layers) > _MAX_LAYERS:
        raise ValueError("not layers")
    typed = [_blob(one) for one in layers if one["mediaType"] == POLICY_TYPE]
    if typed:
        return typed[:1]
    return [
        _blob(one)
        for one in layers
        if str((one.get("annotations") or {}).get(TITLE, "")).endswith(_ENDINGS)
    ]


def _blob(descriptor: Mapping[str, Any]) -> Blob:
    digest, size = descriptor["digest"], descriptor["size"]
    if type(digest) is not str or not DIGEST.fullmatch(digest):
        raise ValueError("not a digest")
    if type(size) is not int or size <= 0:
        raise ValueError("not a size")
    return Blob(digest=digest, size=size)
