"""
The order of OSV-Scanner's package overrides: of those that fit a package, the first decides, even where it has ended.

Entries here stand by themselves: any that holds takes a finding out. So an entry that an earlier one
may get in the way of ends no later than that one, or is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from shipworthy.policy.foreign.interface import Reading
from shipworthy.policy.foreign.osv_toml import Table
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True)
class Override:
    """One table of ``PackageOverrides``, and what it comes to; ``None`` where that is nothing."""

    table: Table
    entry: Suppression | None
    line: int


_QUESTIONS: tuple[Callable[[Table], bool], ...] = (
    lambda table: bool(table["ignore"]),
    lambda table: bool(table["vulnerability"]["ignore"]),
    lambda table: bool(table["license"]["ignore"] or table["license"]["override"]),
)
"""What OSV-Scanner asks the overrides, each for itself: ``ShouldIgnorePackage``, ``…Vulnerabilities``, ``…License``."""


def in_order(reading: Reading, overrides: Sequence[Override]) -> list[Suppression]:
    """The entries of ``overrides``, none of which holds where an earlier one would have decided otherwise."""
    kept: list[Suppression] = []
    for at, override in enumerate(overrides):
        if override.entry is None:
            continue
        earlier = [
            other
            for other in overrides[:at]
            if any(asks(other.table) and asks(override.table) for asks in _QUESTIONS)
            and _may_share(other.table, override.table)
        ]
        entry = _behind(reading, override, override.entry, earlier)
        if entry is not None:
            kept.append(entry)
    return kept


def _behind(
    reading: Reading,
    override: Override,
    entry: Suppression,
    earlier: Sequence[Override],
) -> Suppression | None:
    if "licence" in entry.about and not override.table["ignore"]:
        named = [
            other
            for other in earlier
            if other.table["license"]["override"]
            and not other.table["license"]["ignore"]
        ]
        if named:
            reading.note(
                override.line,
                f"its licences are left out: the override in line {named[0].line} comes first and names them",
            )
            about = tuple(kind for kind in entry.about if kind != "licence")
            if not about:
                return None
            entry = replace(entry, about=about)
    ends = [
        (other.table["effectiveUntil"], other.line)
        for other in earlier
        if other.table["effectiveUntil"]
    ]
    if ends and (not entry.expires or min(ends)[0] < entry.expires):
        day, line = min(ends)
        reading.note(
            override.line,
            f"it ends on {day} with the override in line {line}, which comes first and decides also when it has ended",
        )
        return replace(entry, expires=day)
    return entry


def _may_share(one: Table, other: Table) -> bool:
    """Whether a package may meet both."""
    return (
        _names_may_share(one, other)
        and (
            one["version"] == other["version"]
            or not one["version"]
            or not other["version"]
        )
        and _ecosystems_may_share(one["ecosystem"], other["ecosystem"])
    )


def _names_may_share(one: Table, other: Table) -> bool:
    if not one["name"] or not other["name"]:
        return True
    if one["nameIsRegex"] or other["nameIsRegex"]:
        return True
    return bool(one["name"] == other["name"])


def _ecosystems_may_share(one: str, other: str) -> bool:
    if not one or not other or one == other:
        return True
    return one.partition(":")[0] == other.partition(":")[0] and (":" in one) != (
        ":" in other
    )
