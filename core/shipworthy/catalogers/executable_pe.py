"""
Sections of Windows executables, for Go and Rust programs that are built for Windows.

Source: Microsoft's PE format specification.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from shipworthy.catalogers.executable import Region, stored_pointer, unpack


_LONG = struct.Struct("<I")
_HEADER = struct.Struct("<4sHHIIIHHH")
_SECTION = struct.Struct("<8s4I12xI")
_BASE = {0x10B: (28, struct.Struct("<I")), 0x20B: (24, struct.Struct("<Q"))}
_ALIGNMENT = 0x00F00000
_DATA = 0xC0000040  # initialised data, readable, writable


class PeFile:
    """
    A Windows executable or library; see :class:`shipworthy.catalogers.executable.Executable`.

    Raises ``ValueError`` for what is not a PE file.
    """

    __slots__ = ("_base", "_count", "_table", "_view")

    def __init__(self, view: memoryview) -> None:
        (start,) = unpack(_LONG, view, 0x3C)
        signature, _, count, _, _, _, optional, _, kind = unpack(_HEADER, view, start)
        if signature != b"PE\0\0" or kind not in _BASE:
            raise ValueError("no header of a Windows executable")
        place, word = _BASE[kind]
        (self._base,) = unpack(word, view, start + 24 + place)
        self._table = start + 24 + optional
        self._count = count
        self._view = view

    def _sections(self) -> Iterator[tuple[bytes, int, Region]]:
        """Name, characteristics and bytes of each section that has bytes in the file."""
        for index in range(self._count):
            where = self._table + index * _SECTION.size
            if where + _SECTION.size > len(self._view):
                return
            name, _, address, size, offset, flags = _SECTION.unpack_from(
                self._view, where
            )
            if address and size:
                body = self._view[offset : offset + size]
                region = Region(address=self._base + address, size=size, body=body)
                yield name.rstrip(b"\0"), flags, region

    def section(self, name: str) -> Region | None:
        """The first section of that name that has bytes in the file."""
        wanted = name.encode()
        return next((r for found, _, r in self._sections() if found == wanted), None)

    def data(self) -> Region | None:
        """The first section of initialised, readable and writable data, and of nothing else."""
        for _, flags, region in self._sections():
            if flags & ~_ALIGNMENT == _DATA:
                return region
        return None

    def at(self, address: int) -> memoryview:
        """The bytes loaded at ``address`` up to the end of their section; empty where there are none."""
        for _, _, region in self._sections():
            if region.address <= address < region.address + region.size:
                return region.body[address - region.address :]
        return self._view[:0]

    def pointer(self, address: int, size: int, *, big_endian: bool) -> int:
        """The pointer at ``address`` in a program loaded where it prefers; 0 where there is none."""
        return stored_pointer(self.at(address), size, big_endian=big_endian)
