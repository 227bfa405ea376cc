"""
Pages and table b-trees of an SQLite database.

Format: sqlite.org/fileformat2.html, sections 1.3 and 1.6. Every page is visited once at
most in the life of :class:`Pages`, and the cells of a leaf are together no larger than the
leaf, so that no database, however its pages point at each other, gives more than its own size.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import field

from shipworthy.catalogers.rpm.record import MAX_BLOB, MAX_RECORDS, Problems
from shipworthy.catalogers.rpm.wal import Committed
from shipworthy.errors import ParseError
from shipworthy.values import dataclass


FILE_HEADER = 100
"""Bytes of page 1 in front of its b-tree."""

_INTERIOR = 0x05
_LEAF = 0x0D
_MAX_DEPTH = 20
_SPARE_PAGES = 0x10000

_page_head = struct.Struct(">BHHHB").unpack_from
_u32 = struct.Struct(">I").unpack_from


@dataclass(slots=True, kw_only=True)
class Pages:
    """The database's pages, each taken from the log where that has it."""

    data: memoryview
    size: int
    usable: int
    log: Committed
    visited: set[int] = field(default_factory=set)

    @property
    def most(self) -> int:
        """More pages than there are, by what may be missing of a file that was cut off."""
        return len(self.data) // self.size + len(self.log.pages) + _SPARE_PAGES

    def visit(self, number: int) -> memoryview:
        """Page ``number``; raises ``ParseError`` where there is none or it was visited before."""
        if number in self.visited:
            raise ParseError(f"page {number} is used twice")
        self.visited.add(number)
        page = self.log.pages.get(number)
        if page is None:
            start = (number - 1) * self.size
            page = self.data[start : start + self.size] if number else self.data[:0]
        if len(page) != self.size or 0 < self.log.page_count < number:
            raise ParseError(f"page {number} is not in the file")
        return page


def rows(
    pages: Pages, root: int, problems: Problems
) -> Iterator[tuple[int, bytes | memoryview]]:
    """
    Rowid and payload of every row of the table whose b-tree starts at page ``root``, in order.

    What cannot be read is told to ``problems``, and the walk goes on beside it.
    """
    stack = [(root, 1)]
    pages_left, rows_left = pages.most, MAX_RECORDS
    while stack:
        number, depth = stack.pop()
        try:
            page = pages.visit(number)
            children, pointers = _node(page, number, pages_left)
        except ParseError as error:
            problems.add(error.message)
            continue
        if children and depth == _MAX_DEPTH:
            problems.add(f"page {number} has pages below the {depth}th level")
            continue
        pages_left -= len(children)
        rows_left -= len(pointers)
        if rows_left < 0:
            problems.add(f"has more than {MAX_RECORDS} records")
            return
        stack.extend((child, depth + 1) for child in reversed(children))
        room = pages.size
        for pointer in pointers:
            try:
                rowid, payload, used = _cell(pages, page, pointer, room)
            except ParseError as error:
                problems.add(f"page {number}: {error.message}")
                continue
            room -= used
            yield rowid, payload


def _node(
    page: memoryview, number: int, most: int
) -> tuple[list[int], tuple[int, ...]]:
    """The children of an interior page, ``most`` of them, or where the cells of a leaf are."""
    start = FILE_HEADER if number == 1 else 0
    kind, _, count, _, _ = _page_head(page, start)
    if kind not in {_INTERIOR, _LEAF}:
        raise ParseError(f"page {number} is of type {kind}, expected one of a table")
    first = start + (12 if kind == _INTERIOR else 8)
    if first + 2 * count > len(page):
        raise ParseError(f"page {number} has no room for the {count} cells it claims")
    if kind == _INTERIOR and count >= most:
        raise ParseError(f"page {number} has more pages below it than are left")
    pointers = struct.unpack_from(f">{count}H", page, first)
    if kind == _LEAF:
        return [], pointers
    if max(pointers, default=0) + 4 > len(page):
        raise ParseError(f"page {number} has a cell that lies outside of it")
    children = [_u32(page, pointer)[0] for pointer in pointers]
    children.append(_u32(page, start + 8)[0])
    return children, ()


def _cell(
    pages: Pages, page: memoryview, pointer: int, room: int
) -> tuple[int, bytes | memoryview, int]:
    """Rowid, payload and the bytes used of the leaf, of which ``room`` are left."""
    size, start = varint(page, pointer)
    rowid, start = varint(page, start)
    if size > MAX_BLOB:
        raise ParseError(f"record {rowid} is of {size} bytes, more than {MAX_BLOB}")
    local = _local_size(size, pages.usable)
    end = start + local
    if end + (4 if local < size else 0) > pages.usable or local > room:
        raise ParseError(f"record {rowid} lies outside of its place")
    head = page[start:end]
    if local == size:
        return rowid, head, local
    return rowid, _overflow(pages, head, size, _u32(page, end)[0]), local


def _local_size(size: int, usable: int) -> int:
    """How much of a payload of ``size`` bytes stands on the leaf itself."""
    largest = usable - 35
    if size <= largest:
        return size
    smallest = (usable - 12) * 32 // 255 - 23
    local = smallest + (size - smallest) % (usable - 4)
    return local if local <= largest else smallest


def _overflow(pages: Pages, head: memoryview, size: int, number: int) -> bytes:
    """A payload of ``size`` bytes that begins with ``head`` and goes on at page ``number``."""
    parts = [head]
    left = size - len(head)
    while left > 0:
        page = pages.visit(number)
        part = page[4 : 4 + min(left, pages.usable - 4)]
        parts.append(part)
        left -= len(part)
        number = _u32(page)[0]
    return b"".join(parts)


def varint(data: bytes | memoryview, start: int) -> tuple[int, int]:
    """
    A variable-length integer of nine bytes at most, taken as unsigned, and where it ends.

    Raises ``ParseError`` where ``data`` ends before it does.
    """
    value = 0
    try:
        for position in range(start, start + 8):
            byte = data[position]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value, position + 1
        return value << 8 | data[start + 8], start + 9
    except IndexError:
        raise ParseError("has an integer that is cut off") from None
