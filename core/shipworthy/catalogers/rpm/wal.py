"""
The write-ahead log of an SQLite database: which pages it replaces.

Format: "The WAL File Format" (sqlite.org/fileformat2.html, section 4, and
sqlite.org/walformat.html). A frame counts when its salts are those of the log's header,
the checksums hold from the log's beginning up to it, and a commit follows or is it; what
comes after the last such frame was never committed, or belongs to an older generation of
the log, and is no part of the database: SQLite passes over it without a word, and so
does this.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import field

from shipworthy.catalogers.interface import Body
from shipworthy.errors import ParseError
from shipworthy.values import dataclass


_MAGIC = 0x377F0682
_VERSION = 3007000
_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_MASK = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What the log's last commit left."""

    pages: Mapping[int, memoryview] = field(default_factory=dict)
    """Newest committed content by page number."""
    page_count: int = 0
    """Pages of the whole database after that commit; 0 where nothing was committed."""


def committed(log: Body, page_size: int) -> Committed:
    """
    The pages that ``log`` replaces in a database of pages of ``page_size`` bytes.

    Raises ``ParseError`` for a log that is not empty and has no valid header, or one for
    another page size; without its header not even SQLite can use any of it.
    """
    view = memoryview(log)
    if not view:
        return Committed()
    words, salts, state = _header(view, page_size)
    step = _FRAME.size + page_size
    pages: dict[int, memoryview] = {}
    pending: dict[int, memoryview] = {}
    count = 0
    for start in range(_HEADER.size, len(view) - step + 1, step):
        number, size, salt1, salt2, *expected = _FRAME.unpack_from(view, start)
        if (salt1, salt2) != salts or not number:
            break
        content = view[start + _FRAME.size : start + step]
        state = _checksum(view[start : start + 8], words, state)
        state = _checksum(content, words, state)
        if state != tuple(expected):
            break
        pending[number] = content
        if size:
            pages.update(pending)
            pending.clear()
            count = size
    return Committed(pages=pages, page_count=count)


def _header(
    view: memoryview, page_size: int
) -> tuple[str, tuple[int, int], tuple[int, int]]:
    """The order of the checksums' words, the salts, and the checksum so far."""
    if len(view) < _HEADER.size:
        raise ParseError(
            f"is a write-ahead log of {len(view)} bytes, too short for its header"
        )
    magic, version, size, _, salt1, salt2, *expected = _HEADER.unpack_from(view)
    if magic & ~1 != _MAGIC or version != _VERSION:
        raise ParseError("has no valid header of an SQLite write-ahead log")
    words = ">" if magic & 1 else "<"
    state = _checksum(view[:24], words, (0, 0))
    if state != tuple(expected):
        raise ParseError("is a write-ahead log whose header has a wrong checksum")
    if size != page_size:
        raise ParseError(
            f"is a write-ahead log for pages of {size} bytes, the database's have {page_size}"
        )
    return words, (salt1, salt2), state


def _checksum(data: memoryview, order: str, state: tuple[int, int]) -> tuple[int, int]:
    """Section 4.2: two sums over pairs of 32-bit words, each feeding the other."""
    first, second = state
    for left, right in struct.iter_unpack(f"{order}II", data):
        first = (first + left + second) & _MASK
        second = (second + right + first) & _MASK
    return first, second
