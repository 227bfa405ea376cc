"""
Signatures of a database: Ed25519 (RFC 8032) or ECDSA with P-256 and SHA-256 (FIPS 186-5).

What is signed are the bytes of ``index.json``. It holds the digest of every shard, so one signature
stands for everything, wherever the database is. It travels as base64: beside the index as
``index.json.sig``, in an artifact as an annotation. An Ed25519 signature is a function of key and index.
``openssl pkeyutl -verify -rawin`` checks it as well.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import TYPE_CHECKING

from shipworthy.errors import DatabaseError, UsageError


if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
    PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey

_MAX_KEY = 1 << 16
_KINDS = "an Ed25519 or P-256 key in PEM"


def sign(index: bytes, key: Path) -> str:
    """The signature of an index by the private key in a file; raises ``UsageError`` where that is no such key."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    private = _private(key)
    if isinstance(private, ec.EllipticCurvePrivateKey):
        signature = private.sign(index, ec.ECDSA(hashes.SHA256()))
    else:
        signature = private.sign(index)
    return base64.b64encode(signature).decode()


def check_signature(index: bytes, signature: str, key: Path, name: str) -> None:
    """
    Hold a signature against the public key in a file; ``name`` is the database's, for messages.

    Raises:
        DatabaseError: There is no signature, or it is of another key or another index.
        UsageError: The file holds no key of a kind that is known.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    public = _public(key)
    if not signature:
        raise DatabaseError(
            f"{name}: the database is not signed, and a signature by {key} was asked for",
            hint="sign it with: shipworthy db sign --key PRIVATE.pem",
        )
    try:
        data = base64.b64decode(signature, validate=True)
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(data, index, ec.ECDSA(hashes.SHA256()))
        else:
            public.verify(data, index)
    except (InvalidSignature, binascii.Error, ValueError):
        raise DatabaseError(
            f"{name}: the signature is not by {key} over this database",
            hint="the database was changed, or another key signed it",
        ) from None


def _private(path: Path) -> PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(_read(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UsageError(f"{path}: expected {_KINDS}, without a password") from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp256r1":
        return key
    raise UsageError(f"{path}: expected {_KINDS}")


def _public(path: Path) -> PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(_read(path))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UsageError(f"{path}: expected {_KINDS}, the public half") from None
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1":
        return key
    raise UsageError(f"{path}: expected {_KINDS}, the public half")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_KEY)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
