"""The question that ``shipworthy diff --fail-on`` asks: is the finding new, and how bad is it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shipworthy.model.advisory import Severity
from shipworthy.model.finding import Finding
from shipworthy.policy.conditions.combine import All
from shipworthy.policy.conditions.severity import SeverityIs
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import Facts, Kind
from shipworthy.policy.rules import Rule
from shipworthy.policy.selection import Selection, bits


_KINDS: frozenset[Kind] = frozenset({"finding"})


@dataclass(frozen=True, slots=True, kw_only=True)
class IsNew:
    """The finding was not there before."""

    @property
    def kinds(self) -> frozenset[Kind]:
        """Findings in packages alone have a state."""
        return _KINDS

    @property
    def natural(self) -> Kind:
        """Findings."""
        return "finding"

    def select(self, view: View) -> Selection:
        """Where the state says so; of a finding without a state it cannot be told."""
        states = [s.state if isinstance(s, Finding) else None for s in view.subjects]
        return Selection(
            bits(state == "new" for state in states),
            bits(state is None for state in states),
        )

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """Nothing by itself."""
        del facts
        return ()

    def words(self) -> str:
        """``new``."""
        return "new"


def new_rule(severities: Sequence[Severity]) -> Rule:
    """Close the gate on a new finding of these severities or worse."""
    severity = SeverityIs(named=tuple(severities))
    return Rule(name="fail-on", when=All((severity, IsNew())), source="--fail-on")
