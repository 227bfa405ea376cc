"""Debian packages and their files, from healthy and broken databases."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SHARED

from shipworthy.catalogers.dpkg import DpkgCataloger
from shipworthy.catalogers.interface import Evidence, LayerFile, PackageSeen


VECTORS = SHARED / "conformance" / "packages" / "dpkg"
STATUS = "var/lib/dpkg/status"


def parse(**files: bytes | str) -> dict[str, Evidence]:
    """Evidence by path, of files given by path with ``__`` for slashes."""
    layer = [
        LayerFile(
            path=name.replace("__", "/"),
            data=data.encode() if isinstance(data, str) else data,
        )
        for name, data in files.items()
    ]
    return by_path(layer)


def by_path(layer: list[LayerFile]) -> dict[str, Evidence]:
    """Evidence by path."""
    return {e.path: e for e in DpkgCataloger().parse(layer)}


def status(text: bytes | str) -> Evidence:
    """The evidence of a status file."""
    (evidence,) = parse(var__lib__dpkg__status=text).values()
    return evidence


def package(text: str) -> PackageSeen:
    """The only package of a status file, healthy all over."""
    evidence = status(text)
    assert evidence.problems == ()
    (seen,) = evidence.packages
    return seen


def wanted(path: str) -> bool:
    """Whether the cataloger asks for a file."""
    wants = DpkgCataloger.wants
    return path in wants.paths or path.rpartition("/")[0] in wants.prefixes


def tree(root: Path) -> list[LayerFile]:
    """The wanted files below ``root``."""
    return [
        LayerFile(path=path, data=(root / path).read_bytes())
        for file in sorted(root.rglob("*"))
        if file.is_file() and wanted(path := file.relative_to(root).as_posix())
    ]


def vectors() -> list[Any]:
    """The cases upstream tests."""
    return [
        pytest.param(case, id=case["input"])
        for case in json.loads((VECTORS / "expected.json").read_text())
    ]


@pytest.mark.parametrize("case", vectors())
def test_upstream_vectors(case: dict[str, Any]) -> None:
    """
    The packages that upstream finds, no more and no less.

    Upstream takes versions apart; of a source version it states the middle part only.
    """
    path = VECTORS / case["input"]
    if case.get("root"):
        layer = tree(path)
    else:
        layer = [LayerFile(path="usr/lib/opkg/status", data=path.read_bytes())]
    found = [seen for e in by_path(layer).values() for seen in e.packages]

    assert sorted(map(upstream_form, case["packages"])) == sorted(
        (seen.name, seen.version, seen.arch, *upstream_source(seen, case))
        for seen in found
    )


def upstream_form(package: dict[str, Any]) -> tuple[str, ...]:
    """A package as upstream states it, its version in one piece."""
    version = package["version"]
    if "epoch" in package:
        version = f"{package['epoch']}:{version}"
    if "release" in package:
        version = f"{version}-{package['release']}"
    source = (
        (package["source"], package["source_version"]) if "source" in package else ()
    )
    return (package["name"], version, package["arch"], *source)


def upstream_source(seen: PackageSeen, case: dict[str, Any]) -> tuple[str, ...]:
    """The source as upstream states it, where it does."""
    if not case.get("root"):
        return ()
    version = seen.source_version or seen.version
    upstream = version.rpartition(":")[2]
    return (seen.source or seen.name, upstream.rpartition("-")[0] or upstream)


def test_broken_paragraphs_are_told() -> None:
    """What upstream drops silently is a problem here: something stayed unread."""
    data = (VECTORS / "corrupsed" / STATUS).read_bytes()

    lost = ("brokenPackageWithNoVersionThatShouldGetThrownOut", "invalidpkg")
    versions = ("''", "'1:5.#'")

    assert status(data).problems == tuple(
        f"package {name} has no version dpkg allows: {version}"
        for name, version in zip(lost, versions, strict=True)
    )


@pytest.mark.functional
@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="needs dpkg-query")
@pytest.mark.parametrize("name", ["valid", "digest", "only-apt"])
def test_agrees_with_dpkg_query(name: str) -> None:
    """The reader of dpkg itself sees the same packages, architectures and sources."""
    fields = "Package Version Architecture source:Package source:Version"
    form = "\t".join(f"${{{field}}}" for field in fields.split())
    root = VECTORS / name
    listing = subprocess.run(
        [
            "dpkg-query",
            f"--admindir={root}/var/lib/dpkg",
            "-W",
            "-f",
            form + "\t${db:Status-Status}\n",
        ],
        capture_output=True,
        check=True,
        text=True,
    ).stdout

    expected = [
        line.rpartition("\t")[0]
        for line in listing.splitlines()
        if not line.endswith("\tconfig-files")
    ]

    assert sorted(expected) == sorted(
        f"{s.name}\t{s.version}\t{s.arch}"
        f"\t{s.source or s.name}\t{s.source_version or s.version}"
        for e in by_path(tree(root)).values()
        for s in e.packages
    )


FULL = """\
Package: libgcc1
Status: install ok installed
Maintainer: Debian GCC Maintainers <debian-gcc@lists.debian.org>
Architecture: amd64
Multi-Arch: same
Source: gcc-5 (5.1.1-12)
Version: 1:5.1.1-12
Conffiles:
 /etc/x 31aa7f2181889ffb00b87df4126d1701
Description: text
 Version: 6
 .
 Package: other
"""


def test_every_field() -> None:
    """A paragraph's own fields count; what continues a field does not."""
    assert package(FULL) == PackageSeen(
        type="deb",
        name="libgcc1",
        version="1:5.1.1-12",
        arch="amd64",
        source="gcc-5",
        source_version="5.1.1-12",
        vendor="Debian GCC Maintainers <debian-gcc@lists.debian.org>",
        key="deb:libgcc1:amd64",
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("", ("", "")),
        ("Source: a\n", ("", "")),
        ("Source: a (1.0-2)\n", ("", "")),
        ("Source: b\n", ("b", "")),
        ("Source: a (1.0-1)\n", ("", "1.0-1")),
        ("Source: b (1:2)\n", ("b", "1:2")),
        ("Source: b (0:1.0-2)\n", ("b", "")),
        ("Source: b (", ("", "")),
        ("Source: b (%)\n", ("b", "")),
    ],
)
def test_source(fields: str, expected: tuple[str, str]) -> None:
    """The source is stated only where it differs from the package itself."""
    seen = package(f"Package: a\nVersion: 1.0-2\n{fields}")

    assert expected == (seen.source, seen.source_version)


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("install ok installed", True),
        ("hold ok installed", True),
        ("install ok unpacked", True),
        ("install ok half-configured", True),
        ("install reinstreq half-installed", True),
        ("install ok triggers-pending", True),
        ("install user installed", True),
        ("deinstall ok installed", True),
        ("deinstall ok config-files", False),
        ("purge ok not-installed", False),
        ("unknown ok not-installed", False),
        ("deinstall", False),
    ],
)
def test_status_counts_where_files_are(state: str, *, counts: bool) -> None:
    """Dpkg lists a package as there for as long as its files are, whatever is wanted of it."""
    text = f"Package: a\nStatus: {state}\nVersion: 1\n"

    assert counts == bool(parse(var__lib__dpkg__status=text))


def test_removed_package_needs_no_version() -> None:
    """Dpkg keeps paragraphs of packages that were never there; they are no problem."""
    assert not parse(
        var__lib__dpkg__status="Package: a\nStatus: purge ok not-installed\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Package: a\nVersion: 1\n\nPackage: b\nVersion: 2\n",
        "Package: a\nVersion: 1\n\nPackage: b\nVersion: 2",
        "\n\nPackage: a\nVersion: 1\n\n\n\nPackage: b\nVersion: 2\n\n",
        "Package: a\r\nVersion: 1\r\n\r\nPackage: b\r\nVersion: 2\r\n",
        "package: a\nVERSION: 1\n\nPACKAGE:b\nversion:\t2\n",
        "Package: a\nVersion: 1\n \nPackage: b\nVersion: 2\n",
        "Package: a\nVersion: 1\nPackage: b\nVersion: 2\n",
        "Package: a\nVersion: 0:1\n\nVersion: 2\nPackage: b\n",
    ],
)
def test_shapes_of_the_file(text: str) -> None:
    """Line ends, blank lines, letter case and lost separators do not matter."""
    evidence = status(text)

    assert [("a", "1"), ("b", "2")] == [(s.name, s.version) for s in evidence.packages]
    assert evidence.problems == ()


def test_one_broken_paragraph_does_not_lose_the_others() -> None:
    """The rest is read and what is lost is told, shortened where it is much."""
    text = "\n\n".join(
        [
            "Package: a\nVersion: 1",
            *["what: ever"] * 50,
            "Package: -\nVersion: 1",
            "Package: b\nVersion: 2\n\0\0",
        ]
    )
    evidence = status(text)

    assert [s.name for s in evidence.packages] == ["a", "b"]
    assert len(evidence.problems) == 21
    assert evidence.problems[0] == "a paragraph names no package: 'What: ever'"
    assert evidence.problems[-1] == "31 more paragraphs are not readable"


def test_status_directory_joins_by_file_name() -> None:
    """Distroless images have a file a package, without a status, and its sums beside it."""
    found = parse(
        **{
            "var__lib__dpkg__status.d__base": "Package: base-files\nVersion: 12\n",
            "var__lib__dpkg__status.d__base.md5sums": f"{'0' * 32}  usr/lib/os-release\n",
        },
    )
    (seen,) = found["var/lib/dpkg/status.d/base"].packages
    sums = found["var/lib/dpkg/status.d/base.md5sums"]

    assert seen.key == sums.files_of == "deb:base"
    assert sums.file_list == "usr/lib/os-release"


LIST = "/.\n/etc\n/etc/x\n/usr\n/usr/bin\n/usr/bin/a\n/usr/bin/a b\n/var\n/var/é\n"


def test_list_gives_files_without_directories() -> None:
    """A directory is left out when something in it follows."""
    found = parse(
        var__lib__dpkg__info__a=LIST, **{"var__lib__dpkg__info__a.list": LIST}
    )
    evidence = found["var/lib/dpkg/info/a.list"]

    assert [*found] == ["var/lib/dpkg/info/a.list"]
    assert evidence.files_of == "deb:a"
    assert evidence.file_list == "etc/x\0usr/bin/a\0usr/bin/a b\0var/é"


@pytest.mark.parametrize("text", ["", "/.\n", "\n", "/\n"])
def test_list_of_nothing(text: str) -> None:
    """A package without files has an empty list."""
    found = parse(**{"var__lib__dpkg__info__a.list": text})

    assert [e.file_list for e in found.values()] == [""]


def test_list_shapes() -> None:
    """A missing last newline, Windows line ends, opkg's modes and undecodable names are read."""
    found = parse(
        **{
            "var__lib__dpkg__info__a.list": b"/.\r\n/x\r\n/y",
            "usr__lib__opkg__info__b.list": b"/bin/x\t0100755\n/bin/y\t0120777\tx\n",
            "var__lib__dpkg__info__c.list": b"/\xff\n",
        }
    )

    assert [e.file_list for e in found.values()] == ["x\0y", "bin/x\0bin/y", "\\xff"]


def test_sums_count_only_without_a_list() -> None:
    """A list holds all that the sums hold, so they are read only where it is missing."""
    sums = f"{'a' * 32}  usr/bin/x\n{'b' * 32} */usr/bin/y z\nrubbish\n"
    found = parse(
        **{
            "var__lib__dpkg__info__a.list": "/x\n",
            "var__lib__dpkg__info__a.md5sums": sums,
            "var__lib__dpkg__info__b:amd64.md5sums": sums,
        }
    )

    assert ["deb:a", "deb:b:amd64"] == [e.files_of for e in found.values()]
    assert [*found.values()][1].file_list == "usr/bin/x\0usr/bin/y z"


def test_long_fields_are_cut() -> None:
    """A field that is no field of a package stays bounded."""
    seen = package(f"Package: a\nVersion: 1\nMaintainer: {'x' * 9999}\n")

    assert len(seen.vendor) == 256


PIECES = [
    *b"Package: Version: Source: Status: a 1 ( ) / \0 \xff not-installed".split(),
    *(b" ", b"\t", b"\n", b"\r\n", b"\n\n"),
]


@pytest.mark.property
@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(
        [
            STATUS,
            "var/lib/dpkg/status.d/a",
            "var/lib/dpkg/status.d/a.md5sums",
            "var/lib/dpkg/info/a.list",
            "var/lib/dpkg/info/a.md5sums",
        ]
    ),
    st.binary() | st.lists(st.sampled_from(PIECES)).map(b"".join),
)
def test_no_bytes_break_it(path: str, data: bytes) -> None:
    """Whatever a database holds, it ends in packages, problems or nothing."""
    for evidence in by_path([LayerFile(path=path, data=memoryview(data))]).values():
        assert all(seen.name and seen.version for seen in evidence.packages)
        assert all("\n" not in problem for problem in evidence.problems)


NAMES = st.from_regex(r"[a-z][a-z0-9+.-]{1,12}", fullmatch=True)
VERSIONS = st.from_regex(
    r"([1-9]:)?[0-9][0-9a-z.+~]{0,9}(-[0-9a-z.]{1,5})?", fullmatch=True
)


@pytest.mark.property
@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(NAMES, VERSIONS, NAMES, VERSIONS), max_size=5))
def test_reads_what_dpkg_writes(rows: list[tuple[str, str, str, str]]) -> None:
    """Every package written is read back with its source, in order."""
    text = "".join(
        f"Package: {name}\nStatus: install ok installed\nSource: {source} ({built})\n"
        f"Version: {version}\nDescription: x\n Package: y\n\n"
        for name, version, source, built in rows
    )
    seen = [s for e in parse(var__lib__dpkg__status=text).values() for s in e.packages]

    assert rows == [
        (s.name, s.version, s.source or s.name, s.source_version or s.version)
        for s in seen
    ]
