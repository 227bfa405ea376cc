"""Whether and since when a finding can be repaired: ``fix-available``, ``fix-state``, ``fix-available-for``."""

from __future__ import annotations

from shipworthy.model.advisory import FixState
from shipworthy.model.finding import Finding
from shipworthy.policy import durations
from shipworthy.policy.conditions.asking import (
    BOOLEAN,
    Question,
    among,
    flag,
    one_of,
    one_or_many,
)
from shipworthy.policy.conditions.interface import Atom
from shipworthy.policy.conditions.view import View
from shipworthy.policy.durations import days_between, in_days
from shipworthy.policy.facts import Facts
from shipworthy.policy.selection import Selection
from shipworthy.values import dataclass


NO_DAY = "a day to count from, which neither --at nor the database gives"
"""What is lacking where days cannot be counted."""

_STATES: tuple[FixState, ...] = (
    "fixed",
    "affected",
    "will-not-fix",
    "fix-deferred",
    "end-of-life",
    "under-investigation",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixAvailable(Question):
    """There is a version to upgrade to, and this image can get it; or there is none."""

    wanted: bool = True

    def select(self, view: View) -> Selection:
        """Where an update repairs it."""
        return view.where(fixable, lambda able: able is self.wanted)

    def words(self) -> str:
        """``with a fix``."""
        return "with a fix" if self.wanted else "without a fix"

    def denied(self) -> str:
        """``without a fix``."""
        return "without a fix" if self.wanted else "with a fix"


@dataclass(frozen=True, slots=True, kw_only=True)
class FixStateIs(Question):
    """What the publisher says of a fix is one of these."""

    states: tuple[FixState, ...]

    def select(self, view: View) -> Selection:
        """Where it says so."""
        return view.where(_state, self.states.__contains__)

    def words(self) -> str:
        """``with the fix state will-not-fix``."""
        return f"with the fix state {one_or_many(self.states)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FixAvailableFor(Question):
    """
    A fix could be had for so many days; a grace period.

    Where there is a fix and nobody tells since when, it cannot be told; without a fix it does not hold.
    """

    days: int

    def select(self, view: View) -> Selection:
        """Where the time is up."""
        day = view.facts.scanned.day

        def long_enough(since: str | None) -> bool | None:
            if since is None:
                return False
            passed = days_between(since, day)
            return None if passed is None else passed >= self.days

        return view.where(_since, long_enough)

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """The day of judging, where there is none."""
        return () if has_day(facts) else (NO_DAY,)

    def doubt(self) -> str:
        """``with a fix of unknown date``."""
        return "with a fix of unknown date"

    def words(self) -> str:
        """``with a fix available for 7 days or longer``."""
        return f"with a fix available for {in_days(self.days)} or longer"


def has_day(facts: Facts) -> bool:
    """Whether there is a day to count from."""
    return days_between(facts.scanned.day, facts.scanned.day) is not None


def fixable(finding: Finding) -> bool:
    """Whether an update that this image can get repairs it."""
    return finding.fix_state == "fixed" and bool(finding.fixed_versions)


def _state(finding: Finding) -> FixState:
    return finding.fix_state


def _since(finding: Finding) -> str | None:
    """Since when there is a fix; empty where nobody tells, ``None`` where there is none."""
    if not fixable(finding):
        return None
    return finding.fix_available.date if finding.fix_available else ""


def _states(value: object) -> FixStateIs:
    words = among(value, _STATES, "the state of a fix")
    return FixStateIs(states=tuple(state for state in _STATES if state in words))


ATOMS = (
    Atom(
        key="fix-available",
        parse=lambda value: FixAvailable(wanted=flag(value)),
        schema=BOOLEAN,
        words="there is a fixed version that this image can get",
    ),
    Atom(
        key="fix-state",
        parse=_states,
        schema=one_of(_STATES),
        words="what the publisher says of a fix",
    ),
    Atom(
        key="fix-available-for",
        parse=lambda value: FixAvailableFor(days=durations.days(value)),
        schema=durations.SCHEMA,
        words="there is a fix, and it could be had for so long on the day of judging",
    ),
)
