"""
The records of rpm's own "new database" (``Packages.db``).

Format: rpm's ``lib/backend/ndb/rpmpkg.c``. All numbers are little-endian. A header of 32
bytes, then slots of 16 bytes up to the end of the slot pages, each naming a blob by its
place and length in blocks of 16 bytes; a blob stands between a head and a tail with
its length and an Adler-32 checksum of head, blob and the padding up to the tail.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from shipworthy.catalogers.interface import Body
from shipworthy.catalogers.rpm.record import MAX_BLOB, MAX_RECORDS, Problems, Record
from shipworthy.errors import ParseError


MAGIC = b"RpmP"
_SLOT = 16
_BLOCK = 16
_PAGE = 4096
_HEADER = 32
_SLOT_MAGIC = b"Slot"
_HEAD_MAGIC = b"BlbS"
_TAIL_MAGIC = b"BlbE"

_slots = struct.Struct("<4sIII").iter_unpack
_header = struct.Struct("<4sIII").unpack_from
_head = struct.Struct("<4sIII")
_tail = struct.Struct("<II4s")


def records(data: Body, problems: Problems) -> Iterator[Record]:
    """
    The blobs in the order of their package index.

    What cannot be read is told to ``problems`` and the rest goes on; raises
    ``ParseError`` where the header is not one.
    """
    view = memoryview(data)
    if len(view) < _HEADER or view[:4] != MAGIC:
        raise ParseError("is not an NDB package database: it has no header of one")
    _, version, _, slot_pages = _header(view)
    if version:
        raise ParseError(f"is an NDB database of version {version}, only 0 is known")
    end = slot_pages * _PAGE
    if not slot_pages or end > len(view):
        problems.add(
            f"has {len(view)} bytes, {max(end, _PAGE)} are needed for its slots alone"
        )
        end = len(view) - len(view) % _SLOT
    left = len(view)
    for index, offset, blocks in sorted(_used(view[_HEADER:end], problems)):
        label = f"record {index}"
        try:
            blob = _blob(view, index, offset * _BLOCK, blocks * _BLOCK, label, problems)
        except ParseError as error:
            problems.add(f"{label}: {error.message}")
            continue
        left -= len(blob)
        if left < 0:
            problems.add("has records that lie on each other")
            return
        yield Record(label=label, blob=blob)


def _used(slots: memoryview, problems: Problems) -> Iterator[tuple[int, int, int]]:
    """Package index, first block and number of blocks of every slot in use."""
    left = MAX_RECORDS
    for number, (magic, index, offset, blocks) in enumerate(_slots(slots)):
        if not left:
            problems.add(f"has more than {MAX_RECORDS} records")
            return
        if magic != _SLOT_MAGIC:
            problems.add(f"slot {number} is not marked as one")
        elif index:
            left -= 1
            yield index, offset, blocks


def _blob(
    view: memoryview, index: int, start: int, room: int, label: str, problems: Problems
) -> bytes:
    """The blob in ``room`` bytes at ``start``, with its checksum compared."""
    frame = _head.size + _tail.size
    if room < frame or start + room > len(view):
        raise ParseError("lies outside of the file")
    magic, owner, _, size = _head.unpack_from(view, start)
    if magic != _HEAD_MAGIC or owner != index:
        raise ParseError("its place holds no record of that number")
    if size + frame > room or size > MAX_BLOB:
        raise ParseError(f"is of {size} bytes, more than its place or {MAX_BLOB}")
    end = start + room - _tail.size
    checksum, length, magic = _tail.unpack_from(view, end)
    if magic != _TAIL_MAGIC or length != size:
        problems.add(f"{label}: has no proper end mark")
    elif zlib.adler32(view[start:end]) != checksum:
        problems.add(f"{label}: its checksum is wrong")
    return bytes(view[start + _head.size : start + _head.size + size])
