"""Package URLs that others wrote, taken apart as the specification and its reference implementation do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packageurl import PackageURL

from shipworthy.errors import ParseError
from shipworthy.model.purl import purl
from shipworthy.model.purl_parse import MAX_LENGTH, parse_purl


PURLS = Path(__file__).resolve().parents[3] / "shared/conformance/inspector/purls.txt"
_TYPES = ["npm", "maven", "pypi", "golang", "gem", "cargo", "nuget", "generic", "apk"]
_PART = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Cs", "Z"]),
    min_size=1,
    max_size=12,
).filter(lambda text: text.strip("/.@ ") == text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "pkg:deb/debian/libc6@2.36-9%2Bdeb12u1?arch=amd64&distro=debian-12",
            ("deb", "debian", "libc6", "2.36-9+deb12u1"),
        ),
        ("pkg:npm/%40types/node@2.1.5", ("npm", "@types", "node", "2.1.5")),
        ("pkg:npm/@babel/core@7.0.0", ("npm", "@babel", "core", "7.0.0")),
        ("pkg:npm/@babel/core", ("npm", "@babel", "core", "")),
        ("PKG://PyPI/Zope_Interface@1.0", ("pypi", "", "zope-interface", "1.0")),
        (
            "pkg:golang/github.com/Azure/go-autorest/v14@v14.2.0#autorest",
            ("golang", "github.com/Azure/go-autorest", "v14", "v14.2.0"),
        ),
        ("pkg:maven/org.apache/log4j", ("maven", "org.apache", "log4j", "")),
        ("pkg:deb/Debian/git@1:2.39-1.1", ("deb", "debian", "git", "1:2.39-1.1")),
        ("pkg:maven/commons%0D/io%0D@1.11", ("maven", "commons", "io", "1.11")),
        ("pkg:generic/a%2Fb@1", ("generic", "", "a/b", "1")),
    ],
)
def test_parts_are_decoded_and_put_into_their_types_case(
    text: str, parts: tuple[str, str, str, str]
) -> None:
    """What a scanner writes comes apart into the ecosystem's own words."""
    assert parts == parse_purl(text)[:4]


def test_qualifiers_and_subpath() -> None:
    """Keys are folded, empty values left out, dots are no segments of a subpath."""
    found = parse_purl("pkg:rpm/x/y@1?Arch=x86_64&epoch=&a=b%26c#/./in%20side/../z/")

    assert {"arch": "x86_64", "a": "b&c"} == dict(found.qualifiers)
    assert "in side/z" == found.subpath


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pkg:",
        "pkg:npm",
        "pkg:npm/",
        "pkg:npm/@1.0",
        "npm/x@1",
        "pkg:1x/y",
        "pkg:a b/y",
        "pkg:npm/x?=1",
        "pkg:npm/x?a b=1",
        "pkg:npm/x@%ff",
        "pkg:npm/%ED%A0%80",
        "pkg:npm/\ud800",
        f"pkg:npm/{'x' * MAX_LENGTH}",
    ],
)
def test_what_is_no_package_url_is_refused_in_a_line(text: str) -> None:
    """The one error names the text, shortened, and what was expected."""
    with pytest.raises(ParseError, match="is not a package URL: expected") as raised:
        parse_purl(text)

    assert len(raised.value.message) < 250


@pytest.mark.skipif(not PURLS.exists(), reason="needs ../shared beside the checkout")
def test_purls_found_in_real_package_metadata() -> None:
    """576 purls of eight ecosystems come apart as the reference implementation takes them."""
    lines = PURLS.read_text("utf-8").splitlines()

    assert 576 == len(lines)
    for line in lines:
        theirs = PackageURL.from_string(line)
        ours = parse_purl(line)
        assert (theirs.type, theirs.namespace or "", theirs.name) == ours[:3], line
        assert (theirs.version or "").strip() == ours.version.strip(), line
        assert theirs.qualifiers == dict(ours.qualifiers), line


@pytest.mark.property
@given(
    st.sampled_from(_TYPES),
    st.lists(_PART, max_size=3),
    _PART,
    st.one_of(st.just(""), _PART),
    st.dictionaries(st.from_regex(r"[a-z][a-z0-9._-]{0,5}", fullmatch=True), _PART, max_size=3),
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_agrees_with_the_reference_implementation(
    kind: str, space: list[str], name: str, version: str, qualifiers: dict[str, str]
) -> None:
    """What the reference implementation writes is taken apart into what it was made of."""
    theirs = PackageURL(kind, "/".join(space), name, version, qualifiers)
    ours = parse_purl(theirs.to_string())

    again = PackageURL.from_string(theirs.to_string())
    assert (again.type, again.namespace or "", again.name) == ours[:3]
    assert (again.version or "") == ours.version
    assert again.qualifiers == dict(ours.qualifiers)


@pytest.mark.property
@given(st.sampled_from([*_TYPES, "deb", "rpm", "composer", "hex"]), _PART, _PART, _PART)
@settings(max_examples=200, deadline=None)
def test_what_we_write_we_read(kind: str, space: str, name: str, version: str) -> None:
    """Writing what was read out of a purl gives that purl."""
    written = purl(kind, name, version, namespace=space, qualifiers={"arch": space})

    found = parse_purl(written)
    again = purl(
        found.type,
        found.name,
        found.version,
        namespace=found.namespace,
        qualifiers=found.qualifiers,
    )
    assert written == again


@pytest.mark.property
@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_nothing_but_our_own_error_gets_out(text: str) -> None:
    """Any text gives parts with a name or a ``ParseError``."""
    for candidate in (text, f"pkg:npm/{text}", f"pkg:{text}"):
        try:
            assert parse_purl(candidate).name
        except ParseError:
            continue
