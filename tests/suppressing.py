"""Short ways to hold one finding, or many, against entries in tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from judging import finding, package
from policing import scanned

from shipworthy.model.finding import AdvisoryRef, Finding
from shipworthy.model.image import ImageInfo, Layer
from shipworthy.model.package import Location
from shipworthy.model.result import Scanned
from shipworthy.policy.conditions.severity import SeverityIs
from shipworthy.policy.judge import Judged, judge
from shipworthy.policy.rules import Policy, Rule, Settings
from shipworthy.policy.suppressions.apply import Parted, suppress
from shipworthy.policy.suppressions.entry import Suppression


REASON = "the lookup class is removed from the jar"

LOG4J = replace(
    finding("CVE-2021-44228", "critical", aliases=("GHSA-jfh8-c2jp-5v3q",)),
    package=package(
        "maven",
        "org.apache.logging.log4j:log4j-core",
        "2.14.1",
        purl="pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
        locations=(
            Location(path="app/app.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar", layer=1),
        ),
    ),
    fixed_versions=("2.15.0",),
    layer=1,
    origin="own",
)
"""Log4Shell in a jar inside of the application's."""

LIBSSL = replace(
    finding("CVE-2023-5363", "high", advisories=("DEBIAN-CVE-2023-5363", "DSA-5532-1")),
    package=package(
        "deb",
        "libssl3",
        "3.0.11-1~deb12u1",
        purl="pkg:deb/debian/libssl3@3.0.11-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl",
        arch="amd64",
        source="openssl",
        locations=(Location(path="var/lib/dpkg/status.d/libssl3", layer=0),),
    ),
    fixed_versions=("3.0.11-1~deb12u2",),
    layer=0,
    origin="base",
)
"""A binary package of Debian 12 whose source has another name (DSA-5532-1)."""

VIM = replace(
    finding("CVE-2023-4752", "high", fix_state="affected"),
    package=package(
        "deb",
        "vim-common",
        "2:9.0.1378-2",
        purl="pkg:deb/debian/vim-common@9.0.1378-2?arch=all&distro=debian-12&epoch=2&upstream=vim",
        arch="all",
        source="vim",
        locations=(Location(path="var/lib/dpkg/status", layer=0),),
    ),
    layer=0,
    origin="base",
)
"""A package with an epoch, and without a fix in Debian 12."""

JINJA = replace(
    finding("CVE-2024-22195", "medium", aliases=("GHSA-h5c8-rqwp-cp95",)),
    advisories=(AdvisoryRef(id="PYSEC-2024-0", feed="osv/PyPI"),),
    package=package(
        "pypi",
        "Jinja2",
        "3.1.2",
        purl="pkg:pypi/jinja2@3.1.2",
        locations=(
            Location(path="app/venv/Jinja2-3.1.2.dist-info/METADATA", layer=1),
            Location(path="opt/tool/Jinja2-3.1.2.dist-info/METADATA", layer=2),
        ),
    ),
    fixed_versions=("3.1.3",),
    layer=1,
    origin="unknown",
)
"""One package in two places and layers."""

ALL = (LOG4J, LIBSSL, VIM, JINJA)

IMAGE = ImageInfo(
    target="registry:registry.example/payments/api:1.4",
    kind="oci",
    tags=("registry.example/payments/api:1.4",),
    manifest_digest="sha256:" + "ab" * 32,
    layers=(
        Layer(
            index=0,
            diff_id="sha256:" + "0a" * 32,
            digest="sha256:" + "1b" * 32,
            instruction="/bin/sh -c #(nop) ADD file:4eedf861fb567fff in / ",
            origin="base",
        ),
        Layer(
            index=1,
            diff_id="sha256:" + "2c" * 32,
            instruction="COPY app /app",
            origin="own",
        ),
        Layer(index=2, diff_id="sha256:" + "3d" * 32, instruction="RUN pip install"),
    ),
)
"""The image that they were found in."""


def entry(**fields: object) -> Suppression:
    """An entry of a policy file."""
    named = {"reason": REASON, "source": "shipworthy.yaml:14", **fields}
    return Suppression(**named)  # type: ignore[arg-type]  # keywords of a test


def here(findings: Sequence[Finding] = ALL, **more: object) -> Scanned:
    """A scan of the image that found them."""
    return scanned(findings, **{"image": IMAGE, **more})


def parted(
    *entries: Suppression, findings: Sequence[Finding] = ALL, **more: object
) -> Parted:
    """What the entries make of the findings; ``more`` is about the scan."""
    return suppress(findings, entries, here(findings, **more), Settings())


def taken(*entries: Suppression, **more: object) -> tuple[str, ...]:
    """The ids of the findings that the entries take out."""
    found = parted(*entries, **more)  # type: ignore[arg-type]  # keywords of a test
    return tuple(one.finding.id for one in found.suppressed)


def judged(*entries: Suppression, finding: Finding = LOG4J, **more: object) -> Judged:
    """The verdict on one finding by a rule that no finding may break."""
    rule = Rule(name="nothing", when=SeverityIs(named=("none", "unknown")))
    return judge(
        here((finding,), **more), Policy(rules=(rule,), suppressions=tuple(entries))
    )
