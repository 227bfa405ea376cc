"""
What a shared policy demands of the entries of those that extend it: an owner, an end, an end that is near.

How far an end is away depends on the day of judging, so the demands are kept as values
(:class:`EntryLimits` in :class:`~shipworthy.policy.rules.Settings`) and held against the entries
where the day is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from shipworthy.errors import UsageError
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.values import dataclass


_TOLD = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLimits:
    """The demands of one shared policy."""

    source: str
    """Where they are written: ``base.yaml:12``."""
    owner: bool = False
    """Every entry names an owner."""
    expires: bool = False
    """Every entry has an end."""
    longest: int | None = None
    """The end is at most so many days after the day of judging."""
    free: tuple[str, ...] = ()
    """Names of the documents whose entries these are not demanded of: the policy itself and what it extends."""


def unmet(
    entries: Iterable[Suppression], limits: Iterable[EntryLimits], day: str
) -> tuple[str, ...]:
    """
    A line for every entry that does not meet a demand, in the order of the entries.

    Args:
        entries: Whatever file they come from; an option's entries (``--ignore``) are bound too.
        limits: The demands.
        day: The day of judging, ``YYYY-MM-DD``; where it is empty, the distance of an end is not looked at.
    """
    demands = tuple(limits)
    return tuple(
        f"{entry.source}: {told} (demanded by {limit.source})"
        for entry in entries
        for limit in demands
        if entry.source.rpartition(":")[0] not in limit.free
        for told in _missing(entry, limit, day)
    )


def check_limits(
    entries: Iterable[Suppression], limits: Iterable[EntryLimits], day: str
) -> None:
    """Raise :class:`UsageError` with a line for every entry that does not meet a demand."""
    told = unmet(entries, limits, day)
    if len(told) > _TOLD:
        told = (*told[:_TOLD], f"and {len(told) - _TOLD} more such entries")
    if told:
        raise UsageError(told[0], more=told[1:])


def _missing(entry: Suppression, limit: EntryLimits, day: str) -> Iterable[str]:
    if limit.owner and not entry.owner.strip():
        yield "the suppression has no owner, expected the key 'owner'"
    if not entry.expires:
        if limit.expires or limit.longest is not None:
            yield "the suppression has no end, expected the key 'expires'"
    elif limit.longest is not None and day:
        last = _later(day, limit.longest)
        if entry.expires > last:
            yield (
                f"the suppression ends on {entry.expires}, more than {limit.longest} days"
                f" after {day}, expected {last} or before"
            )


def _later(day: str, days: int) -> str:
    try:
        return (dt.date.fromisoformat(day) + dt.timedelta(days=days)).isoformat()
    except OverflowError:
        return dt.date.max.isoformat()
