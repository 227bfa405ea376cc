"""
Parting findings into those that count and those that an entry takes out.

The first entry that fits and holds takes a finding. An entry is *used* where it took something, or
would have but for ``--ignore``, which stands before all; one that takes nothing because others
stand before it is *unused* like one that fits nothing: without it the result would be the same.
An entry that says of nothing whom it is about takes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from shipworthy.model.check import Check, SuppressedCheck
from shipworthy.model.finding import Finding, Suppressed
from shipworthy.model.result import Scanned
from shipworthy.model.verdict import EntryState, SuppressionUse
from shipworthy.policy.conditions.fixes import fixable
from shipworthy.policy.labels import label
from shipworthy.policy.rules import Settings
from shipworthy.policy.suppressions.compiled import Compiled
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.policy.suppressions.index import Index
from shipworthy.policy.suppressions.places import is_for
from shipworthy.policy.suppressions.terms import days_left, has_ended
from shipworthy.policy.suppressions.words import names_of
from shipworthy.values import dataclass


_OPTION = "--ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """What is left, what was taken out by which entry, and what became of every entry."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    uses: tuple[SuppressionUse, ...]
    checks: tuple[Check, ...] = ()
    """What checks found and no entry takes out."""
    suppressed_checks: tuple[SuppressedCheck, ...] = ()


def suppress(
    findings: Sequence[Finding],
    entries: Sequence[Suppression],
    scanned: Scanned,
    settings: Settings,
) -> Parted:
    """
    Take out of ``findings``, and of what checks found, what ``entries`` are about.

    The first entry that fits takes; the order of findings, checks and entries is kept.
    """
    standings = [_Standing(entry, scanned) for entry in entries]
    names = names_of(entries)
    asked = [
        (at, standing.compiled)
        for at, standing in enumerate(standings)
        if standing.is_here and standing.compiled.says_whom
    ]
    index = Index(asked, scanned.distro)
    kept: list[Finding] = []
    taken: list[Suppressed] = []
    for finding in findings:
        can_fix = fixable(finding)
        at = _taker(standings, index.fitting(finding), can_fix=can_fix)
        if at is None:
            kept.append(finding)
            continue
        taken.append(_suppressed(finding, entries[at], names[at]))
        if can_fix:
            standings[at].fixable.add(label(finding))
    checks, taken_checks = _part_checks(scanned, index, standings, names)
    return Parted(
        kept=tuple(kept),
        suppressed=tuple(taken),
        uses=tuple(
            _use(standing, name, standings, names, settings)
            for standing, name in zip(standings, names, strict=True)
        ),
        checks=checks,
        suppressed_checks=taken_checks,
    )


@dataclass(slots=True)
class _Standing:
    """An entry in this scan, and what becomes of it."""

    entry: Suppression
    scanned: Scanned
    compiled: Compiled = field(init=False)
    is_here: bool = field(init=False)
    has_ended: bool = field(init=False)
    count: int = 0
    again: int = 0
    fixable: set[str] = field(default_factory=set)
    behind: set[int] = field(default_factory=set)
    """The entries that took what this one fits as well."""

    def __post_init__(self) -> None:
        entry, scanned = self.entry, self.scanned
        self.compiled = Compiled(entry, scanned.image.layers, scanned.distro)
        self.is_here = not entry.images or is_for(entry.images, scanned.image)
        self.has_ended = has_ended(entry.expires, scanned.day)

    def holds(self, *, can_fix: bool) -> bool:
        """Whether it takes what it fits."""
        return not (self.has_ended or (self.entry.until_fix and can_fix))


def _taker(
    standings: Sequence[_Standing], hits: Sequence[int], *, can_fix: bool
) -> int | None:
    """Which of the entries that fit takes, noting what that means for all of them."""
    holding = [at for at in hits if standings[at].holds(can_fix=can_fix)]
    if not holding:
        for at in hits:
            standings[at].again += 1
        return None
    first, *others = holding
    standings[first].count += 1
    for at in others:
        standings[at].behind.add(first)
    return first


def _part_checks(
    scanned: Scanned,
    index: Index,
    standings: Sequence[_Standing],
    names: Sequence[str],
) -> tuple[tuple[Check, ...], tuple[SuppressedCheck, ...]]:
    kept: list[Check] = []
    taken: list[SuppressedCheck] = []
    for check in scanned.checks:
        hits = index.fitting_check(check)
        taker = _taker(standings, hits, can_fix=False)
        if taker is None:
            kept.append(check)
            continue
        entry = standings[taker].entry
        taken.append(
            SuppressedCheck(
                check=check,
                reason=entry.reason,
                rule=_rule_of(entry),
                entry=names[taker],
                source=entry.source,
                owner=entry.owner,
                expires=entry.expires,
            )
        )
    return tuple(kept), tuple(taken)


def _suppressed(finding: Finding, entry: Suppression, name: str) -> Suppressed:
    return Suppressed(
        finding=finding,
        reason=entry.reason,
        rule=_rule_of(entry),
        entry=name,
        source=entry.source,
        owner=entry.owner,
        expires=entry.expires,
    )


def _rule_of(entry: Suppression) -> str:
    return "ignore" if entry.source == _OPTION else "suppression"


def _use(
    standing: _Standing,
    name: str,
    standings: Sequence[_Standing],
    names: Sequence[str],
    settings: Settings,
) -> SuppressionUse:
    entry = standing.entry
    behind = sorted(standing.behind)
    state = _state(standing, [standings[at].entry for at in behind])
    left = days_left(entry.expires, standing.scanned.day) if entry.expires else None
    is_soon = left is not None and left <= settings.expiring_within
    return SuppressionUse(
        entry=name,
        source=entry.source,
        reason=entry.reason,
        state=state,
        count=standing.count,
        owner=entry.owner,
        expires=entry.expires,
        days_left=left,
        expiring=state == "used" and is_soon,
        fixable=tuple(sorted(standing.fixable)),
        again=standing.again,
        covered_by=names[behind[0]] if behind and state == "unused" else "",
    )


def _state(standing: _Standing, before: Sequence[Suppression]) -> EntryState:
    if not standing.is_here:
        return "elsewhere"
    if standing.has_ended:
        return "expired"
    if standing.count or any(entry.source == _OPTION for entry in before):
        return "used"
    if standing.again and not before:
        return "expired"  # until there is a fix, and now there is one
    looked_for = standing.scanned.looked_for
    if not before and standing.compiled.could_fit_more(looked_for):
        return "elsewhere"
    return "unused"
