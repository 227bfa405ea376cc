"""
The rpm header: an index of tags in front of a store of values.

Format: rpm's ``lib/header.c`` and ``docs/manual/hregions.md``. A database keeps a header
without the magic number that package files have: two 32-bit lengths (entries of the index,
bytes of the store), the index of 16 bytes an entry (tag, type, offset, count), the store;
all big-endian on every machine. Headers made by rpm 4 and later begin with a *region* entry
that covers the tags as they were signed; what was added at installation stands behind it and
wins where a tag is there twice. Headers of rpm 3 have no region, which makes no difference here.
"""

from __future__ import annotations

import struct
from enum import IntEnum

from shipworthy.errors import ParseError
from shipworthy.values import dataclass


class Tag(IntEnum):
    """The tags an inventory needs (rpm's ``include/rpm/rpmtag.h``)."""

    NAME = 1000
    VERSION = 1001
    RELEASE = 1002
    EPOCH = 1003
    VENDOR = 1011
    LICENSE = 1014
    ARCH = 1022
    OLDFILENAMES = 1027
    SOURCERPM = 1044
    DIRINDEXES = 1116
    BASENAMES = 1117
    DIRNAMES = 1118
    MODULARITYLABEL = 5096


_WANTED = frozenset(int(tag) for tag in Tag)
_MAX_ENTRIES = 0xFFFF
_MAX_VALUES = 1_000_000
_MAX_TEXT = 64 * 1024
_INT32 = 4
_TEXT = frozenset({6, 8, 9})

_lengths = struct.Struct(">II")
_entry = struct.Struct(">IIII")


@dataclass(frozen=True, slots=True)
class Header:
    """One package's header with its wanted tags located, none of them decoded yet."""

    index: dict[int, tuple[int, int, int]]
    """Type, offset in the store and count by tag."""
    store: bytes

    def text(self, tag: Tag) -> str:
        """The (first) text of ``tag``; empty where the tag is absent."""
        place = self.index.get(tag)
        if place is None:
            return ""
        _, offset, _ = self._place(tag, place, _TEXT)
        end = self.store.find(b"\0", offset, offset + _MAX_TEXT)
        if end < 0:
            raise ParseError(
                f"tag {tag.name} has a text without an end in {_MAX_TEXT} bytes"
            )
        return self.store[offset:end].decode("utf-8", "backslashreplace")

    def texts(self, tag: Tag) -> list[str]:
        """All texts of ``tag``; none where the tag is absent."""
        place = self.index.get(tag)
        if place is None:
            return []
        _, offset, count = self._place(tag, place, _TEXT)
        if offset + count > len(self.store):
            raise ParseError(f"tag {tag.name} has fewer texts than the {count} claimed")
        parts = self.store[offset:].split(b"\0", count)
        if len(parts) <= count:
            raise ParseError(f"tag {tag.name} has fewer texts than the {count} claimed")
        joined = b"\0".join(parts[:count]).decode("utf-8", "backslashreplace")
        return joined.split("\0") if count else []

    def numbers(self, tag: Tag) -> tuple[int, ...]:
        """All 32-bit numbers of ``tag``; none where the tag is absent."""
        place = self.index.get(tag)
        if place is None:
            return ()
        _, offset, count = self._place(tag, place, frozenset({_INT32}))
        if offset + 4 * count > len(self.store):
            raise ParseError(
                f"tag {tag.name} has fewer numbers than the {count} claimed"
            )
        return struct.unpack_from(f">{count}I", self.store, offset)

    def _place(
        self, tag: Tag, place: tuple[int, int, int], kinds: frozenset[int]
    ) -> tuple[int, int, int]:
        kind, offset, count = place
        if count > _MAX_VALUES:
            raise ParseError(f"tag {tag.name} has {count} values, over {_MAX_VALUES}")
        if kind not in kinds or offset >= len(self.store):
            raise ParseError(
                f"tag {tag.name} is of type {kind} at {offset}, which cannot be"
            )
        return place


def parse_header(blob: bytes) -> Header:
    """
    The header that ``blob`` holds.

    Raises ``ParseError`` where the lengths at its beginning do not fit it.
    """
    if len(blob) < _lengths.size:
        raise ParseError(f"is of {len(blob)} bytes, too few for a package header")
    entries, size = _lengths.unpack_from(blob)
    start = _lengths.size + entries * _entry.size
    if not 0 < entries <= _MAX_ENTRIES or start + size > len(blob):
        raise ParseError(
            f"is no package header of {len(blob)} bytes: it claims {entries} tags"
            f" and {size} bytes of values"
        )
    index = {
        tag: (kind, offset, count)
        for tag, kind, offset, count in _entry.iter_unpack(blob[_lengths.size : start])
        if tag in _WANTED
    }
    return Header(index, blob[start : start + size])
