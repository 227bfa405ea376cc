"""
One layer record as an OCI artifact (OCI image specification 1.1, "Guidelines for Artifact Usage").

An image manifest with the empty configuration and one layer: the record as it is dumped. Its tag is made of all that the record
depends on, so that a look-up is one request and there is no list that two machines could write at once. The
same record gives the same bytes.

Some registries, GitLab's for one, refuse a type of artifact that is not on their list; without the type they take it. So what a
manifest is, its layer's media type says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from shipworthy.errors import ParseError
from shipworthy.layers.record import RECORD_VERSION
from shipworthy.model.limits import MIB
from shipworthy.remote.blob import DIGEST, MANIFEST_TYPE, Blob, blob_of


ARTIFACT_TYPE = f"application/vnd.shipworthy.layer-record.v{RECORD_VERSION}"
RECORD_TYPE = f"{ARTIFACT_TYPE}.json+zstd"
EMPTY_TYPE = "application/vnd.oci.empty.v1+json"
EMPTY = b"{}"
CATALOGERS = "io.shipworthy.layer-record.catalogers"
DIFF_ID = "io.shipworthy.layer-record.diff-id"

MAX_MANIFEST = 64 * 1024
MAX_RECORD = 64 * MIB
"""One record as it travels; those of layers of 300 MB have a third of one."""
_PLAIN = re.compile(r"[^A-Za-z0-9]")


def tag_of(diff_id: str, fingerprint: str) -> str:
    """The tag of the record of a layer, made by the catalogers of that fingerprint."""
    made_by = _PLAIN.sub("", fingerprint)[:32]
    return f"v{RECORD_VERSION}-{made_by}-{diff_id.partition(':')[2]}"


def dump_manifest(
    record: Blob, diff_id: str, fingerprint: str, *, typed: bool = True
) -> bytes:
    """The manifest's bytes, a pure function of the arguments; ``typed`` whether it says what artifact it is."""
    document: dict[str, Any] = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": _descriptor(blob_of(EMPTY), EMPTY_TYPE),
        "layers": [_descriptor(record, RECORD_TYPE)],
        "annotations": {CATALOGERS: fingerprint, DIFF_ID: diff_id},
    }
    if typed:
        document["artifactType"] = ARTIFACT_TYPE
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def parse_manifest(data: bytes, diff_id: str, fingerprint: str) -> Blob:
    """Where the record of that layer by those catalogers is; raises ``ParseError`` for any other manifest."""
    try:
        return _record(orjson.loads(data), diff_id, fingerprint)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ParseError("it is not the manifest of that layer's record") from error


def _record(document: Mapping[str, Any], diff_id: str, fingerprint: str) -> Blob:
    notes = document["annotations"]
    if (notes[DIFF_ID], notes[CATALOGERS]) != (diff_id, fingerprint):
        raise ValueError("another record's")
    (layer,) = document["layers"]
    digest, size = layer["digest"], layer["size"]
    if layer["mediaType"] != RECORD_TYPE:
        raise ValueError("another kind of artifact")
    if type(digest) is not str or not DIGEST.fullmatch(digest):
        raise ValueError("no digest")
    if type(size) is not int or not 0 < size <= MAX_RECORD:
        raise ValueError("no size that a record has")
    return Blob(digest=digest, size=size)


def _descriptor(blob: Blob, media_type: str) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": blob.digest, "size": blob.size}
