"""The verdict and its rules, first and in the same words in every report for people."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reports_policy import (
    COPYLEFT,
    FAIL_ON,
    LIKELY,
    MANY_PASSED,
    MAX_MEDIUM,
    NO_EPSS,
    OLD_FIXES,
    SEEN,
    UNREAD,
)
from reports_reading import document, judged, page, seen, table
from reports_sample import sample

from shipworthy.model.result import ScanResult
from shipworthy.model.verdict import RuleOutcome
from shipworthy.reports import policy_words as words
from shipworthy.reports import summary
from shipworthy.reports.render import render


@pytest.mark.parametrize(
    ("result", "tone", "said", "line"),
    [
        (
            judged("pass", MAX_MEDIUM, SEEN),
            "pass",
            "Fit to ship",
            "PASS: fit to ship",
        ),
        (
            judged("warn", OLD_FIXES, MAX_MEDIUM, SEEN),
            "warn",
            "Fit to ship, with a warning",
            "PASS: fit to ship, with a warning",
        ),
        (
            judged("warn", OLD_FIXES, LIKELY, SEEN),
            "warn",
            "Fit to ship, with 2 warnings",
            "PASS: fit to ship, with 2 warnings",
        ),
        (judged("fail", FAIL_ON, SEEN), "fail", "Do not ship", "FAIL: do not ship"),
        (
            judged("partial", NO_EPSS, SEEN),
            "undecided",
            "Not wholly judged",
            "PARTIAL: not wholly judged",
        ),
        (
            judged("partial", MAX_MEDIUM, UNREAD),
            "partial",
            "Not wholly scanned",
            "PARTIAL: not wholly scanned",
        ),
        (
            judged("partial", FAIL_ON, NO_EPSS, SEEN),
            "fail",
            "Do not ship",
            "FAIL: do not ship, and not every rule could be judged",
        ),
        (
            judged("partial", FAIL_ON, NO_EPSS, UNREAD),
            "fail",
            "Do not ship",
            "FAIL: do not ship, and not everything could be looked at, nor every rule be judged",
        ),
        (
            judged("pass", SEEN),
            "open",
            "Not judged",
            "PASS: not judged, as no rule was set",
        ),
        (
            judged("warn", replace(UNREAD, effect="warn")),
            "open",
            "Not judged, with a warning",
            "PASS: not judged, with a warning, as no rule was set",
        ),
    ],
)
def test_the_verdict_stands_first_in_the_same_words(
    result: ScanResult, tone: str, said: str, line: str
) -> None:
    """The page's first section and the text's second paragraph are the verdict; the text ends with it."""
    assert f'<section class="hero {tone}"' in page(result)
    assert f"</svg>{said}</h1>" in page(result)
    text = render(result, "table").decode()
    assert [line, line] == [part for part in text.split("\n") if part == line]
    assert text.split("\n\n")[1] == line
    assert text.split("\n\n")[-1].startswith(f"{line}\n")


def test_a_rule_of_a_built_in_name_is_a_rule() -> None:
    """A policy may call its own rule coverage; it closes the gate like any other."""
    own = replace(FAIL_ON, name="coverage", source="shipworthy.yaml:3")
    head = summary.headline(document(judged("partial", own, UNREAD))["verdict"])

    assert ("fail", True) == (head.tone, head.unseen)


def test_rules_come_broken_undecided_warned_told_passed() -> None:
    """Whatever their order in the policy, what keeps the image from shipping is read first."""
    rules = (MAX_MEDIUM, COPYLEFT, OLD_FIXES, LIKELY, NO_EPSS, FAIL_ON)
    found = words.rulings(document(judged("partial", *rules))["verdict"])

    assert [(one.mark, one.rule["effect"]) for one in found] == [
        ("fail", "fail"),
        ("undecided", "fail"),
        ("undecided", "warn"),
        ("warn", "warn"),
        ("note", "inform"),
        ("pass", "fail"),
    ]


@pytest.mark.parametrize("rule", [FAIL_ON, OLD_FIXES, COPYLEFT, LIKELY, MAX_MEDIUM])
def test_a_rule_tells_everything(rule: RuleOutcome) -> None:
    """Name, effect, where it is written, why, and what would make it pass; alike in both forms."""
    result = sample()
    about = f"{rule.name} ({rule.effect}, {rule.source}): {rule.reason}"

    assert about in table(result)
    assert about in seen(result).replace(" )", ")").replace(") :", "):")
    if rule.remedy:
        assert f"to pass: {rule.remedy}" in table(result)
        assert f"To pass: {rule.remedy}" in seen(result)


def test_what_a_rule_counted_is_named_on_the_page() -> None:
    """The findings of a broken rule can be opened; of one that passed they need not be named."""
    shown = page(judged("fail", FAIL_ON, MAX_MEDIUM))

    assert "<summary>Counted: 2</summary>" in shown
    assert shown.count("<summary>Counted") == 1


def test_of_many_rules_that_passed_some_are_folded() -> None:
    """What did not pass is never folded away."""
    result = judged("warn", *MANY_PASSED, OLD_FIXES)

    assert "3 more rules passed" in page(result)
    assert "… and 3 more rules passed" in table(result)
    assert "no-pub" in page(result)
    assert "no-pub" not in table(result)
    many = tuple(replace(FAIL_ON, name=f"rule-{at}") for at in range(40))
    assert all(one.name in table(judged("fail", *many)) for one in many)
