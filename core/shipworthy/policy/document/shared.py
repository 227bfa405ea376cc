"""
Settings of several documents laid on each other, bottom first.

What holds (ADR 0017): a setting can only be made stricter by those that extend the policy that has
it; of policies side by side the strictest holds. Demands of entries add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from shipworthy.model.verdict import Effect
from shipworthy.policy.document.nodes import quoted
from shipworthy.policy.document.read import Document
from shipworthy.policy.document.rulebook import Rulebook
from shipworthy.policy.document.settings import Placed
from shipworthy.policy.document.strict import doubt_of, weaker
from shipworthy.policy.rules import Settings


OF_A_PROJECT = ("scan", "baseline", "ignore-files", "vex")
"""Keys that only the policy has that was asked for: they are about the files and the calls of one project."""


class SharedSettings:
    """The settings so far; what may not be is noted in ``told``, a line each."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.told: list[str] = []
        self._undecided: dict[str, Placed[Effect]] = {}
        self._partial: dict[str, Placed[Effect]] = {}
        self._below: dict[str, frozenset[str]] = {}

    def add(self, document: Document, below: frozenset[str], *, top: bool) -> None:
        """
        Lay ``document`` over all before it.

        It extends, near or far, those ``below``; ``top`` is the one that was asked for.
        """
        self._below[document.name] = below
        if not top:
            self._of_a_project(document)
        if document.expiring_within is not None:
            days = document.expiring_within.value
            self.settings = replace(self.settings, expiring_within=days)
        if document.undecided is not None:
            placed = self._strictest(
                "undecided", document, document.undecided, self._undecided
            )
            self.settings = replace(self.settings, undecided=placed.value)
        if document.partial is not None:
            self._set_partial(document, document.partial, top=top)
        self._limits(document, top=top)

    def finish(self, rulebook: Rulebook) -> None:
        """Note a setting that would weaken a locked rule of a policy that does not have the setting."""
        effect = self.settings.undecided
        if effect is None:
            return
        sources = [
            one.source for one in self._undecided.values() if one.value == effect
        ]
        for name, locker in rulebook.locks.items():
            rule = rulebook.rules[name]
            knew = {locker, *self._below[locker]} & self._undecided.keys()
            least = doubt_of(rule.effect)
            if rule.undecided is None and not knew and weaker(effect, least):
                self.told.append(
                    f"{sources[-1]}: undecided: {effect} weakens the rule {quoted(name)},"
                    f" locked by {rule.source}, expected {least}"
                )

    def _of_a_project(self, document: Document) -> None:
        self.told.extend(
            f"{document.keys[key]}: {key}: a policy that others extend cannot have this key,"
            " it is for the project's own"
            for key in OF_A_PROJECT
            if key in document.keys
        )

    def _set_partial(
        self, document: Document, placed: Placed[Effect], *, top: bool
    ) -> None:
        strictest = self._strictest("partial", document, placed, self._partial)
        by = "" if strictest.value == "fail" else strictest.source
        self.settings = replace(self.settings, partial=strictest.value, partial_by=by)
        if placed.value == "fail" and not top:
            self.settings = replace(self.settings, partial_demanded=placed.source)

    def _strictest(
        self,
        key: str,
        document: Document,
        placed: Placed[Effect],
        said: dict[str, Placed[Effect]],
    ) -> Placed[Effect]:
        below = self._below[document.name]
        self.told.extend(
            f"{placed.source}: {key}: {placed.value} is weaker than {other.value} in"
            f" {other.source}, which can only be made stricter"
            for name, other in said.items()
            if name in below and weaker(placed.value, other.value)
        )
        said[document.name] = placed
        strictest = placed
        for other in said.values():
            if weaker(strictest.value, other.value):
                strictest = other
        return strictest

    def _limits(self, document: Document, *, top: bool) -> None:
        limits, below = document.limits, self._below[document.name]
        if limits is None:
            return
        for other in self.settings.limits:
            if other.source.rpartition(":")[0] in below and _longer(
                limits.longest, other.longest
            ):
                self.told.append(
                    f"{limits.source}: limits: longest is {limits.longest} days, more than"
                    f" {other.longest} in {other.source}, which can only be made stricter"
                )
        if not top:
            bound = replace(limits, free=(document.name, *sorted(below)))
            self.settings = replace(
                self.settings, limits=(*self.settings.limits, bound)
            )


def _longer(days: int | None, other: int | None) -> bool:
    return days is not None and other is not None and days > other


def closure(name: str, extended: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Every document that ``name`` extends, near or far."""
    found: set[str] = set()
    ahead = list(extended[name])
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead.extend(extended[one])
    return frozenset(found)
