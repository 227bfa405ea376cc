"""
From a scan to its verdict: fingerprints and states, entries, rules, in this order.

``compare → suppress → judge → conclude``
"""

from __future__ import annotations

from dataclasses import dataclass

from shipworthy.model.comparison import Comparison
from shipworthy.model.finding import Finding, Suppressed
from shipworthy.model.result import Scanned
from shipworthy.model.verdict import SuppressionUse, Verdict
from shipworthy.policy.facts import Facts
from shipworthy.policy.gate import conclude, judge_rules
from shipworthy.policy.rules import Policy
from shipworthy.policy.suppressions.apply import suppress


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The findings that count, those left out, what became of the entries, and the verdict."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    uses: tuple[SuppressionUse, ...]
    comparison: Comparison | None
    verdict: Verdict


def judge(scanned: Scanned, policy: Policy, *, today: str = "") -> Judged:
    """
    Hold ``scanned`` against ``policy``.

    The order of the findings is kept; every rule appears in the verdict, passed or not,
    ``suppressions`` and ``coverage`` last. ``today`` is the day that the database's age is counted
    to; nothing else depends on the clock.
    """
    parted = suppress(scanned.findings, policy.suppressions, scanned, policy.settings)
    facts = Facts(
        scanned=scanned,
        findings=parted.kept,
        suppressed=parted.suppressed,
        uses=parted.uses,
        today=today,
    )
    judgements = judge_rules(facts, policy)
    return Judged(
        findings=parted.kept,
        suppressed=parted.suppressed,
        uses=parted.uses,
        comparison=None,
        verdict=conclude(facts, judgements, policy),
    )
