"""
Which parts of a layer's blob to fetch, from its table of contents alone.

Files that are wanted for their paths are fetched whole. Of an executable only its first bytes tell whether it is wanted: most are
small, and fetched whole at once; of a large one the first chunk is fetched, and the rest when it turns out to be wanted. Parts
that lie close together are fetched in one go, because a request costs more than a few bytes too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shipworthy.layers.partial.toc import Chunk, Item, Unfit
from shipworthy.layers.select import Selector
from shipworthy.model.limits import MIB
from shipworthy.streams.header import normal_path
from shipworthy.streams.tar import FILE, HARDLINK


Range = tuple[int, int]
"""Where a part of the blob begins, and where it ends."""

_WHOLE = 0.65
"""The share of a blob from which on it is better read whole: in one request, and every byte of it verified."""
_GAP = 128 * 1024
"""Unwanted bytes that are fetched rather than asking once more."""
_MOST_RANGES = 1_000
STEP = 4 * MIB
"""Fetched by one request at the most."""
_AT_ONCE = 4 * MIB
"""Of executables up to this size everything is fetched at once."""


def plan(items: Sequence[Item], selector: Selector, *, size: int) -> list[Range]:
    """
    The parts to fetch of a blob of ``size`` bytes, sorted, none longer than ``STEP``.

    Raises ``Unfit`` where reading it whole is better, or nothing verifies a wanted file.
    """
    wanted: list[Range] = []
    perhaps = 0
    for now, later in _needed(items, selector):
        for chunk in (*now, *later):
            if not chunk.digest and not chunk.zeros:
                raise Unfit("a wanted file without a digest")
        wanted += [(chunk.start, _enough(chunk)) for chunk in now if not chunk.zeros]
        perhaps += sum(chunk.end - chunk.start for chunk in later)
    ranges = _joined(sorted(set(wanted)))
    if sum(end - start for start, end in ranges) + perhaps > _WHOLE * size:
        raise Unfit("most of it is wanted")
    return list(_cut(ranges))


def _needed(
    items: Sequence[Item], selector: Selector
) -> Iterator[tuple[Sequence[Chunk], Sequence[Chunk]]]:
    """The chunks to fetch at once, and those that may be needed later."""
    links = set()
    for item in items:
        entry = item.entry
        if entry.kind == HARDLINK and selector.by_path(entry.path):
            links.add(normal_path(entry.link, ""))
        if entry.kind != FILE:
            continue
        if _may_be_read(item, selector, selector.by_path(entry.path)):
            yield item.chunks, ()
        elif selector.may_be_elf(entry.mode, entry.size):
            fits = _may_be_read(item, selector, selector.elf)
            count = len(item.chunks) if fits and entry.size <= _AT_ONCE else 1
            yield item.chunks[:count], item.chunks[count:] if fits else ()
    if links:
        for item in items:
            if item.entry.kind == FILE and item.entry.path in links:
                yield item.chunks, ()


def _enough(chunk: Chunk) -> int:
    """
    Where the chunk's own bytes end in the blob at the latest, unless the compression made them longer.

    Other files may follow in the same compressed part; what is needed of them after all is fetched then.
    """
    needed = chunk.inner + chunk.size
    return min(chunk.end, chunk.start + needed + needed // 64 + 1024)


def _may_be_read(item: Item, selector: Selector, catalogers: Iterable[int]) -> bool:
    size = item.entry.size
    return any(size <= selector.catalogers[i].wants.max_size for i in catalogers)


def _joined(ranges: Sequence[Range]) -> list[Range]:
    """Ranges that are ``_GAP`` or less apart as one; those farther apart too, where they are too many."""
    gap = _GAP
    while True:
        joined: list[Range] = []
        for start, end in ranges:
            if joined and start <= joined[-1][1] + gap:
                joined[-1] = joined[-1][0], max(joined[-1][1], end)
            else:
                joined.append((start, end))
        if len(joined) <= _MOST_RANGES:
            return joined
        ranges, gap = joined, gap * 2


def _cut(ranges: Iterable[Range]) -> Iterator[Range]:
    for start, end in ranges:
        for at in range(start, end, STEP):
            yield at, min(at + STEP, end)
