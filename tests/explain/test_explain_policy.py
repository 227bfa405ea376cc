"""What ``shipworthy explain`` says of the policy: rules, baseline, entry and action of one finding."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reports_sample import sample, undecided

from shipworthy.explain.choose import choose_findings
from shipworthy.explain.finding import explain_finding
from shipworthy.explain.render import render
from shipworthy.explain.saved import Saved, load_saved
from shipworthy.model.package import Inventory
from shipworthy.model.result import ScanResult
from shipworthy.reports.render import render as report


NAME = "\x1b[31mred\x07\nCVE-2 in other"


def explained(result: ScanResult, id_: str, place: Path) -> dict[str, Any]:
    """The explanation of one finding of a saved result."""
    path = place / "result.json"
    path.write_bytes(report(result, "json"))
    saved = load_saved(str(path))
    ((finding, by), *_) = choose_findings(saved, id_, "")
    return explain_finding(saved, finding, by, None)


def told(result: ScanResult, id_: str, place: Path) -> list[str]:
    """The lines about the policy, without their blanks."""
    text = render([explained(result, id_, place)])
    _, found, rest = text.partition("what the policy says")
    if not found:
        return []
    part = rest.partition("\n\n")[0]
    return [" ".join(line.split()) for line in part.splitlines()]


def test_the_rules_that_counted_it_are_named_with_their_outcome(tmp_path: Path) -> None:
    """Each with its word, effect, place, reason and what would make it pass; no other rule."""
    lines = told(sample(), "CVE-2021-44228", tmp_path)

    assert (
        "fail fail-on (fail, --fail-on): 2 findings of severity high or worse, none allowed"
        in lines
    )
    assert "to pass fix or suppress 2 findings: CVE-2021-44228, CVE-2022-28346" in lines
    marks = [line.split()[0] for line in lines if "shipworthy.yaml" in line]
    assert ["warn", "undecided"] == marks
    assert not any("max-medium" in line for line in lines)


def test_a_rule_that_passed_counted_it_too(tmp_path: Path) -> None:
    """What is below a limit is counted, and the rule says pass."""
    lines = told(sample(), "CVE-2023-5678", tmp_path)

    assert (
        "pass max-medium (fail, --max): 2 findings of severity medium, at most 5 allowed"
        in lines
    )


def test_no_rule_counted_it(tmp_path: Path) -> None:
    """That is said, of how many rules."""
    assert "rules none of 7 counted it" in told(
        sample(), "GHSA-vh95-rmgr-6w4m", tmp_path
    )


@pytest.mark.parametrize(
    ("id_", "line"),
    [
        ("CVE-2021-44228", "state new, compared with last.json: newly known"),
        ("CVE-2023-5678", "state moved, compared with last.json: was in layer 1"),
        ("CVE-2023-45853", "state existing, compared with last.json"),
        ("CVE-2021-44228", "VEX affected"),
        ("GHSA-vh95-rmgr-6w4m", "VEX under investigation"),
    ],
)
def test_the_state_is_told_with_its_reason(id_: str, line: str, tmp_path: Path) -> None:
    """New, moved or existing, against what, and why; and what a VEX statement says."""
    assert line in told(sample(), id_, tmp_path)


def test_without_a_baseline_there_is_no_state(tmp_path: Path) -> None:
    """Nothing is claimed that the result does not tell."""
    lines = told(undecided(), "CVE-2021-44228", tmp_path)

    assert not any(line.startswith(("state", "action")) for line in lines)


def test_an_entry_is_told_whole(tmp_path: Path) -> None:
    """Reason, entry, place, owner, end with the days left, and that there is a fix now."""
    lines = told(sample(), "CVE-2024-7001", tmp_path)

    assert [
        "suppressed the compressor is not linked into the shop (by suppression)",
        "entry CVE-2024-7001 in pkg:deb/debian/zlib1g, written in shipworthy.yaml:21",
        "owner payments",
        "until 2026-08-25, 5 days left",
        "fix there is a fix now",
    ] == lines[2:7]


def test_a_vex_statement_is_told_with_its_justification(tmp_path: Path) -> None:
    """VEX's own word for why stands beside the status."""
    assert "VEX not affected: vulnerable_code_not_in_execute_path" in told(
        sample(), "CVE-2024-7002", tmp_path
    )


def test_the_action_that_closes_it(tmp_path: Path) -> None:
    """What to do, where, with which command, and how much else that closes."""
    lines = told(sample(), "CVE-2023-5678", tmp_path)

    assert "action Upgrade 2 packages of openssl, which closes 1 other as well" in lines
    assert "in layer 0: ADD file:1b1b in /" in lines
    assert "command RUN apt-get update \\" in lines
    other = told(sample(), "CVE-2022-28346", tmp_path)
    assert "in layer 1, line 4 of the Dockerfile: RUN pip install django==3.2.12" in (
        other
    )


def test_what_cannot_be_fixed_says_why(tmp_path: Path) -> None:
    """An action of the kind none is no advice."""
    lines = told(sample(), "CVE-2023-45853", tmp_path)

    assert (
        "no action Debian will not fix zlib1g: The package is not built with the code that is vulnerable."
        in lines
    )


def test_the_same_package_in_two_places_has_its_own_action(tmp_path: Path) -> None:
    """Actions go by fingerprint where there is one: a label may name two findings."""
    result = sample()
    (first, *others) = result.remediation
    wrong = replace(first, title="Other place", closes=("00" * 16,))
    turned = replace(result, remediation=(wrong, first, *others))

    found = explained(turned, "CVE-2021-44228", tmp_path)
    assert first.title == found["policy"]["action"]["title"]


def test_older_results_are_told_as_far_as_they_go() -> None:
    """Schema 1.0 has no states, no effects and no plan, and its suppressions have two fields."""
    finding = {"id": "CVE-1", "package": {"name": "a", "version": "1"}}
    document = {
        "schemaVersion": "1.0",
        "findings": [],
        "suppressed": [{"reason": "not used", "rule": "ignore", "finding": finding}],
        "verdict": {"rules": [{"name": "fail-on", "reason": "1 finding"}]},
    }
    saved = Saved(document=document, inventory=Inventory())
    ((one, by),) = choose_findings(saved, "CVE-1", "")
    text = render([explain_finding(saved, one, by, None)])

    assert "suppressed  not used (by ignore)" in text
    assert "fail-on" not in text
    assert "counted it" not in text


def test_nothing_of_the_policy_acts_on_the_terminal() -> None:
    """Rules, reasons, owners, entries, titles and commands are texts of others."""
    finding = {
        "id": "CVE-1",
        "package": {"name": "a", "version": "1"},
        "fingerprint": "f",
        "state": NAME,
        "stateReason": NAME,
        "vexStatus": NAME,
    }
    rule = dict.fromkeys(
        ("name", "condition", "effect", "reason", "remedy", "source"), NAME
    )
    entry = dict.fromkeys(
        ("reason", "rule", "entry", "source", "owner", "expires", "justification"),
        NAME,
    )
    action = dict.fromkeys(
        ("kind", "title", "detail", "command", "instruction", "origin"), NAME
    )
    document: dict[str, Any] = {
        "findings": [],
        "suppressed": [{**entry, "vexStatus": NAME, "finding": finding}],
        "comparison": {"name": NAME},
        "verdict": {
            "day": NAME,
            "rules": [{**rule, "status": "broken", "findings": ["CVE-1 a@1"]}],
        },
        "remediation": [{**action, "closes": ["f"], "layer": 2, "line": 3}],
    }
    saved = Saved(document=document, inventory=Inventory())
    ((one, by),) = choose_findings(saved, "CVE-1", "")
    text = render([explain_finding(saved, one, by, None)])

    assert text.count("red") > 15
    assert "\x1b" not in text
    assert "\x07" not in text
    assert not any(line.startswith("CVE-2") for line in text.splitlines())


def test_programs_get_the_same(tmp_path: Path) -> None:
    """All of it is plain values that JSON can hold."""
    found = explained(sample(), "CVE-2024-7001", tmp_path)

    assert json.loads(json.dumps(found)) == found
    assert {
        "owner": "payments",
        "daysLeft": 5,
        "fixable": True,
    }.items() <= found["suppressed"].items()
    assert found["policy"]["fingerprint"] == "1a" * 16
