"""Package URLs as the specification and its reference implementation write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packageurl import PackageURL

from shipworthy.model.package import Distro
from shipworthy.model.purl import (
    cargo_purl,
    golang_purl,
    maven_purl,
    npm_purl,
    os_purl,
    purl,
    pypi_purl,
)


def test_parts_are_encoded_and_qualifiers_sorted() -> None:
    """Canonical form: UTF-8 percent-encoding but for unreserved characters and colons."""
    made = purl(
        "generic",
        "a+b é~:",
        "1%2",
        namespace="/x y//z/",
        qualifiers={"b": "2&3", "a": "q=/", "none": ""},
        subpath="/./p q/../r",
    )

    expected = "pkg:generic/x%20y/z/a%2Bb%20%C3%A9~:@1%252?a=q%3D%2F&b=2%263#p%20q/r"
    assert expected == made


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (pypi_purl("Ruamel.Yaml__x", "1!2+l"), "pkg:pypi/ruamel-yaml-x@1%212%2Bl"),
        (npm_purl("@Angular/CLI", "1.0.0"), "pkg:npm/%40angular/cli@1.0.0"),
        (npm_purl("lodash", "4"), "pkg:npm/lodash@4"),
        (
            maven_purl("org.apache:log4j-api", "2.0"),
            "pkg:maven/org.apache/log4j-api@2.0",
        ),
        (maven_purl("log4j", ""), "pkg:maven/log4j"),
        (maven_purl(":log4j", "1"), "pkg:maven/log4j@1"),
        (
            golang_purl("github.com/Masterminds/semver/v3", "v3.1.0+incompatible"),
            "pkg:golang/github.com/masterminds/semver/v3@v3.1.0%2Bincompatible",
        ),
        (golang_purl("stdlib", "1.22.3"), "pkg:golang/stdlib@1.22.3"),
        (
            golang_purl("gopkg.in/DataDog/x.v1", "v1.0.0"),
            "pkg:golang/gopkg.in/DataDog/x.v1@v1.0.0",
        ),
        (cargo_purl("serde_json", "1.0.1"), "pkg:cargo/serde_json@1.0.1"),
    ],
)
def test_each_ecosystem_has_its_rules(made: str, expected: str) -> None:
    """Names are normalised, scopes, groups and module paths become namespaces."""
    assert expected == made


def test_no_name_gives_no_purl() -> None:
    """A package URL must have a name, so there is none without."""
    assert purl("npm", "", "1") == ""
    assert purl("npm", "//", "1") == ""
    assert npm_purl("@scope/", "1") == ""


def test_empty_parts_leave_no_trace() -> None:
    """Empty namespaces, qualifiers and subpaths leave no separators."""
    made = purl("npm", "a", namespace="//", qualifiers={"k": ""}, subpath="./..")

    assert made == "pkg:npm/a"


def test_lone_surrogates_do_not_raise() -> None:
    """Text with no UTF-8 form, as undecodable bytes give, still makes a package URL."""
    assert purl("npm", "a\udcff") == "pkg:npm/a%3F"


DEBIAN = Distro(id="debian", version="12", codename="bookworm")


def test_debian_epoch_is_a_qualifier_and_the_source_is_upstream() -> None:
    """A dpkg version loses its epoch to a qualifier; a source of another version says it."""
    made = os_purl(
        "deb",
        "libgcc1",
        "1:5.1.1-12",
        arch="amd64",
        source="gcc-5",
        source_version="5.1.1-12",
        distro=DEBIAN,
    )

    assert made == (
        "pkg:deb/debian/libgcc1@5.1.1-12"
        "?arch=amd64&distro=debian-12&epoch=1&upstream=gcc-5%405.1.1-12"
    )


def test_debian_tilde_stays_and_plus_does_not() -> None:
    """``~`` must not be encoded by the specification, ``+`` must."""
    made = os_purl("deb", "openssl", "3.0.11-1~deb12u2+b1", distro=DEBIAN)

    assert made == "pkg:deb/debian/openssl@3.0.11-1~deb12u2%2Bb1?distro=debian-12"


def test_source_version_alone_names_the_package_as_its_source() -> None:
    """A binNMU has its own name as the source's but another version."""
    made = os_purl("deb", "bash", "5.2-2+b7", source_version="5.2-2", distro=DEBIAN)

    assert made.endswith("&upstream=bash%405.2-2")


def test_rpm_modularity_and_zero_epoch() -> None:
    """An epoch of 0 is none; the module label is a qualifier."""
    made = os_purl(
        "rpm",
        "nodejs",
        "0:12.1-1.el8",
        modularity="nodejs:12:8030:229f",
        distro=Distro(id="redhat", version="8.4"),
    )

    assert made == (
        "pkg:rpm/redhat/nodejs@12.1-1.el8"
        "?distro=redhat-8.4&modularitylabel=nodejs:12:8030:229f"
    )


@pytest.mark.parametrize(
    ("distro", "start", "qualifier"),
    [
        (Distro(id="wolfi"), "pkg:apk/wolfi/", "distro=wolfi"),
        (
            Distro(id="debian", codename="sid"),
            "pkg:apk/debian/",
            "distro=debian-sid",
        ),
        (
            Distro(id="opensuse-leap", version="15.5"),
            "pkg:apk/opensuse/",
            "distro=opensuse-leap-15.5",
        ),
        (Distro(id="sles", version="15.5"), "pkg:apk/suse/", "distro=sles-15.5"),
    ],
)
def test_namespace_is_the_vendor(distro: Distro, start: str, qualifier: str) -> None:
    """The distribution's id is the namespace, SUSE's family has two."""
    made = os_purl("apk", "x", "1:2", distro=distro)

    assert made == f"{start}x@1:2?{qualifier}"


def test_without_a_distribution_there_is_no_namespace() -> None:
    """A package database in an image that does not say what it is still gives package URLs."""
    assert os_purl("apk", "musl", "1.2-r0", arch="x86_64") == (
        "pkg:apk/musl@1.2-r0?arch=x86_64"
    )


TYPES = st.sampled_from(["generic", "maven", "golang", "cargo", "gem", "nuget", "rpm"])
LOWERED = st.sampled_from(["npm", "pypi", "apk", "composer", "hex", "bitnami", "oci"])
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1
).filter(lambda s: s == s.strip())
LATIN = st.text(
    st.characters(max_codepoint=126, exclude_characters="/ ", min_codepoint=32),
    min_size=1,
)
SEGMENTS = st.lists(TEXT, max_size=3).map("/".join)
KEYS = st.from_regex(r"[a-z][a-z0-9._-]{0,8}", fullmatch=True)


@pytest.mark.property
@settings(deadline=None, max_examples=200)
@given(
    TYPES,
    TEXT,
    st.just("") | TEXT,
    SEGMENTS,
    st.dictionaries(KEYS, TEXT, max_size=3),
    SEGMENTS,
)
def test_agrees_with_the_reference_implementation(
    type_: str,
    name: str,
    version: str,
    namespace: str,
    qualifiers: dict[str, str],
    subpath: str,
) -> None:
    """Any text gives the reference's own string, where slashes are only separators."""
    if type_ == "rpm":
        namespace = namespace.lower()
    reference = PackageURL(
        type_, namespace, name, version, dict(qualifiers), subpath
    ).to_string()

    made = purl(
        type_,
        name,
        version,
        namespace=namespace,
        qualifiers=qualifiers,
        subpath=subpath,
    )

    assert reference == made


@pytest.mark.property
@settings(deadline=None, max_examples=100)
@given(LOWERED, LATIN, LATIN)
def test_agrees_on_types_without_case(type_: str, name: str, version: str) -> None:
    """Types whose names know no case are normalised like the reference does, but for OCI digests."""
    if type_ == "oci":
        version = version.lower()
    # The reference lower-cases after encoding and so spoils its own escapes.
    reference = PackageURL(type_, None, name.lower(), version).to_string()

    assert _unescape_case(reference) == _unescape_case(purl(type_, name, version))


@pytest.mark.property
@settings(deadline=None, max_examples=100)
@given(TYPES, st.text(min_size=1), st.text(), st.text())
def test_whatever_comes_reads_back(
    type_: str, name: str, version: str, value: str
) -> None:
    """The reference reads back the very parts, slashes in versions and qualifiers included."""
    name = name.strip().strip("/").strip() or "x"
    version, value = version.strip(), value.strip()
    name, version, value = (
        text.encode("utf-8", "replace").decode() for text in (name, version, value)
    )
    read = PackageURL.from_string(purl(type_, name, version, qualifiers={"k": value}))

    if "/" not in name:
        assert name == read.name
    assert (version or None, value or None) == (read.version, read.qualifiers.get("k"))


def _unescape_case(text: str) -> str:
    """Escapes in lower case, so that ``%2b`` equals ``%2B``."""
    parts = text.split("%")
    return "%".join([parts[0], *(p[:2].lower() + p[2:] for p in parts[1:])])
