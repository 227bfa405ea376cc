"""What is stricter than what: effects, limits, rules."""

from __future__ import annotations

from collections.abc import Iterator

from shipworthy.model.verdict import Effect
from shipworthy.policy.document.rule import Limit, WrittenRule
from shipworthy.policy.document.when import alike
from shipworthy.policy.rules import Rule


_RANK: dict[Effect, int] = {"inform": 0, "warn": 1, "fail": 2}


def weaker(effect: Effect, than: Effect) -> bool:
    """Whether ``effect`` does less than the other."""
    return _RANK[effect] < _RANK[than]


def doubt_of(effect: Effect) -> Effect:
    """The weakest that a rule of ``effect`` does by default where it cannot be told whether it is broken, and never less than a warning."""
    return "warn" if weaker(effect, "warn") else effect


def limit_of(rule: Rule) -> Limit:
    """The limit of a rule that is put together."""
    return Limit(others=rule.max, by_severity=rule.max_by_severity)


def as_strict(limit: Limit, than: Limit) -> bool:
    """Whether everything that crosses ``than`` crosses ``limit`` as well."""
    own, asked = dict(limit.by_severity), dict(than.by_severity)
    for severity, most in asked.items():
        if own.get(severity, limit.others) > most:
            return False
    apart = sum(most for severity, most in own.items() if severity not in asked)
    return apart + limit.others <= than.others


def weakened(base: Rule, ours: WrittenRule) -> Iterator[str]:
    """In words, every way in which ``ours`` is less than the locked rule ``base``."""
    if ours.when is not None and not alike(ours.when, base.when):
        yield "asks for another condition"
    if ours.of is not None and ours.of != (base.of or base.when.natural):
        yield f"counts another thing, {ours.of}"
    if ours.effect is not None and weaker(ours.effect, base.effect):
        yield f"has effect {ours.effect} for {base.effect}"
    if ours.limit is not None and not as_strict(ours.limit, limit_of(base)):
        yield "has a higher max"
    if ours.suppressible and not base.suppressible:
        yield "is suppressible"
    if ours.locked is False:
        yield "is not locked"
    least = base.undecided or doubt_of(base.effect)
    if ours.undecided is not None and weaker(ours.undecided, least):
        yield f"has undecided {ours.undecided} for {least}"
