"""What a registry keeps: bytes by their digest, and the manifests that name them (OCI image specification 1.1)."""

from __future__ import annotations

import hashlib
import re

from shipworthy.values import dataclass


MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
MAX_MANIFEST = 4 << 20
"""Bytes of a manifest."""
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Bytes by their digest."""

    digest: str
    size: int


def digest_of(data: bytes) -> str:
    """The digest of bytes at hand, as registries write it."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def blob_of(data: bytes) -> Blob:
    """The digest and size of bytes at hand."""
    return Blob(digest=digest_of(data), size=len(data))
