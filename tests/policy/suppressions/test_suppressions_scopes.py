"""What an entry can be about: each scope takes what it is about, and the gate opens; else it stays shut."""

from __future__ import annotations

from dataclasses import replace

import pytest
from suppressing import (
    IMAGE,
    JINJA,
    LIBSSL,
    LOG4J,
    VIM,
    entry,
    here,
    judged,
    parted,
    taken,
)

from shipworthy.model.finding import Finding
from shipworthy.model.image import Origin
from shipworthy.model.package import Distro, Location
from shipworthy.policy.suppressions.entry import Suppression


NAME = "org.apache.logging.log4j:log4j-core"
URL = "pkg:maven/org.apache.logging.log4j/log4j-core"

FITS: list[tuple[Finding, dict[str, object]]] = [
    (LOG4J, {"ids": ("CVE-2021-44228",)}),
    (LOG4J, {"ids": ("cve-2021-44228",)}),
    (LOG4J, {"ids": ("CVE-1", "ghsa-JFH8-c2jp-5v3q")}),
    (LIBSSL, {"ids": ("DSA-5532-1",)}),
    (LOG4J, {"packages": (NAME,)}),
    (LOG4J, {"packages": (URL,)}),
    (LOG4J, {"packages": (f"{URL}@2.14.1",)}),
    (LOG4J, {"packages": ("lodash", URL)}),
    (LOG4J, {"packages": ("org.apache.logging.log4j:*",)}),
    (LOG4J, {"packages": ("*:log4j-core",)}),
    (LOG4J, {"packages": ("pkg:maven/org.apache.*/log4j-*",)}),
    (LOG4J, {"packages": ("pkg:maven/*",)}),
    (LOG4J, {"packages": ("pkg:npm/*", "log4j", "pkg:maven/org.apache.**")}),
    (LIBSSL, {"ids": ("DEBIAN-CVE-2023-5363",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/open*",)}),
    (LIBSSL, {"packages": ("pkg:deb/*/libssl*@3.0.*",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/lib*?arch=amd64&distro=debian-12",)}),
    (VIM, {"packages": ("pkg:deb/debian/vim*@2:9.*",)}),
    (LIBSSL, {"packages": ("libssl3",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/libssl3",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/libssl3?arch=amd64",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/libssl3?distro=debian-12",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/openssl",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/openssl?arch=source",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/openssl@3.0.11-1~deb12u1",)}),
    (LIBSSL, {"packages": ("pkg:deb/openssl",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/libssl3?repository_url=x",)}),
    (VIM, {"packages": ("pkg:deb/debian/vim-common@9.0.1378-2?epoch=2",)}),
    (VIM, {"packages": ("pkg:deb/debian/vim-common@9.0.1378-2",)}),
    (VIM, {"packages": ("pkg:deb/debian/vim@2%3A9.0.1378-2",)}),
    (JINJA, {"packages": ("jinja2",)}),
    (JINJA, {"packages": ("pkg:pypi/Jinja2@3.1.2.0",)}),
    (LIBSSL, {"pattern": r"libssl(3|1\.1)"}),
    (LOG4J, {"types": ("maven",)}),
    (LOG4J, {"types": ("npm", "Maven")}),
    (LOG4J, {"versions": ">=2.0, <2.15"}),
    (LIBSSL, {"versions": "<3.0.11-1~deb12u2"}),
    (VIM, {"versions": ">= 2:9.0"}),
    (LOG4J, {"paths": ("app/app.jar",)}),
    (LOG4J, {"paths": ("/app/**",)}),
    (LOG4J, {"paths": ("**/log4j-core-*.jar",)}),
    (JINJA, {"paths": ("app/**", "opt/**")}),
    (LOG4J, {"layers": ("1",)}),
    (LOG4J, {"layers": ("sha256:" + "2c" * 32,)}),
    (LOG4J, {"layers": ("2c2c2c2c2c2c",)}),
    (LIBSSL, {"layers": ("sha256:" + "1B" * 6,)}),
    (LIBSSL, {"layers": ("*ADD file:* in / ",)}),
    (JINJA, {"layers": ("1", "RUN pip *")}),
    (LOG4J, {"images": ("registry.example/payments/*",)}),
    (LOG4J, {"images": ("registry.example/payments/api",)}),
    (LOG4J, {"images": ("other", "registry.example/**:1.*")}),
    (LOG4J, {"images": ("registry:registry.example/payments/api:1.4",)}),
    (LOG4J, {"images": (IMAGE.manifest_digest,)}),
    (LOG4J, {"origin": "own"}),
    (LIBSSL, {"origin": "base"}),
    (VIM, {"fix_states": ("will-not-fix", "affected")}),
    (VIM, {"ids": ("CVE-2023-4752",), "until_fix": True}),
    (LOG4J, {"ids": ("CVE-2021-44228",), "packages": (URL,), "paths": ("app/*",)}),
    (LOG4J, {"ids": ("CVE-2021-44228",), "about": ("secret", "vulnerability")}),
]
"""Real findings, with scopes that they are in."""

MISSES: list[tuple[Finding, dict[str, object]]] = [
    (LOG4J, {"ids": ("CVE-2021-45046",)}),
    (LOG4J, {"ids": ("",)}),
    (LOG4J, {"ids": ("CVE-2021-4422",)}),
    (LOG4J, {"packages": ("log4j-core",)}),
    (LOG4J, {"packages": ("pkg:maven/log4j-core",)}),
    (LOG4J, {"packages": ("pkg:maven/log4j/log4j-core",)}),
    (LOG4J, {"packages": ("pkg:npm/org.apache.logging.log4j/log4j-core",)}),
    (LOG4J, {"packages": (f"{URL}@2.14.0",)}),
    (LOG4J, {"packages": ("pkg:maven/org.apache.logging.log4j",)}),
    (LOG4J, {"packages": ("pkg:npm/*",)}),
    (LOG4J, {"packages": ("pkg:",)}),
    (LOG4J, {"packages": ("",)}),
    (LOG4J, {"packages": ("org.apache.logging.log4j",)}),
    (LIBSSL, {"packages": ("openssl",)}),
    (LIBSSL, {"packages": ("open*",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/lib*@1.*",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/lib*?arch=arm64",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/lib*?a=%ff",)}),
    (LIBSSL, {"packages": ("pkg:deb/ubuntu/libssl3",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/libssl3?arch=arm64",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/openssl?arch=amd64",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/libssl3?arch=source",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/openssl@3.0.11-1~deb12u2",)}),
    (LIBSSL, {"packages": ("pkg:deb/debian/libssl3?distro=debian-11",)}),
    (VIM, {"packages": ("pkg:deb/debian/vim-common@9.0.1378-2?epoch=1",)}),
    (JINJA, {"packages": ("jinja",)}),
    (LIBSSL, {"pattern": r"libssl"}),
    (LIBSSL, {"pattern": r"libssl(3"}),
    (LIBSSL, {"pattern": r"(?=l)libssl3"}),
    (LOG4J, {"types": ("npm",)}),
    (LOG4J, {"versions": "<2.14"}),
    (LOG4J, {"versions": "about 2"}),
    (LOG4J, {"versions": " "}),
    (VIM, {"versions": "<10"}),
    (replace(VIM, package=replace(VIM.package, type="x")), {"versions": ">=0"}),
    (
        replace(JINJA, package=replace(JINJA.package, version="unknown")),
        {"versions": ">=0"},
    ),
    (LOG4J, {"paths": ("app",)}),
    (LOG4J, {"paths": ("*.jar",)}),
    (JINJA, {"paths": ("app/**",)}),
    (replace(VIM, package=replace(VIM.package, locations=())), {"paths": ("**",)}),
    (LOG4J, {"layers": ("0", "2")}),
    (LOG4J, {"layers": ("2c2c2c2c2c2",)}),
    (LOG4J, {"layers": ("",)}),
    (JINJA, {"layers": ("1",)}),
    (replace(VIM, package=replace(VIM.package, locations=())), {"layers": ("*",)}),
    (LOG4J, {"images": ("registry.example/payments",)}),
    (LOG4J, {"images": ("registry.example/*",)}),
    (LOG4J, {"images": ("payments/api:1.4",)}),
    (LOG4J, {"origin": "base"}),
    (JINJA, {"origin": "own"}),
    (JINJA, {"origin": "unknown"}),
    (LOG4J, {"fix_states": ("affected",)}),
    (LIBSSL, {"ids": ("CVE-2023-5363",), "until_fix": True}),
    (LOG4J, {"ids": ("CVE-2021-44228",), "about": ("config", "secret", "licence")}),
    (LOG4J, {"ids": ("CVE-2021-44228",), "packages": ("lodash",)}),
    (LOG4J, {"ids": ("CVE-1",), "packages": (URL,)}),
    (LOG4J, {}),
    (VIM, {"until_fix": True}),
    (LOG4J, {"about": ("vulnerability",), "expires": "2027-01-31", "owner": "x"}),
]
"""The same findings, with scopes that they are not in."""


def _shown(value: object) -> str:
    return value.id if isinstance(value, Finding) else str(value)


@pytest.mark.parametrize(("finding", "scope"), FITS, ids=_shown)
def test_a_finding_in_scope_does_not_close_the_gate(
    finding: Finding, scope: dict[str, object]
) -> None:
    """An entry takes a finding that it is about out of the verdict, and is used."""
    found = judged(entry(**scope), finding=finding)

    assert found.verdict.exit_code == 0
    assert [one.finding for one in found.suppressed] == [finding]
    assert [use.state for use in found.uses] == ["used"]


@pytest.mark.parametrize(("finding", "scope"), MISSES, ids=_shown)
def test_a_finding_out_of_scope_closes_the_gate(
    finding: Finding, scope: dict[str, object]
) -> None:
    """An entry that is about something else, cannot be read or says nothing leaves a finding where it is."""
    found = judged(entry(**scope), finding=finding)

    assert found.verdict.exit_code == 1
    assert found.findings == (finding,)
    assert not found.suppressed
    assert [use.state for use in found.uses] != ["used"]


def test_a_name_is_narrower_than_a_package_url() -> None:
    """A source package's URL takes all that is built from it, its name only the package called so."""
    assert taken(entry(packages=("pkg:deb/debian/vim",))) == ("CVE-2023-4752",)
    assert taken(entry(packages=("vim",))) == ()


def test_a_release_may_be_named_in_other_words() -> None:
    """``distro=bookworm`` is how Debian writes the release that we call ``debian-12``."""
    debian = Distro(id="debian", version="12", codename="bookworm")
    for name in ("bookworm", "debian-bookworm", "debian-12"):
        one = entry(packages=(f"pkg:deb/debian/libssl3?distro={name}",))
        assert taken(one, distro=debian) == ("CVE-2023-5363",)
    other = entry(packages=("pkg:deb/debian/libssl3?distro=trixie",))
    assert taken(other, distro=debian) == ()


def test_a_copy_in_another_place_keeps_the_finding() -> None:
    """An entry for one path says nothing of the second copy, wherever that lies."""
    one = entry(ids=("CVE-2024-22195",), paths=("app/**",))
    assert taken(one) == ()
    places = (Location(path="app/lib/Jinja2/METADATA", layer=1),)
    single = replace(JINJA, package=replace(JINJA.package, locations=places))
    assert taken(one, findings=(single,)) == ("CVE-2024-22195",)


def test_go_modules_of_github_know_no_case() -> None:
    """A module's URL may be written as its authors do."""
    package = replace(
        LOG4J.package,
        type="golang",
        name="github.com/docker/docker",
        version="v20.10.7+incompatible",
        purl="pkg:golang/github.com/docker/docker@v20.10.7%2Bincompatible",
    )
    found = replace(LOG4J, id="CVE-2021-41091", package=package)
    for text in (
        "pkg:golang/github.com/Docker/docker",
        "pkg:golang/github.com/docker/docker@v20.10.7+incompatible",
        "pkg:golang/github.com/**",
        "github.com/docker/*",
    ):
        assert taken(entry(packages=(text,)), findings=(found,)) == (found.id,)


def test_scopes_of_npm_are_written_in_two_ways() -> None:
    """``%40babel`` and ``@babel`` are the same, also in a glob."""
    package = replace(
        LOG4J.package,
        type="npm",
        name="@babel/traverse",
        version="7.22.0",
        purl="pkg:npm/%40babel/traverse@7.22.0",
    )
    found = replace(LOG4J, id="CVE-2023-45133", package=package)
    for text in (
        "pkg:npm/%40babel/traverse",
        "pkg:npm/@babel/traverse",
        "pkg:npm/%40babel/*",
        "pkg:npm/@babel/*",
        "@babel/*",
        "@babel/traverse",
    ):
        assert taken(entry(packages=(text,)), findings=(found,)) == (found.id,)


@pytest.mark.parametrize("origin", ["base", "own"])
def test_an_origin_that_is_not_known_is_neither(origin: Origin) -> None:
    """Without a base image to tell by, an entry for one side takes nothing."""
    found = replace(LOG4J, origin="unknown")
    assert taken(entry(origin=origin), findings=(found,)) == ()


def test_an_entry_for_another_image_is_not_unused() -> None:
    """It belongs elsewhere, and no rule on stale entries should speak of it."""
    one = entry(ids=("CVE-2021-44228",), images=("registry.example/shop/*",))
    (use,) = parted(one).uses
    assert use.state == "elsewhere"


def test_an_entry_for_what_was_not_looked_for_is_not_unused() -> None:
    """A scan without secrets cannot tell that an entry on a secret is stale, but one on a CVE it can."""
    everything = ("vulnerability", "config", "secret", "licence")
    secret = entry(ids=("aws-access-key",), about=("secret",))
    line = entry(ids=("DS-0002",), about=everything)
    cve = entry(ids=("CVE-2014-0160", "PYSEC-2020-36"), about=everything)
    used = entry(ids=("CVE-2021-44228",), about=everything)
    states = [use.state for use in parted(secret, line, cve, used).uses]
    assert states == ["elsewhere", "elsewhere", "unused", "used"]
    looked = frozenset({"vulnerabilities", "secrets", "config", "licences"})
    states = [use.state for use in parted(secret, line, cve, looked_for=looked).uses]
    assert states == ["unused"] * 3


def test_names_in_any_spelling_of_their_ecosystem() -> None:
    """A Swift package is its address, with or without the end that git gives it."""
    name = "https://github.com/apple/swift-nio.git"
    package = replace(LOG4J.package, type="swift", name=name, purl="")
    found = replace(LOG4J, id="CVE-2022-24666", package=package)
    assert taken(entry(packages=("github.com/apple/swift-nio",)), findings=(found,))
    assert not taken(entry(packages=("swift-nio",)), findings=(found,))


def test_a_hostile_expression_takes_no_time() -> None:
    """What would take a backtracking engine years is told at once."""
    package = replace(LOG4J.package, name="a" * 5000 + "!")
    found = replace(LOG4J, package=package)
    for pattern in ("(a+)+$", "(a|a)*b", "(a?){900}a{900}", "((a*)*)*b", "a**"):
        assert taken(entry(pattern=pattern), findings=(found,)) == ()
    glob = entry(packages=("*a" * 60 + "b",))
    assert taken(glob, findings=(found,)) == ()
    for scope in ("packages", "paths", "images", "layers", "pattern"):
        text = "*a" * 100_000
        long = entry(**{scope: text if scope == "pattern" else (text,)})
        assert taken(long, findings=(found,)) == ()


def test_an_entry_keeps_its_words() -> None:
    """What is left out names the entry, its reason, owner and end."""
    one = Suppression(
        ids=("CVE-2021-44228",),
        packages=(URL,),
        reason="no lookup",
        owner="payments",
        expires="2027-01-31",
        source="shipworthy.yaml:14",
    )
    (left_out,) = parted(one, findings=(LOG4J,)).suppressed
    assert left_out.entry == f"CVE-2021-44228 in {URL}"
    assert (left_out.reason, left_out.owner) == ("no lookup", "payments")
    assert (left_out.rule, left_out.expires) == ("suppression", "2027-01-31")
    assert here().findings[0] is LOG4J
