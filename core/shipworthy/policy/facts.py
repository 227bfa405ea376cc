"""What rules may look at: the scan, what was taken out of it, and how it compares with an earlier one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from shipworthy.model.check import Check, SuppressedCheck
from shipworthy.model.comparison import Comparison
from shipworthy.model.finding import Finding, Suppressed
from shipworthy.model.package import Package
from shipworthy.model.result import Scanned
from shipworthy.model.verdict import SuppressionUse


Kind = Literal["scan", "suppression", "check", "package", "finding"]
"""What a rule counts."""

KINDS: tuple[Kind, ...] = ("scan", "suppression", "check", "package", "finding")

Subject = Finding | Package | Check | SuppressionUse | Scanned


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything a rule may ask about."""

    scanned: Scanned
    findings: tuple[Finding, ...]
    """Those that no entry takes out, with fingerprints and states."""
    suppressed: tuple[Suppressed, ...] = ()
    suppressed_checks: tuple[SuppressedCheck, ...] = ()
    uses: tuple[SuppressionUse, ...] = ()
    comparison: Comparison | None = None
    today: str = ""
    """The day that the age of the database is counted to, ``YYYY-MM-DD``."""

    @cached_property
    def feeds(self) -> frozenset[str]:
        """The names of the feeds that the database was built from, without the refused ones."""
        return frozenset(f.name for f in self.scanned.database.feeds if not f.refused)

    def subjects(self, kind: Kind, *, suppressible: bool = True) -> tuple[Subject, ...]:
        """
        What a rule of ``kind`` counts, in a fixed order.

        With ``suppressible`` false, what entries take out is among them.
        """
        if kind == "scan":
            return (self.scanned,)
        if kind == "suppression":
            return self.uses
        if kind == "check":
            taken = () if suppressible else self.suppressed_checks
            return (*self.scanned.checks, *(item.check for item in taken))
        if kind == "package":
            return self.scanned.packages
        if suppressible:
            return self.findings
        return (*self.findings, *(item.finding for item in self.suppressed))
