"""Each status closes the gate or does not: VEX first, then the rules."""

from __future__ import annotations

from dataclasses import replace

import pytest
from policing import scanned
from vexing import found, openvex, said, statements

from shipworthy.policy.judge import Judged, judge
from shipworthy.policy.options import GateOptions, with_options
from shipworthy.policy.rules import Policy
from shipworthy.policy.vex.match import apply_vex
from shipworthy.policy.vex.parents import parents_of


CVE = "CVE-2022-3715"
BASH = "pkg:deb/debian/bash@5.1-2"


def _judged(*documents: bytes) -> Judged:
    """A high finding, after VEX, held against ``--fail-on high``."""
    scan = scanned([found(CVE, BASH), found("CVE-1", "pkg:npm/x@1")])
    said_ = statements(*documents)
    result = apply_vex(scan.findings, said_, scan, parents_of(scan.packages))
    policy = with_options(
        Policy(), GateOptions(fail_on=("high",), max_counts=(("high", 1),))
    )
    return judge(replace(scan, findings=result.kept), policy)


@pytest.mark.parametrize(
    ("status", "more", "allowed"),
    [
        ("not_affected", {}, True),
        ("fixed", {}, True),
        ("affected", {"action_statement": "update"}, False),
        ("under_investigation", {}, False),
        ("not_affected", {"justification": ""}, False),
        ("unheard_of", {}, False),
    ],
)
def test_each_status_at_the_gate(
    status: str, more: dict[str, object], allowed: bool
) -> None:
    """Two high findings close ``--max high=1``; one that is left does not."""
    judged = _judged(openvex(said(CVE, [BASH], status, **more)))
    (outcome,) = (one for one in judged.verdict.rules if one.name == "max-high")
    assert outcome.passed == allowed
    assert outcome.observed == (1 if allowed else 2)


def test_without_statements_nothing_changes() -> None:
    """The gate is as it would be without VEX."""
    assert _judged().verdict == _judged(openvex(said("CVE-9", [BASH]))).verdict
    assert _judged().verdict.status == "fail"
