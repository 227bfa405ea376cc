"""Reading zip archives out of memory."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.catalogers.zipdir import read_directory
from shipworthy.errors import ParseError


TAILS = {b".txt": b".txt"}


def archive(members: dict[str, bytes], comment: bytes = b"") -> bytes:
    """A zip archive with the given members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        out.comment = comment
        for name, data in members.items():
            out.writestr(name, data)
    return buffer.getvalue()


def zip64(name: bytes, content: bytes) -> bytes:
    """An archive whose every size and offset stands only in its zip64 fields."""
    crc = zlib.crc32(content)
    full = 0xFFFFFFFF
    local = struct.pack(
        "<4sHHHHHIIIHH", b"PK\3\4", 45, 0, 0, 0, 0, crc, full, full, len(name), 20
    )
    local += name + struct.pack("<HHQQ", 1, 16, len(content), len(content)) + content
    extra = struct.pack("<HHI", 0x7777, 4, 0)
    extra += struct.pack("<HHQQQ", 1, 24, len(content), len(content), 0)
    central = struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        *(b"PK\1\2", 45, 45, 0, 0, 0, 0, crc, full, full),
        *(len(name), len(extra), 0, 0, 0, 0, full),
    )
    central += name + extra
    end64 = struct.pack(
        "<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(central), len(local)
    )
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(local) + len(central), 1)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, full, full, 0)
    return local + central + end64 + locator + end


def test_only_asked_for_members_are_listed() -> None:
    """Every entry is counted; only names with the asked-for end become members."""
    found = read_directory(
        archive({"a.txt": b"1", "b.class": b"2", "x": b""}), TAILS, 99
    )
    assert [member.name for member in found.members] == ["a.txt"]
    assert (found.entries, found.problem) == (3, "")


def test_ends_longer_than_four_bytes() -> None:
    """A name must have the whole end asked for, not only its last four bytes."""
    data = archive({"a/pom.xml": b"", "b.xml": b"", ".xml": b"", "m": b""})
    found = read_directory(data, {b".xml": b"/pom.xml"}, 9)
    assert [member.name for member in found.members] == ["a/pom.xml"]


def test_data_descriptors() -> None:
    """An archive written as a stream, with sizes behind the data, reads the same."""

    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    buffer = Stream()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a.txt", b"text")
    data = buffer.getvalue()
    found = read_directory(data, TAILS, 9)
    assert found.members[0].flags & 0x8
    assert bytes(found.read(found.members[0], 100)) == b"text"


def test_zip64() -> None:
    """Sizes and offsets in zip64 fields are read, also behind other data."""
    data = zip64(b"a.txt", b"large")
    for prefix in (b"", b"#!/bin/sh\n" * 20):
        found = read_directory(prefix + data, TAILS, 9)
        assert [bytes(found.read(m, 100)) for m in found.members] == [b"large"]


def test_comments_and_trailing_bytes() -> None:
    """A comment that looks like an end record, and bytes behind the end, do not mislead."""
    for data in (
        archive({"a.txt": b"1"}, b"PK\5\6 no"),
        archive({"a.txt": b"1"}) + b"tail",
    ):
        assert len(read_directory(data, TAILS, 9).members) == 1


def test_an_empty_archive() -> None:
    """An archive of nothing but its end record is whole and empty."""
    found = read_directory(archive({}), TAILS, 9)
    assert (found.members, found.entries, found.problem) == ((), 0, "")


def test_limits() -> None:
    """Longer members are refused or cut as asked, and entries beyond the bound are named."""
    data = archive({"a.txt": b"x" * 100, "b.txt": b""})
    found = read_directory(data, TAILS, 1)
    assert found.problem == "has more entries than the 1 that may still be read"
    assert len(read_directory(data, TAILS, 9, 1).members) == 1
    member = found.members[0]
    with pytest.raises(ParseError, match="more than 10"):
        found.read(member, 10)
    assert bytes(found.read(member, 10, truncate=True)) == b"x" * 10


def test_a_cut_directory_keeps_what_was_read() -> None:
    """Entries before a damaged one count, and the damage is named."""
    data = bytearray(archive({"a.txt": b"1", "b.txt": b"2"}))
    data[data.rindex(b"PK\1\2")] = 0
    found = read_directory(bytes(data), TAILS, 9)
    assert [member.name for member in found.members] == ["a.txt"]
    assert found.problem == "has a damaged central directory"


@pytest.mark.property
@settings(max_examples=100, deadline=None)
@given(
    members=st.dictionaries(
        st.text(alphabet="abc/é", min_size=1, max_size=8).map(
            lambda name: name + ".txt"
        ),
        st.binary(max_size=200),
        max_size=6,
    ),
    prefix=st.binary(max_size=40),
)
def test_reads_what_zipfile_writes(members: dict[str, bytes], prefix: bytes) -> None:
    """Names and contents come back as they were written, whatever stands in front."""
    found = read_directory(prefix + archive(members), TAILS, 99)
    assert {m.name: bytes(found.read(m, 10_000)) for m in found.members} == members
