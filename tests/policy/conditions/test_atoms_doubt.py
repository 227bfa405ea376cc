"""What cannot be told of a finding, single data and whole sources, and what the gate makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from asking import closed, database, found
from judging import package

from shipworthy.model.advisory import FeedInfo
from shipworthy.model.finding import (
    CvssScore,
)


def scored(score: float, version: str = "3.1", source: str = "nvd") -> CvssScore:
    """One publisher's score."""
    return CvssScore(source=source, version=version, vector="", score=score)


UNSURE: list[tuple[Mapping[str, object], dict[str, Any], str]] = [
    ({"severity": "critical"}, {"severity": "unknown"}, "of unknown severity"),
    ({"cvss": 7}, {}, "without a CVSS score"),
    (
        {"cvss": {"atleast": 7, "source": "nvd"}},
        {"cvss": (scored(9.0, source="ghsa"),)},
        "without a CVSS score by nvd",
    ),
    ({"epss": 0.5}, {}, "without an EPSS score"),
    ({"epss": 0.5}, {"id": "GHSA-jfh8-c2jp-5v3q"}, "without an EPSS score"),
    ({"epss-percentile": "95%"}, {}, "without an EPSS score"),
    ({"fix-available-for": "7d"}, {}, "with a fix of unknown date"),
    ({"age": "30d"}, {}, "without a date of publication"),
    ({"cwe": "CWE-79"}, {}, "without a known weakness"),
    ({"confidence": "high"}, {}, "without evidence"),
    (
        {"version": "> 1.0"},
        {"package": package("pypi", "sample", "not a version")},
        "at a version that cannot be compared",
    ),
    ({"path": "usr/**"}, {}, "without a known place"),
    ({"origin": "own"}, {}, "of unknown origin"),
    ({"licence": "GPL-*", "severity": "high"}, {}, "without a known licence"),
]


@pytest.mark.parametrize(("asked", "changes", "words"), UNSURE)
@pytest.mark.parametrize("negated", [False, True])
def test_what_cannot_be_told_is_said_and_never_slips_through_not(
    asked: Mapping[str, object],
    changes: dict[str, Any],
    words: str,
    negated: bool,
) -> None:
    """A finding without the data is in doubt, denied or not; it warns, and says how many and for want of what."""
    question = {"not": dict(asked)} if negated else asked
    if negated and len(asked) > 1:
        question = {"not": {"licence": asked["licence"]}, "severity": asked["severity"]}
    outcome, verdict = closed(question, found(**changes), rule={"of": "finding"})

    assert outcome.status == "undecided"
    assert (outcome.observed, outcome.undecided) == (0, 1)
    assert (verdict.status, verdict.exit_code) == ("warn", 0)
    assert outcome.reason.endswith(f"; it cannot be told of 1 finding {words}")
    assert outcome.reason in verdict.summary


@pytest.mark.parametrize(
    ("effect", "code"), [("fail", 1), ("warn", 0), ("inform", 0), (None, 0)]
)
def test_a_policy_says_what_doubt_does(effect: str | None, code: int) -> None:
    """``undecided: fail`` closes the gate on what is not known; by default it only warns."""
    _, verdict = closed(
        {"severity": "critical"},
        found(severity="unknown"),
        rule={"undecided": effect},
    )
    assert verdict.exit_code == code


LACKS: list[tuple[Mapping[str, object], dict[str, Any], str]] = [
    ({"epss": 0.5}, {"database": database("kev")}, "EPSS scores"),
    ({"epss-percentile": 0.5}, {"database": database("kev")}, "EPSS scores"),
    ({"kev": True}, {"database": database("epss")}, "CISA's list"),
    ({"kev": False}, {"database": database("epss")}, "CISA's list"),
    ({"ransomware": True}, {"database": database("epss")}, "CISA's list"),
    ({"exploit": True}, {"database": database("metasploit")}, "of Exploit-DB"),
    ({"exploit": "metasploit"}, {"database": database("epss")}, "of Metasploit"),
    ({"fix-available-for": "7d"}, {"day": ""}, "a day to count from"),
    ({"age": "7d"}, {"day": ""}, "a day to count from"),
    ({"end-of-life": "7d"}, {"day": ""}, "a day to count from"),
    ({"state": "new"}, {}, "a baseline (--baseline)"),
    ({"layer": 1}, {}, "the layers of the image"),
]


@pytest.mark.parametrize(("asked", "changes", "words"), LACKS)
@pytest.mark.parametrize("negated", [False, True])
def test_a_rule_without_its_source_is_not_judged(
    asked: Mapping[str, object], changes: dict[str, Any], words: str, negated: bool
) -> None:
    """Where a whole source is missing the verdict is partial, denied or not, and says what is missing."""
    question = {"not": dict(asked)} if negated else asked
    outcome, verdict = closed(question, found(), **changes)

    assert outcome.status == "undecided"
    assert words in outcome.reason
    assert (verdict.status, verdict.exit_code) == ("partial", 3)
    _, accepted = closed(asked, found(), rule={"undecided": "inform"}, **changes)
    assert accepted.exit_code == 0


def test_what_was_not_looked_for_does_not_pass() -> None:
    """A scan for secrets alone has no vulnerabilities, and that says nothing of the image."""
    outcome, verdict = closed({"severity": "low"}, looked_for=frozenset({"secrets"}))

    assert outcome.reason == (
        "rule rule cannot be judged without vulnerabilities, which were not looked for"
    )
    assert (verdict.status, verdict.exit_code) == ("partial", 3)
    assert "The gate closed" not in verdict.summary


@pytest.mark.parametrize("key", ["malicious", "end-of-life"])
def test_what_no_feed_tells_of_is_no_finding_and_does_not_pass(key: str) -> None:
    """Without the feed there are no such findings; a rule against them is not met by that."""
    without = database("epss")
    assert closed({key: True}, database=without)[1].exit_code == 3
    assert closed({key: True, "origin": "own"}, database=without)[1].exit_code == 3
    assert closed({"not": {key: False}}, database=without)[1].exit_code == 3
    assert closed({"not": {"not": {key: True}}}, database=without)[1].exit_code == 3
    assert closed({"not": {key: True}}, database=without)[1].exit_code == 0
    assert closed({key: False}, found(), database=without)[1].exit_code == 1
    assert closed({key: True})[1].exit_code == 0


def test_exports_of_languages_tell_of_malicious_packages() -> None:
    """OSV's export of npm has them, Debian's does not."""
    for name, code in (("osv/npm", 0), ("osv/Debian", 3)):
        feeds = (FeedInfo(name=name, date="2026-11-26", records=1),)
        held = replace(database(), feeds=feeds)
        assert closed({"malicious": True}, database=held)[1].exit_code == code


def test_a_missing_source_matters_only_where_it_decides() -> None:
    """Without any critical finding, whether it is on CISA's list changes nothing."""
    asked = {"severity": "critical", "kev": True}
    outcome, verdict = closed(asked, found(), database=database("epss"))

    assert (outcome.status, verdict.exit_code) == ("passed", 0)
