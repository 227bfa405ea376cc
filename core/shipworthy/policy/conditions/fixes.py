"""Whether a finding can be repaired: ``fix-available``."""

from __future__ import annotations

from dataclasses import dataclass

from shipworthy.model.finding import Finding
from shipworthy.policy.conditions.interface import Atom, Expected
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import Facts, Kind
from shipworthy.policy.selection import Selection, bits


@dataclass(frozen=True, slots=True, kw_only=True)
class FixAvailable:
    """There is a version to upgrade to, and this image can get it; or there is none."""

    wanted: bool = True

    @property
    def kinds(self) -> frozenset[Kind]:
        """Findings."""
        return frozenset({"finding"})

    @property
    def natural(self) -> Kind:
        """Findings."""
        return "finding"

    def select(self, view: View) -> Selection:
        """Where an update repairs it."""
        return Selection(
            bits(
                fixable(subject) == self.wanted
                for subject in view.subjects
                if isinstance(subject, Finding)
            )
        )

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """Nothing."""
        del facts
        return ()

    def words(self) -> str:
        """``with a fix``."""
        return "with a fix" if self.wanted else "without a fix"


def fixable(finding: Finding) -> bool:
    """Whether an update that this image can get repairs it."""
    return finding.fix_state == "fixed" and bool(finding.fixed_versions)


def _parse(value: object) -> FixAvailable:
    if not isinstance(value, bool):
        raise Expected("true or false")
    return FixAvailable(wanted=value)


ATOMS = (
    Atom(
        key="fix-available",
        parse=_parse,
        schema={"type": "boolean"},
        words="there is a fixed version that this image can get",
    ),
)
