"""``all``, ``any`` and ``not``, and which kind of subject a combination is about."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from shipworthy.policy.conditions.asking import one_or_many
from shipworthy.policy.conditions.interface import Condition, Expected
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import KINDS, Facts, Kind
from shipworthy.policy.selection import Selection, all_of, any_of, negated
from shipworthy.values import dataclass


_RUNS_ON = ("at ", "from ", "in ", "of ", "with ", "without ")
"""What may follow without a comma: ``of severity critical with a fix``."""
_LOOSE = ", or "
"""In words that would not stay together among others: ``of severity high or worse, or unknown``."""
_ANY, _NONE = "of any kind", "of no kind"
"""What nothing at all asks: ``all`` and ``any`` without parts."""


@dataclass(frozen=True, slots=True)
class _Combined:
    parts: tuple[Condition, ...]

    @property
    def evident(self) -> bool:
        """No: it lacks nothing by itself."""
        return False

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds that every part can be asked about."""
        return reduce(
            frozenset.__and__, (part.kinds for part in self.parts), frozenset(KINDS)
        )

    @property
    def natural(self) -> Kind:
        """
        Of the kinds that all parts know, the one that some part is about, the narrowest first.

        What is true of the whole scan decides only where all parts are about that.
        """
        kinds, wished = self.kinds, {part.natural for part in self.parts}
        if not kinds:
            raise Expected("questions about the same thing, not about unlike ones")
        if len(wished) > 1:
            wished.discard("scan")
        for kind in KINDS:
            if kind in kinds and kind in wished:
                return kind
        return next(kind for kind in KINDS if kind in kinds)

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """Nothing by itself: a part that lacks something leaves its own subjects unsure."""
        del facts
        return ()

    def unseen(self, facts: Facts, *, denied: bool) -> tuple[str, ...]:
        """Nothing by itself, as above."""
        del facts, denied
        return ()

    def doubt(self) -> str:
        """What its parts say of it."""
        return one_or_many([*dict.fromkeys(part.doubt() for part in self.parts)])

    def seen(self, facts: Facts) -> str:
        """What its parts saw."""
        return "; ".join(
            dict.fromkeys(filter(None, (part.seen(facts) for part in self.parts)))
        )


@dataclass(frozen=True, slots=True)
class All(_Combined):
    """Every part holds; without parts it holds for everything."""

    def select(self, view: View) -> Selection:
        """Where every part holds."""
        return all_of(map(view.select, self.parts), len(view.subjects))

    def words(self) -> str:
        """``of severity critical with a fix and not from the base image``."""
        *others, last = [_grouped(part, AnyOf) for part in self.parts] or [_ANY]
        if not others:
            return last
        others = [f"({words})" if _LOOSE in words else words for words in others]
        told = others[0]
        for words in others[1:]:
            told += f" {words}" if words.startswith(_RUNS_ON) else f", {words}"
        return f"{told} and {last}"

    def denied(self) -> str:
        """``not (of severity critical and with a fix)``."""
        if len(self.parts) > 1:
            return f"not ({self.words()})"
        return self.parts[0].denied() if self.parts else _NONE


@dataclass(frozen=True, slots=True)
class AnyOf(_Combined):
    """At least one part holds."""

    def select(self, view: View) -> Selection:
        """Where a part holds."""
        return any_of(map(view.select, self.parts))

    def words(self) -> str:
        """``known to be exploited or of severity critical``."""
        return one_or_many([_grouped(part, All) for part in self.parts]) or _NONE

    def denied(self) -> str:
        """``neither from the base image nor without a fix``."""
        if len(self.parts) == 2:
            first, second = (_grouped(part, All, AnyOf) for part in self.parts)
            return f"neither {first} nor {second}"
        if len(self.parts) > 1:
            return f"not ({self.words()})"
        return self.parts[0].denied() if self.parts else _ANY


@dataclass(frozen=True, slots=True)
class Not(_Combined):
    """Its one part does not hold."""

    def select(self, view: View) -> Selection:
        """Where the part does not hold."""
        return negated(view.select(self.parts[0]), len(view.subjects))

    def words(self) -> str:
        """``not from the base image``."""
        return self.parts[0].denied()

    def denied(self) -> str:
        """What it denies: ``from the base image``."""
        return self.parts[0].words()


def questions(condition: Condition) -> Iterator[Condition]:
    """The questions that ``condition`` is put together from, in order, denied or not."""
    for question, _ in signed(condition):
        yield question


def signed(
    condition: Condition, *, denied: bool = False
) -> Iterator[tuple[Condition, bool]]:
    """The same, each with whether it stands under an odd number of ``not``."""
    if isinstance(condition, _Combined):
        for part in condition.parts:
            yield from signed(part, denied=denied ^ isinstance(condition, Not))
    else:
        yield condition, denied


def lacking(condition: Condition, facts: Facts) -> tuple[str, ...]:
    """What ``condition`` and all its parts need and nobody provided, each once, in order."""
    found: dict[str, None] = {}
    for question in questions(condition):
        found.update(dict.fromkeys(question.lacks(facts)))
    return tuple(found)


def _grouped(part: Condition, *kinds: type[_Combined]) -> str:
    """The words of a part, in parentheses where they would not stay together."""
    several = isinstance(part, kinds) and len(getattr(part, "parts", ())) > 1
    return f"({part.words()})" if several else part.words()
