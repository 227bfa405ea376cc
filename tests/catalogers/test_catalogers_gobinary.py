"""Go modules and the standard library out of programs, in both forms of build information."""

from __future__ import annotations

import os
import shutil
import subprocess
from itertools import product
from pathlib import Path

import binarybuilder as build
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.catalogers.gobinary import (
    GoBinaryCataloger,
    stdlib_version,
    version_from_ldflags,
)
from shipworthy.catalogers.interface import Evidence, LayerFile
from shipworthy.errors import ParseError


LINES = (
    "path\texample.com/app/cmd/app",
    "mod\texample.com/app\tv1.4.0\th1:abc=",
    "dep\tgithub.com/Masterminds/semver/v3\tv3.2.0\th1:def=",
    "dep\tgolang.org/x/sys\tv0.0.0-20220715151400-c0bba94af5f8\th1:ghi=",
    "build\t-compiler=gc",
)
PACKAGES = [
    ("example.com/app", "v1.4.0", ("main-module",)),
    ("github.com/Masterminds/semver/v3", "v3.2.0", ()),
    ("golang.org/x/sys", "v0.0.0-20220715151400-c0bba94af5f8", ()),
    ("stdlib", "v1.22.3", ()),
]
INLINE = build.go_inline("go1.22.3", *LINES)


def parse(data: bytes) -> list[Evidence]:
    """The evidence of one file."""
    file = LayerFile(path="usr/bin/app", data=memoryview(data), mode=0o755)
    return list(GoBinaryCataloger().parse([file]))


def packages(data: bytes) -> list[tuple[str, str, tuple[str, ...]]]:
    """Name, version and notes of the packages in a healthy program."""
    (evidence,) = parse(data)
    assert evidence.path == "usr/bin/app"
    assert evidence.problems == ()
    assert {package.type for package in evidence.packages} == {"golang"}
    return [(seen.name, seen.version, seen.notes) for seen in evidence.packages]


def with_lines(*lines: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """The packages besides the standard library of a program with the given list."""
    blob = build.go_inline("go1.22.3", *lines)
    return packages(build.elf([(".go.buildinfo", blob)]))[:-1]


@pytest.mark.parametrize(
    ("wide", "big_endian", "stripped"), list(product((False, True), repeat=3))
)
def test_inline_form_in_elf(*, wide: bool, big_endian: bool, stripped: bool) -> None:
    """Since Go 1.18 the strings follow the header; found by section, or by search without sections."""
    sections = [(".text", b"code"), (".go.buildinfo", INLINE), (".data", b"data")]
    data = build.elf(sections, wide=wide, big_endian=big_endian, stripped=stripped)

    assert packages(data) == PACKAGES


@pytest.mark.parametrize(
    ("wide", "big_endian", "stripped"), list(product((False, True), repeat=3))
)
def test_pointer_form_in_elf(*, wide: bool, big_endian: bool, stripped: bool) -> None:
    """Before Go 1.18 the header points to strings, in the program's word size and byte order."""
    blob, _ = build.go_pointers(
        "go1.22.3", *LINES, size=8 if wide else 4, big_endian=big_endian
    )
    sections = [(".go.buildinfo", blob)]
    data = build.elf(sections, wide=wide, big_endian=big_endian, stripped=stripped)

    assert packages(data) == PACKAGES


def test_pointer_form_in_a_position_independent_program() -> None:
    """Pointers that the loader would fill in are taken from its relocations."""
    blob, relocations = build.go_pointers("go1.22.3", *LINES, position_independent=True)
    data = build.elf([(".go.buildinfo", blob), (".rela.dyn", bytes(24) + relocations)])

    assert packages(data) == PACKAGES


@pytest.mark.parametrize("others", [b"", b"\1" * 8, bytes(24), bytes(240)])
def test_pointers_without_their_relocations(others: bytes) -> None:
    """Pointers that neither the file nor its relocations have lead to an error, not to nothing."""
    blob, _ = build.go_pointers("go1.17.2", *LINES, position_independent=True)
    place = (build.BASE + build.FIRST + 16).to_bytes(8, "little")
    table = others + b"\1" * 8 + place + bytes(48)
    data = build.elf([(".go.buildinfo", blob), (".rela.dyn", table)])

    with pytest.raises(ParseError, match="points nowhere"):
        parse(data)


@pytest.mark.parametrize(
    "data",
    [
        build.pe([(".data", b"x" * 40), (".other", b"")]),
        build.macho([("__data", b"x" * 40)]),
        build.elf([(".data", build.GO_MAGIC.ljust(64, b"\0"))]),
        build.elf([(".data", b"x" * 3 + INLINE)], stripped=True),
        build.elf([], stripped=True),
        build.elf([(".go.buildinfo", b"")], kind=8),
        b"\x7fELF" + b"UPX!" * 100,
        b"MZ not a program",
    ],
    ids=[
        "windows",
        "macos",
        "mark-in-data",
        "mark-not-aligned",
        "empty",
        "debug-file",
        "absurd-header",
        "text",
    ],
)
def test_other_programs_give_nothing(data: bytes) -> None:
    """A program that is not Go's, however odd, is neither evidence nor an error."""
    assert parse(data) == []


@pytest.mark.parametrize("wide", [False, True])
def test_windows_programs(*, wide: bool) -> None:
    """A Windows program has the information somewhere in its writable data."""
    data = build.pe([(".data", bytes(100) + bytes(12) + INLINE)], wide=wide)

    assert packages(data) == PACKAGES


@pytest.mark.parametrize("section", ["__go_buildinfo", "__data"])
@pytest.mark.parametrize(("wide", "big_endian"), [(True, False), (False, True)])
def test_macos_programs(section: str, *, wide: bool, big_endian: bool) -> None:
    """A macOS program has a section for it, or has it somewhere in its data; universal ones too."""
    data = build.macho([(section, INLINE)], wide=wide, big_endian=big_endian)

    assert packages(data) == PACKAGES
    assert packages(build.universal(data)) == PACKAGES


def test_far_into_the_data() -> None:
    """Without sections the information is found beyond the first stretch that is searched."""
    data = build.elf([(".data", bytes(3 * 1024 * 1024 + 16) + INLINE)], stripped=True)

    assert packages(data) == PACKAGES


def test_without_modules_only_the_standard_library() -> None:
    """A program built in GOPATH mode names its toolchain and nothing else."""
    blob, _ = build.go_pointers("go1.13.8")

    assert packages(build.elf([(".go.buildinfo", blob)])) == [("stdlib", "v1.13.8", ())]
    assert with_lines("path\tgithub.com/opencontainers/runc", "build\t-tags=x") == []


def test_package_urls() -> None:
    """Every package has a purl of the type golang, without a version where there is none."""
    (evidence,) = parse(
        build.elf([(".go.buildinfo", build.go_inline("devel", *LINES))])
    )

    purls = [package.purl for package in evidence.packages]

    assert purls[0] == "pkg:golang/example.com/app@v1.4.0"
    assert purls[-1] == "pkg:golang/stdlib"


def test_replacements() -> None:
    """A dependency is what was built in its place; a directory leaves its name and no version."""
    assert with_lines(
        "dep\texample.com/a\tv1.0.0",
        "=>\texample.com/fork\tv1.0.1\th1:x=",
        "dep\texample.com/b\tv1.0.0",
        "=>\t./staging/my b\t(devel)\t",
        "dep\texample.com/c\tv1.0.0",
        "=>\t../c\t\t",
        "dep\texample.com/d\tv0.9.0\th1:y=",
    ) == [
        ("example.com/b", "", ("replaced-locally",)),
        ("example.com/c", "", ("replaced-locally",)),
        ("example.com/d", "v0.9.0", ()),
        ("example.com/fork", "v1.0.1", ()),
    ]


@pytest.mark.parametrize(
    ("stated", "version"),
    [
        ("v1.4.0", "v1.4.0"),
        ("v2.0.0+incompatible", "v2.0.0+incompatible"),
        (
            "v0.0.0-20240101000000-0123456789ab+dirty",
            "v0.0.0-20240101000000-0123456789ab+dirty",
        ),
        ("(devel)", ""),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_version_of_the_main_module(stated: str, version: str) -> None:
    """A working tree's ``(devel)`` is no version; every version is kept as Go states it."""
    assert with_lines(f"mod\texample.com/app\t{stated}\t") == [
        ("example.com/app", version, ("main-module",))
    ]


def test_version_from_linker_flags() -> None:
    """A release in the linker flags is the version of a main module that has no other, and marked."""
    flags = r'build	-ldflags="-s -w -X \"main.version=1.2.3\" -X main.commit=abc"'

    assert with_lines("mod\texample.com/app\t(devel)\t", flags) == [
        ("example.com/app", "v1.2.3", ("main-module", "version-from-ldflags"))
    ]
    assert with_lines("mod\texample.com/app\tv1.0.0\t", flags) == [
        ("example.com/app", "v1.0.0", ("main-module",))
    ]


@pytest.mark.parametrize(
    ("path", "flags", "version"),
    [
        ("example.com/app", "-X main.version=v1.2.3", "v1.2.3"),
        ("example.com/app", "-X=main.Version=1.2.3-rc.1", "v1.2.3-rc.1"),
        ("example.com/app", "'-X main.version=1.2.3'", "v1.2.3"),
        (
            "example.com/app",
            "-X example.com/app/internal/v.BuildVersion=1.2.3",
            "v1.2.3",
        ),
        ("example.com/app", "-X main.version=1.2.3 -X main.Version=v1.2.3", "v1.2.3"),
        ("example.com/app/v3", "-X main.version=3.0.0", "v3.0.0"),
        ("gopkg.in/app.v2", "-X main.version=2.1.0", "v2.1.0"),
        ("example.com/app", "-X main.version=1.2.3 -X main.appVersion=1.2.4", ""),
        ("example.com/app", "-X main.version=2.0.0", ""),
        ("example.com/app/v3", "-X main.version=1.2.3", ""),
        ("example.com/app", "-X main.version=1.2.3-4-gabcdef0-dirty+x", ""),
        ("example.com/app", "-X main.version=dev", ""),
        ("example.com/app", "-X main.version=1.2", ""),
        ("example.com/app", "-X main.goVersion=1.2.3", ""),
        ("example.com/app", "-X example.com/apple/v.Version=1.2.3", ""),
        (
            "example.com/app",
            "-X github.com/prometheus/common/version.Version=1.2.3",
            "",
        ),
        ("example.com/app", "-s -w", ""),
        ("example.com/app", "", ""),
    ],
)
def test_only_clear_linker_flags_count(path: str, flags: str, version: str) -> None:
    """One release, in a variable of the program's own, of the major version in its path; else nothing."""
    assert version_from_ldflags(path, flags) == version


@pytest.mark.parametrize(
    ("toolchain", "version"),
    [
        ("go1.22.3", "v1.22.3"),
        ("go1.20", "v1.20.0"),
        ("go1.22rc1", "v1.22.0-rc.1"),
        ("go1.18beta2", "v1.18.0-beta.2"),
        ("go1.22.3 X:boringcrypto", "v1.22.3"),
        ("go1.17.8b7", "v1.17.8"),
        ("go1.20.5-fips", "v1.20.5"),
        ("go1.21.3-1", "v1.21.3"),
        ("go1.20.12 (Red Hat 1.20.12-1.el9_3) X:strictfipsruntime", "v1.20.12"),
        ("go1.18 gccgo (GCC) 12.2.0 linux/amd64", "v1.18.0"),
        ("devel go1.24-0a1b2c3 Thu Jan 1 00:00:00 2026 +0000", ""),
        ("devel +b7a85e0003 Wed Jan 1 00:00:00 2020 +0000", ""),
        ("go1.25-devel_0a1b2c3", ""),
        ("go1", ""),
        ("go1.22.3.4", ""),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_version_of_the_standard_library(toolchain: str, version: str) -> None:
    """The release in a toolchain's name, without what vendors add; none for development trees."""
    assert stdlib_version(toolchain) == version


@pytest.mark.parametrize(
    "line",
    [
        "dep\tno-version",
        "dep\t\tv1.0.0",
        "dep\twith space\tv1.0.0",
        "dep\texample.com/a\tv1\t\x07",
        "dep\ta\tb\tc\td",
        "=>\texample.com/a\tv1.0.0\th1:x=",
        "dep\t" + "x" * 2000 + "\tv1.0.0",
    ],
)
def test_a_bad_line_costs_only_itself(line: str) -> None:
    """What cannot be understood is told, in printable text, and the other modules stay."""
    blob = build.go_inline("go1.22.3", LINES[0], line, "=>\tx\tv9.9.9\t", *LINES[1:])
    (evidence,) = parse(build.elf([(".go.buildinfo", blob)]))

    assert [(p.name, p.version, p.notes) for p in evidence.packages] == PACKAGES
    assert evidence.problems
    assert all(problem.isprintable() for problem in evidence.problems)


def test_problems_are_bounded() -> None:
    """Ten problems of one file are enough."""
    (evidence,) = parse(
        build.elf([(".go.buildinfo", build.go_inline("go1.22.3", *["dep\tx"] * 500))])
    )

    assert len(evidence.problems) == 10


def test_a_list_without_its_marks_is_a_problem() -> None:
    """A list of modules that is not framed as Go frames it is not believed, nor passed over."""
    blob = (build.GO_MAGIC + b"\x08\x02").ljust(32, b"\0") + b"\x08go1.22.3\x05dep\ta"
    (evidence,) = parse(build.elf([(".go.buildinfo", blob)]))

    assert [package.name for package in evidence.packages] == ["stdlib"]
    assert evidence.problems == ("the list of Go modules is not between two marks",)


@pytest.mark.parametrize(
    ("blob", "reason"),
    [
        (b"", "none in it"),
        (b"nothing of the kind", "none in it"),
        (INLINE[:20], "cut short"),
        (INLINE[:32], "cut short"),
        (INLINE[:60], "cut short"),
        (INLINE[:32] + b"\xff" * 12, "cut short"),
        (INLINE[:32] + b"\x80\x80\x80\x01" + bytes(2**21), "more than 1048576 bytes"),
        (build.GO_MAGIC + b"\x08\x00" + bytes(16), "points nowhere"),
        (build.GO_MAGIC + b"\x08\x00" + b"\xff" * 16, "points nowhere"),
        (build.GO_MAGIC + b"\x05\x00" + bytes(16), "pointers of 5 bytes"),
    ],
)
def test_unreadable_build_information_is_an_error(blob: bytes, reason: str) -> None:
    """A program that is evidently Go's is not passed over when its information is damaged."""
    with pytest.raises(ParseError, match=reason):
        parse(build.elf([(".go.buildinfo", blob)]))


def test_a_truncated_program() -> None:
    """A file that ends before its information, where the headers can still be read, is an error."""
    data = build.elf([(".text", b"x" * 64), (".go.buildinfo", INLINE)], stripped=True)

    with pytest.raises(ParseError, match="cut short"):
        parse(data[:-30])


def test_a_cyclic_pointer_ends() -> None:
    """A string header that points to itself is read once."""
    address = build.BASE + build.FIRST
    words = [address + 16, address + 16]
    blob = (
        build.GO_MAGIC + b"\x08\x00" + b"".join(w.to_bytes(8, "little") for w in words)
    )

    with pytest.raises(ParseError, match="cut short"):
        parse(build.elf([(".go.buildinfo", blob)]))


WHOLE = tuple(
    build.elf([(".go.buildinfo", blob)], stripped=stripped)
    for blob in (INLINE, build.go_pointers("go1.17.2", *LINES)[0])
    for stripped in (False, True)
)


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(
    data=st.sampled_from(WHOLE),
    end=st.integers(1, 1600),
    flips=st.lists(st.tuples(st.integers(4, 1599), st.integers(0, 255)), max_size=8),
)
def test_damage_gives_evidence_or_a_parse_error(
    data: bytes, end: int, flips: list[tuple[int, int]]
) -> None:
    """Cut or changed anywhere, a program gives packages with names, nothing, or our own error."""
    hostile = bytearray(data)
    for place, value in flips:
        hostile[place % len(hostile)] = value
    message = ""
    try:
        found = parse(bytes(hostile[:end]))
    except ParseError as error:
        found, message = [], error.message

    assert message.isprintable()
    assert all(package.name for evidence in found for package in evidence.packages)


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(
    start=st.sampled_from(
        [b"\x7fELF\x02\x01", b"\x7fELF\x01\x02", b"MZ", b"\xcf\xfa\xed\xfe"]
    ),
    rest=st.binary(max_size=400),
)
def test_any_bytes_after_a_magic_number(start: bytes, rest: bytes) -> None:
    """Bytes that only begin like an executable give nothing."""
    assert parse(start + rest) == []


@pytest.mark.property
@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_as_a_list_of_modules(text: str) -> None:
    """Whatever a list says, names and versions that come out are printable words."""
    blob = build.go_inline("go1.22.3", *text.split("\n"), "dep\tgood\tv1.0.0")
    (evidence,) = parse(build.elf([(".go.buildinfo", blob)]))

    assert ("good", "v1.0.0") in {(p.name, p.version) for p in evidence.packages}
    for package in evidence.packages:
        assert (package.name + package.version).isprintable()
        assert " " not in package.name


def go() -> str:
    """The Go toolchain, or a skip where there is none."""
    found = shutil.which("go")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("go is not installed, which CI must have")
        pytest.skip("go is not installed")
    return found


@pytest.mark.functional
def test_what_go_builds(tmp_path: Path) -> None:
    """A program of the installed toolchain gives its modules and that toolchain's standard library."""
    command = go()
    library, app = tmp_path / "library", tmp_path / "app"
    library.mkdir()
    app.mkdir()
    (library / "go.mod").write_text("module example.com/library\n\ngo 1.18\n")
    (library / "l.go").write_text("package library\n\nconst Name = 1\n")
    (app / "go.mod").write_text(
        "module example.com/app\n\ngo 1.18\n\nrequire example.com/library v1.2.3\n"
        "\nreplace example.com/library => ../library\n"
    )
    (app / "main.go").write_text(
        'package main\n\nimport "example.com/library"\n\n'
        "func main() { println(library.Name) }\n"
    )
    environment = os.environ | {
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=mod",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }
    subprocess.run(
        [command, "build", "-ldflags=-s -w", "-o", "../built", "."],
        cwd=app,
        env=environment,
        check=True,
    )
    shown = subprocess.run(
        [command, "env", "GOVERSION"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )

    assert packages((tmp_path / "built").read_bytes()) == [
        ("example.com/app", "", ("main-module",)),
        ("example.com/library", "", ("replaced-locally",)),
        ("stdlib", stdlib_version(shown.stdout.strip()), ()),
    ]
