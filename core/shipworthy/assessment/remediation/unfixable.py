"""What the image's owner cannot repair, in groups by the reason; never an action a CVE."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipworthy.assessment.remediation.drafts import (
    Draft,
    counted,
    listed,
    origin_of,
)
from shipworthy.assessment.remediation.site import OS_TYPES, Site
from shipworthy.model.advisory import UNRELEASED
from shipworthy.model.finding import Finding
from shipworthy.model.package import Package


_MOST_TOLD = 10

_STATES = {
    "affected": "has no fix yet for",
    "end-of-life": "no longer repairs",
    "fix-deferred": "has put off the fix of",
    "fixed": "names no version that closes",
    "under-investigation": "still looks into",
    "will-not-fix": "will not fix",
}
"""Fix states, between the distribution and the findings."""

_UPSTREAM = {
    "affected": "There is no fix yet for",
    "end-of-life": "Nobody repairs any longer",
    "fix-deferred": "The fix is put off for",
    "fixed": "No named version closes",
    "under-investigation": "It is still being looked into for",
    "will-not-fix": "There will be no fix for",
}
"""The same for packages that no distribution looks after."""

_ADVICE = {
    "will-not-fix": "Remove what is not needed; the rest is for a newer release or a suppression with a reason.",
    "end-of-life": "Remove what is not needed, or move to a release that is supported.",
    "fixed": "The versions that publishers name contradict each other or cannot be compared.",
}


def unfixable_drafts(findings: Iterable[Finding], site: Site) -> list[Draft]:
    """One draft a reason, for findings without a fix."""
    groups: dict[tuple[str, str, bool], list[Finding]] = {}
    for finding in findings:
        system = finding.package.type in OS_TYPES or finding.package.type == "os"
        key = (_needs(finding), finding.fix_state, system)
        groups.setdefault(key, []).append(finding)
    return [
        _draft(held, needs, state, site, system=system)
        for (needs, state, system), held in groups.items()
    ]


def owned_drafts(
    findings: Sequence[Finding], packages: Iterable[Package], site: Site
) -> list[Draft]:
    """One draft for what packages of the distribution brought and only they can repair."""
    if not findings:
        return []
    owners = {finding.package.owner for finding in findings}
    names = sorted(one.name for one in packages if one.purl in owners)
    what = _what(findings)
    return [
        Draft(
            kind="none",
            title=f"{site.distro_name}'s packages bring {what}",
            findings=findings,
            detail=(
                f"{listed(names, most=_MOST_TOLD) or 'The owning packages'} installed"
                f" {_packages(findings)}. The distribution does not speak of these"
                " vulnerabilities, and what the package manager holds is not for another"
                " one to replace: upgrade when it does, or remove the package if the image"
                " does without."
            ),
            origin=origin_of(findings),
        )
    ]


def limited_drafts(findings: Sequence[Finding], site: Site) -> list[Draft]:
    """One draft for packages whose support the distribution limits or has ended."""
    if not findings:
        return []
    return [
        Draft(
            kind="none",
            title=f"{site.distro_name} limits or has ended support of {_packages(findings)}",
            findings=findings,
            detail="No update will come as a matter of course. Remove the package if the image does without.",
            origin=origin_of(findings),
        )
    ]


def _draft(
    findings: Sequence[Finding], needs: str, state: str, site: Site, *, system: bool
) -> Draft:
    what = _what(findings)
    if needs == UNRELEASED:
        title = f"{site.distro_name} has made, but not yet released the fix of {what}"
        advice = "An update will bring it."
    elif needs:
        title = f"{needs} has the fix of {what}"
        advice = f"This image is not set up for {needs}, so no update brings it."
    elif system:
        title = f"{site.distro_name} {_STATES[state]} {what}"
        advice = _ADVICE.get(state, "Scan again when it has.")
    else:
        title = f"{_UPSTREAM[state]} {what}"
        advice = _ADVICE.get(state, "Scan again later.")
    return Draft(
        kind="none",
        title=title,
        findings=findings,
        detail=f"{_packages(findings)}. {advice}",
        origin=origin_of(findings),
    )


def _needs(finding: Finding) -> str:
    """What the image lacks to get the fix; empty where there is none or nothing is lacking."""
    if finding.fixed_versions:
        return ""
    needs = {ref.needs for ref in finding.advisories if ref.fixed_versions}
    return ", ".join(sorted(needs - {""}))


def _what(findings: Sequence[Finding]) -> str:
    """``12 findings in 5 packages``."""
    names = {(f.package.type, f.package.name) for f in findings}
    return f"{counted(len(findings), 'finding')} in {counted(len(names), 'package')}"


def _packages(findings: Sequence[Finding]) -> str:
    """The packages by name and version, those with most findings first."""
    counts: dict[str, int] = {}
    for finding in findings:
        name = f"{finding.package.name} {finding.package.version}".strip()
        counts[name] = counts.get(name, 0) + 1
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    return listed(ordered, most=_MOST_TOLD)
