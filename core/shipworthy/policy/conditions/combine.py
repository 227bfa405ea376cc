"""``all``, ``any`` and ``not``, and which kind of subject a combination is about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from shipworthy.policy.conditions.interface import Condition, Expected
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import KINDS, Facts, Kind
from shipworthy.policy.selection import Selection, all_of, any_of, negated


@dataclass(frozen=True, slots=True)
class _Combined:
    parts: tuple[Condition, ...]

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds that every part can be asked about."""
        return reduce(
            frozenset.__and__, (part.kinds for part in self.parts), frozenset(KINDS)
        )

    @property
    def natural(self) -> Kind:
        """Of the kinds that all parts know, the one that some part is about, the narrowest first."""
        kinds, wished = self.kinds, {part.natural for part in self.parts}
        if not kinds:
            raise Expected("questions about the same thing, not about unlike ones")
        for kind in KINDS:
            if kind in kinds and kind in wished:
                return kind
        return next(kind for kind in KINDS if kind in kinds)

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """Nothing by itself: a part that lacks something leaves its own subjects unsure."""
        del facts
        return ()


@dataclass(frozen=True, slots=True)
class All(_Combined):
    """Every part holds; without parts it holds for everything."""

    def select(self, view: View) -> Selection:
        """Where every part holds."""
        return all_of(map(view.select, self.parts), len(view.subjects))

    def words(self) -> str:
        """``known to be exploited and with a fix``."""
        return " and ".join(part.words() for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf(_Combined):
    """At least one part holds."""

    def select(self, view: View) -> Selection:
        """Where a part holds."""
        return any_of(map(view.select, self.parts))

    def words(self) -> str:
        """``(known to be exploited or of severity critical)``."""
        return f"({' or '.join(part.words() for part in self.parts)})"


@dataclass(frozen=True, slots=True)
class Not(_Combined):
    """Its one part does not hold."""

    def select(self, view: View) -> Selection:
        """Where the part does not hold."""
        return negated(view.select(self.parts[0]), len(view.subjects))

    def words(self) -> str:
        """``not from the base image``."""
        return f"not {self.parts[0].words()}"


def lacking(condition: Condition, facts: Facts) -> tuple[str, ...]:
    """What ``condition`` and all its parts need and nobody provided, each once, in order."""
    found = list(condition.lacks(facts))
    if isinstance(condition, _Combined):
        for part in condition.parts:
            found.extend(lacking(part, facts))
    return tuple(dict.fromkeys(found))
