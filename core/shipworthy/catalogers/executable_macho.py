"""
Sections and segments of macOS executables, of one architecture or universal.

Source: Apple's ``mach-o/loader.h`` and ``mach-o/fat.h``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from shipworthy.catalogers.executable import (
    MAX_HEADERS,
    Region,
    stored_pointer,
    unpack,
)


_MAGIC = {
    b"\xfe\xed\xfa\xce": (">", False),
    b"\xfe\xed\xfa\xcf": (">", True),
    b"\xce\xfa\xed\xfe": ("<", False),
    b"\xcf\xfa\xed\xfe": ("<", True),
}
_UNIVERSAL = {
    b"\xca\xfe\xba\xbe": struct.Struct(">4xI8xII"),
    b"\xca\xfe\xba\xbf": struct.Struct(">4xI8xQQ"),
}
_MAX_ARCHITECTURES = (
    32  # a Java class has the same magic, and its version, 45 or more, here
)
_READ_WRITE = 3


def one_architecture(view: memoryview) -> memoryview:
    """The first architecture of a universal file; any other file as it is."""
    layout = _UNIVERSAL.get(bytes(view[:4]))
    if layout is None:
        return view
    count, offset, size = unpack(layout, view, 0)
    if not 0 < count <= _MAX_ARCHITECTURES:
        raise ValueError("not a universal file")
    return view[offset : offset + size]


class MachFile:
    """
    A macOS executable of one architecture; see :class:`shipworthy.catalogers.executable.Executable`.

    Raises ``ValueError`` for what is not a Mach-O file.
    """

    __slots__ = (
        "_command",
        "_count",
        "_kind",
        "_section",
        "_segment",
        "_start",
        "_view",
    )

    def __init__(self, view: memoryview) -> None:
        order, wide = _MAGIC.get(bytes(view[:4]), ("", False))
        if not order:
            raise ValueError("no header of a macOS executable")
        (self._count,) = unpack(struct.Struct(order + "I"), view, 16)
        self._view = view
        self._start = 32 if wide else 28
        self._kind = 0x19 if wide else 0x1
        word = "Q" if wide else "I"
        self._command = struct.Struct(order + "II")
        self._segment = struct.Struct(f"{order}8x16s4{word}IIII")
        self._section = struct.Struct(f"{order}16s16x2{word}I{28 if wide else 24}x")

    def _segments(self) -> Iterator[tuple[bool, Region, int, int]]:
        """Whether it is plain data, the bytes, the place of the sections and their number, of each segment."""
        where = self._start
        for _ in range(min(self._count, MAX_HEADERS)):
            if where + self._command.size > len(self._view):
                return
            kind, size = self._command.unpack_from(self._view, where)
            if size < self._command.size:
                return
            inside = where + self._segment.size
            if kind == self._kind and inside <= len(self._view):
                name, address, _, offset, length, most, protection, count, _ = (
                    self._segment.unpack_from(self._view, where)
                )
                if name.rstrip(b"\0") != b"__PAGEZERO":
                    body = self._view[offset : offset + length]
                    region = Region(address=address, size=length, body=body)
                    count = min(
                        count, (size - self._segment.size) // self._section.size
                    )
                    yield most == protection == _READ_WRITE, region, inside, count
            where += size

    def section(self, name: str) -> Region | None:
        """The first section of that name, in whatever segment, that has bytes in the file."""
        wanted = name.encode()
        size = self._section.size
        for _, _, start, count in self._segments():
            for where in range(start, start + count * size, size):
                if where + size > len(self._view):
                    break
                found, address, length, offset = self._section.unpack_from(
                    self._view, where
                )
                if found.rstrip(b"\0") == wanted:
                    body = self._view[offset : offset + length]
                    return Region(address=address, size=length, body=body)
        return None

    def data(self) -> Region | None:
        """The first segment that may be read and written and nothing else."""
        for plain, region, _, _ in self._segments():
            if plain and region.address and region.size:
                return region
        return None

    def at(self, address: int) -> memoryview:
        """The bytes loaded at ``address`` up to the end of their segment; empty where there are none."""
        for _, region, _, _ in self._segments():
            if region.address <= address < region.address + region.size:
                return region.body[address - region.address :]
        return self._view[:0]

    def pointer(self, address: int, size: int, *, big_endian: bool) -> int:
        """The pointer at ``address`` in a program loaded where it prefers; 0 where there is none."""
        return stored_pointer(self.at(address), size, big_endian=big_endian)
