"""Small executables for tests: ELF, PE and Mach-O files around given sections, and what Go and Rust put in them."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from typing import Any


BASE = 0x400000
"""The address that a built program is loaded at."""

FIRST = 0x200
"""Where its first section stands in the file, and above ``BASE`` in memory, whatever the format."""

GO_MAGIC = b"\xff Go buildinf:"
_FRAME_START = bytes.fromhex("3077af0c9274080241e1c107e6d618e6")
_FRAME_END = bytes.fromhex("f932433186182072008242104116d8f2")

Sections = Sequence[tuple[str, bytes]]


def _joined(sections: Sections) -> tuple[bytes, list[int]]:
    """The bodies one after the other, each aligned to 16 bytes, and where in the file each starts."""
    body, starts = b"", []
    for _, content in sections:
        body += b"\0" * (-len(body) % 16)
        starts.append(FIRST + len(body))
        body += content
    return body, starts


def elf(
    sections: Sections,
    *,
    wide: bool = True,
    big_endian: bool = False,
    stripped: bool = False,
    kind: int = 1,
) -> bytes:
    """
    An ELF program with its sections in one writable segment after one of code.

    Args:
        sections: Names and contents.
        wide: Whether it is of the 64-bit class.
        big_endian: Its byte order.
        stripped: Whether the section headers are left out.
        kind: The type of all sections; 8 is one without bytes in the file.
    """
    order, word = ">" if big_endian else "<", "Q" if wide else "I"
    body, starts = _joined(sections)
    names = b"\0" + b"".join(name.encode() + b"\0" for name, _ in sections)
    names += b".shstrtab\0"
    end = FIRST + len(body)
    table = end + len(names) + (-(end + len(names)) % 8)
    program, section = (56, 64) if wide else (32, 40)
    header = 64 if wide else 52
    file = b"\x7fELF" + bytes([1 + wide, 1 + big_endian, 1]) + bytes(9)
    file += struct.pack(
        f"{order}HHI3{word}I6H",
        *(2, 0, 1, BASE, header, 0 if stripped else table, 0, header, program, 2),
        *((0, 0, 0) if stripped else (section, len(sections) + 2, len(sections) + 1)),
    )
    for flags, offset, size in ((5, 0, FIRST), (6, FIRST, len(body))):
        place = (offset, BASE + offset, BASE + offset, size, size)
        file += (
            struct.pack(order + "II6Q", 1, flags, *place, 4096)
            if wide
            else struct.pack(order + "8I", 1, *place, flags, 4096)
        )
    file = file.ljust(FIRST, b"\0") + body
    if stripped:
        return file
    file = (file + names).ljust(table, b"\0") + bytes(section)
    layout = f"{order}II4{word}II2{word}"
    for (name, content), start in zip(sections, starts, strict=True):
        where = names.index(b"\0" + name.encode() + b"\0") + 1
        file += struct.pack(
            layout, where, kind, 3, BASE + start, start, len(content), 0, 0, 16, 0
        )
    where = names.index(b".shstrtab")
    return file + struct.pack(layout, where, 3, 0, 0, end, len(names), 0, 0, 1, 0)


def pe(sections: Sections, *, wide: bool = True, flags: int = 0xC0000040) -> bytes:
    """A Windows program of the given sections, all with the given characteristics."""
    body, starts = _joined(sections)
    optional = (
        struct.pack("<H22xQ", 0x20B, BASE)
        if wide
        else struct.pack("<H26xI", 0x10B, BASE)
    )
    file = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40) + b"PE\0\0"
    file += struct.pack("<HHIIIHH", 0x8664, len(sections), 0, 0, 0, len(optional), 2)
    file += optional
    for (name, content), start in zip(sections, starts, strict=True):
        size = len(content)
        fields = (size, start, size, start, 0, 0, 0, 0, flags)
        file += struct.pack("<8sIIIIIIHHI", name.encode(), *fields)
    return file.ljust(FIRST, b"\0") + body


def macho(
    sections: Sections,
    *,
    wide: bool = True,
    big_endian: bool = False,
    protection: int = 3,
) -> bytes:
    """A macOS program with its sections in one data segment after the page of address 0."""
    order, word = ">" if big_endian else "<", "Q" if wide else "I"
    body, starts = _joined(sections)
    kind = 0x19 if wide else 1
    layout = f"{order}II16s4{word}4I"
    section = f"{order}16s16s2{word}{8 if wide else 7}I"
    size = struct.calcsize(layout) + len(sections) * struct.calcsize(section)
    commands = struct.pack(
        layout, kind, struct.calcsize(layout), b"__PAGEZERO", *[0] * 8
    )
    commands += struct.pack(order + "II", 0x1B, 24) + bytes(16)
    place = (BASE + FIRST, len(body), FIRST, len(body))
    commands += struct.pack(
        layout, kind, size, b"__DATA", *place, protection, protection, len(sections), 0
    )
    for (name, content), start in zip(sections, starts, strict=True):
        where = (BASE + start, len(content), start)
        commands += struct.pack(
            section, name.encode(), b"__DATA", *where, *[0] * (7 if wide else 6)
        )
    file = struct.pack(
        order + "7I", 0xFEEDFACE + wide, 0x0100000C, 0, 2, 3, len(commands), 0
    )
    file += bytes(4 * wide) + commands
    return file.ljust(FIRST, b"\0") + body


def universal(*programs: bytes, wide: bool = False) -> bytes:
    """A macOS file of several architectures."""
    file = struct.pack(">II", 0xCAFEBABE + wide, len(programs))
    offset = 0x400
    for program in programs:
        place = (0x0100000C, 0, offset, len(program))
        file += struct.pack(">IIQQII" if wide else ">IIIII", *place, *[0] * (1 + wide))
        offset += len(program)
    return file.ljust(0x400, b"\0") + b"".join(programs)


def framed(*lines: str) -> bytes:
    """A list of Go modules between the marks that Go puts around it; nothing for no lines."""
    if not lines:
        return b""
    return _FRAME_START + "".join(f"{line}\n" for line in lines).encode() + _FRAME_END


def _varint(number: int) -> bytes:
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def go_inline(toolchain: str, *lines: str) -> bytes:
    """Go build information as since Go 1.18."""
    text = framed(*lines)
    name = toolchain.encode()
    header = (GO_MAGIC + bytes([8, 2])).ljust(32, b"\0")
    return header + _varint(len(name)) + name + _varint(len(text)) + text


def go_pointers(
    toolchain: str,
    *lines: str,
    size: int = 8,
    big_endian: bool = False,
    address: int = BASE + FIRST,
    position_independent: bool = False,
) -> tuple[bytes, bytes]:
    """
    Go build information as before Go 1.18, loaded at ``address``, and relocations for it.

    Position-independent, it has no pointers in it, and the relocations (with addends) make them.
    """
    order = "big" if big_endian else "little"
    name, text = toolchain.encode(), framed(*lines)
    strings = address + 32 + 4 * size
    headers = (address + 32, address + 32 + 2 * size)
    words = (*headers, strings, len(name), strings + len(name), len(text))
    pointers = (address + 16, address + 16 + size, headers[0], headers[1])
    relocations = b""
    if position_independent:
        for place, target in zip(
            pointers, (words[0], words[1], words[2], words[4]), strict=True
        ):
            relocations += struct.pack("<QQQ", place, 8, target)
        words = (0, 0, 0, words[3], 0, words[5])
    numbers = [number.to_bytes(size, order) for number in words]  # type: ignore[arg-type]  # a literal
    header = GO_MAGIC + bytes([size, int(big_endian)]) + b"".join(numbers[:2])
    return header.ljust(32, b"\0") + b"".join(numbers[2:]) + name + text, relocations


def rust_list(*packages: dict[str, Any]) -> bytes:
    """cargo-auditable's list of crates."""
    return zlib.compress(json.dumps({"packages": packages, "format": 3}).encode())
