"""The same table over what a policy brings: rules, entries, plans and baselines of others are as hostile as images."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hostile import HOSTILE, OURS, poisoned
from hostile_checks import CHECKS
from reports_sample import sample, undecided, warned

from shipworthy.model.result import ScanResult
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report
from shipworthy.reports.sharing import sharing


@pytest.mark.parametrize("hostile", sorted(HOSTILE))
@pytest.mark.parametrize("result", [warned, undecided])
def test_hostile_policies_are_harmless(
    result: Callable[[], ScanResult], hostile: str
) -> None:
    """The same of long policies and plans, folded parts and verdicts of other kinds."""
    document = to_document(poisoned(result(), f"{HOSTILE[hostile]} end"))
    with sharing(document):
        for name, check in CHECKS.items():
            check(open_report(name).render(document), document)


def test_every_text_of_a_policy_is_poisoned() -> None:
    """These tests reach every text that a rule, an entry, an action or a baseline brings, and no report hides it all."""
    document: dict[str, Any] = to_document(poisoned(sample(), "POISON"))
    parts = {
        "verdict": (*document["verdict"]["rules"], document["verdict"]),
        "suppressions": document["suppressions"],
        "suppressed": document["suppressed"],
        "comparison": (document["comparison"], *document["comparison"]["fixed"]),
        "remediation": document["remediation"],
        "checks": document["checks"],
        "policy": document["policy"],
    }
    for name, entries in parts.items():
        for entry in entries:
            texts = {key for key, value in entry.items() if isinstance(value, str)}
            clean = {key for key in texts - OURS if entry[key] not in {"POISON", ""}}
            assert clean == set(), name


def test_long_texts_of_a_policy_are_cut() -> None:
    """Reasons, entries, titles and names as long as they like take a bounded place in what people read."""
    long = "A" * 20_000
    document = to_document(poisoned(sample(), long))
    for name, most in (
        ("html", 6_100),
        ("table", 1_600),
        ("csv", 4_200),
        ("markdown", 1_600),
        ("sarif", 1_024),
    ):
        data = open_report(name).render(document)
        CHECKS[name](data, document)
        assert b"20,000 characters" in data
        assert max(map(len, re.findall(rb"A+", data))) <= most, name
