"""What would make a rule pass: the plan's steps, and what is left to do by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from asking import database, found, held
from hypothesis import given
from hypothesis import strategies as st
from judging import package

from shipworthy.model.check import Check
from shipworthy.model.finding import Finding
from shipworthy.model.package import Status
from shipworthy.model.remediation import Action
from shipworthy.model.verdict import SuppressionUse
from shipworthy.policy.remedy import LONGEST, remedies, with_remedies


def flaws(name: str, version: str, number: int, **more: Any) -> list[Finding]:
    """So many findings in one package, each with a fingerprint."""
    return [
        found(
            id=f"CVE-2024-{name}-{n}",
            package=package("deb", name, version),
            fingerprint=f"{name}-{n}",
            **more,
        )
        for n in range(number)
    ]


OPENSSL = flaws("openssl", "3.0.11", 9)
LODASH = flaws("lodash", "4.17.20", 6)
STUCK = flaws("zlib1g", "1:1.2.13", 1, fix_state="affected", fixed_versions=())


def action(title: str, closes: list[Finding], **more: Any) -> Action:
    """An action that closes these."""
    return Action(
        kind=more.pop("kind", "package"),
        title=title,
        closes=tuple(sorted(one.fingerprint for one in closes)),
        **more,
    )


PLAN = (
    action("Upgrade openssl to 3.0.17", OPENSSL),
    action("Upgrade nothing that matters here", []),
    action("Upgrade lodash to 4.17.21", LODASH),
    action("Wait for zlib1g", STUCK, kind="none"),
)
HIGH: dict[str, object] = {"severity": "high"}


def remedy(asked: Mapping[str, object], *findings: Finding, **more: Any) -> str:
    """The remedy of the one rule that asks this."""
    plan = more.pop("plan", PLAN)
    judgement, _ = held(asked, *findings, **more)
    (sentence,) = remedies([judgement], plan)
    return sentence


def test_the_steps_that_make_it_pass() -> None:
    """The plan's actions that close something, and how much."""
    assert remedy(HIGH, *OPENSSL, *LODASH) == (
        "upgrade openssl to 3.0.17 and lodash to 4.17.21: closes 15 of 15"
    )


def test_no_more_steps_than_it_takes() -> None:
    """Under a limit of six, the first action is enough."""
    assert remedy(HIGH, *OPENSSL, *LODASH, rule={"max": 6}) == (
        "upgrade openssl to 3.0.17: closes 9 of 15"
    )


def test_limits_for_severities_count_in_it() -> None:
    """The steps go on until every severity is within its own limit."""
    rule = {"max_by_severity": (("high", 9),), "max": 0}
    assert remedy(HIGH, *OPENSSL, *LODASH, rule=rule) == (
        "upgrade openssl to 3.0.17: closes 9 of 15"
    )


def test_what_no_step_closes() -> None:
    """The last finding has no fix: what is left is to say so, or not to count it."""
    assert remedy(HIGH, *OPENSSL, *LODASH, *STUCK) == (
        "upgrade openssl to 3.0.17 and lodash to 4.17.21: closes 15 of 16;"
        " the last, CVE-2024-zlib1g-0 zlib1g@1:1.2.13, has no fix:"
        " suppress it with a reason, or count only what can be fixed (fix-available: true)"
    )


def test_without_a_plan() -> None:
    """Where nothing closes anything, that is said; a rule that no entry can soften has its limit."""
    assert remedy(HIGH, *STUCK, plan=()).startswith(
        "CVE-2024-zlib1g-0 zlib1g@1:1.2.13 has no fix: suppress it with a reason"
    )
    asked = {"fix-available": True}
    assert remedy(asked, *OPENSSL, plan=(), rule={"suppressible": False}) == (
        "CVE-2024-openssl-0 openssl@3.0.11, CVE-2024-openssl-1 openssl@3.0.11,"
        " CVE-2024-openssl-2 openssl@3.0.11 and 6 more have no action in the plan:"
        " allow as many (max: 9)"
    )


def test_findings_without_fingerprints_are_known_by_name() -> None:
    """The plan names them, too."""
    one = found()
    plan = (
        Action(
            kind="package", title="Upgrade sample", findings=("CVE-2024-1 sample@1.0",)
        ),
    )
    assert remedy(HIGH, one, plan=plan) == "upgrade sample: closes 1 of 1"


def test_a_verdict_with_its_remedies() -> None:
    """Each rule that does not pass gets its own, the built-in one on gaps too; nothing else changes."""
    gap = Status(source="layers", subject="x", message="is cut off")
    judgement, verdict = held(HIGH, *OPENSSL, statuses=(gap,))
    told = with_remedies(verdict, [judgement], PLAN)

    assert [rule.remedy.partition(" ")[0] for rule in told.rules] == ["upgrade", "mend"]
    assert replace(told.rules[0], remedy="") == verdict.rules[0]
    whole = held({"severity": "critical"}, *OPENSSL)
    assert with_remedies(whole[1], [whole[0]], PLAN) == whole[1]


def test_a_rule_that_passes_needs_nothing() -> None:
    """Nothing is said of it, and every rule has its place."""
    assert remedy({"severity": "critical"}, *OPENSSL) == ""
    judgement, _ = held(HIGH, *OPENSSL)
    passed, _ = held({"severity": "critical"}, *OPENSSL)
    assert [bool(r) for r in remedies([passed, judgement, passed], PLAN)] == [
        False,
        True,
        False,
    ]


def test_what_it_lacks() -> None:
    """What is missing is to be given, or the rule told what to do without it."""
    assert remedy({"state": "new"}, found()) == (
        "give a baseline (--baseline), or set undecided: inform for this rule"
    )
    assert remedy({"epss": 0.5}, found(), database=database("kev")).startswith(
        "use a database that holds EPSS scores, or"
    )
    assert remedy({"secret": True}).startswith("look for secrets, or")
    assert remedy({"age": "7d"}, found(), day="").startswith(
        "name a day to count from with --at, or"
    )
    assert remedy({"layer": 1}, found()).startswith(
        "scan the image itself, which shows the layers of the image, or"
    )


def test_doubt() -> None:
    """Those that cannot be told are named."""
    assert remedy({"severity": "critical"}, found(severity="unknown")) == (
        "of CVE-2024-1 sample@1.0 it cannot be told: suppress with a reason what does"
        " not apply or set undecided: inform for this rule"
    )
    assert remedy({"origin": "own"}, found(), rule={"suppressible": False}) == (
        "of CVE-2024-1 sample@1.0 it cannot be told: name the base image with --base"
        " or set undecided: inform for this rule"
    )


def test_other_kinds() -> None:
    """Packages, checks, entries and the scan have remedies of their own."""
    gpl = package("deb", "bash", "5.2", licences=("GPL-3.0-only",))
    assert remedy({"licence": "GPL-*"}, packages=(gpl,)) == (
        "remove or get under another licence bash@5.2, or allow as many (max: 1)"
    )
    root = Check(id="SW-C001", kind="config", severity="high", title="root")
    looked = frozenset({"config"})
    assert remedy({"check": "*"}, checks=(root,), looked_for=looked) == (
        "mend SW-C001, or allow as many (max: 1)"
    )
    use = SuppressionUse(
        entry="CVE-1", source="shipworthy.yaml:9", reason="x", state="unused"
    )
    assert remedy({"suppression": "unused"}, uses=(use,)) == (
        "remove, renew or complete the entry CVE-1 (shipworthy.yaml:9)"
    )
    old = database(date="2026-01-01")
    assert remedy({"database-older-than": "7d"}, database=old) == (
        "fetch a newer database (shipworthy db pull)"
    )
    gap = Status(source="layers", subject="x", message="is cut off")
    assert remedy({"partial": True}, statuses=(gap,)).startswith("mend or remove what")
    assert remedy({"image": "*"}) == "scan an image that this rule is not about"


@pytest.mark.property
@given(st.lists(st.text(min_size=1, max_size=400), min_size=1, max_size=9))
def test_a_remedy_is_bounded(titles: list[str]) -> None:
    """However long the plan's words are."""
    plan = [action(title, [one]) for title, one in zip(titles, OPENSSL, strict=False)]
    assert len(remedy(HIGH, *OPENSSL, plan=plan)) <= LONGEST
