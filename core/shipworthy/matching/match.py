"""
Inventory × advisories: which package has which vulnerability.

Packages are sorted by bucket, looked up a bucket at a time, and held against what the
advisories of that bucket say. Then distributions have their word on what their packages
installed. Everything that could not be judged is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shipworthy.collector import without_collector
from shipworthy.matching.compose import Composer
from shipworthy.matching.distro import OS_TYPES
from shipworthy.matching.interface import (
    Advisories,
    Family,
    Lookup,
    MatchResult,
    Reason,
)
from shipworthy.matching.ownership import settle
from shipworthy.matching.plan import plan_for, status_of
from shipworthy.matching.verdicts import Answer, Verdicts
from shipworthy.model.advisory import Advisory
from shipworthy.model.finding import Match
from shipworthy.model.package import Inventory, Package, Status


UNDECIDED = Reason(
    subject="versions that cannot be compared",
    message="their versions cannot be held against an advisory's",
    partial=True,
)
_EXAMPLES = 5


def match(inventory: Inventory, advisories: Advisories) -> MatchResult:
    """
    Match every package of ``inventory`` with the advisories on it.

    One match is one vulnerability, under whatever names, of one package with all its
    places. The same inventory and database give the same result, whatever the order of the
    packages.

    Raises:
        DatabaseError: The database cannot be read.
    """
    with without_collector():
        return _match(inventory, advisories)


def _match(inventory: Inventory, advisories: Advisories) -> MatchResult:
    plan = plan_for(inventory, advisories)
    owners: dict[str, Answer] = {}
    os_matches: list[Match] = []
    language_matches: list[Match] = []
    undecided: list[tuple[Package, tuple[str, ...]]] = []
    for bucket, lookups in sorted(plan.lookups.items()):
        family = plan.families[bucket]
        verdicts = Verdicts(family, held_by(family, lookups, advisories))
        composer = Composer(family)
        for lookup in lookups:
            answer = verdicts.of(lookup)
            package = lookup.package
            is_os = package.type in OS_TYPES
            if is_os:
                owners[package.purl] = answer
            of_kind = os_matches if is_os else language_matches
            of_kind += composer.matches(lookup, answer)
            if answer.undecided:
                undecided.append((package, answer.undecided))
    matches, statuses = settle(os_matches, language_matches, owners)
    return MatchResult(
        matches=tuple(sorted(matches, key=_order)),
        statuses=tuple(sorted({*plan.statuses, *statuses, *_undecided(undecided)})),
        unmatched=tuple(sorted(plan.unmatched.items())),
    )


def held_by(
    family: Family, lookups: Sequence[Lookup], advisories: Advisories
) -> Mapping[str, Sequence[Advisory]]:
    """What all of the family's buckets hold on the names looked up."""
    names = sorted({name for one in lookups for name in (one.name, *one.also)})
    held = dict(advisories.advisories(family.bucket, names))
    for bucket in family.more:
        for name, more in advisories.advisories(bucket, names).items():
            held[name] = [*held.get(name, ()), *more]
    return held


def _undecided(found: Sequence[tuple[Package, tuple[str, ...]]]) -> list[Status]:
    """One status for all that could not be compared, naming packages and vulnerabilities."""
    if not found:
        return []
    status = status_of(UNDECIDED, [package for package, _ in found])
    ids = sorted({id_ for _, names in found for id_ in names})
    shown = f"{', '.join(ids[:_EXAMPLES])}{' …' if len(ids) > _EXAMPLES else ''}"
    return [replace(status, message=f"{status.message} ({shown})")]


def _order(found: Match) -> tuple[str, str, str, str, str]:
    package = found.package
    return found.id, package.type, package.name, package.version, package.purl
