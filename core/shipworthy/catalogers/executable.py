"""
Where things stand in an executable: sections and segments of ELF, PE and Mach-O files.

Only what finding embedded data needs is read, and only when it is asked for: most
executables of an image are plain C programs, and telling that one has no section of a
given name takes two headers and a search through the section names. A file that only
looks like an executable is told by ``None``, never by an error.

Source: System V ABI (gABI), chapters 4 and 5; the other formats stand in modules of their own.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, Protocol

from shipworthy.catalogers.interface import Body
from shipworthy.values import dataclass


MAX_SIZE = 2 * 1024 * 1024 * 1024
"""Bytes of the largest executable that is read; machine-learning libraries come near."""

MAX_HEADERS = 65_536
"""Sections, segments or load commands that are looked at in one file."""

_MAX_NAMES = 16 * 1024 * 1024
_MAX_RELOCATIONS = 32 * 1024 * 1024
_LOAD = 1
_WRITE_OR_EXECUTE, _WRITE = 3, 2
_NOBITS = frozenset({0, 8})
_LINKED_INDEX = 0xFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A stretch of an executable that the loader puts at an address."""

    address: int
    size: int
    """Bytes the file should hold of it, as its header says."""
    body: memoryview
    """Those bytes; fewer than ``size`` where the file is cut short."""


class Executable(Protocol):
    """**Protocol:** one executable file, whatever its format."""

    def section(self, name: str) -> Region | None:
        """The first section of that name that has bytes in the file."""
        ...

    def data(self) -> Region | None:
        """
        Where initialised data begins: the first writable segment (ELF, Mach-O) or section (PE).

        ``None`` too where the sections are named so well that a search would tell no more.
        """
        ...

    def at(self, address: int) -> memoryview:
        """The bytes loaded at ``address`` up to the end of their segment; empty where there are none."""
        ...

    def pointer(self, address: int, size: int, *, big_endian: bool) -> int:
        """The pointer of ``size`` bytes that the loaded program has at ``address``; 0 where there is none."""
        ...


def open_executable(data: Body) -> Executable | None:
    """The executable in ``data``, or ``None`` where it is none of the known formats."""
    view = memoryview(data)
    magic = bytes(view[:4])
    try:
        if magic == b"\x7fELF":
            return ElfFile(view)
        if magic[:2] == b"MZ":
            from shipworthy.catalogers.executable_pe import PeFile

            return PeFile(view)
        if (
            magic[:3] in {b"\xca\xfe\xba", b"\xfe\xed\xfa"}
            or magic[1:] == b"\xfa\xed\xfe"
        ):
            from shipworthy.catalogers.executable_macho import (
                MachFile,
                one_architecture,
            )

            return MachFile(one_architecture(view))
    except ValueError:
        return None
    return None


def unpack(layout: struct.Struct, view: memoryview, offset: int) -> tuple[Any, ...]:
    """The fields of ``layout`` at ``offset``; raises ``ValueError`` where the file ends before."""
    if offset + layout.size > len(view):
        raise ValueError("a header lies beyond the end of the file")
    return layout.unpack_from(view, offset)


def stored_pointer(body: memoryview, size: int, *, big_endian: bool) -> int:
    """The unsigned number of ``size`` bytes that ``body`` starts with; 0 where it is shorter."""
    if len(body) < size:
        return 0
    return int.from_bytes(body[:size], "big" if big_endian else "little")


class _Layout:
    """The structures of one ELF class and byte order, with fields in the order of the 64-bit class."""

    __slots__ = ("header", "order", "section", "segment", "wide")

    def __init__(self, order: str, *, wide: bool) -> None:
        self.order = order
        self.wide = wide
        self.header = struct.Struct(order + ("QQQI6H" if wide else "IIII6H"))
        self.section = struct.Struct(order + ("IIQQQQIIQQ" if wide else "10I"))
        self.segment = struct.Struct(order + ("IIQQQQ" if wide else "7I"))


_LAYOUTS = {
    b"\x01\x01": _Layout("<", wide=False),
    b"\x01\x02": _Layout(">", wide=False),
    b"\x02\x01": _Layout("<", wide=True),
    b"\x02\x02": _Layout(">", wide=True),
}


class ElfFile:
    """
    An ELF file of either class and byte order; see :class:`Executable`.

    Raises ``ValueError`` for what is not an ELF file. Section headers that are stripped or
    cut off with the end of the file are as good as none.
    """

    __slots__ = ("_layout", "_names", "_sections", "_segments", "_view")

    def __init__(self, view: memoryview) -> None:
        layout = _LAYOUTS.get(bytes(view[4:6]))
        if layout is None:
            raise ValueError("neither word size nor byte order is known")
        header = unpack(layout.header, view, 24)
        self._view = view
        self._layout = layout
        self._segments: tuple[int, int, int] = (header[1], header[5], header[6])
        self._sections: tuple[int, int, int] = (header[2], header[7], header[8])
        self._names = self._read_names(header[9])

    def _read_names(self, index: int) -> bytes:
        """The section names, NUL-terminated; empty where there are none."""
        start, step, count = self._sections
        layout = self._layout.section
        if not start or step < layout.size:
            return b""
        try:
            if not count or index == _LINKED_INDEX:
                first = unpack(layout, self._view, start)
                count = count or min(first[5], MAX_HEADERS)
                index = first[6] if index == _LINKED_INDEX else index
                self._sections = start, step, count
            if not 0 < index < count:
                return b""
            header = unpack(layout, self._view, start + index * step)
        except ValueError:
            return b""
        offset, size = header[4], min(header[5], _MAX_NAMES)
        return bytes(self._view[offset : offset + size])

    def section(self, name: str) -> Region | None:
        """The first section of that name that has bytes in the file."""
        wanted = name.encode() + b"\0"
        if wanted not in self._names:
            return None
        start, step, count = self._sections
        layout = self._layout.section
        for place in range(start, start + count * step, step):
            if place + layout.size > len(self._view):
                return None
            where, kind, _, address, offset, size, *_ = layout.unpack_from(
                self._view, place
            )
            if kind not in _NOBITS and self._names.startswith(wanted, where):
                body = self._view[offset : offset + size]
                return Region(address=address, size=size, body=body)
        return None

    def _loads(self) -> Iterator[tuple[int, int, int, int]]:
        """Flags, offset, address and size of each segment that is loaded (``PT_LOAD``)."""
        start, step, count = self._segments
        layout = self._layout.segment
        if step < layout.size:
            return
        for place in range(start, start + count * step, step):
            if place + layout.size > len(self._view):
                return
            fields = layout.unpack_from(self._view, place)
            if fields[0] != _LOAD:
                continue
            if self._layout.wide:
                _, flags, offset, address, _, size = fields
            else:
                _, offset, address, _, size, _, flags = fields
            yield flags, offset, address, size

    def data(self) -> Region | None:
        """The first segment that is writable and not executable; ``None`` where sections have names."""
        if self._names:
            return None
        for flags, offset, address, size in self._loads():
            if flags & _WRITE_OR_EXECUTE == _WRITE:
                body = self._view[offset : offset + size]
                return Region(address=address, size=size, body=body)
        return None

    def at(self, address: int) -> memoryview:
        """The bytes loaded at ``address`` up to the end of their segment; empty where there are none."""
        for _, offset, start, size in self._loads():
            if start <= address < start + size:
                return self._view[offset + address - start : offset + size]
        return self._view[:0]

    def pointer(self, address: int, size: int, *, big_endian: bool) -> int:
        """
        The pointer of ``size`` bytes that the loaded program has at ``address``; 0 where there is none.

        In a position-independent program the linker may leave the place empty and put the
        pointer into a relative relocation (``.rela.dyn``) for the loader to apply.
        """
        stored = stored_pointer(self.at(address), size, big_endian=big_endian)
        if stored or size != 8 or not self._layout.wide or address >= 1 << 64:
            return stored
        relocations = self.section(".rela.dyn")
        return self._relocated(relocations.body, address) if relocations else 0

    def _relocated(self, relocations: memoryview, address: int) -> int:
        """What a table of relocations with addends (24 bytes each) puts at ``address``."""
        table = bytes(relocations[:_MAX_RELOCATIONS])
        order = self._layout.order
        wanted = struct.pack(order + "Q", address)
        found = table.find(wanted)
        while 0 <= found <= len(table) - 24:
            if found % 24 == 0:
                info, addend = struct.unpack_from(order + "QQ", table, found + 8)
                return int(addend) if info >> 32 == 0 else 0
            found = table.find(wanted, found - found % 24 + 24)
        return 0
