"""
From a scan to its result: judged by the policy, with what to do about it.

``judge → remediate``, the last part of the chain of :mod:`shipworthy.scan`; a saved result goes
the same way when it is judged again.
"""

from __future__ import annotations

from shipworthy.model.result import Scanned, ScanResult
from shipworthy.policy.judge import judge
from shipworthy.policy.rules import Policy


def judged_result(scanned: Scanned, policy: Policy) -> ScanResult:
    """The result of holding ``scanned`` against ``policy``."""
    judged = judge(scanned, policy)
    return ScanResult(
        tool_version=scanned.tool_version,
        image=scanned.image,
        distro=scanned.distro,
        packages=scanned.packages,
        findings=judged.findings,
        suppressed=judged.suppressed,
        verdict=judged.verdict,
        database=scanned.database,
        coverage=scanned.coverage,
        statuses=scanned.statuses,
        checks=scanned.checks,
        looked_for=scanned.looked_for,
        policy=policy.sources,
        suppressions=judged.uses,
        comparison=judged.comparison,
    )
