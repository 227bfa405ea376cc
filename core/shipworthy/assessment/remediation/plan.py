"""From findings to the plan: each finding goes to the one action that closes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from shipworthy.assessment.remediation.drafts import Draft, origin_of, settled
from shipworthy.assessment.remediation.endings import ending_drafts
from shipworthy.assessment.remediation.languages import language_drafts
from shipworthy.assessment.remediation.recipes import removal_of
from shipworthy.assessment.remediation.site import OS_TYPES, Site, site_of
from shipworthy.assessment.remediation.systems import system_drafts
from shipworthy.assessment.remediation.unfixable import (
    limited_drafts,
    owned_drafts,
    unfixable_drafts,
)
from shipworthy.model.finding import Finding
from shipworthy.model.image import ImageInfo
from shipworthy.model.package import Distro, Package
from shipworthy.model.remediation import Action
from shipworthy.values import dataclass


@dataclass(slots=True)
class _Parted:
    """The findings by the kind of thing that helps."""

    malicious: list[Finding] = field(default_factory=list)
    endings: list[Finding] = field(default_factory=list)
    limited: list[Finding] = field(default_factory=list)
    system: list[Finding] = field(default_factory=list)
    language: list[Finding] = field(default_factory=list)
    unfixable: list[Finding] = field(default_factory=list)


def remediate(
    findings: Sequence[Finding],
    *,
    packages: Sequence[Package] = (),
    image: ImageInfo,
    distro: Distro | None = None,
    day: str = "",
    dockerfile: str = "",
    dockerfile_target: str = "",
) -> tuple[Action, ...]:
    """
    What to do about ``findings``, the action that removes most risk first.

    Args:
        findings: Those that count: without what a policy takes out.
        packages: All packages of the image: they tell what it can be upgraded with.
        image: Its layers with their instructions and origins.
        distro: Its distribution.
        day: The day of judging, for ends of support.
        dockerfile: The text of the Dockerfile, to name lines.
        dockerfile_target: The stage that was built; by default the last one.

    Returns:
        Malicious packages first, then by risk, last what cannot be repaired here (``none``).
        Every finding is in exactly one action.
    """
    lines: Mapping[int, int] = {}
    if dockerfile:
        from shipworthy.assessment.remediation.steps import lines_of

        lines = lines_of(dockerfile, image, target=dockerfile_target)
    site = site_of(packages, image, distro, lines, day)
    parted = _part(findings)
    languages = language_drafts(parted.language, site)
    drafts = [
        *_removals(parted.malicious),
        *system_drafts(parted.system, site),
        *languages.drafts,
        *_endings([*parted.endings, *_ends(languages.left)], site),
        *limited_drafts(parted.limited, site),
        *owned_drafts(languages.owned, packages, site),
        *unfixable_drafts([*parted.unfixable, *_flaws(languages.left)], site),
    ]
    return settled(drafts, site)


def _part(findings: Sequence[Finding]) -> _Parted:
    parted = _Parted()
    for finding in findings:
        kind = finding.package.type
        end = finding.end_of_life
        if finding.kind == "malicious":
            parted.malicious.append(finding)
        elif end is not None and (end.limited or not (end.cycle or end.supported)):
            parted.limited.append(finding)
        elif end is not None and (kind == "os" or kind in OS_TYPES):
            parted.endings.append(finding)
        elif kind in OS_TYPES and finding.fixed_versions:
            parted.system.append(finding)
        elif kind in OS_TYPES or not (
            finding.fixed_versions or end or finding.package.owner
        ):
            parted.unfixable.append(finding)
        else:
            parted.language.append(finding)
    return parted


def _ends(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.end_of_life is not None]


def _flaws(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.end_of_life is None]


def _endings(findings: Sequence[Finding], site: Site) -> list[Draft]:
    return ending_drafts(findings, site)


def _removals(findings: Sequence[Finding]) -> list[Draft]:
    """One draft a malicious package: no version repairs it."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        one = finding.package
        groups.setdefault((one.type, one.name, one.version), []).append(finding)
    return [
        Draft(
            kind="remove",
            title=f"Remove {' '.join(filter(None, (name, version)))}: it is malicious",
            findings=held,
            detail=(
                "The package is an attack itself; no version repairs it. Treat what it could"
                " reach, secrets above all, as known to others."
            ),
            command=removal_of(held[0].package),
            layer=min(finding.layer for finding in held),
            origin=origin_of(held),
        )
        for (_, name, version), held in groups.items()
    ]
