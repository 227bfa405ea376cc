"""
How old a vulnerability is and when support ends: ``age`` and ``end-of-life``.

Days are counted on the day of judging (ADR 0013).
"""

from __future__ import annotations

from typing import NamedTuple

from shipworthy.model.finding import Finding
from shipworthy.policy import durations
from shipworthy.policy.conditions.asking import Question
from shipworthy.policy.conditions.fixes import NO_DAY, has_day
from shipworthy.policy.conditions.interface import Atom, Expected
from shipworthy.policy.conditions.view import View
from shipworthy.policy.durations import days_between, in_days
from shipworthy.policy.facts import Facts
from shipworthy.policy.selection import Selection
from shipworthy.values import dataclass


FARTHEST = 90
"""Days before the end of support from which on a scan reports it; what ends later is no finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Age(Question):
    """
    The vulnerability was published at least so many days ago.

    An end of support is not published; the question does not hold for it.
    """

    days: int

    def select(self, view: View) -> Selection:
        """Where it is as old."""
        day = view.facts.scanned.day

        def old_enough(published: str | None) -> bool | None:
            if published is None:
                return False
            passed = days_between(published, day)
            return None if passed is None else passed >= self.days

        return view.where(_published, old_enough)

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """The day of judging, where there is none."""
        return () if has_day(facts) else (NO_DAY,)

    def doubt(self) -> str:
        """``without a date of publication``."""
        return "without a date of publication"

    def words(self) -> str:
        """``published 30 days ago or earlier``."""
        return f"published {in_days(self.days)} ago or earlier"


class _End(NamedTuple):
    """What is known of an end of support."""

    days_left: int | None
    limited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOfLife(Question):
    """
    It is an end of support, and one that comes within ``within`` days or has come.

    Support that a distribution limits has not ended, so it counts only where no days are named.
    """

    within: int | None = None
    """``None``: any that is reported, support that is limited too."""
    wanted: bool = True

    def select(self, view: View) -> Selection:
        """Where support ends so soon."""
        return view.where(_end, self._holds)

    def _holds(self, end: _End | None) -> bool:
        if end is None or self.within is None:
            return (end is not None) is self.wanted
        if end.days_left is None:
            return not end.limited
        return end.days_left <= self.within

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """The day of judging, where there is none and it matters."""
        return () if self.within is None or has_day(facts) else (NO_DAY,)

    def unseen(self, facts: Facts, *, denied: bool) -> tuple[str, ...]:
        """The ends of support, where no feed brought them: what is not known to end is no finding."""
        if "eol" in facts.feeds or self.wanted is denied:
            return ()
        return ("ends of support, which the database does not hold",)

    def words(self) -> str:
        """``of support that ends within 90 days or has ended``."""
        return self._told(wanted=self.wanted)

    def denied(self) -> str:
        """``not of support that has ended``."""
        return self._told(wanted=not self.wanted)

    def _told(self, *, wanted: bool) -> str:
        if self.within is None:
            told = "of support that has ended, ends soon or is limited"
        elif self.within == 0:
            told = "of support that has ended or ends on that day"
        else:
            told = f"of support that ends within {in_days(self.within)} or has ended"
        return told if wanted else f"not {told}"


def _published(finding: Finding) -> str | None:
    return None if finding.kind == "end-of-life" else finding.published


def _end(finding: Finding) -> _End | None:
    if finding.kind != "end-of-life":
        return None
    end = finding.end_of_life
    return _End(end.days_left, end.limited) if end else _End(None, limited=False)


def _within(value: object) -> EndOfLife:
    if isinstance(value, bool):
        return EndOfLife(wanted=value)
    days = durations.days(value)
    if days > FARTHEST:
        raise Expected(
            f"true, false or at most {FARTHEST}d: a scan does not report an end that is farther off",
            near=f"{FARTHEST}d",
        )
    return EndOfLife(within=days)


ATOMS = (
    Atom(
        key="age",
        parse=lambda value: Age(days=durations.days(value)),
        schema=durations.SCHEMA,
        words="the vulnerability was published at least so long before the day of judging",
    ),
    Atom(
        key="end-of-life",
        parse=_within,
        schema={"oneOf": [{"type": "boolean"}, durations.SCHEMA]},
        words="security support has ended, or ends within so many days",
    ),
)
