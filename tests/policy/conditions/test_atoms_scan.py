"""Questions about checks, about the scan as a whole, and about the entries that take findings out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from asking import closed, database, found, held

from shipworthy.model.check import Check
from shipworthy.model.image import ImageConfig, ImageInfo
from shipworthy.model.package import Distro, Status
from shipworthy.model.verdict import SuppressionUse


ROOT = Check(
    id="SW-C001", kind="config", severity="high", title="runs as root", layer=-1
)
KEY = Check(
    id="SW-S010",
    kind="secret",
    severity="critical",
    title="a private key",
    path="root/.ssh/id_rsa",
    layer=2,
)
ALL = frozenset({"vulnerabilities", "config", "secrets"})
GAP = Status(source="cataloger/java", subject="app.jar", message="is not a zip")
NOTE = Status(source="matching", subject="x", message="left out", partial=False)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"check": "sw-c001"}, ["SW-C001"]),
        ({"check": "SW-*"}, ["SW-C001", "SW-S010 root/.ssh/id_rsa"]),
        ({"check": "SW-C9*"}, []),
        ({"secret": True}, ["SW-S010 root/.ssh/id_rsa"]),
        ({"secret": False}, ["SW-C001"]),
        ({"secret": True, "severity": "critical"}, ["SW-S010 root/.ssh/id_rsa"]),
        ({"check": "*", "path": "root/**"}, ["SW-S010 root/.ssh/id_rsa"]),
        ({"check": "*", "not": {"path": "root/**"}}, ["SW-C001"]),
    ],
)
def test_checks(asked: Mapping[str, object], named: list[str]) -> None:
    """A rule on checks counts what checks found, and closes the gate on that."""
    outcome, verdict = closed(asked, checks=(ROOT, KEY), looked_for=ALL)
    assert list(outcome.findings) == named
    assert verdict.exit_code == (1 if named else 0)


@pytest.mark.parametrize(
    ("asked", "looked_for", "lacks"),
    [
        ({"check": "SW-*"}, {"vulnerabilities"}, "checks of the configuration or"),
        ({"secret": True}, {"vulnerabilities", "config"}, "secrets, which were not"),
        ({"secret": False}, {"secrets"}, "checks of the configuration, which"),
        ({"not": {"secret": True}}, {"secrets"}, "checks of the configuration, which"),
        ({"not": {"secret": False}}, {"config"}, "secrets, which were not"),
    ],
)
def test_checks_that_were_not_made_do_not_pass(
    asked: Mapping[str, object], looked_for: set[str], lacks: str
) -> None:
    """Nobody looked, so nothing being there says nothing."""
    outcome, verdict = closed(asked, looked_for=frozenset(looked_for))
    assert outcome.status == "undecided"
    assert f"without {lacks}" in outcome.reason
    assert verdict.exit_code == 3


def test_a_count_of_checks_that_were_not_made_does_not_pass_either() -> None:
    """``of: check`` needs checks, whatever else the rule asks."""
    asked, rule = {"severity": "high"}, {"of": "check"}
    assert closed(asked, rule=rule)[1].exit_code == 3
    assert closed(asked, rule=rule, looked_for=ALL)[1].exit_code == 0
    outcome, _ = closed(asked, rule=rule, looked_for=ALL, checks=(ROOT,))
    assert outcome.reason == ("1 check finding of severity high or worse, none allowed")


def image(**more: Any) -> ImageInfo:
    """An image with a platform and a name, changed as asked."""
    fields: dict[str, Any] = {
        "target": "app.tar",
        "kind": "oci",
        "tags": ("registry.example/team/app:1.2",),
        "platform": "linux/arm64/v8",
    }
    return ImageInfo(**{**fields, **more})


BOOKWORM = Distro(id="debian", version="12")
CREATED = ImageConfig(created="2026-08-27T10:00:00Z")

SCANS: list[tuple[Mapping[str, object], dict[str, Any], str]] = [
    (
        {"database-older-than": "7d"},
        {"database": database(date="2026-11-18")},
        "broken",
    ),
    (
        {"database-older-than": "7d"},
        {"database": database(date="2026-11-19")},
        "passed",
    ),
    ({"database-older-than": "7d"}, {"database": database(date="")}, "undecided"),
    ({"image-older-than": "90d"}, {"image": image(config=CREATED)}, "broken"),
    ({"image-older-than": "91d"}, {"image": image(config=CREATED)}, "passed"),
    ({"image-older-than": "90d"}, {"image": image()}, "undecided"),
    # A build that is to give the same bytes again has the day zero.
    (
        {"image-older-than": "90d"},
        {"image": image(config=ImageConfig(created="1970-01-01T00:00:00Z"))},
        "undecided",
    ),
    ({"platform": "linux/arm64*"}, {"image": image()}, "broken"),
    ({"platform": "linux/amd64"}, {"image": image()}, "passed"),
    ({"platform": "linux/amd64"}, {"image": image(platform="")}, "undecided"),
    ({"distro": "debian-*"}, {"distro": BOOKWORM}, "broken"),
    ({"distro": ["alpine", "Debian"]}, {"distro": BOOKWORM}, "broken"),
    ({"distro": "debian-11"}, {"distro": BOOKWORM}, "passed"),
    # An image without a distribution is of none.
    ({"distro": "debian-*"}, {"distro": None}, "passed"),
    ({"not": {"distro": "debian-*"}}, {"distro": None}, "broken"),
    ({"image": "registry.example/team/*"}, {"image": image()}, "broken"),
    ({"image": "registry.example/*"}, {"image": image()}, "passed"),
    ({"image": "registry.example/**"}, {"image": image()}, "broken"),
    ({"image": "app.tar"}, {"image": image()}, "broken"),
    ({"image": "/tmp/*.tar"}, {"image": image(target="/tmp/app.tar")}, "broken"),
    ({"image": "registry.example/other/*"}, {"image": image()}, "passed"),
]


@pytest.mark.parametrize(("asked", "changes", "status"), SCANS)
def test_what_is_true_of_the_scan(
    asked: Mapping[str, object], changes: dict[str, Any], status: str
) -> None:
    """A rule on the scan holds or not as a whole; what is not known makes the verdict partial."""
    outcome, verdict = closed(asked, **changes)
    assert outcome.status == status, outcome.reason
    assert verdict.exit_code == {"broken": 1, "passed": 0, "undecided": 3}[status]


def test_the_scan_is_told_with_its_numbers() -> None:
    """How old the database is stands in the sentence, broken or not."""
    asked = {"database-older-than": "7d"}
    outcome, verdict = closed(asked, database=database(date="2026-11-14"))
    assert outcome.condition == "no scan with a database older than 7 days"
    assert verdict.summary == (
        "The gate closed: rule: this is a scan with a database older than 7 days"
        " (the database is 12 days old), none allowed."
    )
    outcome, _ = closed(asked)
    assert outcome.reason == (
        "this is no scan with a database older than 7 days (the database is 0 days old)"
    )


def test_todays_day_is_needed_for_the_age_of_the_database() -> None:
    """No clock is asked here: who does not say which day it is gets no answer."""
    outcome, _ = closed({"database-older-than": "7d"}, today="")
    assert outcome.status == "undecided"


def test_a_question_on_the_scan_limits_a_rule_on_findings() -> None:
    """Beside a question on findings, the rule counts findings, all or none of them."""
    for distro, number in (("debian-*", 2), ("alpine-*", 0)):
        outcome, _ = closed(
            {"severity": "high", "distro": distro},
            found(),
            found(id="CVE-2024-2"),
            distro=BOOKWORM,
        )
        assert outcome.observed == number
        assert outcome.condition.startswith("no finding of severity high or worse")


@pytest.mark.parametrize(
    ("effect", "status", "code", "rule"),
    [
        ("fail", "partial", 3, "fail"),
        ("warn", "warn", 0, "warn"),
        ("inform", "pass", 0, "inform"),
    ],
)
def test_a_rule_on_gaps_stands_in_place_of_the_built_in_one(
    effect: str, status: str, code: int, rule: str
) -> None:
    """Its effect decides what a partial scan does; the gap is told all the same."""
    outcome, verdict = closed(
        {"partial": True}, statuses=(GAP, NOTE), rule={"effect": effect}
    )
    assert outcome.status == "broken"
    assert "cataloger/java: app.jar: is not a zip" in outcome.reason
    assert (verdict.status, verdict.exit_code) == (status, code)
    assert verdict.rules[-1].name == "coverage"
    assert verdict.rules[-1].effect == rule
    assert "is not a zip" in verdict.summary


@pytest.mark.parametrize(
    "asked",
    [
        {"partial": True, "image": "registry.example/other/*"},
        {"partial": False},
        {"not": {"partial": True}},
        {"all": [{"partial": True}, {"severity": "high"}]},
        {"any": [{"not": {"partial": True}}, {"image": "*"}]},
    ],
)
def test_a_rule_that_is_not_on_this_gap_leaves_it_closed(
    asked: Mapping[str, object],
) -> None:
    """Other images, whole scans, findings and denials accept no gap by the way."""
    for findings in ((), (found(),)):
        _, verdict = closed(
            asked, *findings, statuses=(GAP,), rule={"effect": "inform"}
        )
        assert (verdict.status, verdict.exit_code) == ("partial", 3)


def test_a_limit_on_gaps_accepts_none() -> None:
    """A rule that one partial scan does not break says nothing of it."""
    _, verdict = closed({"partial": True}, statuses=(GAP,), rule={"max": 1})
    assert verdict.exit_code == 3


def test_a_whole_scan_passes_a_rule_on_gaps() -> None:
    """Notes are no gaps."""
    outcome, verdict = closed({"partial": True}, statuses=(NOTE,))
    assert (outcome.status, verdict.exit_code) == ("passed", 0)


def use(**more: Any) -> SuppressionUse:
    """An entry that took one finding out, changed as asked."""
    fields: dict[str, Any] = {
        "entry": "CVE-2024-1",
        "source": "shipworthy.yaml:9",
        "reason": "not called",
        "state": "used",
        "count": 1,
        "owner": "payments",
        "expires": "2026-12-05",
        "days_left": 9,
    }
    return SuppressionUse(**{**fields, **more})


ENTRIES: list[tuple[Mapping[str, object], dict[str, Any], dict[str, Any]]] = [
    ({"suppression": "unused"}, {"state": "unused"}, {}),
    ({"suppression": "expired"}, {"state": "expired", "days_left": -1}, {}),
    ({"suppression": "expiring"}, {"expiring": True}, {}),
    ({"suppression": "fixable"}, {"fixable": ("CVE-2024-1 sample@1.0",)}, {}),
    ({"suppression": "used"}, {}, {"state": "unused"}),
    ({"suppression": "elsewhere"}, {"state": "elsewhere"}, {}),
    ({"suppression": "endless"}, {"expires": "", "days_left": None}, {}),
    ({"suppression": ["expired", "unused"]}, {"state": "unused"}, {}),
    ({"suppression-expires-within": "14d"}, {}, {"days_left": 15}),
    ({"suppression-expires-within": "14d"}, {"days_left": 0}, {"days_left": -1}),
    ({"suppression-expires-within": "14d"}, {}, {"expires": "", "days_left": None}),
    ({"owner": "payments"}, {}, {"owner": "search"}),
    ({"owner": ["Pay*", "x"]}, {}, {"owner": ""}),
    ({"owner": False}, {"owner": ""}, {}),
    ({"owner": True}, {}, {"owner": ""}),
    ({"not": {"owner": "payments"}}, {"owner": ""}, {}),
]


@pytest.mark.parametrize(("asked", "closing", "passing"), ENTRIES)
def test_entries(
    asked: Mapping[str, object], closing: dict[str, Any], passing: dict[str, Any]
) -> None:
    """A rule can fail on entries that nobody needs, owns or renewed."""
    judgement, verdict = held(asked, uses=(use(**closing),))
    assert (judgement.outcome.status, verdict.exit_code) == ("broken", 1)
    assert judgement.outcome.findings == ("CVE-2024-1 (shipworthy.yaml:9)",)
    judgement, verdict = held(asked, uses=(use(**passing),))
    assert (judgement.outcome.status, verdict.exit_code) == ("passed", 0)


def test_entries_in_words() -> None:
    """The noun is the suppression."""
    judgement, _ = held(
        {"suppression": ["unused", "expired"]}, uses=(use(state="unused"),)
    )
    assert judgement.outcome.condition == (
        "no suppression that takes nothing out or past its end"
    )
    judgement, verdict = held(
        {"suppression-expires-within": "14d"}, uses=(use(),), day=""
    )
    assert judgement.lacks == (
        "a day to count from, which neither --at nor the database gives",
    )
    assert verdict.exit_code == 3
