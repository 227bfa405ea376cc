"""
The database as an OCI artifact (OCI image specification 1.1, "image manifest", artifact usage).

The configuration is the database's ``index.json`` as it is; each layer is one shard, compressed with
zstd, its name in ``org.opencontainers.image.title``. The index says what every shard is once
inflated, so the index alone decides what is believed. The manifest's bytes are a function of the
database: no clock, no order of the machine's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import Any, TypeVar

import orjson

from shipworthy.errors import DatabaseError
from shipworthy.remote.blob import DIGEST, MANIFEST_TYPE, MAX_MANIFEST, Blob
from shipworthy.values import dataclass


_Sized = TypeVar("_Sized", bound=Sized)

ARTIFACT_TYPE = "application/vnd.shipworthy.db.v1"
INDEX_TYPE = "application/vnd.shipworthy.db.index.v1+json"
SHARD_TYPE = "application/vnd.shipworthy.db.shard.v1.sqlite+zstd"
TITLE = "org.opencontainers.image.title"
SIGNATURE = "io.shipworthy.db.signature"
DATE = "io.shipworthy.db.date"

MAX_INDEX = 16 << 20
MAX_BLOB = 512 << 20
"""Bytes of a shard as it travels."""
_MAX_SHARDS = 5_000
_SUFFIX = ".sqlite.zst"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """What a manifest says: where the index and the shards are, and who signed."""

    index: Blob
    shards: Mapping[str, Blob]
    """By the shard's name."""
    date: str = ""
    signature: str = ""


def dump_manifest(artifact: Artifact) -> bytes:
    """The manifest's bytes; a pure function of its argument."""
    annotations = {DATE: artifact.date, SIGNATURE: artifact.signature}
    document = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "artifactType": ARTIFACT_TYPE,
        "config": _descriptor(artifact.index, INDEX_TYPE),
        "layers": [
            {
                **_descriptor(blob, SHARD_TYPE),
                "annotations": {TITLE: f"{name}{_SUFFIX}"},
            }
            for name, blob in sorted(artifact.shards.items())
        ],
        "annotations": {key: value for key, value in annotations.items() if value},
    }
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def parse_manifest(data: bytes, name: str) -> Artifact:
    """Read a manifest, whoever wrote it; ``name`` is for messages. Raises ``DatabaseError``."""
    try:
        return _artifact(orjson.loads(_bounded(data, MAX_MANIFEST)))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise DatabaseError(
            f"{name}: expected the manifest of an advisory database",
            hint="name the repository that shipworthy db push wrote to",
        ) from None


def _artifact(document: Mapping[str, Any]) -> Artifact:
    if document["config"]["mediaType"] != INDEX_TYPE:
        raise ValueError("another kind of artifact")
    shards = {
        layer["annotations"][TITLE].removesuffix(_SUFFIX): _blob(layer, MAX_BLOB)
        for layer in _bounded(document["layers"], _MAX_SHARDS)
        if layer["mediaType"] == SHARD_TYPE
    }
    notes = document.get("annotations") or {}
    return Artifact(
        index=_blob(document["config"], MAX_INDEX),
        shards=shards,
        date=_text(notes.get(DATE, "")),
        signature=_text(notes.get(SIGNATURE, "")),
    )


def _bounded(value: _Sized, most: int) -> _Sized:
    if len(value) > most:
        raise ValueError("too large")
    return value


def _descriptor(blob: Blob, media_type: str) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": blob.digest, "size": blob.size}


def _blob(descriptor: Mapping[str, Any], bound: int) -> Blob:
    digest, size = descriptor["digest"], descriptor["size"]
    if type(digest) is not str or not DIGEST.fullmatch(digest):
        raise ValueError
    if type(size) is not int or not 0 < size <= bound:
        raise ValueError
    return Blob(digest=digest, size=size)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
