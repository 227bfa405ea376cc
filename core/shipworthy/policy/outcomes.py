"""One rule held against the facts, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shipworthy.model.advisory import SEVERITIES
from shipworthy.model.check import Check
from shipworthy.model.finding import Finding
from shipworthy.model.package import Package
from shipworthy.model.result import Scanned
from shipworthy.model.verdict import Effect, RuleOutcome, SuppressionUse
from shipworthy.policy.conditions.combine import lacking
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import Kind, Subject
from shipworthy.policy.rules import Rule, Settings
from shipworthy.policy.selection import indices


_NOUNS: dict[Kind, str] = {
    "scan": "scan",
    "suppression": "suppression",
    "check": "check finding",
    "package": "package",
    "finding": "finding",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One rule's outcome, and what it counted, in the order of the subjects."""

    outcome: RuleOutcome
    counted: tuple[Subject, ...]
    lacks: tuple[str, ...] = ()
    """What nobody provided and the rule could not be judged without."""


def hold(
    rule: Rule, view_of: Callable[[Kind, bool], View], settings: Settings
) -> Judgement:
    """Hold one rule against the subjects that it is about."""
    kind = rule.of or rule.when.natural
    view = view_of(kind, rule.suppressible)
    selection = view.select(rule.when)
    counted = tuple(view.subjects[at] for at in indices(selection.yes))
    unsure = selection.unsure.bit_count()
    broken = _over(rule, counted)
    lacks = lacking(rule.when, view.facts)
    decided = broken or not unsure or len(counted) + unsure <= rule.max
    effect = rule.effect
    if not decided:
        effect = _effect_of_doubt(rule, settings, lacks=bool(lacks))
    outcome = RuleOutcome(
        name=rule.name,
        condition=_condition(rule, kind),
        passed=decided and not broken,
        limit=rule.max,
        observed=len(counted),
        reason=_reason(rule, kind, counted)
        if decided
        else _doubt(rule, kind, counted, unsure, lacks),
        effect=effect,
        status="broken" if broken else "passed" if decided else "undecided",
        undecided=unsure,
        source=rule.source,
        findings=tuple(sorted(map(label, counted))),
    )
    return Judgement(
        outcome=outcome, counted=counted, lacks=() if decided else tuple(lacks)
    )


def label(subject: Subject) -> str:
    """How a verdict names what it counts: ``ID package@version`` for a finding."""
    if isinstance(subject, Finding):
        return f"{subject.id} {subject.package.name}@{subject.package.version}"
    if isinstance(subject, Package):
        return f"{subject.name}@{subject.version}"
    if isinstance(subject, Check):
        return f"{subject.id} {subject.path}".strip()
    if isinstance(subject, SuppressionUse):
        return f"{subject.entry} ({subject.source})"
    assert isinstance(subject, Scanned)
    return subject.image.target


def counted_words(number: int, kind: Kind = "finding") -> str:
    """``1 finding``, ``3 packages``."""
    noun = _NOUNS[kind]
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _over(rule: Rule, counted: Sequence[Subject]) -> bool:
    """Whether any of the rule's limits is crossed."""
    limits = dict(rule.max_by_severity)
    if not limits:
        return len(counted) > rule.max
    found = Counter(getattr(subject, "severity", "") for subject in counted)
    own = any(found[severity] > limit for severity, limit in limits.items())
    others = sum(count for severity, count in found.items() if severity not in limits)
    return own or others > rule.max


def _effect_of_doubt(rule: Rule, settings: Settings, *, lacks: bool) -> Effect:
    return rule.undecided or settings.undecided or (rule.effect if lacks else "warn")


def _condition(rule: Rule, kind: Kind) -> str:
    """The rule as a demand: ``at most 5 findings of severity high``."""
    noun = _NOUNS[kind]
    most = f"at most {counted_words(rule.max, kind)}" if rule.max else f"no {noun}"
    return f"{most} {rule.when.words()}"


def _reason(rule: Rule, kind: Kind, counted: Sequence[Subject]) -> str:
    seen = counted_words(len(counted), kind)
    return f"{seen} {rule.when.words()}, {_allowed(rule)}"


def _doubt(
    rule: Rule,
    kind: Kind,
    counted: Sequence[Subject],
    unsure: int,
    lacks: Sequence[str],
) -> str:
    """Why it cannot be told whether the rule is broken."""
    if lacks:
        return f"rule {rule.name} cannot be judged without {' and '.join(lacks)}"
    return f"{_reason(rule, kind, counted)}; of {counted_words(unsure, kind)} it cannot be told"


def _allowed(rule: Rule) -> str:
    limits = dict(rule.max_by_severity)
    each = [f"{limits[name]} {name}" for name in SEVERITIES if name in limits]
    if each:
        return f"at most {', '.join(each)} and {rule.max} others allowed"
    return f"at most {rule.max} allowed" if rule.max else "none allowed"
