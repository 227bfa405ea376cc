"""
Rules of several documents laid on each other, bottom first.

What holds (ADR 0017): a rule of the same name takes the place of the shared one, in its place in
the order; without ``when`` it changes only what it says. A locked rule can only be made stricter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shipworthy.policy.document.nodes import quoted
from shipworthy.policy.document.problems import nearest
from shipworthy.policy.document.read import Document
from shipworthy.policy.document.rule import Limit, WrittenRule
from shipworthy.policy.document.settings import Placed
from shipworthy.policy.document.strict import doubt_of, weakened, weaker
from shipworthy.policy.rules import Rule


class Rulebook:
    """The rules so far; what may not be is noted in ``told``, a line each."""

    def __init__(self) -> None:
        self.rules: dict[str, Rule] = {}
        self.locks: dict[str, str] = {}
        """The document that first locked a rule, by the rule's name."""
        self.told: list[str] = []

    def add(self, document: Document) -> None:
        """Lay the rules of ``document`` over those before."""
        for placed in document.disable:
            self._disable(placed)
        for written in document.rules:
            rule = self._rule(written)
            if rule is not None:
                self.rules[rule.name] = rule
                if rule.locked:
                    self.locks.setdefault(rule.name, document.name)

    def _disable(self, placed: Placed[str]) -> None:
        name = " ".join(placed.value.split())
        rule = self.rules.get(name)
        if rule is None:
            self.told.append(
                f"{placed.source}: disable: {quoted(name)} is no rule of a policy that this"
                f" one extends{_meant(name, self.rules)}"
            )
        elif rule.locked:
            self.told.append(
                f"{placed.source}: disable: the rule {quoted(name)} is locked by {rule.source}"
            )
        else:
            del self.rules[name]

    def _rule(self, written: WrittenRule) -> Rule | None:
        base = self.rules.get(written.name)
        if base is None and written.when is None:
            self.told.append(
                f"{written.source}: the rule {quoted(written.name)} has no condition and is in no"
                " policy that this one extends, expected the key"
                f" 'when'{_meant(written.name, self.rules)}"
            )
            return None
        if base is not None and base.locked:
            less = list(weakened(base, written))
            if less:
                self.told.append(
                    f"{written.source}: the rule {quoted(written.name)} is locked by {base.source}"
                    f" and can only be made stricter, but this one {', '.join(less)}"
                )
                return None
            if written.when is not None:
                base = _in_full(base, written)
        elif written.when is not None:
            base = Rule(name=written.name, when=written.when)
        assert base is not None
        if written.of is not None and written.of not in base.when.kinds:
            self.told.append(
                f"{written.source}: of: the condition of the rule {quoted(written.name)},"
                f" in {base.source}, is not about {written.of}"
            )
            return None
        return _laid(base, written)


def _meant(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    return f"; did you mean {near}?" if near else ""


def _in_full(base: Rule, written: WrittenRule) -> Rule:
    """
    The locked ``base`` under a rule that has a condition and so stands for itself.

    What that leaves out is what it would be without ``base``: the gate closes on any. It may be
    a policy beside the one that locks, which does not know of it, and must not lose by it.
    """
    effect = written.effect or "fail"
    undecided = base.undecided
    if undecided is not None and weaker(undecided, doubt_of(effect)):
        undecided = doubt_of(effect)
    return replace(base, effect=effect, max=0, max_by_severity=(), undecided=undecided)


def _laid(base: Rule, written: WrittenRule) -> Rule:
    """``base`` with everything that ``written`` says."""
    limit = written.limit or Limit(others=base.max, by_severity=base.max_by_severity)
    suppressible = written.suppressible
    return replace(
        base,
        effect=written.effect or base.effect,
        max=limit.others,
        max_by_severity=limit.by_severity,
        of=written.of or base.of,
        undecided=written.undecided or base.undecided,
        locked=base.locked if written.locked is None else written.locked,
        suppressible=base.suppressible if suppressible is None else suppressible,
        description=written.description or base.description,
        source=written.source,
    )
