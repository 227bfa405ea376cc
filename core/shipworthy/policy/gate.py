"""
The gate: every rule held against the facts, and what they come to.

Exit codes: 0 passed, 1 the gate closed, 3 something could not be looked at or judged. A partial
scan ends with 3 even where a rule closed, for its counts are only a lower bound; the closed rules
stand in the verdict all the same (ADR 0004). A rule that a partial scan breaks is the policy's own
word on gaps: its effect stands in place of the built-in one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shipworthy.model.package import Status
from shipworthy.model.verdict import RuleOutcome, Verdict, VerdictStatus
from shipworthy.policy.conditions.combine import signed
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import Facts, Kind
from shipworthy.policy.outcomes import EFFECTS, Judgement, hold
from shipworthy.policy.rules import Policy, Settings
from shipworthy.policy.suppressions.words import sentence
from shipworthy.policy.wording import counted_words, some


_TOLD = 3
"""Rules whose reasons the summary tells; others it names."""


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
    coverage = _coverage(
        facts.scanned.statuses, _word_on_gaps(judgements, policy.settings)
    )
    rules = (*outcomes, *([entries] if entries else []), coverage)
    judged = _summary(facts, judgements)
    if entries and entries.status == "broken":
        judged = f"{judged} {_sentence(entries.reason)}"
    if coverage.observed:
        judged = f"{judged} Not everything was looked at: {coverage.reason}."
    status, code = _status(judgements, rules, coverage)
    return Verdict(
        status=status,
        exit_code=code,
        rules=rules,
        summary=judged,
        day=facts.scanned.day,
    )


def _status(
    judgements: Sequence[Judgement], rules: Sequence[RuleOutcome], coverage: RuleOutcome
) -> tuple[VerdictStatus, int]:
    """What the rules come to, and the exit code."""
    unjudged = any(
        judgement.lacks and judgement.outcome.effect == "fail"
        for judgement in judgements
    )
    if unjudged or (coverage.effect == "fail" and not coverage.passed):
        return "partial", 3
    told = {rule.effect for rule in rules if rule.status != "passed"}
    if "fail" in told:
        return "fail", 1
    return ("warn" if "warn" in told else "pass"), 0


def _word_on_gaps(judgements: Sequence[Judgement], settings: Settings) -> Settings:
    """
    The settings with what the policy's rules say of a partial scan.

    Only rules that this scan breaks speak: one that is limited to other images, or that counts
    findings, leaves the gap to the built-in rule.
    """
    broken = [
        one
        for one in judgements
        if one.kind == "scan" and one.outcome.status == "broken"
    ]
    if not broken:
        return settings
    from shipworthy.policy.conditions.scans import Partial  # few policies need it

    told = [one for one in broken if (Partial(), False) in signed(one.rule.when)]
    if not told:
        return settings
    first = min(told, key=lambda one: EFFECTS.index(one.outcome.effect)).outcome
    return replace(settings, partial=first.effect, partial_by=f"rule {first.name}")


def _summary(facts: Facts, judgements: Sequence[Judgement]) -> str:
    """The verdict in a few sentences: what closed the gate, what could not be judged, what it warns of."""
    number = counted_words(len(facts.findings))
    if not judgements:
        return f"No rule was set: {number} reported, none judged."
    told = [one for one in judgements if one.outcome.status != "passed"]
    failed = [one for one in told if one.outcome.effect == "fail"]
    closed = _told([one.outcome for one in failed if not one.lacks])
    unjudged = _told([one.outcome for one in failed if one.lacks])
    warned = _told([one.outcome for one in told if one.outcome.effect == "warn"])
    if closed:
        judged = f"The gate closed: {closed}."
    elif told:
        judged = f"No rule closed the gate; {number} in all."
    else:
        judged = f"Every rule passed; {number} in all."
    if unjudged:
        judged = f"{judged} {_sentence(unjudged)}"
    return f"{judged} Warning: {warned}." if warned else judged


def _told(rules: Sequence[RuleOutcome]) -> str:
    """The reasons, each after the name that a policy gave its rule; of many rules the rest by name."""
    reasons = [
        rule.reason
        if rule.source.startswith("-") or rule.reason.startswith(f"rule {rule.name} ")
        else f"{rule.name}: {rule.reason}"
        for rule in rules[:_TOLD]
    ]
    if len(rules) > _TOLD:
        reasons.append(some([rule.name for rule in rules[_TOLD:]]))
    return "; ".join(reasons)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _entries(facts: Facts) -> RuleOutcome | None:
    """What became of the entries that take findings out; ``None`` where there are none."""
    if not facts.uses:
        return None
    taken = len(facts.suppressed)
    nothing_left = bool(taken) and not facts.findings
    ended = any(use.state == "expired" and use.again for use in facts.uses)
    broken = nothing_left or ended
    return RuleOutcome(
        name="suppressions",
        condition="not every finding is left out, and no entry has ended that is still needed",
        passed=not broken,
        limit=taken,
        observed=taken,
        reason=sentence(facts.uses, facts.suppressed, facts.findings),
        effect="warn",
        status="broken" if broken else "passed",
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
