"""
A tar read as a stream, however large: one record in memory at a time.

:func:`shipworthy.advisories.feeds.containers.tar_records` holds the whole archive; the VEX archive
of a large vendor inflates to tens of gigabytes.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, cast

from shipworthy.advisories.feeds.containers import MAX_RECORDS
from shipworthy.errors import FeedError


MAX_STREAM = 256 << 30
"""Bytes of one tar, inflated."""

_ZSTD_WINDOW = 1 << 31
_BROKEN = (
    tarfile.TarError,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
)


def stream_records(path: Path, limit: int) -> Iterator[tuple[str, bytes | None]]:
    """
    The JSON members of a tar (plain, gzip, bzip2, xz or zstd) in its order, by path.

    A member larger than ``limit`` gives ``None``. Raises ``FeedError`` when the file is no tar,
    is broken, or is beyond the bounds of records and bytes.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            body = stack.enter_context(_inflating(file))
            archive = stack.enter_context(
                tarfile.open(fileobj=cast("IO[bytes]", _Bounded(body)), mode="r|")
            )
            yield from _members(archive, path, limit)
        except _broken() as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise FeedError(
                f"{path}: expected a tar of JSON records ({reason})"
            ) from None


def _members(
    archive: tarfile.TarFile, path: Path, limit: int
) -> Iterator[tuple[str, bytes | None]]:
    count = 0
    while (member := archive.next()) is not None:
        # What was read stays in the archive's own list, which nobody asks for again.
        archive.members = []  # type: ignore[attr-defined]  # tarfile's documented way to stream
        count += 1
        if count > MAX_RECORDS:
            raise FeedError(f"{path}: more than the bound of {MAX_RECORDS} records")
        if not member.isfile() or not member.name.endswith(".json"):
            continue
        body = archive.extractfile(member) if member.size <= limit else None
        yield member.name, body.read() if body else None


class _Bounded:
    """Reads no more than the bound; what is behind it is an error, not an end."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self._left = MAX_STREAM

    def read(self, size: int) -> bytes:
        data: bytes = self._body.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise tarfile.TarError(
                f"inflates to more than the bound of {MAX_STREAM} bytes"
            )
        return data


def _inflating(file: IO[bytes]) -> Any:
    """A reader of what ``file`` inflates to, told by its first bytes."""
    magic = file.read(6)
    file.seek(0)
    if magic.startswith(b"\x28\xb5\x2f\xfd"):
        import zstandard

        reader = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        return reader.stream_reader(file, read_across_frames=True)
    if magic.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if magic.startswith(b"BZh"):
        return bz2.BZ2File(file)
    if magic.startswith(b"\xfd7zXZ\x00"):
        return lzma.LZMAFile(file)
    return file


def _broken() -> tuple[type[Exception], ...]:
    import zstandard

    return (*_BROKEN, zstandard.ZstdError)
