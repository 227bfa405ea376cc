"""How a verdict says what a rule asks and how many it counts."""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.model.advisory import SEVERITIES
from shipworthy.policy.conditions.asking import one_or_many
from shipworthy.policy.facts import Kind
from shipworthy.policy.rules import Rule


_NOUNS: dict[Kind, str] = {
    "scan": "scan",
    "suppression": "suppression",
    "check": "check finding",
    "package": "package",
    "finding": "finding",
}


def counted_words(number: int, kind: Kind = "finding") -> str:
    """``1 finding``, ``3 packages``."""
    noun = _NOUNS[kind]
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def demand(rule: Rule, kind: Kind) -> str:
    """The rule as a demand: ``at most 5 findings of severity high``."""
    noun = _NOUNS[kind]
    limits = _limits(rule)
    if limits:
        most = f"{one_or_many(limits, 'and')} {noun}s"
    else:
        most = f"at most {counted_words(rule.max, kind)}" if rule.max else f"no {noun}"
    return f"{most} {rule.when.words()}"


def allowed(rule: Rule) -> str:
    """What the rule lets pass: ``none allowed``, ``at most 5 allowed``."""
    limits = _limits(rule)
    if limits:
        return f"{one_or_many(limits, 'and')} allowed"
    return f"at most {rule.max} allowed" if rule.max else "none allowed"


def by_severity(severities: Sequence[str]) -> str:
    """``2 critical and 5 high``."""
    each = [(severities.count(name), name) for name in SEVERITIES]
    return one_or_many([f"{number} {name}" for number, name in each if number], "and")


def some(names: Sequence[str], most: int = 3) -> str:
    """The first of ``names``, and how many more there are."""
    if len(names) <= most:
        return one_or_many(names, "and")
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def _limits(rule: Rule) -> list[str]:
    """``no critical``, ``at most 5 high``, ``no other``; empty where severities have no limits of their own."""
    own = dict(rule.max_by_severity)
    limits: list[tuple[str, int]] = [(n, own[n]) for n in SEVERITIES if n in own]
    if not limits:
        return []
    return [
        f"at most {limit} {name}" if limit else f"no {name}"
        for name, limit in (*limits, ("other", rule.max))
    ]
