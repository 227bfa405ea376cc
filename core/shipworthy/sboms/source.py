"""Where an SBOM comes from: which targets are one, and its bytes, bounded."""

from __future__ import annotations

import stat
import sys
import zlib
from pathlib import Path
from typing import BinaryIO

from shipworthy.errors import ImageError, ImageNotFoundError, LimitError, UsageError
from shipworthy.model.limits import MIB


PREFIX = "sbom:"
STDIN = "-"
MAX_BYTES = 512 * MIB
"""An SBOM, uncompressed."""

_GZIP = b"\x1f\x8b"
_HEAD = 512
_STEP = 1 * MIB


def sbom_path(target: str) -> str | None:
    """
    The path of the SBOM that ``target`` names, ``-`` for standard input; ``None`` for anything else.

    ``sbom:PATH`` is one, and so is a bare path to a file that begins as a JSON object does,
    also when it is compressed with gzip: no image archive begins so.

    Raises ``UsageError`` where no path follows ``sbom:``.
    """
    if target.startswith(PREFIX):
        path = target[len(PREFIX) :]
        if not path:
            raise UsageError(f"{target}: a path must follow the colon")
        return path
    try:
        if not stat.S_ISREG(Path(target).stat().st_mode):
            return None
        with Path(target).open("rb") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError):
        return None
    return target if _is_object(head) else None


def read_bytes(path: str) -> bytes:
    """
    The SBOM's bytes, inflated where they are compressed with gzip.

    Raises:
        ImageNotFoundError: Nothing is there.
        ImageError: It cannot be read or inflated.
        LimitError: It is larger than ``MAX_BYTES``.
    """
    if path == STDIN:
        return _read(sys.stdin.buffer, "standard input")
    try:
        with Path(path).open("rb") as file:
            return _read(file, path)
    except FileNotFoundError:
        raise ImageNotFoundError(f"{path}: no such file, expected an SBOM") from None
    except (OSError, ValueError) as error:
        raise ImageError(f"{path}: cannot be read: {error}") from None


def _is_object(head: bytes) -> bool:
    if head[:2] == _GZIP:
        try:
            head = zlib.decompressobj(31).decompress(head, _HEAD)
        except zlib.error:
            return False
    is_tar = head[257:262] == b"ustar"
    return not is_tar and head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def _read(file: BinaryIO, name: str) -> bytes:
    data = file.read(MAX_BYTES + 1)
    if data[:2] == _GZIP:
        data = _inflated(data, name)
    if len(data) > MAX_BYTES:
        raise LimitError(f"{name}: larger than the {MAX_BYTES} bytes that are read")
    return data


def _inflated(data: bytes, name: str) -> bytes:
    """All members of a gzip file, up to one byte more than is allowed."""
    parts: list[bytes] = []
    room = MAX_BYTES + 1
    inflate = zlib.decompressobj(31)
    try:
        while data and room > 0:
            part = inflate.decompress(data, min(_STEP, room))
            parts.append(part)
            room -= len(part)
            data = inflate.unconsumed_tail
            if inflate.eof:
                data = inflate.unused_data.lstrip(b"\0")
                inflate = zlib.decompressobj(31) if data else inflate
    except zlib.error as error:
        raise ImageError(f"{name}: not a sound gzip file: {error}") from None
    if room > 0 and not inflate.eof:
        raise ImageError(f"{name}: the gzip file ends too early")
    return b"".join(parts)
