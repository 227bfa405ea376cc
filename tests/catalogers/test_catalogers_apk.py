"""apk's packages and their files, from healthy and broken databases."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SHARED

from shipworthy.catalogers.apk import ApkCataloger
from shipworthy.catalogers.interface import Evidence, LayerFile, PackageSeen


VECTORS = SHARED / "conformance" / "packages" / "apk"
INSTALLED = "lib/apk/db/installed"

LICENCES = {
    "GPL": "GPL-2.0-or-later",
    "GPL2": "GPL-2.0-only",
    "GPL2+": "GPL-2.0-or-later",
    "BSD": "BSD-3-Clause",
    "zlib": "Zlib",
    "openssl": "OpenSSL",
}
"""Upstream guesses SPDX ids for what packages from before SPDX wrote; we show what they wrote."""


def parse(data: bytes | str) -> list[Evidence]:
    """The evidence of a database."""
    data = data.encode() if isinstance(data, str) else data
    return list(ApkCataloger().parse([LayerFile(path=INSTALLED, data=data)]))


def package(text: str) -> PackageSeen:
    """The only package of a database, healthy all over."""
    (evidence,) = parse(text)
    assert evidence.problems == ()
    (seen,) = evidence.packages
    return seen


def vectors() -> list[Any]:
    """The cases upstream tests."""
    return [
        pytest.param(case, id=case["input"])
        for case in json.loads((VECTORS / "expected.json").read_text())
    ]


@pytest.mark.parametrize("case", vectors())
def test_upstream_vectors(case: dict[str, Any]) -> None:
    """The packages that upstream finds, in order, with all that it states of them."""
    (evidence,) = parse((VECTORS / case["input"]).read_bytes())

    found = [
        {
            "name": seen.name,
            "version": seen.version,
            "arch": seen.arch,
            "source": seen.source or seen.name,
            "source_version": seen.source_version or seen.version,
            "licences": [LICENCES.get(name, name) for name in seen.licences],
        }
        for seen in evidence.packages
    ]
    assert case["packages"] == [
        {key: value for key, value in seen.items() if key in expected}
        for seen, expected in zip(found, case["packages"], strict=True)
    ]


def test_package_without_version_is_told() -> None:
    """What upstream drops silently is a problem here: something stayed unread."""
    (evidence,) = parse((VECTORS / "apk").read_bytes())

    assert evidence.problems == (
        "package invalidPackageWithoutAVersion has no version apk allows: ''",
    )


FULL = """\
C:Q1Eg==
P:libcrypto3
V:3.1.4-r1
A:x86_64
L:Apache-2.0 AND (MIT OR GPL-2.0-only WITH Classpath-exception-2.0) AND MIT
o:openssl
m:Ariadne Conill <ariadne@dereferenced.org>
p:so:libcrypto.so.3=3
F:
R:root
F:lib
R:libcrypto.so.3
a:0:0:755
Z:Q1xx=
R:a b
F:usr/share/é
M:0:0:1777
F:usr/lib
R:x
"""


def test_every_field() -> None:
    """Fields, origin and files; directories are no files."""
    assert package(FULL) == PackageSeen(
        type="apk",
        name="libcrypto3",
        version="3.1.4-r1",
        arch="x86_64",
        source="openssl",
        vendor="Ariadne Conill <ariadne@dereferenced.org>",
        licences=(
            "Apache-2.0",
            "MIT",
            "GPL-2.0-only WITH Classpath-exception-2.0",
        ),
        file_list="root\0lib/libcrypto.so.3\0lib/a b\0usr/lib/x",
    )


@pytest.mark.parametrize(
    ("name", "version"),
    [
        (".build-deps", "20240101.123456"),
        ("g++", "13.2.1_git20231014-r0"),
        ("docker-cli", "20.10.11.r0"),
        ("_x", "1.0~git20240101-r0"),
    ],
)
def test_odd_names_and_versions(name: str, version: str) -> None:
    """Virtual packages and versions that apk would not write today count as well."""
    seen = package(f"P:{name}\nV:{version}\n")

    assert (name, version) == (seen.name, seen.version)


@pytest.mark.parametrize(
    "text",
    [
        "P:a\nV:1\n\nP:b\nV:2\n",
        "P:a\nV:1\n\nP:b\nV:2",
        "\n\nC:x\nP:a\nV:1\n\n\n\nC:y\nP:b\nV:2\n\n",
        "P:a\r\nV:1\r\n\r\nP:b\r\nV:2\r\n",
        "C:x\nP:a\nV:1\nF:lib\nR:x\nC:y\nP:b\nV:2\n",
        "V:1\nP:a\np:x=9\nv:3\n\nP:b\nV:2\n",
        "P:a\nV:1\n\0\nP:b\nV:2\n",
    ],
)
def test_shapes_of_the_file(text: str) -> None:
    """Line ends, blank lines and lost separators do not matter; the case of letters does."""
    (evidence,) = parse(text)

    assert [("a", "1"), ("b", "2")] == [(s.name, s.version) for s in evidence.packages]
    assert evidence.problems == ()


def test_one_broken_paragraph_does_not_lose_the_others() -> None:
    """The rest is read and what is lost is told, shortened where it is much."""
    lost = ["what:ever"] * 50
    (evidence,) = parse("\n\n".join(["P:a\nV:1", *lost, "P:-\nV:1", "P:b\nV:2"]))

    assert [s.name for s in evidence.packages] == ["a", "b"]
    assert len(evidence.problems) == 21
    assert evidence.problems[0] == "a paragraph names no package: 'what:ever'"
    assert evidence.problems[-1] == "31 more paragraphs are not readable"


def test_origin_that_is_the_package_is_left_out() -> None:
    """A source is stated only where it differs."""
    assert package("P:musl\nV:1\no:musl\n").source == ""
    assert package("P:musl\nV:1\no:\n").source == ""
    assert package("P:musl\nV:1\no:no name\n").source == ""


@pytest.mark.parametrize("data", [b"", b"\n", b" \r\n\n\n"])
def test_empty_database(data: bytes) -> None:
    """A database of nothing gives no evidence, as ``apk add --root`` leaves it."""
    assert parse(data) == []


@pytest.mark.property
@settings(deadline=None, max_examples=150)
@given(
    st.binary()
    | st.lists(
        st.sampled_from(
            [
                *b"P: V: F: R: o: L: a 1 ( ) \0 \xff WITH / P:a V:1".split(),
                b"\n",
                b"\n\n",
            ]
        )
    ).map(b"".join)
)
def test_no_bytes_break_it(data: bytes) -> None:
    """Whatever a database holds, it ends in packages, problems or nothing."""
    for evidence in ApkCataloger().parse(
        [LayerFile(path=INSTALLED, data=memoryview(data))]
    ):
        assert all(seen.name and seen.version for seen in evidence.packages)
        assert all("\n" not in problem for problem in evidence.problems)


FILES = st.dictionaries(
    st.from_regex(r"[a-z]{1,3}(/[a-z]{1,3}){0,2}", fullmatch=True),
    st.lists(st.from_regex(r"[a-z. ]{0,4}[a-z]", fullmatch=True), max_size=3),
    max_size=3,
)


@pytest.mark.property
@settings(deadline=None, max_examples=100)
@given(st.lists(FILES, max_size=4))
def test_reads_what_apk_writes(packages: list[dict[str, list[str]]]) -> None:
    """Every package is read back with exactly its files."""
    text = "".join(
        f"C:Q1=\nP:p{number}\nV:{number}-r0\n"
        + "".join(
            f"F:{directory}\n" + "".join(f"R:{name}\nZ:Q1=\n" for name in names)
            for directory, names in files.items()
        )
        + "\n"
        for number, files in enumerate(packages)
    )
    seen = [s for e in parse(text) for s in e.packages]

    assert [
        (f"p{number}", [f"{d}/{name}" for d, names in files.items() for name in names])
        for number, files in enumerate(packages)
    ] == [(s.name, s.file_list.split("\0") if s.file_list else []) for s in seen]
