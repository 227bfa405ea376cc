"""Short ways to write findings and images that a remediation plan is made for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from judging import finding, package

from shipworthy.assessment.remediation.plan import remediate
from shipworthy.model.advisory import FixState, Severity
from shipworthy.model.finding import AdvisoryRef, EndOfLife, Evidence, Finding, Risk
from shipworthy.model.image import HistoryEntry, ImageConfig, ImageInfo, Layer, Origin
from shipworthy.model.package import Distro, Location, Package
from shipworthy.model.remediation import Action


DAY = "2026-11-26"
DEBIAN_12 = Distro(id="debian", version="12", codename="bookworm")
ALPINE_318 = Distro(id="alpine", version="3.18.9")

SCHEMES = {
    "apk": "apk",
    "deb": "deb",
    "gem": "gem",
    "golang": "golang",
    "maven": "maven",
    "npm": "semver",
    "pypi": "pep440",
    "rpm": "rpm",
}


def held(
    type_: str, name: str, version: str, *paths: str, layer: int = 0, **more: object
) -> Package:
    """A package at these paths."""
    places = tuple(Location(path=path, layer=layer) for path in paths)
    return package(type_, name, version, locations=places, **more)


def flaw(
    id_: str,
    of: Package,
    *fixed: str,
    score: float = 10.0,
    severity: Severity = "high",
    fix_state: FixState = "affected",
    compared: str = "",
    layer: int = 0,
    origin: Origin = "own",
    needs: str = "",
) -> Finding:
    """A vulnerability of the package, repaired in the fixed versions; behind a subscription where it ``needs`` one."""
    ref = AdvisoryRef(
        id=id_, feed="x", fixed_versions=("9",) if needs else fixed, needs=needs
    )
    evidence = Evidence(
        advisory=id_,
        feed="x",
        bucket="x",
        matched_name=of.source or of.name,
        matched_version=compared or of.version,
        scheme=SCHEMES.get(of.type, "generic"),
        constraint=f"< {fixed[-1]}" if fixed else ">= 0",
    )
    return replace(
        finding(id_, severity, fix_state="fixed" if fixed else fix_state),
        package=of,
        fixed_versions=fixed,
        fix_state="fixed" if fixed else fix_state,
        risk=Risk(score=score, factors=()),
        layer=layer,
        origin=origin,
        advisories=(ref,),
        evidence=(evidence,),
        fingerprint=f"{id_}/{of.type}/{of.name}/{of.version}",
    )


def ending(of: Package, end: EndOfLife, *, score: float = 8.0) -> Finding:
    """The end of support of a package's release line."""
    found = flaw(f"EOL-{end.product}-{end.cycle}", of, score=score, origin=of.origin)
    return replace(
        found,
        kind="end-of-life",
        fix_state="end-of-life",
        end_of_life=end,
        evidence=(found.evidence[0]._replace(scheme="release line"),),
    )


def image(*instructions: str, base: int = 0, base_name: str = "") -> ImageInfo:
    """An image with a layer an instruction, the first ``base`` of them the base image's."""
    return ImageInfo(
        target="app",
        kind="oci",
        base_name=base_name,
        config=ImageConfig(
            history=tuple(HistoryEntry(created_by=text) for text in instructions)
        ),
        layers=tuple(
            Layer(
                index=at,
                diff_id=f"sha256:{at:064x}",
                instruction=text,
                origin="base" if at < base else "own",
            )
            for at, text in enumerate(instructions)
        ),
    )


def plan(
    findings: Sequence[Finding],
    *others: Package,
    of: ImageInfo | None = None,
    distro: Distro | None = None,
    dockerfile: str = "",
) -> tuple[Action, ...]:
    """The plan for findings in an image that holds their packages and ``others``."""
    packages = tuple(dict.fromkeys((*(f.package for f in findings), *others)))
    return remediate(
        findings,
        packages=packages,
        image=of or image("RUN one", "RUN two"),
        distro=distro,
        day=DAY,
        dockerfile=dockerfile,
    )
