"""Short ways to hold findings against another tool's ignore file in tests."""

from __future__ import annotations

import textwrap
from dataclasses import replace

from judging import finding, package
from policing import scanned

from shipworthy.model.finding import Evidence, Finding
from shipworthy.model.package import Distro, Location, Package
from shipworthy.policy.foreign.interface import ForeignFile
from shipworthy.policy.foreign.read import read_foreign
from shipworthy.policy.rules import Settings
from shipworthy.policy.suppressions.apply import suppress


DEBIAN = Distro(id="debian", version="12")


def read(name: str, text: str) -> ForeignFile:
    """What the file called ``name`` says."""
    return read_foreign(name, textwrap.dedent(text).encode())


def on(package: Package, id_: str = "CVE-2021-0001", **more: object) -> Finding:
    """A finding on ``package``."""
    found = replace(finding(id_, "high"), package=package)
    return replace(found, **more)  # type: ignore[arg-type]  # keywords of a test


def at(*paths: str) -> tuple[Location, ...]:
    """Places of a package."""
    return tuple(Location(path=path, layer=0) for path in paths)


def evidence(name: str, bucket: str = "debian-12") -> tuple[Evidence, ...]:
    """That ``name`` was looked up in ``bucket``."""
    return (
        Evidence(
            advisory="CVE-2021-0001",
            feed="debian",
            bucket=bucket,
            matched_name=name,
            matched_version="1",
            scheme="deb",
            constraint="< 2",
        ),
    )


def ignored(
    file: ForeignFile,
    *findings: Finding,
    day: str = "2026-11-26",
    distro: Distro | None = DEBIAN,
) -> tuple[bool, ...]:
    """Whether the file takes out each of ``findings``, in their order."""
    looked_for = frozenset({"vulnerabilities", "config", "secrets", "licences"})
    here = scanned(findings, distro=distro, day=day, looked_for=looked_for)
    parted = suppress(findings, file.entries, here, Settings())
    taken = [one.finding for one in parted.suppressed]
    return tuple(any(one is finding for one in taken) for finding in findings)


LODASH = package(
    "npm",
    "lodash",
    "4.17.15",
    locations=at("app/node_modules/lodash/package.json"),
)
"""CVE-2020-8203 (GHSA-p6mc-m468-83gw) is fixed in 4.17.19."""

LIBC_DEV = package(
    "deb",
    "linux-libc-dev",
    "6.1.55-1",
    purl="pkg:deb/debian/linux-libc-dev@6.1.55-1?arch=amd64&distro=debian-12",
    source="linux",
    locations=at("var/lib/dpkg/status"),
)
"""Kernel headers in a Debian image: each CVE of the kernel is one of theirs."""

LIBSSL = package(
    "deb",
    "libssl3",
    "3.0.11-1~deb12u1",
    purl="pkg:deb/debian/libssl3@3.0.11-1~deb12u1?arch=amd64&distro=debian-12",
    source="openssl",
    locations=at("var/lib/dpkg/status"),
)
"""CVE-2023-5363 is fixed in 3.0.11-1~deb12u2 (DSA-5532-1)."""

OPENSSL = package(
    "deb",
    "openssl",
    "3.0.11-1~deb12u1",
    purl="pkg:deb/debian/openssl@3.0.11-1~deb12u1?arch=amd64&distro=debian-12",
    locations=at("var/lib/dpkg/status"),
)

LOG4J = package(
    "maven",
    "org.apache.logging.log4j:log4j-core",
    "2.14.1",
    purl="pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
    locations=at("app/app.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar"),
)
