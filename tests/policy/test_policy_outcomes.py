"""One rule in words, its limits, its doubts, and the sentence of the verdict."""

from __future__ import annotations

from typing import Any

import pytest
from asking import closed, database, found, scan_of, when

from shipworthy.model.advisory import Kev
from shipworthy.policy.judge import judge
from shipworthy.policy.rules import Policy, Rule, Settings


def several(*severities: str, **more: Any) -> list[Any]:
    """A finding for each of these severities."""
    return [
        found(id=f"CVE-{n}", severity=name, **more) for n, name in enumerate(severities)
    ]


LIMITS = {"max_by_severity": (("critical", 0), ("high", 2)), "max": 1}


def test_limits_for_severities_in_words() -> None:
    """Each limit is said, in the order of badness, and so is what was seen."""
    outcome, verdict = closed(
        {"fix-available": True}, *several("critical", "high", "high"), rule=LIMITS
    )
    assert outcome.condition == (
        "no critical, at most 2 high and at most 1 other findings with a fix"
    )
    assert outcome.reason == (
        "3 findings (1 critical and 2 high) with a fix,"
        " no critical, at most 2 high and at most 1 other allowed"
    )
    assert verdict.exit_code == 1


@pytest.mark.parametrize(
    ("severities", "status"),
    [
        (("high", "high", "low"), "passed"),
        (("critical",), "broken"),
        (("high", "high", "high"), "broken"),
        (("low", "medium"), "broken"),
        # One of unknown severity may be the critical one.
        (("unknown",), "undecided"),
        ((), "passed"),
    ],
)
def test_limits_for_severities(severities: tuple[str, ...], status: str) -> None:
    """Each severity against its own limit, all others against that of the rule."""
    outcome, _ = closed({"fix-available": True}, *several(*severities), rule=LIMITS)
    assert outcome.status == status
    assert ("1 of them of unknown severity" in outcome.reason) == (
        "unknown" in severities
    )


def test_unknown_can_have_a_limit_of_its_own() -> None:
    """Who says what is allowed of unknown severity has said it."""
    rule = {"max_by_severity": (("critical", 0), ("unknown", 1))}
    findings = several("unknown", "unknown")
    asked = {"fix-available": True}
    assert closed(asked, findings[0], rule=rule)[0].status == "passed"
    assert closed(asked, *findings, rule=rule)[0].status == "broken"


@pytest.mark.parametrize(
    ("most", "status"), [(0, "undecided"), (1, "undecided"), (2, "passed")]
)
def test_doubt_matters_only_where_it_could_cross_the_limit(
    most: int, status: str
) -> None:
    """Two of unknown severity under a limit of two change nothing."""
    outcome, _ = closed(
        {"severity": "high"}, *several("unknown", "unknown", "low"), rule={"max": most}
    )
    assert outcome.status == status
    assert outcome.undecided == 2
    assert "it cannot be told of 2 findings of unknown severity" in outcome.reason


def test_doubts_are_told_by_what_is_missing() -> None:
    """How many, and for want of what each; one may lack two things."""
    findings = [
        found(id="CVE-1", severity="unknown"),
        found(id="CVE-2", severity="high"),
        found(id="CVE-3", severity="critical"),
    ]
    outcome, _ = closed({"severity": "high", "epss": 0.5}, *findings)
    assert outcome.reason == (
        "0 findings of severity high or worse and with an EPSS score of 50% or more,"
        " none allowed; it cannot be told of 3 findings"
        " (3 without an EPSS score, 1 of unknown severity)"
    )


def test_a_broken_rule_does_not_speak_of_doubts() -> None:
    """It is broken whatever they are; their number stands beside."""
    outcome, _ = closed({"severity": "high"}, *several("high", "unknown"))
    assert outcome.reason == "1 finding of severity high or worse, none allowed"
    assert outcome.undecided == 1


@pytest.mark.parametrize(
    ("rule", "settings", "code"),
    [
        ({}, {}, 0),
        ({"undecided": "fail"}, {}, 1),
        ({}, {"undecided": "fail"}, 1),
        ({"undecided": "inform"}, {"undecided": "fail"}, 0),
        # A rule that warns never closes by what the policy says of all.
        ({"effect": "warn"}, {"undecided": "fail"}, 0),
        ({"effect": "inform"}, {"undecided": "fail"}, 0),
    ],
)
def test_whose_word_on_doubt_counts(
    rule: dict[str, object], settings: dict[str, Any], code: int
) -> None:
    """The rule's before the policy's, and none makes a rule stronger than it is."""
    _, verdict = closed(
        {"severity": "high"},
        *several("unknown"),
        rule=rule,
        settings=Settings(**settings),
    )
    assert verdict.exit_code == code


@pytest.mark.parametrize(
    ("effect", "status", "code"),
    [("fail", "fail", 1), ("warn", "warn", 0), ("inform", "pass", 0)],
)
def test_effects(effect: str, status: str, code: int) -> None:
    """A rule closes, warns or only tells; it is broken in each case."""
    outcome, verdict = closed({"kev": False}, found(), rule={"effect": effect})
    assert outcome.status == "broken"
    assert (verdict.status, verdict.exit_code) == (status, code)


@pytest.mark.parametrize("effect", ["warn", "inform"])
def test_a_missing_source_makes_no_mild_rule_strong(effect: str) -> None:
    """A rule that warns warns, too, where it cannot be judged."""
    _, verdict = closed(
        {"kev": True}, found(), database=database("epss"), rule={"effect": effect}
    )
    assert verdict.exit_code == 0
    assert verdict.status == ("warn" if effect == "warn" else "pass")


def test_the_summary_says_what_closed_then_what_it_warns_of() -> None:
    """Rules of a policy by name, options by what they say; informing rules stay in their rows."""
    rules = (
        Rule(name="fail-on", when=when({"severity": "high"}), source="--fail-on"),
        Rule(
            name="known-exploited", when=when({"kev": True}), source="shipworthy.yaml:4"
        ),
        Rule(name="old", when=when({"fix-available": True}), effect="warn"),
        Rule(name="told", when=when({"risk": 0}), effect="inform"),
    )
    findings = [found(kev=Kev(date_added="2024-01-01"))]
    verdict = judge(scan_of(findings), Policy(rules=rules)).verdict
    assert verdict.summary == (
        "The gate closed: 1 finding of severity high or worse, none allowed;"
        " known-exploited: 1 finding known to be exploited, none allowed."
        " Warning: old: 1 finding with a fix, none allowed."
    )


def test_a_summary_of_many_rules_stays_short() -> None:
    """Three are told, the others named; their rows have the rest."""
    rules = tuple(Rule(name=f"r{n}", when=when({"risk": 0})) for n in range(12))
    verdict = judge(scan_of([found()]), Policy(rules=rules)).verdict
    assert verdict.summary.endswith("; r3, r4, r5 and 6 more.")
    assert verdict.summary.count("none allowed") == 3


def test_what_could_not_be_judged_stands_apart_from_what_closed() -> None:
    """Both are said, and the exit code is that of the gap."""
    rules = (
        Rule(name="bad", when=when({"severity": "high"})),
        Rule(name="new", when=when({"state": "new"})),
    )
    verdict = judge(scan_of([found()]), Policy(rules=rules)).verdict
    assert verdict.exit_code == 3
    assert verdict.summary == (
        "The gate closed: bad: 1 finding of severity high or worse, none allowed."
        " Rule new cannot be judged without a baseline (--baseline)."
    )


def test_the_list_of_findings_is_complete() -> None:
    """A thousand findings are a thousand names."""
    findings = several(*["high"] * 1000)
    outcome, _ = closed({"severity": "high"}, *findings)
    assert len(outcome.findings) == 1000
    assert list(outcome.findings) == sorted(outcome.findings)
