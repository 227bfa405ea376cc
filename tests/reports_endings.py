"""A result of an old image: its distribution and runtime have ended, and one package is an attack itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports_sample import bare

from shipworthy.assessment.lifecycle import end_of_life
from shipworthy.model.advisory import Exploit
from shipworthy.model.finding import AdvisoryRef, Evidence, Finding, Risk
from shipworthy.model.lifecycle import Cycle, Product, SupportLimit
from shipworthy.model.package import Distro, Inventory, Location, Package
from shipworthy.model.result import ScanResult


DAY = "2026-08-22"
BUSTER = Distro(
    id="debian",
    version="10",
    codename="buster",
    name="Debian GNU/Linux 10 (buster)",
    path="usr/lib/os-release",
)
DEBIAN = Product(
    name="debian",
    label="Debian",
    cycles=(
        Cycle(name="13", ends="2028-08-09", extended="2030-06-30", latest="13.6"),
        Cycle(name="10", ends="2022-09-10", extended="2024-06-30", latest="10.13"),
    ),
)
NODE = Product(
    name="nodejs",
    label="Node.js",
    cycles=(
        Cycle(name="24", ends="2028-04-30", latest="24.19.0"),
        Cycle(name="20", ends="2026-09-30", latest="20.20.2"),
        Cycle(name="14", ends="2023-04-30", latest="14.21.3"),
    ),
)
NODE_14 = Package(
    type="generic",
    name="node",
    version="14.21.3",
    purl="pkg:generic/node@14.21.3",
    locations=(Location(path="usr/local/bin/node", layer=1),),
    origin="own",
)
NODE_20 = replace(
    NODE_14,
    version="20.20.2",
    purl="pkg:generic/node@20.20.2",
    locations=(Location(path="opt/node/bin/node", layer=2),),
)
BINUTILS = Package(
    type="deb",
    name="binutils",
    version="2.31.1-16",
    purl="pkg:deb/debian/binutils@2.31.1-16",
    locations=(Location(path="var/lib/dpkg/status", layer=0),),
)
EVENT_STREAM = Package(
    type="npm",
    name="flatmap-stream",
    version="0.1.1",
    purl="pkg:npm/flatmap-stream@0.1.1",
    locations=(Location(path="app/node_modules/flatmap-stream/package.json", layer=2),),
    origin="own",
)
MALICIOUS = Finding(
    id="MAL-2025-20690",
    aliases=("GHSA-9x64-5r7x-2q53",),
    package=EVENT_STREAM,
    severity="critical",
    severity_source="malicious package",
    title="Malicious Package in flatmap-stream",
    description="Version 0.1.1 of flatmap-stream is considered malicious.",
    cvss=(),
    cwes=("CWE-506",),
    epss=None,
    kev=None,
    fix_state="affected",
    fixed_versions=(),
    layer=2,
    origin="own",
    risk=Risk(
        score=100.0,
        factors=(("malicious", "+100.0: the package itself is an attack"),),
    ),
    advisories=(
        AdvisoryRef(
            id="GHSA-9x64-5r7x-2q53",
            feed="osv/npm",
            url="https://github.com/advisories/GHSA-9x64-5r7x-2q53",
        ),
    ),
    references=(),
    evidence=(
        Evidence(
            advisory="GHSA-9x64-5r7x-2q53",
            feed="osv/npm",
            bucket="npm",
            matched_name="flatmap-stream",
            matched_version="0.1.1",
            scheme="semver",
            constraint=">= 0.1.1",
        ),
    ),
    kind="malicious",
    exploits=(Exploit(source="elsewhere", name="a <b>proof</b> without address"),),
)


class Held:
    """The life cycles above, as a database would give them."""

    def products(self, keys: Sequence[str], /) -> dict[str, Product]:
        """Debian and Node.js."""
        held = {"os/debian": DEBIAN, "generic/node": NODE}
        return {key: held[key] for key in keys if key in held}

    def support(self, bucket: str, /) -> tuple[SupportLimit, ...]:
        """One package whose support Debian limits."""
        del bucket
        why = "Only suitable for trusted content"
        return (SupportLimit(package="binutils", state="limited", why=why),)


def ended() -> ScanResult:
    """Ends of support that have come and that will come, a limit, and a malicious package."""
    packages = (BINUTILS, NODE_14, NODE_20, EVENT_STREAM)
    inventory = Inventory(distro=BUSTER, packages=packages)
    findings = (MALICIOUS, *end_of_life(inventory, Held(), DAY))
    return replace(bare(), distro=BUSTER, packages=packages, findings=findings)
