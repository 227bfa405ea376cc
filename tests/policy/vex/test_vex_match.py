"""Statements fit findings by vulnerability and package, as the specifications say."""

from __future__ import annotations

from typing import Any

import pytest
from vexing import (
    found,
    ids,
    openvex,
    package_of,
    said,
    vexed,
)

from shipworthy.model.package import Distro


CVE = "CVE-2022-3715"
BASH = "pkg:deb/debian/bash@5.1-2%2Bdeb11u1?arch=amd64&distro=debian-11"
LOG4J = "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"


def _fits(product: object, purl: str = BASH, **more: Any) -> bool:
    """Whether a statement on the product takes out a finding in the package."""
    document = openvex(said(CVE, [product]))
    return bool(vexed([found(CVE, purl)], document, **more).suppressed)


# Vulnerabilities.


@pytest.mark.parametrize(
    "vulnerability",
    [
        "CVE-2021-44228",
        "cve-2021-44228",
        {"name": "GHSA-jfh8-c2jp-5v3q"},
        {"name": "LOG4SHELL", "aliases": ["GHSA-jfh8-c2jp-5v3q"]},
        {"@id": "CVE-2021-44228"},
        {"@id": "https://nvd.nist.gov/vuln/detail/CVE-2021-44228", "name": "Log4Shell"},
    ],
)
def test_a_vulnerability_is_known_by_any_of_its_names(vulnerability: object) -> None:
    """Id and aliases of both sides are the same vulnerability."""
    finding = found("CVE-2021-44228", LOG4J, aliases=("GHSA-jfh8-c2jp-5v3q",))
    assert ids(vexed([finding], openvex(said(vulnerability, [LOG4J]))))


def test_another_vulnerability_of_the_same_package_stays() -> None:
    """CVE-2021-45046 is not CVE-2021-44228."""
    finding = found("CVE-2021-45046", LOG4J)
    assert not ids(vexed([finding], openvex(said("CVE-2021-44228", [LOG4J]))))


# Products that are packages.


@pytest.mark.parametrize(
    ("statement", "fits"),
    [
        (BASH, True),
        ("pkg:deb/debian/bash", True),
        ("pkg:deb/debian/bash@5.1-2%2Bdeb11u1", True),
        ("pkg:deb/debian/bash@5.1-2+deb11u1", True),
        ("pkg:DEB/Debian/Bash", True),
        ("pkg:deb/debian/bash@5.2.15-2", False),
        ("pkg:deb/debian/bash-static", False),
        ("pkg:deb/ubuntu/bash", False),
        ("pkg:rpm/debian/bash", False),
        ("pkg:deb/debian/bash?arch=amd64", True),
        ("pkg:deb/debian/bash?arch=arm64", False),
        ("pkg:deb/debian/bash?distro=debian-11", True),
        ("pkg:deb/debian/bash?distro=debian-12", False),
        ("pkg:deb/debian/bash?distro=bullseye", True),
        ("pkg:deb/debian/bash?epoch=0", True),
        ("pkg:deb/debian/bash?epoch=1", False),
        ("pkg:deb/debian/bash@5.1-2+deb11u1?epoch=1", False),
        ("pkg:deb/debian/bash?vcs_url=git%2Bhttps://x.example/bash", False),
        ("bash", False),
        ("https://www.gnu.org/software/bash/", False),
        ("pkg:", False),
    ],
)
def test_a_purl_in_a_statement_is_a_pattern(statement: str, fits: bool) -> None:
    """What it names must agree, what it leaves out may be anything."""
    distro = Distro(id="debian", version="11", codename="bullseye")
    assert _fits(statement, distro=distro) == fits


@pytest.mark.parametrize(
    ("statement", "package", "fits"),
    [
        ("pkg:pypi/Zope_Interface", "pkg:pypi/zope.interface@5.0", True),
        ("pkg:npm/%40angular/core@1", "pkg:npm/%40angular/core@1", True),
        ("pkg:npm/angular/core@1", "pkg:npm/%40angular/core@1", True),
        ("pkg:npm/core@1", "pkg:npm/%40angular/core@1", False),
        (
            "pkg:golang/github.com/Docker/cli",
            "pkg:golang/github.com/docker/cli@v1",
            True,
        ),
        ("pkg:golang/example.com/m@1.2.3", "pkg:golang/example.com/m@v1.2.3", True),
        ("pkg:maven/a/b@1?type=jar", "pkg:maven/a/b@1", True),
        ("pkg:maven/a/b@1?type=war", "pkg:maven/a/b@1", False),
        ("pkg:maven/a/b@1?classifier=x", "pkg:maven/a/b@1", False),
        ("pkg:maven/a/b?repository_url=x.example", "pkg:maven/a/b@1", False),
        ("pkg:nuget/Newtonsoft.Json", "pkg:nuget/newtonsoft.json@13", True),
        ("pkg:rpm/redhat/tar@1.34?epoch=2", "pkg:rpm/redhat/tar@1.34?epoch=2", True),
        ("pkg:rpm/redhat/tar@2:1.34", "pkg:rpm/redhat/tar@1.34?epoch=2", True),
        ("pkg:rpm/redhat/tar@1.34", "pkg:rpm/redhat/tar@1.34?epoch=2", True),
        ("pkg:rpm/redhat/tar@1:1.34", "pkg:rpm/redhat/tar@1.34?epoch=2", False),
        ("pkg:rpm/redhat/bash", "pkg:rpm/rhel/bash@5.1.8-6.el9", True),
        ("pkg:rpm/redhat/bash", "pkg:rpm/centos/bash@5.1.8-6.el9", False),
    ],
)
def test_names_and_versions_go_by_the_rules_of_the_type(
    statement: str, package: str, fits: bool
) -> None:
    """Names that are the same by the package-url specification are the same here."""
    assert _fits(statement, package) == fits


def test_a_source_package_covers_the_packages_built_from_it() -> None:
    """Red Hat writes ``pkg:rpm/redhat/openssl?arch=src`` and means openssl-libs."""
    libs = package_of(
        "pkg:rpm/redhat/openssl-libs@3.0.7-24.el9?arch=x86_64",
        source="openssl",
        source_version="3.0.7-24.el9",
    )
    finding = found("CVE-2023-0286", libs)
    for version, fits in (("", True), ("@3.0.7-24.el9", True), ("@3.0.1-1.el9", False)):
        statement = said("CVE-2023-0286", [f"pkg:rpm/redhat/openssl{version}?arch=src"])
        assert bool(ids(vexed([finding], openvex(statement)))) == fits


def test_an_application_is_known_by_its_cpe() -> None:
    """Software outside package managers goes by the CPE that is filed for it."""
    curl = package_of("pkg:generic/curl@8.5.0")
    for cpe, fits in (
        ("cpe:2.3:a:haxx:curl:8.5.0:*:*:*:*:*:*:*", True),
        ("cpe:/a:haxx:curl", True),
        ("cpe:2.3:a:haxx:curl:8.4.0:*:*:*:*:*:*:*", False),
        ("cpe:2.3:a:haxx:wget:8.5.0:*:*:*:*:*:*:*", False),
    ):
        product = {"identifiers": {"cpe23": cpe}}
        assert _fits(product, "pkg:generic/curl@8.5.0", packages=[curl]) == fits
