"""The gate: what closes it, what each rule saw, and the exit code."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import finding
from policing import gate

from shipworthy.model.advisory import SEVERITIES, Severity
from shipworthy.model.package import Status
from shipworthy.model.verdict import RuleOutcome
from shipworthy.policy.conditions.severity import or_worse
from shipworthy.policy.judge import Judged
from shipworthy.policy.options import GateOptions


BROKEN = Status(source="cataloger/java", subject="app.jar", message="not a zip")
NOTE = Status(source="matching", subject="headers", message="left out", partial=False)
FOUND = (
    finding("CVE-1", "critical"),
    finding("CVE-2", "high", name="other", fix_state="affected"),
    finding("CVE-3", "unknown", aliases=("GHSA-3",), advisories=("DSA-3",)),
)


def rule(judged: Judged, name: str) -> RuleOutcome:
    """The one rule of that name."""
    (found,) = [rule for rule in judged.verdict.rules if rule.name == name]
    return found


def test_without_rules_the_scan_only_reports() -> None:
    """Nothing was asked, so nothing closes, and the verdict says that no rule was set."""
    judged = gate(FOUND, (NOTE,), GateOptions())

    assert (judged.verdict.status, judged.verdict.exit_code) == ("pass", 0)
    assert (
        judged.verdict.summary == "No rule was set: 3 findings reported, none judged."
    )
    assert [rule.name for rule in judged.verdict.rules] == ["coverage"]


def test_fail_on_counts_that_severity_and_worse() -> None:
    """``high`` closes on critical too, but never on unknown."""
    judged = gate(FOUND, (), GateOptions(fail_on=("high",)))
    outcome = rule(judged, "fail-on")

    assert (judged.verdict.status, judged.verdict.exit_code) == ("fail", 1)
    assert (outcome.observed, outcome.limit, outcome.passed) == (2, 0, False)
    assert outcome.findings == ("CVE-1 sample@1.0", "CVE-2 other@1.0")
    assert outcome.reason == "2 findings of severity high or worse, none allowed"
    assert judged.verdict.summary == f"The gate closed: {outcome.reason}."


def test_nothing_is_worse_than_critical() -> None:
    """The rule's words do not say so."""
    judged = gate(FOUND, (), GateOptions(fail_on=("critical", "unknown")))

    assert (
        rule(judged, "fail-on").condition
        == "no finding of severity critical, or unknown"
    )
    assert rule(judged, "fail-on").observed == 2


def test_unknown_is_gated_only_when_named() -> None:
    """``none`` is below everything known; ``unknown`` needs its own word."""
    assert (
        rule(gate(FOUND, (), GateOptions(fail_on=("none",))), "fail-on").observed == 2
    )
    outcome = rule(gate(FOUND, (), GateOptions(fail_on=("unknown",))), "fail-on")
    assert outcome.findings == ("CVE-3 sample@1.0",)


@pytest.mark.parametrize(("limit", "code"), [(0, 1), (1, 0), (2, 0)])
def test_max_allows_exactly_as_many(limit: int, code: int) -> None:
    """A limit of N passes N findings and closes on one more."""
    judged = gate(FOUND, (), GateOptions(max_counts=(("high", limit),)))

    assert judged.verdict.exit_code == code
    assert rule(judged, "max-high").observed == 1


def test_max_counts_no_other_severity() -> None:
    """Criticals are not counted against the limit for high."""
    judged = gate(FOUND[:1], (), GateOptions(max_counts=(("high", 0),)))

    assert rule(judged, "max-high").observed == 0


def test_only_fixed_leaves_out_what_nobody_can_repair() -> None:
    """Findings without a fix stay in the result and out of the count."""
    options = GateOptions(fail_on=("high",), only_fixed=True)
    judged = gate(FOUND, (), options)

    assert rule(judged, "fail-on").findings == ("CVE-1 sample@1.0",)
    assert "with a fix" in rule(judged, "fail-on").condition
    assert gate(FOUND[1:2], (), options).verdict.exit_code == 0
    assert len(judged.findings) == 3


@pytest.mark.parametrize("name", ["CVE-3", "ghsa-3", "DSA-3"])
def test_ignoring_by_any_name(name: str) -> None:
    """The id, an alias or the advisory take a finding out of the verdict, not the result."""
    judged = gate(FOUND, (), GateOptions(fail_on=("unknown",), ignore=(name,)))

    assert [suppressed.finding.id for suppressed in judged.suppressed] == ["CVE-3"]
    assert judged.suppressed[0].reason == f"ignored as {name}"
    assert judged.verdict.exit_code == 0
    assert FOUND[2] not in judged.findings


def test_an_unused_ignore_is_told() -> None:
    """An id that nothing was found for is named, so that stale rules can be removed."""
    judged = gate(FOUND, (), GateOptions(ignore=("CVE-1", "CVE-9")))
    outcome = rule(judged, "suppressions")

    assert outcome.passed
    assert outcome.observed == 1
    assert outcome.reason == (
        "1 finding left out; an update repairs 1 finding of CVE-1;"
        " nothing was found for CVE-9"
    )


def test_partial_never_passes() -> None:
    """What could not be read ends with 3, though no rule was set."""
    judged = gate((), (BROKEN, NOTE), GateOptions())

    assert (judged.verdict.status, judged.verdict.exit_code) == ("partial", 3)
    assert rule(judged, "coverage").observed == 1
    assert "cataloger/java: app.jar: not a zip" in judged.verdict.summary


def test_partial_outranks_a_closed_gate() -> None:
    """The exit code says partial, and the closed rule stands in the verdict."""
    judged = gate(FOUND, (BROKEN,), GateOptions(fail_on=("high",)))

    assert judged.verdict.exit_code == 3
    assert not rule(judged, "fail-on").passed
    assert "The gate closed" in judged.verdict.summary


@pytest.mark.parametrize(("severity", "code"), [("high", 1), ("critical", 0)])
def test_partial_can_be_accepted(severity: Severity, code: int) -> None:
    """With --allow-partial the rules alone decide; the gap stays visible."""
    options = GateOptions(fail_on=(severity,), allow_partial=True)
    judged = gate(FOUND[1:2], (BROKEN,), options)

    assert judged.verdict.exit_code == code
    assert rule(judged, "coverage").passed
    assert rule(judged, "coverage").observed == 1
    assert "accepted by --allow-partial" in judged.verdict.summary


SEVERITY = st.sampled_from(SEVERITIES)


@pytest.mark.property
@settings(deadline=None, max_examples=150)
@given(
    st.lists(SEVERITY, max_size=8),
    st.lists(SEVERITY, max_size=3).map(tuple),
    st.dictionaries(SEVERITY, st.integers(0, 3)),
    st.booleans(),
    st.booleans(),
)
def test_the_exit_code_follows_from_the_rules(
    severities: list[Severity],
    fail_on: tuple[Severity, ...],
    limits: dict[Severity, int],
    partial: bool,
    allow: bool,
) -> None:
    """3 exactly for an unaccepted gap, else 1 exactly when a rule failed, else 0."""
    options = GateOptions(
        fail_on=fail_on, max_counts=tuple(limits.items()), allow_partial=allow
    )
    findings = [finding(f"CVE-{n}", name) for n, name in enumerate(severities)]
    judged = gate(findings, (BROKEN,) if partial else (), options)
    closing = or_worse(fail_on)
    closed = any(name in closing for name in severities) or any(
        severities.count(name) > limit for name, limit in limits.items()
    )

    expected = 3 if partial and not allow else int(closed)
    assert judged.verdict.exit_code == expected
    told = {rule.effect for rule in judged.verdict.rules if not rule.passed}
    assert (expected == 0) == ("fail" not in told)
