"""What others have said of a finding before: ``state`` (the baseline) and ``vex`` (VEX statements)."""

from __future__ import annotations

from shipworthy.model.finding import Finding
from shipworthy.policy.conditions.asking import (
    Question,
    among,
    one_of,
    one_or_many,
)
from shipworthy.policy.conditions.interface import Atom
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import Facts
from shipworthy.policy.selection import Selection
from shipworthy.values import dataclass


_STATES = ("new", "existing", "moved")
_TOLD = {"new": "new", "existing": "unchanged", "moved": "moved"}
_STATUSES = ("affected", "under_investigation")


@dataclass(frozen=True, slots=True, kw_only=True)
class StateIs(Question):
    """How it compares with the baseline."""

    states: tuple[str, ...]

    def select(self, view: View) -> Selection:
        """Where it compares so."""
        return view.where(
            _state, lambda state: None if state is None else state in self.states
        )

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """The baseline, where there is none."""
        return () if facts.comparison else ("a baseline (--baseline)",)

    def doubt(self) -> str:
        """``not compared with the baseline``."""
        return "not compared with the baseline"

    def words(self) -> str:
        """``new since the baseline``."""
        told = one_or_many([_TOLD[state] for state in self.states])
        return f"{told} since the baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class VexSays(Question):
    """A VEX statement gives it this status; where none speaks of it, it does not hold."""

    statuses: tuple[str, ...]

    def select(self, view: View) -> Selection:
        """Where a statement says so."""
        return view.where(_vex_status, self.statuses.__contains__)

    def words(self) -> str:
        """``affected by the word of VEX``."""
        told = one_or_many([status.replace("_", " ") for status in self.statuses])
        return f"{told} by the word of VEX"


def _state(finding: Finding) -> str | None:
    return finding.state


def _vex_status(finding: Finding) -> str:
    return finding.vex_status


def _vex(value: object) -> VexSays:
    given = value if isinstance(value, list) else [value]
    plain = [one.replace("-", "_") if isinstance(one, str) else one for one in given]
    return VexSays(statuses=among(plain, _STATUSES, "a status of VEX"))


ATOMS = (
    Atom(
        key="state",
        parse=lambda value: StateIs(
            states=among(value, _STATES, "a state against the baseline")
        ),
        schema=one_of(_STATES),
        words="how the finding compares with the baseline",
    ),
    Atom(
        key="vex",
        parse=_vex,
        schema=one_of(_STATUSES),
        words="a VEX statement gives it this status; what VEX calls not affected or fixed is suppressed",
    ),
)
