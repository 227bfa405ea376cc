"""Compressed feed files, inflated within a bound: gzip, bzip2, xz and zstd, told by their first bytes."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from shipworthy.errors import FeedError


MAX_MEMBERS = 1_000
"""Streams that may follow each other in one file."""

_CHUNK = 1 << 20
_XZ_MEMORY = 256 << 20
_ZSTD_WINDOW = 1 << 31


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...

    def more(self, data: bytes) -> tuple[bytes, bytes]:
        """Give what comes out, a chunk at most, and the input left; no input asks for the rest."""
        ...

    @property
    def unused(self) -> bytes: ...


def inflated(data: bytes, limit: int, name: str) -> bytes:
    """``data`` as it is, or inflated where it is compressed; raises ``FeedError`` beyond ``limit`` or where it is broken."""
    return b"".join(inflating(data, limit, name)) if is_compressed(data) else data


def is_compressed(data: bytes) -> bool:
    """Whether ``data`` begins as one of the formats does."""
    return any(data.startswith(magic) for magic, _ in _FORMATS)


def inflating(data: bytes, limit: int, name: str) -> Iterator[bytes]:
    """What compressed ``data`` holds, piece by piece; raises ``FeedError`` as :func:`inflated` does."""
    kind, make = next(f for magic, f in _FORMATS if data.startswith(magic))
    size = 0
    rest = data
    for _ in range(MAX_MEMBERS):
        if not rest:
            return
        inflater = make()
        while not inflater.eof:
            try:
                part, rest = inflater.more(rest)
            except (zlib.error, OSError, lzma.LZMAError, _zstd_error()) as error:
                raise FeedError(f"{name}: broken {kind} stream ({error})") from None
            size += len(part)
            if size > limit:
                raise FeedError(
                    f"{name}: inflates to more than the bound of {limit} bytes"
                )
            yield part
            if not (rest or part or inflater.eof):
                raise FeedError(f"{name}: the {kind} stream ends too early")
        rest = inflater.unused.lstrip(b"\0")
    raise FeedError(f"{name}: more than the bound of {MAX_MEMBERS} {kind} members")


class _Gzip:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused(self) -> bytes:
        return self._inner.unused_data

    def more(self, data: bytes) -> tuple[bytes, bytes]:
        part = self._inner.decompress(data, 16 * _CHUNK)
        return part, self._inner.unconsumed_tail


class _Buffered:
    """bzip2 and xz keep their input; they are handed it once and then asked for more."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused(self) -> bytes:
        return bytes(self._inner.unused_data)

    def more(self, data: bytes) -> tuple[bytes, bytes]:
        return self._inner.decompress(data, 16 * _CHUNK), b""


class _Zstd:
    def __init__(self) -> None:
        import zstandard

        self._inner = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._stream: Any = None
        self.eof = False
        self.unused = b""

    def more(self, data: bytes) -> tuple[bytes, bytes]:
        if self._stream is None:
            self._stream = self._inner.stream_reader(data, read_across_frames=True)
        part: bytes = self._stream.read(16 * _CHUNK)
        self.eof = not part
        return part, b""


def _zstd_error() -> type[Exception]:
    import zstandard

    return zstandard.ZstdError


_FORMATS: tuple[tuple[bytes, tuple[str, Callable[[], _Inflater]]], ...] = (
    (b"\x1f\x8b", ("gzip", _Gzip)),
    (b"BZh", ("bzip2", lambda: _Buffered(bz2.BZ2Decompressor()))),
    (
        b"\xfd7zXZ\x00",
        ("xz", lambda: _Buffered(lzma.LZMADecompressor(memlimit=_XZ_MEMORY))),
    ),
    (b"\x28\xb5\x2f\xfd", ("zstd", _Zstd)),
)
