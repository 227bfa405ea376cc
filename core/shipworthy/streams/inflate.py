"""
Uncompressed chunks of a possibly compressed stream, hashed on the way.

The compression is told by the first bytes, never by a media type or a name: gzip
(RFC 1952), zstd (RFC 8878) or none. Output comes in chunks of at most ``CHUNK`` bytes, so that
no compressed byte can make the memory grow.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from typing import Protocol

from shipworthy.errors import ImageError, LimitError
from shipworthy.model.limits import LIMITS, Limits


CHUNK = 1024 * 1024
_READ = 256 * 1024

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_OTHERS = {
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x04\x22\x4d\x18": "lz4",
    b"PK\x03\x04": "zip",
    b"Rar!": "rar",
}


class Readable(Protocol):
    """**Protocol:** what is read from: a binary file or anything like it."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; empty at the end."""
        ...


class Stream(Readable, Protocol):
    """**Protocol:** a readable that is closed when done."""

    def close(self) -> None:
        """Give back what the stream holds."""
        ...


class Tap:
    """
    A reader that hashes and counts what passes.

    ``digest`` is complete only once the reader was read to its end.
    """

    def __init__(self, source: Readable, *, hashed: bool = True) -> None:
        self._source = source
        self._hash = hashlib.sha256() if hashed else None
        self.size = 0

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; empty at the end."""
        data = self._source.read(size if size > 0 else _READ)
        self.size += len(data)
        if self._hash is not None:
            self._hash.update(data)
        return data

    @property
    def digest(self) -> str:
        """``sha256:<hex>`` of what was read so far; empty when not hashed."""
        return f"sha256:{self._hash.hexdigest()}" if self._hash is not None else ""


def compression_of(head: bytes) -> str:
    """``gzip``, ``zstd``, ``none`` or the name of a compression that is not supported, by the first bytes."""
    if head.startswith(_GZIP):
        return "gzip"
    if head.startswith(_ZSTD) or _is_skippable(head):
        return "zstd"
    return next(
        (name for magic, name in _OTHERS.items() if head[:8].startswith(magic)), "none"
    )


def _is_skippable(head: bytes) -> bool:
    """Whether a zstd skippable frame starts here, as zstd:chunked layers may."""
    return head[1:4] == b"\x2a\x4d\x18" and head[:1] >= b"\x50" and head[:1] <= b"\x5f"


class _Prefixed:
    """A reader that gives back bytes that were looked at."""

    def __init__(self, head: bytes, source: Readable) -> None:
        self._head = head
        self._source = source

    def read(self, size: int = -1, /) -> bytes:
        if self._head:
            head, self._head = self._head, b""
            return head
        return self._source.read(size)


def inflate(
    source: Readable, *, name: str, limits: Limits = LIMITS, counted: Tap | None = None
) -> Iterator[bytes]:
    """
    The uncompressed bytes of ``source`` in chunks.

    Args:
        source: The possibly compressed bytes.
        name: What is read, for messages.
        limits: The bounds on size and ratio.
        counted: The tap that counts compressed bytes, for the ratio; ``source`` by default.

    Raises:
        ImageError: The compression is unknown, or the data is corrupt or cut short.
        LimitError: More bytes come out than an honest layer holds.
    """
    tap = counted or Tap(source, hashed=False)
    reader: Readable = source if counted else tap
    head = b""
    while len(head) < 8 and (more := reader.read(_READ)):
        head += more
    kind = compression_of(head)
    if kind == "gzip":
        chunks = _gunzip(_Prefixed(head, reader), name)
    elif kind == "zstd":
        chunks = _unzstd(_Prefixed(head, reader), name)
    elif kind == "none":
        chunks = _plain(_Prefixed(head, reader))
    else:
        raise ImageError(
            f"{name}: {kind} compression is not supported, expected gzip, zstd or none",
            hint="build or push the image with one of these",
        )
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > limits.layer_bytes:
            raise LimitError(
                f"{name}: more than {limits.layer_bytes} bytes uncompressed, the bound for one layer"
            )
        if total > limits.ratio_from and total > tap.size * limits.ratio:
            raise LimitError(
                f"{name}: {total} bytes come out of {tap.size} compressed ones,"
                f" more than the bound of {limits.ratio} to 1"
            )
        yield chunk


def _plain(source: Readable) -> Iterator[bytes]:
    while chunk := source.read(CHUNK):
        yield chunk


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def _inflater() -> tuple[_Inflater, tuple[type[Exception], ...]]:
    """The fastest gzip decompressor there is, and the errors it raises."""
    try:
        from isal import igzip_lib, isal_zlib
    except ImportError:
        return _ZlibInflater(), (zlib.error,)
    errors: tuple[type[Exception], ...] = (
        isal_zlib.error,  # type: ignore[assignment]  # the stubs call the class an instance
        EOFError,
    )
    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP), errors


class _ZlibInflater:
    """The standard library's decompressor behind the interface that isal has."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)
        self._full = False

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        data = self._inner.unconsumed_tail + data
        out = self._inner.decompress(data, max(max_length, 0))
        self._full = len(out) == max_length
        return out

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail and not self._full

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


def _gunzip(source: Readable, name: str) -> Iterator[bytes]:
    """Every member of a gzip stream; zero padding after the last is allowed (as GNU gzip does)."""
    data = source.read(_READ)
    while data:
        inflater, errors = _inflater()
        while not inflater.eof:
            try:
                out = inflater.decompress(data, CHUNK)
            except errors as error:
                raise ImageError(
                    f"{name}: the gzip data is corrupt ({error})"
                ) from error
            if out:
                yield out
            data = b""
            if inflater.needs_input and not inflater.eof:
                data = source.read(_READ)
                if not data:
                    raise ImageError(f"{name}: the gzip data ends in the middle")
        data = inflater.unused_data or source.read(_READ)
        while data and not data.strip(b"\0"):
            data = source.read(_READ)
        if data and not data.startswith(_GZIP[: len(data)]):
            raise ImageError(f"{name}: garbage follows the gzip data")


def _unzstd(source: Readable, name: str) -> Iterator[bytes]:
    """Every frame of a zstd stream; windows over 128 MiB are refused."""
    import zstandard

    context = zstandard.ZstdDecompressor(max_window_size=128 * 1024 * 1024)
    with context.stream_reader(
        source,  # type: ignore[arg-type]  # it calls read() and nothing else
        read_size=_READ,
        read_across_frames=True,
    ) as stream:
        while True:
            try:
                chunk = stream.read(CHUNK)
            except zstandard.ZstdError as error:
                raise ImageError(
                    f"{name}: the zstd data is corrupt ({error})"
                ) from error
            if not chunk:
                return
            yield chunk
