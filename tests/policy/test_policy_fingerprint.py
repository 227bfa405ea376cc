"""What a fingerprint lives through, and what it tells apart."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from comparing import flaw, held
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.model.finding import Finding
from shipworthy.model.package import Location
from shipworthy.policy.baseline.fingerprint import (
    LENGTH,
    canonical,
    fingerprint,
    loose_key,
    with_fingerprints,
)
from shipworthy.policy.baseline.place import place_of, places_of


SITE = "usr/local/lib/python3.11/site-packages"

SAME = [
    # The jar's name has the version: CVE-2021-45046 is in 2.14.1 and in 2.15.0.
    (
        flaw(
            "CVE-2021-45046",
            held(
                "maven",
                "org.apache.logging.log4j:log4j-core",
                "2.14.1",
                "srv/lib/log4j-core-2.14.1.jar",
            ),
        ),
        flaw(
            "CVE-2021-45046",
            held(
                "maven",
                "org.apache.logging.log4j:log4j-core",
                "2.15.0",
                "srv/lib/log4j-core-2.15.0.jar",
            ),
        ),
    ),
    # dist-info, and a newer Python below it; the name is written otherwise.
    (
        flaw(
            "CVE-2022-28346",
            held("pypi", "Django", "3.2", f"{SITE}/Django-3.2.dist-info/METADATA"),
        ),
        flaw(
            "CVE-2022-28346",
            held(
                "pypi",
                "django",
                "3.2.12",
                "usr/local/lib/python3.12/site-packages/django-3.2.12.dist-info/METADATA",
            ),
        ),
    ),
    # An egg-info file becomes a dist-info directory.
    (
        flaw("CVE-2024-6345", held("pypi", "setuptools", "65.5.0", f"{SITE}/setuptools-65.5.0.egg-info")),
        flaw("CVE-2024-6345", held("pypi", "setuptools", "65.5.1", f"{SITE}/setuptools-65.5.1.dist-info/METADATA")),
    ),
    # pnpm's virtual store.
    (
        flaw(
            "CVE-2021-23337",
            held("npm", "lodash", "4.17.15", "app/node_modules/.pnpm/lodash@4.17.15/node_modules/lodash/package.json"),
        ),
        flaw(
            "CVE-2021-23337",
            held("npm", "lodash", "4.17.20", "app/node_modules/.pnpm/lodash@4.17.20/node_modules/lodash/package.json"),
        ),
    ),
    # A gem's specification, and Ruby's own version above it.
    (
        flaw("CVE-2022-30123", held("gem", "rack", "2.2.3", "usr/lib/ruby/gems/3.0.0/specifications/rack-2.2.3.gemspec")),
        flaw("CVE-2022-30123", held("gem", "rack", "2.2.3.0", "usr/lib/ruby/gems/3.1.0/specifications/rack-2.2.3.0.gemspec")),
    ),
    # A Go binary in a directory of its version, for another processor.
    (
        flaw("CVE-2023-39325", held("golang", "golang.org/x/net", "v0.7.0", "opt/tool-v1.4.2/bin/linux-amd64/tool")),
        flaw("CVE-2023-39325", held("golang", "golang.org/x/net", "v0.8.0", "opt/tool-v1.5.0/bin/linux-arm64/tool")),
    ),
    # RPM's list moved from Berkeley DB to SQLite; another processor.
    (
        flaw("CVE-2023-4911", held("rpm", "glibc", "2.34-60.el9", "var/lib/rpm/Packages", arch="x86_64")),
        flaw("CVE-2023-4911", held("rpm", "glibc", "2.34-66.el9", "usr/lib/sysimage/rpm/rpmdb.sqlite", arch="aarch64")),
    ),
    # Kernel headers carry the version in their name.
    (
        flaw("CVE-2023-6931", held("deb", "linux-headers-6.1.0-13-amd64", "6.1.55-1", "var/lib/dpkg/status")),
        flaw("CVE-2023-6931", held("deb", "linux-headers-6.1.0-16-amd64", "6.1.67-1", "var/lib/dpkg/status")),
    ),
    # Other databases know more names of it.
    (
        flaw("CVE-2020-7598", held("npm", "minimist", "0.0.8", "a/node_modules/minimist/package.json")),
        flaw("CVE-2020-7598", held("npm", "minimist", "0.0.8", "a/node_modules/minimist/package.json"), "GHSA-vh95-rmgr-6w4m", "CGA-2qqp-v34q-fxqx"),
    ),
    # A distribution's own name of the CVE.
    (
        flaw("UBUNTU-CVE-2024-6387", held("deb", "openssh-server", "1:8.9p1-3ubuntu0.7", "var/lib/dpkg/status")),
        flaw("CVE-2024-6387", held("deb", "openssh-server", "1:8.9p1-3ubuntu0.8", "var/lib/dpkg/status")),
    ),
    # End of life of a runtime: its patch release is another, the line is not.
    (
        flaw("EOL-nodejs-14", held("generic", "node", "14.21.1", "usr/local/bin/node"), kind="end-of-life"),
        flaw("EOL-nodejs-14", held("generic", "node", "14.21.3", "usr/local/bin/node"), kind="end-of-life"),
    ),
    # A malicious package, reported again under another version.
    (
        flaw("MAL-2022-4691", held("npm", "node-ipc", "10.1.1", "a/node_modules/node-ipc/package.json"), kind="malicious"),
        flaw("MAL-2022-4691", held("npm", "node-ipc", "10.1.2", "a/node_modules/node-ipc/package.json"), kind="malicious"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_it_is_the_same_after(one: Finding, other: Finding) -> None:
    """A rebuild or an update that leaves the vulnerability in place keeps the fingerprint."""
    assert fingerprint(one) == fingerprint(other)
    assert loose_key(one) == loose_key(other)


BASE = flaw("CVE-2021-23337", held("npm", "lodash", "4.17.20", "app/node_modules/lodash/package.json"))  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        flaw("CVE-2020-28500", BASE.package),
        flaw("CVE-2021-23337", held("npm", "lodash-es", "4.17.20", "app/node_modules/lodash/package.json")),
        flaw("CVE-2021-23337", held("gem", "lodash", "4.17.20", "app/node_modules/lodash/package.json")),
        flaw("CVE-2021-23337", held("npm", "lodash", "4.17.20", "srv/node_modules/lodash/package.json")),
        flaw("CVE-2021-23337", held("npm", "lodash", "4.17.20", "app/node_modules/lodash/package.json", "srv/node_modules/lodash/package.json")),
    ],
)  # fmt: skip
def test_it_tells_apart(other: Finding) -> None:
    """Another vulnerability, package, type or place is another finding."""
    assert fingerprint(BASE) != fingerprint(other)


def test_layer_severity_and_order_of_places_are_not_in_it() -> None:
    """What a retag, a changed layer or a new rating changes."""
    places = ("srv/b/package.json", "srv/a/package.json")
    one = flaw("CVE-2021-23337", held("npm", "lodash", "4.17.20", *places))
    other = replace(
        one,
        severity="low",
        layer=7,
        package=replace(
            one.package,
            locations=tuple(Location(path=path, layer=5) for path in reversed(places)),
        ),
    )

    assert fingerprint(one) == fingerprint(other)


def test_it_is_written_down() -> None:
    """It is what it was in every release: whoever changes the recipe changes every baseline and alert."""
    assert "bdaefd53e67530b7" == fingerprint(BASE)[:16]
    assert LENGTH == len(fingerprint(BASE))


@pytest.mark.parametrize(
    ("ids", "wanted"),
    [
        (("GHSA-jfh8-c2jp-5v3q", "CVE-2021-44228"), "CVE-2021-44228"),
        (("GHSA-aaaa-bbbb-cccc", "CVE-2022-10001", "CVE-2022-9999"), "CVE-2022-9999"),
        (("DEBIAN-CVE-2023-5678",), "CVE-2023-5678"),
        (("ghsa-vh95-rmgr-6w4m",), "GHSA-VH95-RMGR-6W4M"),
        (("EOL-debian-10",), "EOL-DEBIAN-10"),
        (("CVE-2023",), "CVE-2023"),
        ((), ""),
    ],
)
def test_the_oldest_cve_is_the_canonical_id(ids: tuple[str, ...], wanted: str) -> None:
    """A second CVE that a record gets later is a newer one."""
    assert wanted == canonical(ids)


@pytest.mark.parametrize(
    ("type_", "path", "place"),
    [
        ("maven", "srv/shop-1.4.war!/WEB-INF/lib/h2-2.1.214.jar", "srv/shop-*/WEB-INF/lib/h2-*"),
        ("maven", "opt/jdk8u382-b05/jre/lib/ext/nashorn.jar", "opt/jdk*/jre/lib/ext/nashorn.jar"),
        ("maven", "opt/netty-4.1.97.Final-linux-x86_64.jar", "opt/netty-*"),
        ("generic", "usr/lib/x86_64-linux-gnu/libssl.so.3", "usr/lib/*/libssl.so*"),
        ("generic", "usr/lib64/libcrypto.so.1.1.1k", "usr/lib/libcrypto.so*"),
        ("generic", "usr/local/bin/python3.11", "usr/local/bin/python*"),
        ("generic", "usr/local/bin/node", "usr/local/bin/node"),
        ("golang", "usr/local/go1.21.3/bin/gofmt", "usr/local/go*/bin/gofmt"),
        ("golang", "app/log4j2/http2", "app/log4j2/http2"),
        ("pypi", "usr/lib/python3/dist-packages/six-1.16.0.egg-info", "usr/lib/python3/dist-packages"),
        ("pypi", "six-1.16.0.dist-info/METADATA", "."),
        ("pypi", "opt/x.egg/EGG-INFO/PKG-INFO", "opt"),
        ("npm", "package.json", "."),
        ("npm", "y/cache/lodash-npm-4.17.21-6382451519-eb835a2e51.zip", "y/cache/lodash-npm-*"),
        ("pypi", "nix/store/0c1y7g7ya3k2w0zjxq9k1cjd0cws5zzq-python3-3.11.4/lib/x.dist-info/METADATA", "nix/store/*-python3-*/lib"),
    ],
)  # fmt: skip
def test_what_changes_is_taken_out_of_paths(type_: str, path: str, place: str) -> None:
    """Versions, processors and digests; numbers that are part of a name stay."""
    assert place == place_of(type_, path)


def test_a_version_without_a_number_is_taken_out_as_well() -> None:
    """Guava once counted releases as r07, r09."""
    paths = [place_of("maven", f"lib/guava-{v}.jar", v) for v in ("r07", "r09")]

    assert ["lib/guava-*", "lib/guava-*"] == paths


def test_two_interpreters_are_one_place() -> None:
    """And a package without any place is in one that is not known."""
    both = [f"usr/lib/python{v}/site-packages/x-1.dist-info/METADATA" for v in ("3.11", "3.12")]  # fmt: skip

    assert ("usr/lib/python*/site-packages",) == places_of(held("pypi", "x", "1", *both))  # fmt: skip
    assert ("",) == places_of(held("pypi", "x", "1"))
    assert ("system",) == places_of(held("deb", "x", "1"))


@pytest.mark.property
@given(
    path=st.text(max_size=80),
    version=st.text(max_size=12),
    type_=st.sampled_from(["pypi", "npm", "gem", "maven", "golang", ""]),
)
def test_no_path_is_too_strange(path: str, version: str, type_: str) -> None:
    """Any text has a place, and any finding a fingerprint of the same length, also once it went through a file."""
    found = flaw("CVE-2024-1", held(type_, "x", version, path + "\udc80"))
    saved = flaw("CVE-2024-1", held(type_, "x", version, path + "\\udc80"))

    assert LENGTH == len(fingerprint(found))
    assert fingerprint(found) == fingerprint(saved)


def test_five_thousand_take_no_time() -> None:
    """Well below the time that judging may take; generous, for machines that are busy."""
    findings = [
        flaw(f"CVE-2024-{at:05}", held("pypi", f"Pkg{at}", "1.2", f"{SITE}/Pkg{at}-1.2.dist-info/METADATA"))
        for at in range(5000)
    ]  # fmt: skip
    best = 9.0
    for _ in range(3):
        start = time.perf_counter()
        marked = with_fingerprints(findings)
        best = min(best, time.perf_counter() - start)

    assert 5000 == len({found.fingerprint for found in marked})
    assert best < 1.0
