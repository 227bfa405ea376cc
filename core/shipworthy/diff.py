"""
What changed between two results: what appeared, what moved, what went.

The outcome is the newer result, judged with the older one as its baseline, so that every report
can show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shipworthy.judging import Brief, judged_result
from shipworthy.model.advisory import Severity
from shipworthy.model.comparison import PackageChanges
from shipworthy.model.finding import Finding
from shipworthy.model.result import ScanResult
from shipworthy.policy.baseline.baseline import baseline_of
from shipworthy.policy.baseline.compare import compare
from shipworthy.policy.baseline.packages import package_changes
from shipworthy.policy.conditions.combine import All
from shipworthy.policy.conditions.severity import SeverityIs
from shipworthy.policy.conditions.states import StateIs
from shipworthy.policy.rules import Policy, Rule, Settings
from shipworthy.reports.saved import scanned_of
from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """The newer result as it differs from the older one."""

    result: ScanResult
    """The newer one with states, and of its findings those that changed."""
    packages: PackageChanges
    existing: int
    """How many findings were there before, listed or not."""


def diff(
    old: ScanResult,
    new: ScanResult,
    *,
    name: str,
    fail_on: Sequence[Severity] = (),
    everything: bool = False,
    allow_partial: bool = False,
) -> Diff:
    """
    ``new`` as it differs from ``old``, which the caller calls ``name``.

    What the policy of ``new`` took out stays out. ``fail_on`` closes the gate on new findings
    alone; with ``everything`` those that were there before are listed as well.
    """
    plain = scanned_of(new)
    findings = (*new.findings, *(item.finding for item in new.suppressed))
    compared = compare(replace(plain, findings=findings), baseline_of(old, name))
    counting = compared.findings[: len(new.findings)]
    left_out = compared.findings[len(new.findings) :]

    def listed(finding: Finding) -> bool:
        return everything or finding.state != "existing"

    settings = Settings()
    if allow_partial:
        settings = Settings(partial="inform", partial_by="--allow-partial")
    policy = Policy(rules=(_new(fail_on),) if fail_on else (), settings=settings)
    shown = tuple(filter(listed, counting))
    statuses = tuple(sorted({*plain.statuses, *compared.statuses}))
    result = judged_result(
        replace(plain, findings=shown, statuses=statuses),
        Brief(policy=policy),
        comparison=compared.comparison,
    )
    return Diff(
        result=replace(
            result,
            suppressed=tuple(
                replace(item, finding=finding)
                for item, finding in zip(new.suppressed, left_out, strict=True)
                if listed(finding)
            ),
            policy=new.policy,
            suppressions=new.suppressions,
        ),
        packages=package_changes(old, new),
        existing=sum(finding.state == "existing" for finding in counting),
    )


def _new(severities: Sequence[Severity]) -> Rule:
    """Close the gate on a new finding of these severities or worse."""
    parts = (SeverityIs(named=tuple(severities)), StateIs(states=("new",)))
    return Rule(name="fail-on", when=All(parts), source="--fail-on")
