"""
From a scan to its result: compared, judged by the policy, with what to do about it.

``compare → judge → remediate``, the last part of the chain of :mod:`shipworthy.scan`; a saved result
goes the same way when it is judged again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from shipworthy.model.comparison import Comparison
from shipworthy.model.finding import Finding
from shipworthy.model.package import Status
from shipworthy.model.remediation import Action
from shipworthy.model.result import Scanned, ScanResult
from shipworthy.model.verdict import Verdict
from shipworthy.policy.baseline.baseline import Baseline
from shipworthy.policy.baseline.compare import compare
from shipworthy.policy.judge import Judged, judge
from shipworthy.policy.rules import Policy
from shipworthy.policy.vex.statement import VexDocuments
from shipworthy.values import dataclass


if TYPE_CHECKING:
    from shipworthy.policy.vex.parents import Parents


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """All that a scan is judged by."""

    policy: Policy = field(default_factory=Policy)
    vex: VexDocuments = field(default_factory=VexDocuments)
    baseline: Baseline | None = None
    notes: tuple[Status, ...] = ()
    """What could not be taken over from the documents, and other things to be told."""
    parents: Parents | None = None
    """What contains what, where an SBOM tells it."""
    dockerfile: str = ""
    """The text of the Dockerfile that the image was built from."""
    today: str = ""
    """The day that the database's age is counted to, ``YYYY-MM-DD``."""


def result_by(scanned: Scanned, brief: Brief) -> ScanResult:
    """The result of holding ``scanned`` against everything in ``brief``."""
    compared = compare(scanned, brief.baseline)
    told = {*scanned.statuses, *compared.statuses, *brief.notes, *brief.vex.notes}
    compared_scan = replace(
        scanned, findings=compared.findings, statuses=tuple(sorted(told))
    )
    return judged_result(compared_scan, brief, comparison=compared.comparison)


def judged_result(
    scanned: Scanned, brief: Brief, *, comparison: Comparison | None = None
) -> ScanResult:
    """The result of a scan whose findings are compared already; the baseline of ``brief`` is not looked at."""
    policy = brief.policy
    judged = judge(
        scanned,
        policy,
        comparison=comparison,
        vex=brief.vex.statements,
        parents=brief.parents,
        today=brief.today,
    )
    plan = _plan(scanned, judged.findings, brief.dockerfile)
    return ScanResult(
        tool_version=scanned.tool_version,
        image=scanned.image,
        distro=scanned.distro,
        packages=scanned.packages,
        findings=judged.findings,
        suppressed=judged.suppressed,
        verdict=_with_remedies(judged, plan),
        database=scanned.database,
        coverage=scanned.coverage,
        statuses=tuple(sorted({*scanned.statuses, *judged.notes})),
        checks=judged.checks,
        suppressed_checks=judged.suppressed_checks,
        looked_for=scanned.looked_for,
        policy=(*policy.sources, *brief.vex.sources),
        suppressions=judged.uses,
        comparison=comparison,
        remediation=plan,
    )


def _plan(
    scanned: Scanned, findings: Sequence[Finding], dockerfile: str
) -> tuple[Action, ...]:
    """What to do about the findings that are left, worked out now or for the same ones before."""
    image, plans = scanned.image, scanned.plans
    plan = plans.recall(findings, image, dockerfile) if plans else None
    if plan is None:
        from shipworthy.assessment.remediation.plan import remediate

        plan = remediate(
            findings,
            packages=scanned.packages,
            image=image,
            distro=scanned.distro,
            day=scanned.day,
            dockerfile=dockerfile,
        )
        if plans:
            plans.keep(findings, image, dockerfile, plan)
    return plan


def _with_remedies(judged: Judged, plan: Sequence[Action]) -> Verdict:
    """The verdict, with what would make each rule pass that does not."""
    if all(rule.status == "passed" for rule in judged.verdict.rules):
        return judged.verdict
    from shipworthy.policy.remedy import with_remedies

    return with_remedies(judged.verdict, judged.judgements, plan)
