"""
The findings of several platforms as those of one image.

One vulnerability in one package is one finding, with the platforms that it was found on. Where platforms differ in what
matters, the severity, the state of the fix or the fixed versions, each answer is a finding of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from shipworthy.assessment.assess import worst_first
from shipworthy.model.finding import Finding, FixAvailable
from shipworthy.model.package import Package
from shipworthy.platforms.layers import Places, joined_origin
from shipworthy.platforms.packages import Held, United, placed
from shipworthy.values import dataclass


_Item = TypeVar("_Item")
_Key = tuple[int, tuple[object, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The findings on one platform, and where its layers are in the whole."""

    platform: str
    findings: tuple[Finding, ...]
    places: Places


def united_findings(found: Sequence[Found], packages: United) -> tuple[Finding, ...]:
    """
    The findings of all platforms, the worst first.

    Args:
        found: Those of each platform, in the order of the index.
        packages: The packages of all platforms. What a finding names and these do not hold, such as the distribution
            itself, is put together in the same way.
    """
    others = United(
        [
            Held(
                platform=one.platform,
                packages=tuple(
                    {
                        id(finding.package): finding.package
                        for finding in one.findings
                        if packages.of(finding.package) is None
                    }.values()
                ),
                places=one.places,
            )
            for one in found
        ]
    )
    groups: dict[_Key, list[tuple[Found, Finding]]] = {}
    named: dict[int, Package] = {}
    for one in found:
        for finding in one.findings:
            package = packages.of(finding.package) or others.of(finding.package)
            assert package is not None
            named[id(package)] = package
            groups.setdefault(_key(finding, package), []).append((one, finding))
    return worst_first(_finding(group, named[key[0]]) for key, group in groups.items())


def _key(finding: Finding, package: Package) -> _Key:
    """What findings share that are one."""
    return id(package), (
        finding.id,
        finding.kind,
        finding.severity,
        finding.fix_state,
        finding.fixed_versions,
        finding.end_of_life,
    )


def _finding(group: Sequence[tuple[Found, Finding]], package: Package) -> Finding:
    findings = [finding for _, finding in group]
    layers = [placed(finding.layer, one.places) for one, finding in group]
    first = max(findings, key=lambda finding: finding.risk.score)
    return replace(
        first,
        aliases=tuple(sorted({name for one in findings for name in one.aliases})),
        package=package,
        cvss=_each(one.cvss for one in findings),
        cwes=_each(one.cwes for one in findings),
        layer=min((layer for layer in layers if layer >= 0), default=-1),
        origin=joined_origin([one.origin for one in findings]),
        advisories=_each(one.advisories for one in findings),
        references=_each(one.references for one in findings),
        evidence=_each(one.evidence for one in findings),
        exploits=_each(one.exploits for one in findings),
        fix_available=_first_fix(findings),
        platforms=tuple(one.platform for one, _ in group),
        fingerprint="",  # it is made of all places
    )


def _first_fix(findings: Iterable[Finding]) -> FixAvailable | None:
    dates = [one.fix_available for one in findings if one.fix_available is not None]
    return min(dates, key=lambda fix: (fix.date, fix.source), default=None)


def _each(parts: Iterable[tuple[_Item, ...]]) -> tuple[_Item, ...]:
    return tuple(dict.fromkeys(item for part in parts for item in part))
