"""
Which package is looked up where, and which are not looked up at all, and why.

What counts as partial (docs/adr/0003-what-counts-as-partial.md): packages that
advisories exist for in the world, and that this scan should have judged and could not.
What a rule leaves out on purpose is told, and is not partial.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import field

from shipworthy.matching import ecosystems
from shipworthy.matching.distro import OS_TYPES, bucket_for, family_for, stand_in
from shipworthy.matching.interface import Advisories, Family, Lookup, Reason, Skip
from shipworthy.model.package import Inventory, Package, Status
from shipworthy.values import dataclass


SOURCE = "matching"
_EXAMPLES = 5


@dataclass(slots=True)
class Plan:
    """Everything to look up, by bucket, and what is to be told besides."""

    families: dict[str, Family] = field(default_factory=dict)
    lookups: dict[str, list[Lookup]] = field(default_factory=dict)
    skipped: dict[Reason, list[Package]] = field(default_factory=dict)
    unmatched: dict[str, int] = field(default_factory=dict)
    statuses: list[Status] = field(default_factory=list)


def plan_for(inventory: Inventory, advisories: Advisories) -> Plan:
    """Sort the packages of ``inventory`` into what can be looked up in ``advisories`` and what cannot."""
    plan = Plan()
    by_type: dict[str, list[Package]] = defaultdict(list)
    for package in inventory.packages:
        by_type[package.type].append(package)
    for type_ in sorted(by_type):
        packages = by_type[type_]
        if type_ in OS_TYPES:
            family, bucket = _os_family(plan, inventory, type_, packages, advisories)
        else:
            family, bucket = _language_family(plan, type_, packages, advisories)
        if family is not None:
            _look_up(plan, family, bucket, packages)
    plan.statuses += _absent(by_type)
    plan.statuses += [status_of(*item) for item in plan.skipped.items()]
    return plan


def _os_family(
    plan: Plan,
    inventory: Inventory,
    type_: str,
    packages: Sequence[Package],
    advisories: Advisories,
) -> tuple[Family | None, str]:
    distro = inventory.distro
    count = _count(packages)
    bucket = bucket_for(distro) if distro else ""
    for held in filter(None, (bucket, stand_in(bucket))):
        family = family_for(type_, held, packages, distro)
        if family is not None and advisories.has(held):
            if held != bucket:
                why = f"the database holds no advisories for {bucket}: {count} judged by those of {held}"
                plan.statuses.append(
                    Status(source=SOURCE, subject=bucket, message=why, partial=False)
                )
            return family.in_database(advisories), held
    family = family_for(type_, bucket, packages, distro) if bucket else None
    if distro is None:
        why = f"no release file names the distribution, so {count} could not be judged"
    elif not bucket:
        why = f"the release of {distro.id} is not told, so {count} could not be judged"
    elif family is None:
        why = f"{count} could not be judged by the advisories of {bucket}"
    else:
        why = f"the database holds no advisories for {bucket}: {count} could not be judged"
    plan.unmatched[bucket or type_] = plan.unmatched.get(bucket or type_, 0) + len(
        packages
    )
    plan.statuses.append(Status(source=SOURCE, subject=bucket or type_, message=why))
    return None, bucket


def _language_family(
    plan: Plan, type_: str, packages: Sequence[Package], advisories: Advisories
) -> tuple[Family | None, str]:
    if ecosystems.is_held(type_, packages, advisories):
        return ecosystems.family_for(type_, packages), type_
    plan.unmatched[type_] = len(packages)
    known = ecosystems.is_known(type_, packages)
    why = (
        f"the database holds no advisories for {type_}: {_count(packages)} could not be judged"
        if known
        else f"no advisories are published for the type {type_}: {_count(packages)} not judged"
    )
    plan.statuses.append(
        Status(source=SOURCE, subject=type_, message=why, partial=known)
    )
    return None, type_


def _look_up(
    plan: Plan, family: Family, bucket: str, packages: Sequence[Package]
) -> None:
    plan.families[bucket] = family
    lookups = plan.lookups.setdefault(bucket, [])
    for package in packages:
        found = family.look_up(package)
        if isinstance(found, Lookup):
            lookups.append(found)
        else:
            _skip(plan, found)


def _skip(plan: Plan, skip: Skip) -> None:
    if skip.reason is not None:
        plan.skipped.setdefault(skip.reason, []).append(skip.package)


def _absent(by_type: Mapping[str, Sequence[Package]]) -> list[Status]:
    """No operating-system packages: distroless and scratch images are not clean by that alone."""
    if not OS_TYPES.isdisjoint(by_type):
        return []
    found = [package for packages in by_type.values() for package in packages]
    if not found:
        why = "no package database found: nothing to judge is not the same as clean"
    else:
        why = (
            "no operating system's package database found: nothing was judged"
            f" but {_count(found)} of language ecosystems"
        )
    return [Status(source=SOURCE, subject="packages", message=why, partial=False)]


def status_of(reason: Reason, packages: Sequence[Package]) -> Status:
    """What is told of packages that are not judged for one reason, with a few of their names."""
    names = sorted(
        {f"{package.name} {package.version}".strip() for package in packages}
    )
    shown = ", ".join(names[:_EXAMPLES])
    more = f" and {len(names) - _EXAMPLES} more" if len(names) > _EXAMPLES else ""
    return Status(
        source=SOURCE,
        subject=reason.subject,
        message=f"{_count(packages)} not judged, because {reason.message}: {shown}{more}",
        partial=reason.partial,
    )


def _count(packages: Sequence[Package]) -> str:
    return "1 package" if len(packages) == 1 else f"{len(packages)} packages"
