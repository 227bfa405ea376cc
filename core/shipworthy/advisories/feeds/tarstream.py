"""
The JSON members of a compressed tar, read as a stream: for archives too large to hold.

The archives of VEX documents that Canonical and Red Hat publish are tens of gigabytes
unpacked, in one stream each, so nothing but one document is in memory at a time. They are
read by the same bounded walk as an image's layers, so that neither a header nor a compressed
byte can make the memory grow.
"""

from __future__ import annotations

import bz2
import io
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from shipworthy.advisories.feeds.containers import MAX_RECORDS
from shipworthy.errors import FeedError, ImageError, LimitError
from shipworthy.model.limits import GIB, MIB, Limits
from shipworthy.streams.inflate import inflate
from shipworthy.streams.tar import FILE, TarWalker


MAX_DOCUMENT = 64 * MIB
"""Bytes of one member."""
BOUNDS = Limits(layer_bytes=256 * GIB, entries=MAX_RECORDS, ratio=4_000)
"""Documents that repeat every product for every architecture inflate a hundredfold."""

_CHUNK = MIB
_XZ_MEMORY = 256 * MIB
_XZ, _BZIP2 = b"\xfd7zXZ\0", b"BZh"
_END = bytes(1024)
"""The two empty blocks that end a tar (POSIX.1)."""


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes: ...


def stream_records(
    path: Path, limit: int = MAX_DOCUMENT, *, bounds: Limits = BOUNDS
) -> Iterator[tuple[str, bytes | None]]:
    """
    The JSON members of a tar (plain, gzip, bzip2, xz or zstd) by path, in the archive's order.

    A member larger than ``limit`` gives None. Raises ``FeedError`` where the
    file is no such tar, is cut short, or crosses a bound.
    """
    try:
        with path.open("rb") as file:
            body = _Tail(_inflated(file, path.name, bounds))
            walker = TarWalker(iter(body), name=path.name, limits=bounds)
            for entry in walker:
                if entry.kind == FILE and entry.path.endswith(".json"):
                    fits = entry.size <= limit and not entry.sparse
                    yield entry.path, walker.body() if fits else None
            walker.drain()
    except ImageError as error:
        raise _refused(path, str(error.message)) from None
    except OSError as error:
        raise _refused(path, error.strerror or "it cannot be read") from None
    if body.tail != _END:
        raise _refused(path, "it ends too early")


class _Tail:
    """Chunks as they pass, with the last bytes of all: a download that was cut short has no end."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.tail = b""

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.tail = (self.tail + chunk[-len(_END) :])[-len(_END) :]
            yield chunk


def _inflated(file: BinaryIO, name: str, bounds: Limits) -> Iterator[bytes]:
    head = file.read(len(_XZ))
    file.seek(0, io.SEEK_SET)
    if head == _XZ:
        xz = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
        yield from _bounded(xz, file, name, bounds)
    elif head.startswith(_BZIP2):
        yield from _bounded(bz2.BZ2Decompressor(), file, name, bounds)
    else:
        yield from inflate(file, name=name, limits=bounds)


def _bounded(
    inner: _Decompressor, file: BinaryIO, name: str, bounds: Limits
) -> Iterator[bytes]:
    """The bytes of the one stream that such a file holds."""
    total = 0
    while not inner.eof:
        data = file.read(_CHUNK) if inner.needs_input else b""
        if inner.needs_input and not data:
            raise ImageError(f"{name}: the compressed stream ends too early")
        try:
            part = inner.decompress(data, _CHUNK)
        except (OSError, lzma.LZMAError) as error:
            raise ImageError(f"{name}: broken compressed stream ({error})") from None
        total += len(part)
        if total > bounds.layer_bytes:
            raise LimitError(f"{name}: more than {bounds.layer_bytes} bytes come out")
        if part:
            yield part


def _refused(path: Path, reason: str) -> FeedError:
    return FeedError(f"{path}: expected a tar of JSON records ({reason})")
