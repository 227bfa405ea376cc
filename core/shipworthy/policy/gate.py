"""
The gate: every rule held against the facts, and what they come to.

Exit codes: 0 passed, 1 the gate closed, 3 something could not be looked at or judged. A partial
scan ends with 3 even where a rule closed, for its counts are only a lower bound; the closed rules
stand in the verdict all the same (ADR 0004).
"""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.model.package import Status
from shipworthy.model.verdict import RuleOutcome, Verdict, VerdictStatus
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import Facts, Kind
from shipworthy.policy.outcomes import Judgement, counted_words, hold
from shipworthy.policy.rules import Policy, Settings


def judge_rules(facts: Facts, policy: Policy) -> tuple[Judgement, ...]:
    """Every rule of ``policy`` held against ``facts``, in its order."""
    views: dict[tuple[Kind, bool], View] = {}

    def view_of(kind: Kind, suppressible: bool) -> View:  # one of two keys
        key = (kind, suppressible)
        if key not in views:
            views[key] = View(facts, kind, suppressible=suppressible)
        return views[key]

    return tuple(hold(rule, view_of, policy.settings) for rule in policy.rules)


def conclude(facts: Facts, judgements: Sequence[Judgement], policy: Policy) -> Verdict:
    """The verdict that the rules come to; ``suppressions`` and ``coverage`` stand last in it."""
    outcomes = [judgement.outcome for judgement in judgements]
    entries = _entries(facts)
    coverage = _coverage(facts.scanned.statuses, policy.settings)
    rules = (*outcomes, *([entries] if entries else []), coverage)
    judged = _summary(facts, outcomes)
    if entries and entries.status == "broken":
        judged = f"{judged} {entries.reason[0].upper()}{entries.reason[1:]}."
    if coverage.observed:
        judged = f"{judged} Not everything was looked at: {coverage.reason}."
    unjudged = any(
        judgement.lacks and judgement.outcome.effect == "fail"
        for judgement in judgements
    )
    day = facts.scanned.day
    if unjudged or (coverage.effect == "fail" and not coverage.passed):
        return Verdict(
            status="partial", exit_code=3, rules=rules, summary=judged, day=day
        )
    told = {rule.effect for rule in rules if rule.status != "passed"}
    if "fail" in told:
        return Verdict(status="fail", exit_code=1, rules=rules, summary=judged, day=day)
    status: VerdictStatus = "warn" if "warn" in told else "pass"
    return Verdict(status=status, exit_code=0, rules=rules, summary=judged, day=day)


def _summary(facts: Facts, outcomes: Sequence[RuleOutcome]) -> str:
    """The verdict in one or two sentences."""
    if not outcomes:
        return (
            f"No rule was set: {counted_words(len(facts.findings))} reported,"
            " none judged."
        )
    told = [rule for rule in outcomes if rule.status != "passed"]
    closed = [rule.reason for rule in told if rule.effect == "fail"]
    warned = [rule.reason for rule in told if rule.effect == "warn"]
    if closed:
        judged = f"The gate closed: {'; '.join(closed)}."
    elif told:
        judged = (
            f"No rule closed the gate; {counted_words(len(facts.findings))} in all."
        )
    else:
        judged = f"Every rule passed; {counted_words(len(facts.findings))} in all."
    return f"{judged} Warning: {'; '.join(warned)}." if warned else judged


def _entries(facts: Facts) -> RuleOutcome | None:
    """What became of the entries that take findings out; ``None`` where there are none."""
    if not facts.uses:
        return None
    taken = len(facts.suppressed)
    unused = [use.entry for use in facts.uses if use.state == "unused"]
    reason = f"{counted_words(taken)} left out"
    if unused:
        reason += f"; nothing was found for {', '.join(unused)}"
    nothing_left = bool(taken) and not facts.findings
    if nothing_left:
        reason = f"all of {reason}"
    return RuleOutcome(
        name="suppressions",
        condition="not every finding is left out",
        passed=not nothing_left,
        limit=taken,
        observed=taken,
        reason=reason,
        effect="warn",
        status="broken" if nothing_left else "passed",
    )


def _coverage(statuses: Sequence[Status], settings: Settings) -> RuleOutcome:
    """Whether everything was looked at."""
    unseen = sorted({status for status in statuses if status.partial})
    allowed = settings.partial != "fail"
    told = bool(unseen) and settings.partial != "inform"
    if not unseen:
        reason = "nothing stayed unread or unjudged"
    else:
        first = unseen[0]
        others = f", and {len(unseen) - 1} more" if len(unseen) > 1 else ""
        by = settings.partial_by or "the policy"
        accepted = f"accepted by {by}: " if allowed else ""
        reason = f"{accepted}{first.source}: {first.subject}: {first.message}{others}"
    return RuleOutcome(
        name="coverage",
        condition="everything in the image was looked at",
        passed=not told,
        limit=len(unseen) if allowed else 0,
        observed=len(unseen),
        reason=reason,
        effect=settings.partial,
        status="broken" if told else "passed",
    )
