"""
From a scan to its verdict: entries, VEX, rules, in this order.

``suppress → apply VEX → judge → conclude``
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from shipworthy.model.check import Check, SuppressedCheck
from shipworthy.model.comparison import Comparison
from shipworthy.model.finding import Finding, Suppressed
from shipworthy.model.package import Status
from shipworthy.model.result import Scanned
from shipworthy.model.verdict import SuppressionUse, Verdict
from shipworthy.policy.facts import Facts
from shipworthy.policy.gate import conclude, judge_rules
from shipworthy.policy.outcomes import Judgement
from shipworthy.policy.rules import Policy
from shipworthy.values import dataclass


if TYPE_CHECKING:
    from shipworthy.policy.vex.parents import Parents
    from shipworthy.policy.vex.statement import VexStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The findings that count, those left out, what became of the entries, and the verdict."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    uses: tuple[SuppressionUse, ...]
    verdict: Verdict
    checks: tuple[Check, ...] = ()
    suppressed_checks: tuple[SuppressedCheck, ...] = ()
    notes: tuple[Status, ...] = ()
    """What VEX said of nothing that was found."""
    judgements: tuple[Judgement, ...] = field(default=(), repr=False)
    """The rules of the policy as they were judged, in the order of the verdict."""


def judge(
    scanned: Scanned,
    policy: Policy,
    *,
    comparison: Comparison | None = None,
    vex: Sequence[VexStatement] = (),
    parents: Parents | None = None,
    today: str = "",
) -> Judged:
    """
    Hold ``scanned`` against ``policy``.

    The order of the findings is kept; every rule appears in the verdict, passed or not,
    ``suppressions`` and ``coverage`` last.

    Args:
        scanned: What was found; with fingerprints, and with states where there is a comparison.
        policy: Rules and entries.
        comparison: What the findings' states were told by.
        vex: What others say of the findings; an entry of the policy goes first.
        parents: What contains what; by default what the places of the packages tell.
        today: The day that the database's age is counted to; nothing else depends on the clock.

    Raises:
        UsageError: An entry is not what a shared policy demands of all.
    """
    out = _taken_out(scanned, policy)
    if vex:
        out = _with_vex(out, vex, scanned, parents)
    facts = Facts(
        scanned=replace(scanned, checks=out.checks),
        findings=out.findings,
        suppressed=out.suppressed,
        suppressed_checks=out.suppressed_checks,
        uses=out.uses,
        comparison=comparison,
        today=today,
    )
    judgements = judge_rules(facts, policy)
    return Judged(
        findings=out.findings,
        suppressed=out.suppressed,
        uses=out.uses,
        verdict=conclude(facts, judgements, policy),
        checks=out.checks,
        suppressed_checks=out.suppressed_checks,
        notes=out.notes,
        judgements=judgements,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parted:
    """What is left and what was taken out; a policy without entries loads nothing for it."""

    findings: tuple[Finding, ...]
    checks: tuple[Check, ...]
    suppressed: tuple[Suppressed, ...] = ()
    suppressed_checks: tuple[SuppressedCheck, ...] = ()
    uses: tuple[SuppressionUse, ...] = ()
    notes: tuple[Status, ...] = ()


def _taken_out(scanned: Scanned, policy: Policy) -> _Parted:
    if not policy.suppressions:
        return _Parted(findings=scanned.findings, checks=scanned.checks)
    from shipworthy.policy.suppressions.apply import suppress
    from shipworthy.policy.suppressions.limits import check_limits

    check_limits(policy.suppressions, policy.settings.limits, scanned.day)
    parted = suppress(scanned.findings, policy.suppressions, scanned, policy.settings)
    return _Parted(
        findings=parted.kept,
        checks=parted.checks,
        suppressed=parted.suppressed,
        suppressed_checks=parted.suppressed_checks,
        uses=parted.uses,
    )


def _with_vex(
    out: _Parted,
    vex: Sequence[VexStatement],
    scanned: Scanned,
    parents: Parents | None,
) -> _Parted:
    from shipworthy.policy.vex.match import apply_vex
    from shipworthy.policy.vex.parents import parents_of

    contained = parents or parents_of(scanned.packages)
    vexed = apply_vex(out.findings, vex, scanned, contained)
    return replace(
        out,
        findings=vexed.kept,
        suppressed=(*out.suppressed, *vexed.suppressed),
        uses=(*out.uses, *vexed.uses),
        notes=vexed.notes,
    )
