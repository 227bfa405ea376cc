"""What a policy brought into a saved result, read back: verdict, entries, comparison, what to do."""

from __future__ import annotations

from typing import get_args

from shipworthy.model.advisory import SEVERITIES
from shipworthy.model.check import Check, CheckKind, SuppressedCheck
from shipworthy.model.comparison import Comparison, Gone
from shipworthy.model.remediation import Action, ActionKind, Upgrade
from shipworthy.model.verdict import (
    Effect,
    EntryState,
    PolicySource,
    RuleOutcome,
    RuleStatus,
    SuppressionUse,
    Verdict,
    VerdictStatus,
)
from shipworthy.reports.fields import (
    Json,
    flag,
    index_of,
    items,
    mapping,
    number,
    one_of,
    optional,
    text,
    texts,
    whole,
)


_VERDICTS: tuple[VerdictStatus, ...] = get_args(VerdictStatus)
_EFFECTS: tuple[Effect, ...] = get_args(Effect)
_STATUSES: tuple[RuleStatus, ...] = get_args(RuleStatus)
_ENTRY_STATES: tuple[EntryState, ...] = get_args(EntryState)
_CHECK_KINDS: tuple[CheckKind, ...] = get_args(CheckKind)
_ACTIONS: tuple[ActionKind, ...] = get_args(ActionKind)


def verdict_of(entry: Json) -> Verdict:
    """The verdict; one that is not told counts as partial, never as passed."""
    return Verdict(
        status=one_of(entry, "status", _VERDICTS, "partial"),
        exit_code=whole(entry, "exitCode", 3),
        rules=tuple(map(_rule, items(entry, "rules"))),
        summary=text(entry, "summary"),
        day=text(entry, "day"),
    )


def _rule(entry: Json) -> RuleOutcome:
    passed = flag(entry, "passed")
    return RuleOutcome(
        name=text(entry, "name"),
        condition=text(entry, "condition"),
        passed=passed,
        limit=whole(entry, "limit"),
        observed=whole(entry, "observed"),
        reason=text(entry, "reason"),
        effect=one_of(entry, "effect", _EFFECTS, "fail"),
        status=one_of(entry, "status", _STATUSES, "passed" if passed else "broken"),
        undecided=whole(entry, "undecided"),
        remedy=text(entry, "remedy"),
        source=text(entry, "source"),
        findings=tuple(texts(entry, "findings")),
    )


def source_of(entry: Json) -> PolicySource:
    """One document that the policy was put together from."""
    return PolicySource(
        name=text(entry, "name"),
        digest=text(entry, "digest"),
        kind=text(entry, "kind"),
    )


def use_of(entry: Json) -> SuppressionUse:
    """One entry, and what became of it."""
    return SuppressionUse(
        entry=text(entry, "entry"),
        source=text(entry, "source"),
        reason=text(entry, "reason"),
        state=one_of(entry, "state", _ENTRY_STATES, "unused"),
        count=whole(entry, "count"),
        owner=text(entry, "owner"),
        expires=text(entry, "expires"),
        days_left=optional(entry, "daysLeft"),
        expiring=flag(entry, "expiring"),
        fixable=tuple(texts(entry, "fixable")),
        again=whole(entry, "again"),
        covered_by=text(entry, "coveredBy"),
    )


def suppressed_check_of(entry: Json) -> SuppressedCheck:
    """One thing that a check found and an entry took out."""
    return SuppressedCheck(
        check=check_of(mapping(entry, "check")),
        reason=text(entry, "reason"),
        rule=text(entry, "rule"),
        entry=text(entry, "entry"),
        source=text(entry, "source"),
        owner=text(entry, "owner"),
        expires=text(entry, "expires"),
    )


def check_of(entry: Json) -> Check:
    """One thing that a check found."""
    return Check(
        id=text(entry, "id"),
        kind=one_of(entry, "kind", _CHECK_KINDS, "config"),
        severity=one_of(entry, "severity", SEVERITIES, "unknown"),
        title=text(entry, "title"),
        path=text(entry, "path"),
        layer=index_of(entry),
        message=text(entry, "message"),
    )


def comparison_of(value: object) -> Comparison | None:
    """What the result was compared with; ``None`` where it was not."""
    if type(value) is not dict:
        return None
    return Comparison(
        name=text(value, "name"),
        target=text(value, "target"),
        image_id=text(value, "imageId"),
        database_date=text(value, "databaseDate"),
        partial=flag(value, "partial"),
        fixed=tuple(map(_gone, items(value, "fixed"))),
    )


def _gone(entry: Json) -> Gone:
    return Gone(
        id=text(entry, "id"),
        aliases=tuple(texts(entry, "aliases")),
        type=text(entry, "type"),
        package=text(entry, "package"),
        version=text(entry, "version"),
        severity=one_of(entry, "severity", SEVERITIES, "unknown"),
        fingerprint=text(entry, "fingerprint"),
        reason=text(entry, "reason"),
    )


def action_of(entry: Json) -> Action:
    """One thing to do, with all that it closes."""
    return Action(
        kind=one_of(entry, "kind", _ACTIONS, "none"),
        title=text(entry, "title"),
        detail=text(entry, "detail"),
        command=text(entry, "command"),
        upgrades=tuple(map(_upgrade, items(entry, "upgrades"))),
        layer=index_of(entry),
        instruction=text(entry, "instruction"),
        line=whole(entry, "line"),
        origin=text(entry, "origin"),
        closes=tuple(texts(entry, "closes")),
        findings=tuple(texts(entry, "findings")),
        worst=one_of(entry, "worst", SEVERITIES, "none"),
        risk=number(entry, "risk"),
    )


def _upgrade(entry: Json) -> Upgrade:
    return Upgrade(
        type=text(entry, "type"),
        name=text(entry, "name"),
        current=text(entry, "current"),
        target=text(entry, "target"),
        purl=text(entry, "purl"),
    )
