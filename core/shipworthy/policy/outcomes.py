"""
One rule held against the facts: broken, passed or undecided, and why in words.

A rule is undecided where what is known does not break it and what is not known could: a finding
whose severity nobody knows may be the critical one that was not allowed. How many there are, and for
want of what, is always said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from shipworthy.model.verdict import Effect, RuleOutcome, RuleStatus
from shipworthy.policy.conditions.asking import NO_CHECKS
from shipworthy.policy.conditions.combine import lacking, questions, signed
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import Facts, Kind, Subject
from shipworthy.policy.rules import Rule, Settings
from shipworthy.policy.selection import Selection, chosen
from shipworthy.policy.wording import (
    allowed,
    by_severity,
    counted_words,
    demand,
)
from shipworthy.values import dataclass


EFFECTS: tuple[Effect, ...] = ("fail", "warn", "inform")
"""The strongest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One rule's outcome, and what it counted, in the order of the subjects."""

    outcome: RuleOutcome
    counted: tuple[Subject, ...]
    lacks: tuple[str, ...] = ()
    """What nobody provided and the rule could not be judged without."""
    rule: Rule
    kind: Kind
    doubtful: tuple[Subject, ...] = ()
    """Those of which it cannot be told."""


def hold(
    rule: Rule, view_of: Callable[[Kind, bool], View], settings: Settings
) -> Judgement:
    """Hold one rule against the subjects that it is about."""
    kind = rule.of or rule.when.natural
    view = view_of(kind, rule.suppressible)
    selection = view.select(rule.when)
    counted = chosen(view.subjects, selection.yes)
    doubtful = chosen(view.subjects, selection.unsure)
    unseen = _unseen(rule, kind, view.facts)
    lacks = tuple(dict.fromkeys((*unseen, *lacking(rule.when, view.facts))))
    status = _status(rule, counted, doubtful, seen=not unseen)
    if status == "undecided":
        effect = _effect_of_doubt(rule, settings, lacks=bool(lacks))
    else:
        effect, lacks = rule.effect, ()
    reason = _reason(rule, kind, counted, view.facts)
    if lacks:
        reason = f"rule {rule.name} cannot be judged without {' and '.join(lacks)}"
    elif status != "broken":
        reason += _doubts(rule, kind, view, selection, counted)
    outcome = RuleOutcome(
        name=rule.name,
        condition=demand(rule, kind),
        passed=status == "passed",
        limit=rule.max,
        observed=len(counted),
        reason=reason,
        effect=effect,
        status=status,
        undecided=len(doubtful),
        source=rule.source,
        findings=view.labels(selection.yes),
    )
    return Judgement(
        outcome=outcome,
        counted=counted,
        lacks=lacks,
        rule=rule,
        kind=kind,
        doubtful=doubtful,
    )


def _status(
    rule: Rule,
    counted: Sequence[Subject],
    doubtful: Sequence[Subject],
    *,
    seen: bool,
) -> RuleStatus:
    """What is certain breaks a rule; what is not, or was not ``seen``, leaves it undecided if it could."""
    if over(rule, counted):
        return "broken"
    return (
        "undecided" if not seen or _could_be_over(rule, counted, doubtful) else "passed"
    )


def over(rule: Rule, counted: Sequence[Subject]) -> bool:
    """Whether any of the rule's limits is crossed."""
    limits = dict(rule.max_by_severity)
    if not limits:
        return len(counted) > rule.max
    found = Counter(map(_severity, counted))
    own = any(found[severity] > limit for severity, limit in limits.items())
    others = sum(count for severity, count in found.items() if severity not in limits)
    return own or others > rule.max


def _could_be_over(
    rule: Rule, counted: Sequence[Subject], doubtful: Sequence[Subject]
) -> bool:
    """
    Whether what is not known could cross a limit.

    With limits for severities, a subject of unknown severity may be of any.
    """
    limits = dict(rule.max_by_severity)
    if not limits:
        return bool(doubtful) and len(counted) + len(doubtful) > rule.max
    found = Counter(map(_severity, (*counted, *doubtful)))
    if "unknown" not in limits:
        anything = found.pop("unknown", 0)
    else:
        anything = sum(_severity(subject) == "unknown" for subject in doubtful)
    own = any(found[name] + anything > limit for name, limit in limits.items())
    others = sum(count for name, count in found.items() if name not in limits)
    return own or others + anything > rule.max


def _severity(subject: Subject) -> str:
    return getattr(subject, "severity", "")


def _unseen(rule: Rule, kind: Kind, facts: Facts) -> tuple[str, ...]:
    """What the rule counts and nobody could see, so that none of it being there says nothing."""
    unseen = tuple(
        lack
        for question, denied in signed(rule.when)
        for lack in question.unseen(facts, denied=denied)
    )
    looked_for = facts.scanned.looked_for
    if unseen:
        return unseen
    if kind == "finding" and "vulnerabilities" not in looked_for:
        return ("vulnerabilities, which were not looked for",)
    if kind == "check" and not looked_for & {"config", "secrets"}:
        return (NO_CHECKS,)
    return ()


def _effect_of_doubt(rule: Rule, settings: Settings, *, lacks: bool) -> Effect:
    """
    The rule's own word; else the policy's, else the rule's effect for want of a source and a warning for single subjects.

    What a policy says of all rules makes none stronger than it is.
    """
    if rule.undecided:
        return rule.undecided
    told = settings.undecided or (rule.effect if lacks else "warn")
    return max(told, rule.effect, key=EFFECTS.index)


def _reason(rule: Rule, kind: Kind, counted: Sequence[Subject], facts: Facts) -> str:
    if kind == "scan":
        seen = rule.when.seen(facts)
        told = f" ({seen})" if seen else ""
        if counted:
            return f"this is a scan {rule.when.words()}{told}, {allowed(rule)}"
        return f"this is no scan {rule.when.words()}{told}"
    seen = counted_words(len(counted), kind)
    if rule.max_by_severity and counted:
        seen += f" ({by_severity([_severity(subject) for subject in counted])})"
    return f"{seen} {rule.when.words()}, {allowed(rule)}"


def _doubts(
    rule: Rule,
    kind: Kind,
    view: View,
    selection: Selection,
    counted: Sequence[Subject],
) -> str:
    """Of how many it cannot be told, and for want of what."""
    told = ""
    causes = _causes(rule, view, selection)
    number = selection.unsure.bit_count()
    if number:
        of_these = [f"{count} {words}" for words, count in causes]
        if len(causes) == 1 and causes[0][1] == number:
            of_these = []
        words = f" {causes[0][0]}" if causes and not of_these else ""
        each = f" ({', '.join(of_these)})" if of_these else ""
        told = f"; it cannot be told of {counted_words(number, kind)}{words}{each}"
    limits = dict(rule.max_by_severity)
    unknown = sum(_severity(subject) == "unknown" for subject in counted if limits)
    if unknown and "unknown" not in limits:
        told += f"; {unknown} of them of unknown severity"
    return told


def _causes(rule: Rule, view: View, selection: Selection) -> list[tuple[str, int]]:
    """What the questions say of the subjects in doubt, with how many each, the most first."""
    found: dict[str, int] = {}
    for question in questions(rule.when):
        bits = view.select(question).unsure & selection.unsure
        if bits and not question.lacks(view.facts):
            words = question.doubt()
            found[words] = found.get(words, 0) | bits
    counts = [(words, bits.bit_count()) for words, bits in found.items()]
    return sorted(counts, key=lambda cause: (-cause[1], cause[0]))
