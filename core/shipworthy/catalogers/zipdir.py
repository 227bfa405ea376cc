"""
Reading zip archives out of memory: the central directory by hopping, members on demand.

Format: PKWARE APPNOTE 6.3.10 (central directory 4.3.12, end record 4.3.16, zip64 4.3.14
and 4.5.3). Data in front of the archive, as executable jars have, is allowed for; sizes
come from the central directory, so data descriptors do not matter. Only the members that
a caller may be interested in become objects: an archive of 100,000 classes costs a hop each.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

from shipworthy.catalogers.interface import Body
from shipworthy.errors import ParseError
from shipworthy.values import dataclass


_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
_LOCATOR64 = b"PK\x06\x07"
_CENTRAL = 0x02014B50
_LOCAL = b"PK\x03\x04"
_END_SIZE = 22
_END64_SIZE = 56
_CENTRAL_SIZE = 46
_LOCAL_SIZE = 30
_MAX_COMMENT = 0xFFFF
_FULL32 = 0xFFFFFFFF
_FULL16 = 0xFFFF
_ZIP64_FIELD = 1
_STORED = 0
_DEFLATED = 8
_ENCRYPTED = 0x1 | 0x40
_RATIO_FROM = 1024 * 1024
_MAX_RATIO = 250

_end = struct.Struct("<4sHHHHIIH").unpack_from
_end64 = struct.Struct("<32xQQ").unpack_from
_hop = struct.Struct("<I24xHHH").unpack_from
_central = struct.Struct("<8xHH8xII14xI").unpack_from
_local = struct.Struct("<26xHH").unpack_from


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive as its central directory states it; sizes in bytes."""

    name: str
    flags: int
    method: int
    packed: int
    size: int
    offset: int
    """Of the local header, from where the archive itself begins."""


@dataclass(frozen=True, slots=True)
class ZipDirectory:
    """What the central directory of an archive holds, as far as it was asked for."""

    data: Body
    start: int
    """Where the archive begins in ``data``: what stands before it is not part of it."""
    raw: bytes
    """The central directory itself, for looking for a name without listing all."""
    members: tuple[Member, ...]
    entries: int
    """Entries in all, the uninteresting ones included."""
    problem: str
    """Why the list is incomplete; empty where it is whole."""

    def read(self, member: Member, limit: int, *, truncate: bool = False) -> Body:
        """
        The content of a member, at most ``limit`` bytes.

        A stored member is a slice of the archive and costs nothing. With ``truncate``
        a longer one is cut, else it is an error, as is one that inflates to
        implausibly more than it is packed in. Raises ``ParseError`` for a member that
        is encrypted, damaged or packed by a method other than deflate.
        """
        if member.flags & _ENCRYPTED:
            raise ParseError("is encrypted")
        if not truncate and member.size > limit:
            raise ParseError(f"inflates to {member.size} bytes, more than {limit}")
        begin = self._content(member)
        end = begin + member.packed
        if end > len(self.data):
            raise ParseError("reaches beyond the end of the archive")
        if member.method == _STORED:
            return self.data[begin : min(end, begin + limit)]
        if member.method != _DEFLATED:
            raise ParseError(
                f"is packed by method {member.method}, only stored and deflate are read"
            )
        return _inflate(self.data[begin:end], member.size, limit, truncate=truncate)

    def _content(self, member: Member) -> int:
        """Where a member's bytes begin: behind its local header, whose own extra field may differ."""
        at = self.start + member.offset
        for place in (at, member.offset):
            if (
                0 <= place <= len(self.data) - _LOCAL_SIZE
                and bytes(self.data[place : place + 4]) == _LOCAL
            ):
                name, extra = _local(self.data, place)
                return place + _LOCAL_SIZE + int(name) + int(extra)
        raise ParseError("has no local header where the directory says it is")


def read_directory(
    data: Body,
    tails: Mapping[bytes, bytes],
    max_entries: int,
    max_members: int = 100_000,
) -> ZipDirectory:
    """
    The central directory of a zip archive, with the members whose name ends as asked.

    Args:
        data: The whole archive.
        tails: Last four bytes of the names that matter, in every spelling wanted, to
            the longer end that the name must have.
        max_entries: Entries read at most; beyond, the directory counts as incomplete.
        max_members: Members that matter at most; the same.

    Raises:
        ParseError: There is no zip archive in ``data``.
    """
    at, size, offset = _find_end(data)
    begin = at - size
    if not _is_central(data, begin, size):
        begin = offset
        if not _is_central(data, begin, size):
            raise ParseError(
                "has an end record but no central directory where that says it is"
            )
    raw = bytes(data[begin : begin + size])
    members, entries, problem = _walk(raw, tails, max_entries, max_members)
    return ZipDirectory(
        data=data,
        start=begin - offset,
        raw=raw,
        members=members,
        entries=entries,
        problem=problem,
    )


def _is_central(data: Body, begin: int, size: int) -> bool:
    if begin < 0 or begin + size > len(data):
        return False
    return size == 0 or bytes(data[begin : begin + 4]) == b"PK\x01\x02"


def _find_end(data: Body) -> tuple[int, int, int]:
    """Where the directory ends, its size and its offset as stated by the last sound end record."""
    base = max(0, len(data) - _END_SIZE - _MAX_COMMENT)
    tail = bytes(data[base:])
    at = len(tail)
    while (at := tail.rfind(_END, 0, at)) >= 0:
        if at + _END_SIZE <= len(tail):
            _, _, _, _, entries, size, offset, comment = _end(tail, at)
            if at + _END_SIZE + comment <= len(tail):
                place = base + at
                if _FULL32 in {size, offset} or entries == _FULL16:
                    return _find_end64(data, place) or (place, size, offset)
                return place, size, offset
    raise ParseError("is not a zip archive: it has no end record")


def _find_end64(data: Body, end: int) -> tuple[int, int, int] | None:
    """The same out of the zip64 end record in front of the locator; none where there is none."""
    locator = end - 20
    if locator < _END64_SIZE or bytes(data[locator : locator + 4]) != _LOCATOR64:
        return None
    (stated,) = struct.unpack_from("<8xQ", data, locator)
    for place in (locator - _END64_SIZE, int(stated)):
        if place + _END64_SIZE <= locator:
            head = bytes(data[place : place + _END64_SIZE])
            if head[:4] == _END64:
                size, offset = _end64(head, 8)
                return place, int(size), int(offset)
    return None


def _walk(
    raw: bytes, tails: Mapping[bytes, bytes], max_entries: int, max_members: int
) -> tuple[tuple[Member, ...], int, str]:
    found: list[Member] = []
    position = entries = 0
    last = len(raw) - _CENTRAL_SIZE
    hop = _hop
    while position <= last:
        signature, name, extra, comment = hop(raw, position)
        if signature != _CENTRAL:
            return tuple(found), entries, "has a damaged central directory"
        if entries == max_entries:
            break
        entries += 1
        behind = position + _CENTRAL_SIZE + name
        end = tails.get(raw[behind - 4 : behind])
        if end is not None and raw.startswith(end, behind - len(end)):
            if len(found) == max_members:
                break
            found.append(_member(raw, position, name, extra))
        position = behind + extra + comment
    else:
        problem = "" if position == len(raw) else "has a cut-off central directory"
        return tuple(found), entries, problem
    problem = f"has more entries than the {entries} that may still be read"
    return tuple(found), entries, problem


def _member(raw: bytes, position: int, name: int, extra: int) -> Member:
    flags, method, packed, size, offset = _central(raw, position)
    begin = position + _CENTRAL_SIZE
    text = raw[begin : begin + name]
    if _FULL32 in {packed, size, offset}:
        field = raw[begin + name : begin + name + extra]
        size, packed, offset = _large(field, size, packed, offset)
    return Member(
        name=text.decode("utf-8", "backslashreplace").replace("\\", "/"),
        flags=flags,
        method=method,
        packed=packed,
        size=size,
        offset=offset,
    )


def _large(field: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Sizes that did not fit, from the zip64 extra field: only those, in this order."""
    values = [size, packed, offset]
    position = 0
    while position + 4 <= len(field):
        kind, length = struct.unpack_from("<HH", field, position)
        position += 4
        if kind == _ZIP64_FIELD:
            stop = min(position + length, len(field))
            for index, value in enumerate(values):
                if value == _FULL32 and position + 8 <= stop:
                    (values[index],) = struct.unpack_from("<Q", field, position)
                    position += 8
            break
        position += length
    return values[0], values[1], values[2]


def _inflate(packed: Body, size: int, limit: int, *, truncate: bool) -> bytes:
    """Inflate at most ``limit`` bytes; the stated ``size`` is held to, never trusted."""
    most = min(limit, size)
    if not truncate and most > max(_RATIO_FROM, _MAX_RATIO * len(packed)):
        raise ParseError(
            f"inflates from {len(packed)} to {size} bytes, which no jar does"
        )
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        out = unpacker.decompress(packed, most + 1)
    except zlib.error as error:
        raise ParseError(f"cannot be inflated: {error}") from error
    if truncate:
        return out[:limit]
    if len(out) != size:
        raise ParseError(f"does not inflate to the {size} bytes it should have")
    return out
