"""
Documents inside attestations.

A DSSE envelope (https://github.com/secure-systems-lab/dsse), alone or in a Sigstore bundle, holds an in-toto
statement (https://github.com/in-toto/attestation) in base64, whose predicate is the document. Signatures are not
verified here: who hands a document in vouches for it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import orjson

from shipworthy.policy.vex.openvex import subjects_of
from shipworthy.policy.vex.statement import VexProduct
from shipworthy.policy.vex.values import MAX_BYTES, mapping, text


_DEPTH = 6
_INTOTO = "https://in-toto.io/Statement/"

Opened = tuple[dict[str, Any], tuple[VexProduct, ...]]
"""A document, and what the attestation around it is about."""


def opened(document: Mapping[str, Any]) -> Opened:
    """The document in ``document``, which is itself where it is no envelope; an empty one where it cannot be opened."""
    subjects: tuple[VexProduct, ...] = ()
    current = dict(document)
    for _ in range(_DEPTH):
        if "dsseEnvelope" in current:
            current = mapping(current["dsseEnvelope"])
        elif "payload" in current and "payloadType" in current:
            current = _decoded(current["payload"])
        elif text(current.get("_type")).startswith(_INTOTO):
            subjects = subjects_of(current.get("subject"))
            current = _predicate(current.get("predicate"))
        else:
            return current, subjects
    return {}, ()


def _predicate(value: object) -> dict[str, Any]:
    """The predicate; cosign puts one of a type that it does not know under ``Data``."""
    predicate = mapping(value)
    inner = predicate.get("Data")
    if set(predicate) <= {"Data", "Timestamp"} and inner is not None:
        return parsed(inner.encode()) if type(inner) is str else mapping(inner)
    return predicate


def _decoded(payload: object) -> dict[str, Any]:
    if type(payload) is not str or len(payload) > MAX_BYTES * 2:
        return {}
    try:
        return parsed(base64.b64decode(payload, altchars=_altchars(payload)))
    except (binascii.Error, ValueError):
        return {}


def _altchars(payload: str) -> bytes | None:
    """DSSE allows both alphabets."""
    return b"-_" if "-" in payload or "_" in payload else None


def parsed(data: bytes) -> dict[str, Any]:
    """The JSON object in ``data``; an empty one where there is none."""
    try:
        return mapping(orjson.loads(data))
    except orjson.JSONDecodeError:
        return {}
