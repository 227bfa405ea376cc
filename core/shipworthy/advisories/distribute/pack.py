"""
A shard as it travels: one zstd frame, made the same everywhere, inflated within its bounds.

What comes in is held against two digests while it streams: the blob's as the manifest names it and
the shard's as the index names it. Nothing beyond the size that the index states is inflated.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO, cast

from shipworthy.advisories.index import ShardInfo
from shipworthy.errors import DatabaseError
from shipworthy.remote.blob import Blob
from shipworthy.remote.transfer import Reader


LEVEL = 12
MAX_SHARD = 2 << 30
"""Bytes of a shard, inflated."""

_CHUNK = 1 << 20
_WINDOW = 1 << 27


def pack(shard: Path, out: Path) -> tuple[Blob, str]:
    """
    Compress a shard's file into ``out``; gives the blob, and the digest of what was read.

    One thread, no checksum, the content's size in the frame: the same file gives the same bytes.
    """
    import zstandard

    compressor = zstandard.ZstdCompressor(
        level=LEVEL, write_checksum=False, write_content_size=True
    )
    plain, packed, size = hashlib.sha256(), hashlib.sha256(), 0
    inner = compressor.compressobj(size=shard.stat().st_size)
    with shard.open("rb") as file, out.open("xb") as to:
        while True:
            data = file.read(_CHUNK)
            plain.update(data)
            part = inner.compress(data) if data else inner.flush()
            to.write(part)
            packed.update(part)
            size += len(part)
            if not data:
                break
    blob = Blob(digest=f"sha256:{packed.hexdigest()}", size=size)
    return blob, f"sha256:{plain.hexdigest()}"


def unpack(source: Reader, blob: Blob, shard: ShardInfo, to: BinaryIO) -> None:
    """
    Inflate a blob into ``to``.

    Raises:
        DatabaseError: The bytes are not those that the manifest and the index name.
    """
    import zstandard

    if not 0 < shard.size <= MAX_SHARD:
        raise _refused(shard, f"{shard.size} bytes cross the bound of {MAX_SHARD}")
    bounded = _Bounded(source, blob.size)
    sha, size = hashlib.sha256(), 0
    try:
        inflater = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        with inflater.stream_reader(
            cast("BinaryIO", bounded), read_size=_CHUNK
        ) as stream:
            while data := stream.read(_CHUNK):
                size += len(data)
                if size > shard.size:
                    raise _refused(shard, "it inflates to more than the index says")
                sha.update(data)
                to.write(data)
    except zstandard.ZstdError as error:
        raise _refused(shard, f"broken zstd stream ({error})") from None
    bounded.drain()
    if bounded.digest != blob.digest:
        raise _refused(shard, f"expected {blob.digest}, found {bounded.digest}")
    found = f"sha256:{sha.hexdigest()}"
    if found != shard.digest:
        raise _refused(shard, f"inflated, expected {shard.digest}, found {found}")


class _Bounded:
    """A stream that is digested as it is read, and of which no more than its size is taken."""

    def __init__(self, inner: Reader, size: int) -> None:
        self._inner = inner
        self._left = size + 1
        self._sha = hashlib.sha256()

    @property
    def digest(self) -> str:
        return f"sha256:{self._sha.hexdigest()}"

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._inner.read(wanted) if wanted else b""
        self._left -= len(data)
        self._sha.update(data)
        return data

    def drain(self) -> None:
        while self.read(_CHUNK):
            pass


def _refused(shard: ShardInfo, reason: str) -> DatabaseError:
    return DatabaseError(
        f"the shard {shard.name[:100]} is not what the database says: {reason}",
        hint="somebody changed it on its way, or it was not published whole",
    )
