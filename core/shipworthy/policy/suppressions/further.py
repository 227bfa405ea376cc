"""The fields of an entry that only other tools' files ask for, held against one finding."""

from __future__ import annotations

import re
from functools import lru_cache

from shipworthy.model.bucket import CPE, os_bucket
from shipworthy.model.finding import Finding
from shipworthy.model.package import Distro, Package
from shipworthy.policy.suppressions.entry import MatchedBy, Suppression


OS_TYPES = frozenset({"alpm", "apk", "deb", "rpm"})
"""purl types of packages that belong to a distribution."""

_GROUP = "group:"


def fits_further(entry: Suppression, finding: Finding, distro: Distro | None) -> bool:
    """Whether ``finding`` meets source package, distribution, group, way of matching and exact id of ``entry``."""
    package = finding.package
    return (
        (not entry.source_pattern or _of_source(entry.source_pattern, package))
        and (not entry.distros or _of_distro(entry.distros, package, distro))
        and (not entry.groups or _in_group(entry.groups, package))
        and (
            not entry.matched_by or not matched_by(finding).isdisjoint(entry.matched_by)
        )
        and (entry.aliases or not entry.ids or _named(entry.ids, finding))
    )


def matched_by(finding: Finding) -> frozenset[MatchedBy]:
    """What the evidence of ``finding`` compared; empty where there is none."""
    package = finding.package
    found: set[MatchedBy] = set()
    for evidence in finding.evidence:
        if evidence.bucket == CPE:
            found.add("cpe")
        elif evidence.matched_name == package.source and package.source != package.name:
            found.add("source")
        else:
            found.add("name")
    return frozenset(found)


def _of_source(pattern: str, package: Package) -> bool:
    source = package.source
    return bool(
        source and source != package.name and _compiled(pattern).fullmatch(source)
    )


def _of_distro(
    wanted: tuple[str, ...], package: Package, distro: Distro | None
) -> bool:
    if distro is None or package.type not in OS_TYPES:
        return False
    return distro.id in wanted or os_bucket(distro) in wanted


def _in_group(groups: tuple[str, ...], package: Package) -> bool:
    return any(f"{_GROUP}{group}" in package.notes for group in groups)


def _named(ids: tuple[str, ...], finding: Finding) -> bool:
    names = {finding.id, *(advisory.id for advisory in finding.advisories)}
    folded = {name.casefold() for name in names}
    return any(id_.casefold() in folded for id_ in ids)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
