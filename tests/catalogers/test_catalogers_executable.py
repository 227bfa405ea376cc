"""Finding sections and addresses in ELF, PE and Mach-O files, healthy and hostile."""

from __future__ import annotations

import struct
from itertools import product

import binarybuilder as build
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.catalogers.executable import open_executable


SECTIONS = ((".text", b"code"), (".first", b"one!" * 5), (".second", b"two"))

PROGRAMS = {
    **{
        f"elf-{32 << wide}-{'big' if big else 'little'}": build.elf(
            SECTIONS, wide=wide, big_endian=big
        )
        for wide, big in product((False, True), repeat=2)
    },
    **{f"pe-{32 << wide}": build.pe(SECTIONS, wide=wide) for wide in (False, True)},
    **{
        f"macho-{32 << wide}-{'big' if big else 'little'}": build.macho(
            SECTIONS, wide=wide, big_endian=big
        )
        for wide, big in product((False, True), repeat=2)
    },
    "macho-universal": build.universal(build.macho(SECTIONS), build.macho(())),
    "macho-universal-64": build.universal(build.macho(SECTIONS), wide=True),
}

each_program = pytest.mark.parametrize("data", PROGRAMS.values(), ids=PROGRAMS)


@each_program
def test_sections_are_found_by_name(data: bytes) -> None:
    """A section is given with its bytes and address in every format, word size and byte order."""
    program = open_executable(data)
    assert program is not None

    second = program.section(".second")

    assert second is not None
    assert bytes(second.body) == b"two"
    assert second.size == 3
    assert second.address == build.BASE + build.FIRST + 48


@each_program
@pytest.mark.parametrize("name", [".third", "second", ".sec", ".seconds", ""])
def test_other_names_are_not_found(data: bytes, name: str) -> None:
    """A name that only resembles a section's, or is part of it, finds nothing."""
    program = open_executable(data)
    assert program is not None

    assert program.section(name) is None


@each_program
def test_addresses_lead_to_bytes(data: bytes) -> None:
    """What is loaded at an address is found, and nothing outside of any segment."""
    program = open_executable(memoryview(data))
    assert program is not None
    address = build.BASE + build.FIRST + 16

    assert bytes(program.at(address))[:20] == b"one!" * 5
    assert bytes(program.at(1 << 40)) == b""
    assert bytes(program.at((1 << 64) + 5)) == b""


@each_program
@pytest.mark.parametrize(
    ("big_endian", "expected"), [(True, 0x6F6E6521), (False, 0x21656E6F)]
)
def test_pointers_are_read_in_the_byte_order_asked_for(
    data: bytes, *, big_endian: bool, expected: int
) -> None:
    """A pointer is the number stored at its address, and 0 where there is nothing."""
    program = open_executable(data)
    assert program is not None
    address = build.BASE + build.FIRST + 16

    assert program.pointer(address, 4, big_endian=big_endian) == expected
    assert program.pointer(1 << 40, 4, big_endian=big_endian) == 0


def test_data_of_an_elf_file_is_searched_only_without_sections() -> None:
    """The writable segment is offered once the section names are gone; before, they tell enough."""
    whole = open_executable(build.elf(SECTIONS))
    stripped = open_executable(build.elf(SECTIONS, stripped=True))
    assert whole is not None
    assert stripped is not None

    assert whole.data() is None
    assert stripped.section(".second") is None
    region = stripped.data()
    assert region is not None
    assert region.address == build.BASE + build.FIRST
    assert bytes(region.body).startswith(b"code")


@pytest.mark.parametrize("data", [build.pe(SECTIONS), build.macho(SECTIONS)])
def test_data_of_other_formats_is_the_first_writable(data: bytes) -> None:
    """PE and Mach-O name no section for Go, so writable data is always offered."""
    program = open_executable(data)
    assert program is not None

    region = program.data()

    assert region is not None
    assert bytes(region.body).startswith(b"code")


@pytest.mark.parametrize(
    "data",
    [build.pe(SECTIONS, flags=0x60000020), build.macho(SECTIONS, protection=5)],
)
def test_code_is_not_data(data: bytes) -> None:
    """What may be executed is no place for data."""
    program = open_executable(data)
    assert program is not None

    assert program.data() is None


def test_a_section_without_bytes_in_the_file_is_not_found() -> None:
    """A separate debug file names all sections and holds none; that is nothing to read."""
    program = open_executable(build.elf(SECTIONS, kind=8))
    assert program is not None

    assert program.section(".second") is None


def test_a_section_beyond_the_end_shows_that_it_is_cut() -> None:
    """The size is what the header says, the body what there is."""
    data = bytearray(build.elf(SECTIONS))
    (table,) = struct.unpack_from("<Q", data, 40)
    struct.pack_into("<Q", data, table + 3 * 64 + 32, 1 << 62)
    program = open_executable(bytes(data))
    assert program is not None

    second = program.section(".second")

    assert second is not None
    assert second.size == 1 << 62
    assert len(second.body) < len(data)


def test_many_sections_are_counted_in_the_first_header() -> None:
    """Counts and indexes too large for the ELF header stand in the first section header (gABI)."""
    data = bytearray(build.elf(SECTIONS))
    (table,) = struct.unpack_from("<Q", data, 40)
    count, names = struct.unpack_from("<HH", data, 60)
    struct.pack_into("<HH", data, 60, 0, 0xFFFF)
    struct.pack_into("<QI", data, table + 32, count, names)
    program = open_executable(bytes(data))
    assert program is not None

    second = program.section(".second")

    assert second is not None
    assert bytes(second.body) == b"two"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x7fELF",
        b"\x7fELF\x03\x01" + bytes(100),
        b"\x7fELF\x02\x03" + bytes(100),
        b"\x7fELF\x02\x01" + bytes(20),
        b"MZ",
        b"MZ" + bytes(200),
        b"MZ" + b"\xff" * 200,
        b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(100),
        b"\xca\xfe\xba\xbe",
        b"\xfe\xed\xfa\xce",
        b"#!/bin/sh\n",
    ],
)
def test_what_is_no_executable(data: bytes) -> None:
    """Scripts, Java classes, DOS programs and headers that end early are not executables, and no errors."""
    assert open_executable(data) is None


def test_headers_cannot_make_work_grow() -> None:
    """Load commands that all claim the same sections are held to their own size."""
    data = bytearray(build.macho(SECTIONS))
    place = data.index(b"__DATA") - 8
    struct.pack_into("<I", data, place + 64, 0xFFFFFFFF)
    program = open_executable(bytes(data))
    assert program is not None

    assert program.section(".third") is None


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(
    data=st.sampled_from(sorted(PROGRAMS.values())),
    end=st.integers(0, 1500),
    flips=st.lists(st.tuples(st.integers(0, 1499), st.integers(0, 255)), max_size=12),
    address=st.integers(0, 1 << 64),
)
def test_no_bytes_raise(
    data: bytes, end: int, flips: list[tuple[int, int]], address: int
) -> None:
    """Whatever is cut off or changed, every question has an answer and none raises."""
    hostile = bytearray(data)
    for place, value in flips:
        hostile[place % len(hostile)] = value
    program = open_executable(bytes(hostile[:end]))
    if program is None:
        return

    for name in (".second", ".rela.dyn", ".third"):
        region = program.section(name)
        assert region is None or len(region.body) <= region.size
    region = program.data()
    assert region is None or len(region.body) <= region.size
    assert program.pointer(address, 8, big_endian=False) >= 0
    assert len(program.at(address)) <= end
