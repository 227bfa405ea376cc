"""
Signatures by which a receiver knows that a message is from who has the secret, and when it was sent.

Source: the Standard Webhooks specification 1.0.0, symmetric signatures: HMAC-SHA256 over ``id.timestamp.body`` in the headers
``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``, where each signature is ``v1,`` and base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence

from shipworthy.errors import UsageError


SECRET = "SHIPWORTHY_NOTIFY_SECRET"  # noqa: S105  # the variable's name
"""The variable that holds the secrets."""
LEAST = 24
"""Fewest bytes of a secret; one message is enough to try out all short ones."""

_PREFIX = "whsec_"


def keys_of(text: str) -> tuple[bytes, ...]:
    """
    The keys in ``text``, parted by blanks; none where it is empty.

    A secret is ``whsec_`` and base64, as the specification writes it, or plain text that is taken as it is. Several
    are for the days in which an old one is replaced. Raises :class:`shipworthy.errors.UsageError`, which never tells
    the secret, for one that is not base64 or shorter than :data:`LEAST` bytes.
    """
    return tuple(map(_key, text.split()))


def headers(
    keys: Sequence[bytes], name: str, timestamp: int, body: bytes
) -> Mapping[str, str]:
    """
    The headers that sign ``body``; without a signature where there is no key.

    Args:
        keys: What to sign with, each for itself.
        name: The id of the message, the same on every try; without a full stop.
        timestamp: When it is sent, in seconds of the epoch.
        body: The bytes as they are sent.
    """
    told = {"webhook-id": name, "webhook-timestamp": str(timestamp)}
    if keys:
        signed = f"{name}.{timestamp}.".encode() + body
        told["webhook-signature"] = " ".join(_signature(key, signed) for key in keys)
    return told


def _signature(key: bytes, signed: bytes) -> str:
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _key(text: str) -> bytes:
    key = text.encode("utf-8", "surrogateescape")
    if text.startswith(_PREFIX):
        coded = text.removeprefix(_PREFIX)
        try:
            key = base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True)
        except (binascii.Error, ValueError):
            raise UsageError(f"{SECRET}: expected base64 after {_PREFIX}") from None
    if len(key) < LEAST:
        raise UsageError(
            f"{SECRET}: expected {LEAST} bytes or more, got {len(key)}",
            hint="make one: echo whsec_$(openssl rand -base64 32)",
        )
    return key
