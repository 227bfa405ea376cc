"""Node packages: which ``package.json`` is an installed package, and what it says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SHARED

from shipworthy.catalogers.interface import Evidence, LayerFile, PackageSeen
from shipworthy.catalogers.node import NodeCataloger
from shipworthy.errors import ParseError


CASES = SHARED / "conformance" / "packages" / "npm-package-json"
PLACE = "app/node_modules/a/package.json"


def parse(path: str, data: bytes) -> list[Evidence]:
    """The evidence of one file."""
    return list(NodeCataloger().parse([LayerFile(path=path, data=data)]))


def package(path: str = PLACE, **fields: Any) -> PackageSeen | None:
    """The package of a ``package.json`` with the given fields."""
    document = {"name": "a", "version": "1.0.0", **fields}
    found = parse(path, json.dumps(document).encode())
    if not found:
        return None
    (evidence,) = found
    (seen,) = evidence.packages
    return seen


def conformance() -> list[dict[str, Any]]:
    """The published cases."""
    cases: list[dict[str, Any]] = json.loads((CASES / "expected.json").read_text())
    return cases


@pytest.mark.parametrize("case", conformance(), ids=lambda case: str(case["input"]))
def test_published_cases(case: dict[str, Any]) -> None:
    """Name, version and licences are those that other readers find in the same file."""
    (evidence,) = parse(PLACE, (CASES / case["input"]).read_bytes())
    found = [
        {"name": p.name, "version": p.version}
        | ({"licences": [*p.licences]} if p.licences else {})
        for p in evidence.packages
    ]
    assert found == case["packages"]


@pytest.mark.parametrize(
    "path",
    [
        "node_modules/a/package.json",
        "app/node_modules/@s/a/package.json",
        "usr/lib/node_modules/npm/node_modules/a/package.json",
        "usr/lib/node_modules_18/npm/package.json",
        "app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json",
        "usr/share/nodejs/a/package.json",
        "usr/share/nodejs/@s/a/package.json",
        "usr/share/nodejs/b/node_modules/a/package.json",
        "usr/lib/nodejs/a/package.json",
        "usr/lib/x86_64-linux-gnu/nodejs/a/package.json",
        "a/test/node_modules/b/package.json",
    ],
)
def test_installed_places(path: str) -> None:
    """A package lies where Node looks it up, scoped or not, nested however deep."""
    seen = package(path)
    assert seen is not None
    assert seen.notes == ()


@pytest.mark.parametrize(
    "path",
    [
        "app/node_modules/a/test/fixtures/package.json",
        "app/node_modules/a/dist/esm/package.json",
        "app/node_modules/@s/a/lib/package.json",
        "app/node_modules/@s/package.json",
        "app/node_modules/package.json",
        "app/node_modules/.cache/x/package.json",
        "app/node_modules/.ignored_a/package.json",
        "usr/share/nodejs/a/lib/package.json",
        "usr/share/doc/node-a/package.json",
        "usr/lib/ruby/gems/3.1.0/gems/typeprof-0.21.2/vscode/package.json",
    ],
)
def test_places_inside_packages(path: str) -> None:
    """A ``package.json`` deeper in a package, in documentation or in a fixture is no package."""
    assert package(path, repository="x") is None


def test_tools_unpacked_elsewhere() -> None:
    """A published tool outside node_modules is found, with doubt; a team's own application is not."""
    path = "opt/yarn-v1.22.22/package.json"
    seen = package(path, repository={"type": "git"})
    assert seen is not None
    assert seen.notes == ("application", "low-confidence")
    assert package(path) is None
    assert package(path, repository="x", private=True) is None


def test_names_and_package_urls() -> None:
    """The scope is part of the name and the namespace of the package URL."""
    seen = package(name="@Babel/core", version="7.0.0-beta.1+x")
    assert seen is not None
    assert (seen.type, seen.name) == ("npm", "@Babel/core")
    assert seen.purl == "pkg:npm/%40babel/core@7.0.0-beta.1%2Bx"


@pytest.mark.parametrize(
    ("stated", "expected"),
    [("v1.2.3", "1.2.3"), ("=1.2.3", "1.2.3"), (" 1.2.3 ", "1.2.3")],
)
def test_versions_are_cleaned_as_npm_does(stated: str, expected: str) -> None:
    """What npm strips from a version is stripped."""
    seen = package(version=stated)
    assert seen is not None
    assert seen.version == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"name": None},
        {"version": None},
        {"version": 1},
        {"name": ""},
        {"version": " "},
        {"name": "a b"},
        {"name": "../../etc"},
        {"name": "x" * 300},
    ],
)
def test_without_name_and_version_there_is_no_package(fields: dict[str, Any]) -> None:
    """Module-type stubs and the like give nothing."""
    assert package(**fields) is None


def test_private_packages_say_so() -> None:
    """What was never on the registry is marked, so that a public namesake can be told apart."""
    seen = package(private=True)
    assert seen is not None
    assert seen.notes == ("private",)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"license": "MIT"}, ("MIT",)),
        ({"license": {"type": "ISC", "url": "x"}}, ("ISC",)),
        ({"licenses": [{"type": "MIT"}, "BSD", 3, {}]}, ("MIT", "BSD")),
        ({"license": 7}, ()),
    ],
)
def test_licences(fields: dict[str, Any], expected: tuple[str, ...]) -> None:
    """Every shape that npm ever allowed is read."""
    seen = package(**fields)
    assert seen is not None
    assert seen.licences == expected


@pytest.mark.parametrize(
    "data",
    [
        b'\xef\xbb\xbf{"name": "a", "version": "1"}',
        b'{"name": "a", "version": "1", "author": "Andr\xe9"}',
        b'{"name": "a", "version": "1", "x": "\\ud800"}',
    ],
)
def test_sloppy_files_are_read_as_npm_reads_them(data: bytes) -> None:
    """A byte-order mark, another encoding and broken escapes do not hide a package."""
    (evidence,) = parse(PLACE, data)
    assert [(p.name, p.version) for p in evidence.packages] == [("a", "1")]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[" * 100_000, b'{"name": "a"', b"\xff\xfe{}"]
)
def test_a_broken_installed_file_is_an_error(data: bytes) -> None:
    """An installed package that cannot be read is never passed over in silence."""
    with pytest.raises(ParseError):
        parse(PLACE, data)
    assert parse("srv/package.json", data) == []


@pytest.mark.parametrize("data", [b"[]", b"null", b'"a"', b"7"])
def test_other_json_gives_nothing(data: bytes) -> None:
    """JSON that is not an object describes no package."""
    assert parse(PLACE, data) == []


def test_hostile_licences_can_be_written() -> None:
    """Text with half of a surrogate pair is made printable."""
    data = b'{"name": "a", "version": "1", "license": "\\ud800", "x": "\xff"}'
    (evidence,) = parse(PLACE, data)
    assert evidence.packages[0].licences[0].encode()


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(
    data=st.binary(max_size=200)
    | st.recursive(
        st.none() | st.text() | st.integers() | st.booleans(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["name", "version", "license", "licenses", "private", "type"]
                ),
                inner,
            )
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_bytes_break_it(data: bytes) -> None:
    """Whatever the bytes, there is evidence or a ParseError, and all of it can be written."""
    for path in (PLACE, "srv/package.json"):
        try:
            found = parse(path, data)
        except ParseError:
            continue
        for evidence in found:
            for seen in evidence.packages:
                "".join((seen.name, seen.version, seen.purl, *seen.licences)).encode()
