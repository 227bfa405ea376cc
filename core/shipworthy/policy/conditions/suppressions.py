"""What became of the entries that take findings out: ``suppression``, ``suppression-expires-within``, ``owner``."""

from __future__ import annotations

from typing import ClassVar

from shipworthy.model.verdict import SuppressionUse
from shipworthy.policy import durations
from shipworthy.policy.conditions.asking import (
    BOOLEAN,
    TEXTS,
    Question,
    among,
    one_of,
    one_or_many,
    texts,
)
from shipworthy.policy.conditions.fixes import NO_DAY, has_day
from shipworthy.policy.conditions.interface import Atom
from shipworthy.policy.conditions.view import View
from shipworthy.policy.durations import in_days
from shipworthy.policy.facts import Facts, Kind
from shipworthy.policy.globs import any_of, loose
from shipworthy.policy.selection import Selection
from shipworthy.values import dataclass


_WORDS = ("used", "unused", "expired", "expiring", "fixable", "elsewhere", "endless")
_TOLD = {
    "used": "in use",
    "unused": "that takes nothing out",
    "expired": "past its end",
    "expiring": "soon at its end",
    "fixable": "of what has a fix now",
    "elsewhere": "for other images",
    "endless": "without an end",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _AboutEntries(Question):
    kinds: ClassVar[frozenset[Kind]] = frozenset({"suppression"})
    natural: ClassVar[Kind] = "suppression"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryIs(_AboutEntries):
    """One of these is true of the entry."""

    among: tuple[str, ...]

    def select(self, view: View) -> Selection:
        """Where one is."""
        wished = frozenset(self.among)
        return view.where(_traits, lambda traits: not wished.isdisjoint(traits))

    def words(self) -> str:
        """``without an end``."""
        return one_or_many([_TOLD[word] for word in self.among])


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiresWithin(_AboutEntries):
    """The entry still holds and ends within so many days."""

    days: int

    def select(self, view: View) -> Selection:
        """Where it ends so soon; an entry without an end never does."""
        return view.where(
            _days_left, lambda left: left is not None and 0 <= left <= self.days
        )

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """The day of judging, where there is none."""
        return () if has_day(facts) else (NO_DAY,)

    def words(self) -> str:
        """``ending within 14 days``."""
        return f"ending within {in_days(self.days)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedBy(_AboutEntries):
    """The entry's owner is one of these; without names, it has one; or, where not ``wanted``, none."""

    owners: tuple[str, ...] = ()
    wanted: bool = True

    def select(self, view: View) -> Selection:
        """Where the owner is one of them."""
        if not self.owners:
            return view.where(_owner, lambda owner: bool(owner) is self.wanted)
        meant = any_of(loose(owner.casefold()) for owner in self.owners)
        return view.where(_owner, lambda owner: bool(owner) and meant(owner.casefold()))

    def words(self) -> str:
        """``owned by payments``."""
        if self.owners:
            return f"owned by {one_or_many(self.owners)}"
        return "with an owner" if self.wanted else "without an owner"

    def denied(self) -> str:
        """``not owned by payments``."""
        if self.owners:
            return f"not {self.words()}"
        return "without an owner" if self.wanted else "with an owner"


def _traits(use: SuppressionUse) -> frozenset[str]:
    found = {
        use.state: True,
        "expiring": use.expiring,
        "fixable": bool(use.fixable),
        "endless": not use.expires,
    }
    return frozenset(trait for trait, true in found.items() if true)


def _days_left(use: SuppressionUse) -> int | None:
    return use.days_left if use.expires else None


def _owner(use: SuppressionUse) -> str:
    return use.owner


def _owned(value: object) -> OwnedBy:
    if isinstance(value, bool):
        return OwnedBy(wanted=value)
    return OwnedBy(owners=texts(value, "true, false or the name of an owner"))


ATOMS = (
    Atom(
        key="suppression",
        parse=lambda value: EntryIs(
            among=among(value, _WORDS, "what became of an entry")
        ),
        schema=one_of(_WORDS),
        words="what became of an entry that takes findings out",
    ),
    Atom(
        key="suppression-expires-within",
        parse=lambda value: ExpiresWithin(days=durations.days(value)),
        schema=durations.SCHEMA,
        words="the entry still holds and ends within so many days",
    ),
    Atom(
        key="owner",
        parse=_owned,
        schema={"oneOf": [BOOLEAN, *TEXTS["oneOf"]]},
        words="the entry's owner; true for any, false for none",
    ),
)
