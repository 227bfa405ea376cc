"""Steps of other scanners as policies: each input means here what it means there, on both sides of its limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import finding
from stepping import (
    ended,
    fails,
    of_debian,
    one,
    policy_of,
    scored,
    several,
    step_fails,
)

from shipworthy.model.advisory import Severity
from shipworthy.model.finding import Finding
from shipworthy.policy.pipelines.convert import TOOLS, convert_step
from shipworthy.policy.pipelines.interface import Tool


GITHUB, JENKINS, TEAMCITY = "inspector-github", "inspector-jenkins", "inspector-teamcity"  # fmt: skip
TRIVY, SCAN = "trivy-action", "scan-action"
COUNTS = ("isSeverityThresholdEnabled=true", "countCritical=9", "countHigh=9", "countMedium=9", "countLow=9")  # fmt: skip
OF_TEAMCITY = ("isThresholdEnabled=true", *COUNTS[1:])
EPSS = ("isEpssThresholdEnabled=true", "epssThreshold=0.5")
SUPPRESSED = ("isSeverityThresholdEnabled=true", "isSuppressedCveEnabled=true", "suppressedCveList=CVE-2021-44228")  # fmt: skip
AUTO = ("isAutoFailCveEnabled=true", "autoFailCveList=CVE-2021-44228\nCVE-2024-3094")
EXIT = ("exit-code=1",)
UNFIXED = several("critical", 1, fix_state="affected", fixed_versions=())
LOG4J = one("CVE-2021-44228", "critical")

RATED: tuple[Severity, ...] = ("critical", "high", "medium", "low")
OTHER: tuple[Severity, ...] = ("negligible", "none", "unknown")
THRESHOLDS: tuple[tuple[str, Severity], ...] = (
    *((name, name) for name in RATED),
    *(("other", name) for name in OTHER),
)

Case = tuple[str, str, Sequence[str], Sequence[Finding], bool]

CASES: tuple[Case, ...] = (
    # A threshold is reached.
    *(
        (GITHUB, f"{word}_threshold", (f"{word}_threshold={limit}",), several(severity, count), closes)
        for word, severity in THRESHOLDS
        for limit, count, closes in ((3, 2, False), (3, 3, True), (3, 4, True), (1, 0, False), (1, 1, True), (0, 50, False), (-1, 50, False))
    ),
    (GITHUB, "critical_threshold", ("critical_threshold=1",), ended(), True),
    (GITHUB, "critical_threshold", ("critical_threshold=2",), ended(), False),
    (GITHUB, "critical_threshold", ("critical_threshold=2",), ended() + several("critical", 1), True),
    (GITHUB, "critical_threshold", ("critical_threshold=1",), several("high", 5), False),
    (GITHUB, "other_threshold", ("other_threshold=2",), several("none", 1) + several("negligible", 1), True),
    (GITHUB, "threshold_fixable_only", ("critical_threshold=1", "threshold_fixable_only=true"), UNFIXED, False),
    (GITHUB, "threshold_fixable_only", ("critical_threshold=1", "threshold_fixable_only=true"), LOG4J, True),
    (GITHUB, "threshold_fixable_only", ("critical_threshold=1", "threshold_fixable_only=false"), UNFIXED, True),
    (GITHUB, "ignore_findings", ("critical_threshold=1", "ignore_findings=CVE-1999-1, CVE-2021-44228"), LOG4J, False),
    (GITHUB, "ignore_findings", ("critical_threshold=1", "ignore_findings=CVE-2021-4422"), LOG4J, True),
    (GITHUB, "ignore_findings", ("critical_threshold=2", "ignore_findings=CVE-2021-44228"), LOG4J + several("critical", 2), True),
    (GITHUB, "ignore_findings", ("critical_threshold=2", "ignore_findings=CVE-2021-44228"), LOG4J + several("critical", 1), False),
    # A value is passed.
    *(
        (tool, f"count{severity.title()}", (*base, f"count{severity.title()}={limit}"), several(severity, count), closes)
        for tool, base in ((JENKINS, COUNTS), (TEAMCITY, OF_TEAMCITY))
        for severity in RATED
        for limit, count, closes in ((3, 2, False), (3, 3, False), (3, 4, True), (0, 0, False), (0, 1, True))
    ),
    (JENKINS, "countCritical", ("isSeverityThresholdEnabled=true",), several("critical", 1), True),
    (JENKINS, "countCritical", (*COUNTS, "countCritical=0"), ended(), True),
    (JENKINS, "isSeverityThresholdEnabled", ("isSeverityThresholdEnabled=true",), several("low", 1), True),
    (JENKINS, "isSeverityThresholdEnabled", ("isSeverityThresholdEnabled=true",), several("negligible", 9) + several("unknown", 9), False),
    (JENKINS, "isSeverityThresholdEnabled", ("isSeverityThresholdEnabled=false", "countHigh=0"), several("high", 1), False),
    (JENKINS, "isThresholdEnabled", ("isThresholdEnabled=true",), several("low", 1), True),
    (JENKINS, "isThresholdEnabled", ("isThresholdEnabled=false",), several("low", 1), False),
    (JENKINS, "epssThreshold", EPSS, scored(0.49999), False),
    (JENKINS, "epssThreshold", EPSS, scored(0.5), True),
    (JENKINS, "epssThreshold", EPSS, scored(0.50001), True),
    (JENKINS, "epssThreshold", (*EPSS, "epssThreshold=.00043"), scored(0.00042), False),
    (JENKINS, "epssThreshold", (*EPSS, "epssThreshold=.00043"), scored(0.00043), True),
    (JENKINS, "epssThreshold", (*EPSS, "epssThreshold=1"), scored(0.99999), False),
    (JENKINS, "isEpssThresholdEnabled", EPSS, scored(0.9), True),
    (JENKINS, "isEpssThresholdEnabled", EPSS[1:], scored(0.9), False),
    (JENKINS, "isEpssEnabled", ("isEpssEnabled=true", EPSS[1]), scored(0.9), True),
    (JENKINS, "isEpssEnabled", ("isEpssEnabled=false", EPSS[1]), scored(0.9), False),
    (JENKINS, "suppressedCveList", SUPPRESSED, LOG4J, False),
    (JENKINS, "suppressedCveList", SUPPRESSED, LOG4J + several("critical", 1), True),
    (JENKINS, "suppressedCveList", (*SUPPRESSED, *EPSS), LOG4J, False),
    (JENKINS, "isSuppressedCveEnabled", SUPPRESSED, LOG4J, False),
    (JENKINS, "isSuppressedCveEnabled", (SUPPRESSED[0], SUPPRESSED[2]), LOG4J, True),
    (JENKINS, "autoFailCveList", AUTO, LOG4J, True),
    (JENKINS, "autoFailCveList", AUTO, one("CVE-2021-44229", "critical"), False),
    (JENKINS, "autoFailCveList", (*SUPPRESSED, *AUTO), LOG4J, True),
    (JENKINS, "isAutoFailCveEnabled", AUTO, LOG4J, True),
    (JENKINS, "isAutoFailCveEnabled", AUTO[1:], LOG4J, False),
    (TEAMCITY, "isThresholdEnabled", ("isThresholdEnabled=true", *(f"count{x}=0" for x in ("Critical", "High", "Medium", "Low"))), several("low", 1), True),
    (TEAMCITY, "isThresholdEnabled", ("countHigh=0",), several("high", 1), False),
    # Anything is left.
    (TRIVY, "exit-code", EXIT, several("low", 1), True),
    (TRIVY, "exit-code", EXIT, [], False),
    (TRIVY, "exit-code", ("exit-code=7",), several("low", 1), True),
    (TRIVY, "exit-code", ("exit-code=0",), several("critical", 1), False),
    (TRIVY, "exit-code", (), several("critical", 1), False),
    (TRIVY, "exit-code", EXIT, ended(), False),
    *((TRIVY, "severity", (*EXIT, "severity=CRITICAL,HIGH"), several(severity, 1), severity in {"critical", "high"}) for severity in get_args(Severity)),
    *((TRIVY, "severity", (*EXIT, "severity=low"), several(severity, 1), severity in {"low", "negligible"}) for severity in get_args(Severity)),
    *((TRIVY, "severity", (*EXIT, "severity=UNKNOWN"), several(severity, 1), severity in {"none", "unknown"}) for severity in get_args(Severity)),
    *((TRIVY, "severity", EXIT, several(severity, 1), True) for severity in get_args(Severity)),
    (TRIVY, "ignore-unfixed", (*EXIT, "ignore-unfixed=true"), UNFIXED, False),
    (TRIVY, "ignore-unfixed", (*EXIT, "ignore-unfixed=true"), several("critical", 1), True),
    (TRIVY, "ignore-unfixed", EXIT, UNFIXED, True),
    (TRIVY, "vuln-type", (*EXIT, "vuln-type=os"), of_debian("high"), True),
    (TRIVY, "vuln-type", (*EXIT, "vuln-type=os"), several("high", 1), False),
    (TRIVY, "vuln-type", (*EXIT, "vuln-type=library"), of_debian("high"), False),
    (TRIVY, "vuln-type", (*EXIT, "vuln-type=library"), several("high", 1), True),
    (TRIVY, "vuln-type", (*EXIT, "vuln-type=library"), ended(), False),
    (TRIVY, "vuln-type", (*EXIT, "vuln-type=library,os"), of_debian("high") + several("high", 1), True),
    (TRIVY, "scanners", (*EXIT, "scanners=vuln"), several("high", 1), True),
    (TRIVY, "scanners", (*EXIT, "scanners=secret,misconfig"), several("high", 1), False),
    # Something is as bad or worse.
    *((SCAN, "severity-cutoff", (), several(severity, 1), severity in {"critical", "high", "medium"}) for severity in get_args(Severity)),
    *((SCAN, "severity-cutoff", ("severity-cutoff=critical",), several(severity, 1), severity == "critical") for severity in get_args(Severity)),
    *((SCAN, "severity-cutoff", ("severity-cutoff=negligible",), several(severity, 1), severity != "unknown") for severity in get_args(Severity)),
    (SCAN, "severity-cutoff", ("severity-cutoff=high",), ended(), False),
    (SCAN, "fail-build", ("fail-build=true",), several("critical", 1), True),
    (SCAN, "fail-build", ("fail-build=false",), several("critical", 1), False),
    (SCAN, "only-fixed", ("only-fixed=true",), UNFIXED, False),
    (SCAN, "only-fixed", ("only-fixed=true",), several("critical", 1), True),
    (SCAN, "only-fixed", (), UNFIXED, True),
)  # fmt: skip

FILES = {"ignore-files", "vex"}
"""Keys that name files, which have no gate of their own."""


@pytest.mark.parametrize(("tool", "name", "inputs", "findings", "closes"), CASES)
def test_an_input_means_the_same(
    tool: str,
    name: str,
    inputs: Sequence[str],
    findings: Sequence[Finding],
    closes: bool,
) -> None:
    """The converted step fails where the other tool's does, exactly at the limit, below and above it."""
    assert step_fails(tool, inputs, findings) is closes, name


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_every_input_of_the_policy_is_tried_on_both_sides(tool: Tool) -> None:
    """Whatever is said to become part of the policy has a case that closes the gate and one that does not."""
    tried = {
        one.name: {case[4] for case in CASES if case[:2] == (tool.name, one.name)}
        for one in tool.inputs
        if one.fate == "policy" and one.here not in FILES
    }
    assert {name: {True, False} for name in tried} == tried


def test_files_are_named_as_they_were() -> None:
    """Ignore files and VEX documents go under the keys that read them."""
    trivy = policy_of(convert_step(TRIVY, ["trivyignores=.trivyignore,ci/old.txt"]))
    grype = policy_of(convert_step(SCAN, ["vex=a.json, vex/b.json"]))

    assert [Path(path).name for path in trivy.ignore_files] == [
        ".trivyignore",
        "old.txt",
    ]
    assert [Path(path).name for path in grype.vex] == ["a.json", "b.json"]


def test_one_vulnerability_of_two_packages_counts_twice_and_that_is_told() -> None:
    """The plug-ins count it once, so the gate closes sooner here, and the file says so where a limit is above 0."""
    twice = [finding("CVE-2024-1", "high", name=name) for name in ("a", "b")]
    text = convert_step(GITHUB, ["high_threshold=2"])

    assert fails(policy_of(text), twice)
    assert "counts distinct vulnerabilities" in text
    assert "distinct" not in convert_step(GITHUB, ["high_threshold=1"])


_FOUND = st.dictionaries(st.sampled_from(get_args(Severity)), st.integers(0, 4))
_LIMITS = st.dictionaries(st.sampled_from((*RATED, "other")), st.integers(-1, 5))


def _findings(counts: Mapping[Severity, int]) -> list[Finding]:
    return [one for name, count in counts.items() for one in several(name, count)]


@given(found=_FOUND, limits=_LIMITS)
@settings(max_examples=60, deadline=None)
def test_thresholds_of_the_github_action_are_its_own(
    found: dict[Severity, int], limits: dict[str, int]
) -> None:
    """Whatever the thresholds and counts, the gate closes exactly where one is reached."""
    counts: dict[str, int] = {
        "other": sum(found.get(name, 0) for name in OTHER),
        **{name: found.get(name, 0) for name in RATED},
    }
    exceeded = any(0 < limit <= counts[name] for name, limit in limits.items())
    inputs = [f"{name}_threshold={limit}" for name, limit in limits.items()]

    assert step_fails(GITHUB, inputs, _findings(found)) is exceeded


@given(found=_FOUND, limits=st.lists(st.integers(0, 5), min_size=4, max_size=4))
@settings(max_examples=60, deadline=None)
def test_counts_of_the_other_plug_ins_are_their_own(
    found: dict[Severity, int], limits: list[int]
) -> None:
    """Whatever the values and counts, the gate closes exactly where one is passed."""
    exceeded = any(
        found.get(name, 0) > limit for name, limit in zip(RATED, limits, strict=True)
    )
    inputs = [
        f"count{name.title()}={limit}"
        for name, limit in zip(RATED, limits, strict=True)
    ]
    for tool, switch in (
        (JENKINS, "isSeverityThresholdEnabled"),
        (TEAMCITY, "isThresholdEnabled"),
    ):
        assert (
            step_fails(tool, [*inputs, f"{switch}=true"], _findings(found)) is exceeded
        )
