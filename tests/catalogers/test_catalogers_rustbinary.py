"""Rust crates out of programs that cargo-auditable built."""

from __future__ import annotations

import json
import shutil
import subprocess
import zlib
from pathlib import Path
from typing import Any

import binarybuilder as build
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.catalogers.interface import Evidence, LayerFile
from shipworthy.catalogers.rustbinary import RustBinaryCataloger
from shipworthy.errors import ParseError


CRATES: tuple[dict[str, Any], ...] = (
    {"name": "adler", "version": "1.0.2", "source": "crates.io"},
    {"name": "cc", "version": "1.0.79", "source": "crates.io", "kind": "build"},
    {
        "name": "hello",
        "version": "0.1.0",
        "source": "local",
        "root": True,
        "dependencies": [0, 1, 3],
    },
    {"name": "time", "version": "0.1.43", "source": "git", "kind": "runtime"},
)
FOUND = [
    ("adler", "1.0.2", ()),
    ("hello", "0.1.0", ("main-module", "source-local")),
    ("time", "0.1.43", ("source-git",)),
]


def parse(data: bytes) -> list[Evidence]:
    """The evidence of one file."""
    file = LayerFile(path="usr/bin/hello", data=memoryview(data), mode=0o755)
    return list(RustBinaryCataloger().parse([file]))


def crates(evidence: Evidence) -> list[tuple[str, str, tuple[str, ...]]]:
    """Name, version and notes of each crate."""
    assert evidence.path == "usr/bin/hello"
    return [(crate.name, crate.version, crate.notes) for crate in evidence.packages]


def program(content: bytes) -> bytes:
    """An ELF program with the given section."""
    return build.elf([(".text", b"code"), (".dep-v0", content)])


@pytest.mark.parametrize(
    "data",
    [
        program(build.rust_list(*CRATES)),
        build.elf([(".dep-v0", build.rust_list(*CRATES))], wide=False, big_endian=True),
        build.pe([(".dep-v0", build.rust_list(*CRATES) + bytes(100))]),
        build.macho([(".dep-v0", build.rust_list(*CRATES))]),
    ],
    ids=["elf", "elf-big-endian", "windows", "macos"],
)
def test_crates_of_a_program(data: bytes) -> None:
    """The crates in the program with their purls; those for building alone are left out."""
    (evidence,) = parse(data)

    assert crates(evidence) == FOUND
    assert evidence.problems == ()
    assert evidence.packages[0].type == "cargo"
    assert evidence.packages[0].purl == "pkg:cargo/adler@1.0.2"


@pytest.mark.parametrize(
    "data",
    [
        build.elf([(".text", b"code")]),
        build.elf([(".dep-v0", b"")], kind=8),
        build.elf([(".dep-v0", build.rust_list(*CRATES))], stripped=True),
        build.pe([(".text", b"code")]),
        b"\x7fELF",
    ],
    ids=["c", "debug-file", "stripped", "windows", "no-executable"],
)
def test_other_programs_give_nothing(data: bytes) -> None:
    """A program without the list is neither evidence nor an error."""
    assert parse(data) == []


def test_the_order_of_the_list_does_not_count() -> None:
    """The same crates in another order, and twice, are the same evidence."""
    listed = build.rust_list(*reversed(CRATES), *CRATES)

    assert parse(program(listed)) == parse(program(build.rust_list(*CRATES)))


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "x"},
        {"version": "1.0.0"},
        {"name": "", "version": "1.0.0"},
        {"name": 5, "version": "1.0.0"},
        {"name": "a b", "version": "1.0.0"},
        {"name": "x\x1b[31m", "version": "1.0.0"},
        {"name": "x" * 300, "version": "1.0.0"},
        {"name": "\ud800", "version": "1.0.0"},
    ],
)
def test_a_bad_entry_costs_only_itself(entry: dict[str, Any]) -> None:
    """An entry without a proper name and version is told, and the other crates stay."""
    (evidence,) = parse(program(build.rust_list(entry, *CRATES)))

    assert crates(evidence) == FOUND
    assert evidence.problems == ("Rust crates: entry 0 has no name and version",)


def test_problems_are_bounded() -> None:
    """Ten problems of one file are enough."""
    (evidence,) = parse(program(build.rust_list(*[{"name": "x"}] * 500)))

    assert len(evidence.problems) == 10


def compressed(text: str) -> bytes:
    """A section with the given text."""
    return zlib.compress(text.encode())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cut short"),
        (b"not compressed", "not zlib data"),
        (build.rust_list(*CRATES)[:-10], "cut short"),
        (compressed("{"), "not JSON"),
        (compressed("[" * 100_000), "not JSON"),
        (zlib.compress(b"\xff\xfe\xff"), "not JSON"),
        (compressed("[]"), 'without "packages"'),
        (compressed(json.dumps({"packages": {}})), 'without "packages"'),
        (zlib.compress(b" " * 50_000_000), "more than"),
    ],
)
def test_an_unreadable_list_is_an_error(content: bytes, reason: str) -> None:
    """A list that is there and cannot be read, or is a bomb, is not passed over."""
    with pytest.raises(ParseError, match=reason):
        parse(program(content))


def test_a_truncated_program() -> None:
    """A list that lies beyond the end of the file is an error."""
    data = bytearray(program(build.rust_list(*CRATES)))
    table = int.from_bytes(data[40:48], "little")
    data[table + 2 * 64 + 24 : table + 2 * 64 + 32] = len(data).to_bytes(8, "little")

    with pytest.raises(ParseError, match="cut short"):
        parse(bytes(data))


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(
    end=st.integers(1, 1200),
    flips=st.lists(st.tuples(st.integers(4, 1199), st.integers(0, 255)), max_size=8),
)
def test_damage_gives_evidence_or_a_parse_error(
    end: int, flips: list[tuple[int, int]]
) -> None:
    """Cut or changed anywhere, a program gives crates, nothing, or our own error."""
    hostile = bytearray(program(build.rust_list(*CRATES)))
    for place, value in flips:
        hostile[place % len(hostile)] = value
    message = ""
    try:
        found = parse(bytes(hostile[:end]))
    except ParseError as error:
        found, message = [], error.message

    assert message.isprintable()
    assert all(crate.name for evidence in found for crate in evidence.packages)


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(
    document=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["packages", "name", "version", "kind", "root", "source"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_any_document_as_a_list(document: Any) -> None:
    """Whatever JSON the section holds, it gives crates with problems, or our own error."""
    try:
        (evidence,) = parse(program(compressed(json.dumps({"packages": document}))))
    except ParseError:
        assert not isinstance(document, list)
        return

    assert all(crate.name.isprintable() for crate in evidence.packages)


@pytest.mark.functional
def test_a_section_that_objcopy_added(tmp_path: Path) -> None:
    """A real program with a list put into it by binutils gives the crates."""
    objcopy = shutil.which("objcopy")
    source = shutil.which("true")
    if objcopy is None or source is None:
        pytest.skip("binutils is not installed")
    (tmp_path / "list").write_bytes(build.rust_list(*CRATES))
    built = tmp_path / "hello"
    subprocess.run(
        [objcopy, "--add-section", f".dep-v0={tmp_path / 'list'}", source, built],
        check=True,
    )

    (evidence,) = parse(built.read_bytes())

    assert crates(evidence) == FOUND
