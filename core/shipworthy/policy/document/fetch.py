"""Where the documents of a policy come from: the seam, and files of this machine."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from typing import Protocol

from shipworthy.errors import UsageError
from shipworthy.policy.document.parse import MOST_BYTES
from shipworthy.values import dataclass


_PIN = re.compile(r"(?P<name>.+)@(?P<digest>sha256:[0-9a-f]{64})")
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The bytes of one document."""

    name: str
    """What it is called in sources and errors; the same document has the same name however it was referred to."""
    data: bytes
    digest: str
    """``sha256:<hex>`` of the bytes."""


class Fetch(Protocol):
    """**Protocol:** gives the document that a reference names."""

    def __call__(self, reference: str, *, relative_to: str) -> Fetched:
        """
        The document that ``reference`` names in the document called ``relative_to``.

        ``relative_to`` is empty for the one that the caller named. Raises
        :class:`UsageError` where there is none or it is not the one pinned.
        """
        ...


def file_fetch(reference: str, *, relative_to: str) -> Fetched:
    """
    Reads ``PATH`` or ``PATH@sha256:…``, relative to the directory of the file that refers to it.

    Raises :class:`UsageError` for what is no readable file, is larger than a policy may be, or
    has another digest, and for what is not a path at all.
    """
    if _REMOTE.match(reference):
        raise UsageError(f"{reference}: cannot be fetched here, expected a file")
    if _REMOTE.match(relative_to):
        raise UsageError(
            f"{reference}: a policy from elsewhere cannot extend a file of this machine"
        )
    path, wanted = pinned(reference)
    name = os.path.normpath(os.path.join(os.path.dirname(relative_to), path))  # noqa: PTH118,PTH120  # as it was written
    data = _read(name)
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if wanted and digest != wanted:
        raise UsageError(f"{name}: its digest is {digest}, expected {wanted}")
    return Fetched(name=name, data=data, digest=digest)


def pinned(reference: str) -> tuple[str, str]:
    """The reference without its pin, and the digest that it is pinned to; empty where it is not."""
    match = _PIN.fullmatch(reference)
    return (match["name"], match["digest"]) if match else (reference, "")


def _read(name: str) -> bytes:
    """The content of a file; devices and pipes are not opened for nothing to come."""
    try:
        handle = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as file:  # noqa: PTH123  # a descriptor
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UsageError(f"{name}: is not a file, expected a policy")
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"{name}: there is no such file, expected a policy") from None
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or "is not a path"
        raise UsageError(f"{name}: {told}, expected a policy") from None
    if len(data) > MOST_BYTES:
        raise UsageError(f"{name}: is larger than {MOST_BYTES:,} bytes")
    return data
