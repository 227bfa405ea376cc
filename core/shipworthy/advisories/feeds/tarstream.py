"""
The JSON members of a compressed tar, read as a stream: for archives too large to hold.

The archives of VEX documents that Canonical and Red Hat publish are tens of gigabytes
unpacked, in one stream each, so nothing but one document is in memory at a time.
"""

from __future__ import annotations

import bz2
import io
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from shipworthy.errors import FeedError, ImageError
from shipworthy.model.limits import GIB, MIB, Limits
from shipworthy.streams.inflate import inflate
from shipworthy.streams.tar import FILE, TarWalker


MAX_DOCUMENT = 64 * MIB
"""Bytes of one member."""

_LIMITS = Limits(layer_bytes=128 * GIB, entries=4_000_000, ratio=4_000)
_CHUNK = MIB
_XZ_MEMORY = 256 * MIB
_XZ, _BZIP2 = b"\xfd7zXZ\0", b"BZh"


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes: ...


def stream_records(
    path: Path, limit: int = MAX_DOCUMENT
) -> Iterator[tuple[str, bytes | None]]:
    """
    The JSON members of a tar (plain, gzip, bzip2, xz or zstd) by path, in the archive's order.

    A member larger than ``limit`` gives None. Raises ``FeedError`` where the
    file is no such tar, is cut short, or crosses a bound.
    """
    try:
        with path.open("rb") as file:
            walker = TarWalker(_inflated(file, path), name=str(path), limits=_LIMITS)
            for entry in walker:
                if entry.kind == FILE and entry.path.endswith(".json"):
                    fits = entry.size <= limit and not entry.sparse
                    yield entry.path, walker.body() if fits else None
            walker.drain()
            if not walker.entries:
                raise FeedError(f"{path}: expected a tar of JSON records, it is empty")
    except ImageError as error:
        raise FeedError(f"{path}: expected a tar of JSON records ({error})") from None
    except OSError as error:
        raise FeedError(f"{path}: cannot be read ({error.strerror})") from None


def _inflated(file: BinaryIO, path: Path) -> Iterator[bytes]:
    head = file.read(len(_XZ))
    file.seek(0, io.SEEK_SET)
    if head == _XZ:
        xz = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
        yield from _bounded(xz, file, path)
    elif head.startswith(_BZIP2):
        yield from _bounded(bz2.BZ2Decompressor(), file, path)
    else:
        yield from inflate(file, name=str(path), limits=_LIMITS)


def _bounded(inner: _Decompressor, file: BinaryIO, path: Path) -> Iterator[bytes]:
    """The bytes of the one stream that such a file holds."""
    total = 0
    while not inner.eof:
        data = file.read(_CHUNK) if inner.needs_input else b""
        if inner.needs_input and not data:
            raise FeedError(f"{path}: expected a tar, the stream ends too early")
        try:
            part = inner.decompress(data, _CHUNK)
        except (OSError, lzma.LZMAError) as error:
            raise FeedError(f"{path}: expected a tar ({error})") from None
        total += len(part)
        if total > _LIMITS.layer_bytes:
            bound = _LIMITS.layer_bytes
            raise FeedError(f"{path}: inflates to more than the bound of {bound} bytes")
        if part:
            yield part
