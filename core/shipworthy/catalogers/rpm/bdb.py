"""
The records of a Berkeley DB hash database (``Packages``), in either byte order.

Format: Berkeley DB 4 and 5, ``src/dbinc/db_page.h`` and ``hash.h``. The file is in the
order of the machine that wrote it, told by the magic number of page 0. All pages are
looked at in turn instead of following buckets, as a freed page has a type of its own;
headers hardly ever fit into a hash page and stand in chains of overflow pages. Every
overflow page is used once at most.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import field
from typing import Literal

from shipworthy.catalogers.interface import Body
from shipworthy.catalogers.rpm.record import MAX_BLOB, MAX_RECORDS, Problems, Record
from shipworthy.errors import ParseError
from shipworthy.values import dataclass


MAGIC = 0x00061561
_META = 72
_PAGE_HEAD = 26
_HASH_META_PAGE = 8
_FREE_PAGE = 0
_HASH_PAGES = frozenset({2, 13})
_OVERFLOW_PAGE = 7
_OTHER_PAGES = frozenset({_FREE_PAGE, _OVERFLOW_PAGE, _HASH_META_PAGE})
_CHECKSUMMED = 0x01
_KEYDATA = 1
_OFFPAGE = 3
_OFFPAGE_SIZE = 12
_KEY_SIZE = 4

Order = Literal["<", ">"]


def byte_order(data: Body) -> Order | None:
    """The order of a Berkeley DB hash database; ``None`` for anything else."""
    magic = bytes(data[12:16])
    if magic == MAGIC.to_bytes(4, "little"):
        return "<"
    return ">" if magic == MAGIC.to_bytes(4, "big") else None


def records(data: Body, problems: Problems) -> Iterator[Record]:
    """
    The values of all keys but the reserved key 0, in the order of the pages.

    What cannot be read is told to ``problems`` and the rest goes on; raises
    ``ParseError`` where page 0 is not that of a hash database.
    """
    file = _open(data)
    count = len(file.data) // file.size
    if file.last >= count:
        problems.add(
            f"has {len(file.data)} bytes, too few for the {file.last + 1} pages it claims"
        )
    left = MAX_RECORDS
    for number in range(1, min(file.last + 1, count)):
        page = file.page(number)
        if page[25] not in _HASH_PAGES:
            if page[25] not in _OTHER_PAGES:
                problems.add(f"page {number} is of type {page[25]}, which no hash has")
            continue
        try:
            items = _items(file, page, 2 * left)
        except ParseError as error:
            problems.add(f"page {number}: {error.message}")
            continue
        left -= len(items) // 2
        for key, value in zip(items[::2], items[1::2], strict=True):
            yield from _record(file, key, value, number, problems)


@dataclass(slots=True, kw_only=True)
class _File:
    data: memoryview
    order: Order
    size: int
    last: int
    visited: set[int] = field(default_factory=set)

    def page(self, number: int) -> memoryview:
        """Page ``number``, shorter than a page where the file ends before."""
        return self.data[number * self.size : (number + 1) * self.size]


def _open(data: Body) -> _File:
    view = memoryview(data)
    order = byte_order(data)
    if order is None or len(view) < _META:
        raise ParseError("is not a Berkeley DB hash database: it has no header of one")
    size, encryption, kind, flags = struct.unpack_from(f"{order}IBBB", view, 20)
    if kind != _HASH_META_PAGE:
        raise ParseError(f"starts with a page of type {kind}, expected a hash's")
    if encryption or flags & _CHECKSUMMED:
        raise ParseError("is encrypted or has checksums, which rpm never uses")
    if not 512 <= size <= 0x10000 or size & (size - 1):
        raise ParseError(f"has pages of {size} bytes, which Berkeley DB does not make")
    last = struct.unpack_from(f"{order}I", view, 32)[0]
    return _File(data=view, order=order, size=size, last=last)


def _items(file: _File, page: memoryview, most: int) -> list[memoryview]:
    """The items of a hash page: they grow from its end, each up to the one before."""
    count = struct.unpack_from(f"{file.order}H", page, 20)[0]
    if count % 2:
        raise ParseError(f"has {count} items, expected keys with values")
    if count > most:
        raise ParseError(f"is beyond the {MAX_RECORDS} records that are read")
    if _PAGE_HEAD + 2 * count > len(page):
        raise ParseError(f"claims {count} items, more than it has room for")
    offsets = struct.unpack_from(f"{file.order}{count}H", page, _PAGE_HEAD)
    items = []
    end = len(page)
    for offset in offsets:
        if not _PAGE_HEAD + 2 * count <= offset < end:
            raise ParseError("has an item that lies outside of its place")
        items.append(page[offset:end])
        end = offset
    return items


def _record(
    file: _File, key: memoryview, value: memoryview, number: int, problems: Problems
) -> Iterator[Record]:
    """The record of one pair; none for key 0, under which rpm counts its records."""
    if key[0] != _KEYDATA or len(key) != 1 + _KEY_SIZE:
        problems.add(f"page {number}: has a key that is not a number")
        return
    index = struct.unpack_from(f"{file.order}I", key, 1)[0]
    if not index:
        return
    label = f"record {index}"
    try:
        blob = _value(file, value)
    except ParseError as error:
        problems.add(f"{label}: {error.message}")
        return
    yield Record(label=label, blob=blob)


def _value(file: _File, value: memoryview) -> bytes:
    """The value of one pair: on the page itself, or in the chain that is named there."""
    if value[0] == _KEYDATA:
        return bytes(value[1:])
    if value[0] != _OFFPAGE or len(value) < _OFFPAGE_SIZE:
        raise ParseError(f"is of item type {value[0]}, expected a value")
    first, size = struct.unpack_from(f"{file.order}II", value, 4)
    return _overflow(file, first, size)


def _overflow(file: _File, number: int, size: int) -> bytes:
    """The ``size`` bytes that stand in the chain of overflow pages from page ``number``."""
    if size > MAX_BLOB:
        raise ParseError(f"is of {size} bytes, more than {MAX_BLOB}")
    parts = []
    left = size
    while left > 0:
        page = file.page(number)
        if not number or len(page) != file.size:
            raise ParseError(f"goes on at page {number}, which is not in the file")
        if page[25] != _OVERFLOW_PAGE or number in file.visited:
            raise ParseError(f"goes on at page {number}, which is not free to be its")
        file.visited.add(number)
        used = struct.unpack_from(f"{file.order}H", page, 22)[0]
        if not 0 < used <= min(left, file.size - _PAGE_HEAD):
            raise ParseError(f"page {number} claims {used} bytes of the {left} left")
        parts.append(page[_PAGE_HEAD : _PAGE_HEAD + used])
        left -= used
        number = struct.unpack_from(f"{file.order}I", page, 16)[0]
    return b"".join(parts)
