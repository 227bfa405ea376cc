"""
A walk over a layer by its table of contents: every entry, and the bodies that are asked for.

No byte of a body is given before the chunk that it is in was held against its digest, save in portions whose last one raises.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

from shipworthy.catalogers.interface import Body
from shipworthy.errors import (
    DigestMismatchError,
    ImageError,
    ImageNotFoundError,
    ImageUnreachableError,
    LimitError,
)
from shipworthy.images.tables import NoRangesError
from shipworthy.layers.body import IN_MEMORY, spooled
from shipworthy.layers.partial.toc import Chunk, Item
from shipworthy.model.limits import MIB, Limits
from shipworthy.streams.inflate import inflate
from shipworthy.streams.parts import Parts
from shipworthy.streams.tar import Entry


_STEP = MIB
_KEPT = 256 * MIB
"""A longer chunk is not kept when its first bytes are asked for: hardly anybody reads on in it."""
_ON_THE_WAY = (ImageNotFoundError, ImageUnreachableError, NoRangesError)
"""Errors that say nothing of the bytes."""


class TableWalk:
    """
    Walks the entries of a table as ``TarWalker`` walks those of a tar.

    Args:
        items: The table.
        read: Gives bytes of the blob in portions, from a place to a place, told up to where more is wanted next.
        name: The layer's name, for messages.
        limits: The bounds on what may be read.
    """

    def __init__(
        self,
        items: Sequence[Item],
        read: Callable[[int, int, int], Iterator[bytes]],
        *,
        name: str,
        limits: Limits,
    ) -> None:
        self._items = items
        self._read = read
        self._name = name
        self._limits = limits
        self._item = items[0] if items else None
        self._first: Body | None = None
        self._inflated = 0
        self.entries = 0

    def __iter__(self) -> Iterator[Entry]:
        """Every entry in the order of the table."""
        for item in self._items:
            self._item, self._first = item, None
            self.entries += 1
            yield item.entry

    def peek(self, count: int, /) -> bytes:
        """The first bytes of the entry just given, raising as :meth:`parts`."""
        assert self._item is not None
        if self._first is None:
            chunk = self._item.chunks[0]
            if chunk.zeros:
                return bytes(min(count, chunk.size))
            parts = self._chunk(chunk, chunk.end)
            if chunk.size > _KEPT:
                return _head(parts, count)
            self._first = b"".join(parts) if chunk.size <= IN_MEMORY else spooled(parts)
        return bytes(self._first[:count])

    def body(self) -> bytes:
        """The whole entry just given, raising as :meth:`parts`."""
        return b"".join(self.parts())

    def parts(self) -> Iterator[bytes]:
        """
        The entry just given in portions.

        Raises:
            DigestMismatchError: The bytes are not those that the table names.
            LimitError: More bytes come out of all of them than an honest layer holds.
            ImageError: They cannot be had, or not alone.
        """
        assert self._item is not None
        chunks = self._item.chunks
        if self._first is not None:
            for at in range(0, len(self._first), _STEP):
                yield bytes(self._first[at : at + _STEP])
            chunks = chunks[1:]
        for chunk in chunks:
            yield from self._chunk(chunk, chunks[-1].end)

    def _chunk(self, chunk: Chunk, until: int) -> Iterator[bytes]:
        if chunk.zeros:
            for at in range(0, chunk.size, _STEP):
                yield bytes(min(_STEP, chunk.size - at))
            return
        hashed, left = hashlib.sha256(), chunk.size
        for data in self._opened(chunk, until):
            piece = data[:left]
            hashed.update(piece)
            left -= len(piece)
            yield piece
            if not left:
                break
        found = f"sha256:{hashed.hexdigest()}" if not left else "cut short"
        if found != chunk.digest:
            raise self._other_bytes(f"are {found}")

    def _opened(self, chunk: Chunk, until: int) -> Iterator[bytes]:
        """What comes out of the chunk's compressed part from its own first byte on."""
        before = chunk.inner
        source = Parts(self._read(chunk.start, chunk.end, until))
        try:
            for data in inflate(source, name=self._name, limits=self._limits):
                self._count(len(data))
                skipped = min(before, len(data))
                before -= skipped
                yield data[skipped:]
        except (LimitError, *_ON_THE_WAY):
            raise
        except ImageError as error:
            reason = error.message.removeprefix(f"{self._name}: ")
            raise self._other_bytes(f"cannot be read: {reason}") from error

    def _count(self, size: int) -> None:
        self._inflated += size
        if self._inflated > self._limits.layer_bytes:
            raise LimitError(
                f"{self._name}: more than {self._limits.layer_bytes} bytes uncompressed,"
                " the bound for one layer"
            )

    def _other_bytes(self, found: str) -> DigestMismatchError:
        assert self._item is not None
        return DigestMismatchError(
            f"{self._name}: {self._item.entry.path[:200]}: the bytes {found},"
            " the layer's table of contents says otherwise",
            hint="the image is damaged or was altered; build or fetch it again",
        )


def _head(parts: Iterator[bytes], count: int) -> bytes:
    """The first bytes, all of them having been verified."""
    head = b""
    for part in parts:
        head = head if len(head) >= count else (head + part)[:count]
    return head
