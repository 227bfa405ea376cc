"""The recipes of the documentation: each can be used as it stands, and does what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from judging import finding
from policing import DAY, scanned

from shipworthy.model.advisory import Epss, Exploit, Kev
from shipworthy.model.comparison import Comparison
from shipworthy.model.finding import EndOfLife, Finding, FixAvailable, Risk
from shipworthy.model.package import Status
from shipworthy.model.result import Scanned
from shipworthy.policy.document.extend import load_policy
from shipworthy.policy.document.fetch import file_fetch
from shipworthy.policy.judge import Judged, judge


DOCUMENT = Path(__file__).parents[2] / "docs" / "recipes.md"
BLOCKS = re.findall(
    r"^## ([0-9]+)\.(.*?)(?=^## |\Z)", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE
)
RECIPES: Mapping[int, str] = {
    int(number): block[1]
    for number, text in BLOCKS
    if (block := re.search(r"```yaml\n(.*?)```", text, re.DOTALL))
}

KEV = Kev(date_added="2026-11-01", due_date="2026-11-22", ransomware=False)
HIGH = replace(finding("CVE-2026-1", "high"), origin="own")
CRITICAL = replace(HIGH, id="CVE-2026-2", severity="critical")
LOW = replace(HIGH, id="CVE-2026-3", severity="low")
UNRATED = replace(HIGH, id="CVE-2026-4", severity="unknown")
LODASH = replace(HIGH.package, type="npm", name="lodash", licences=("MIT",))
ENDED = EndOfLife(
    product="debian", label="Debian", cycle="10", ends="2024-06-30", days_left=-879
)


def fixed_on(one: Finding, day: str) -> Finding:
    """The finding whose fix could be had since that day."""
    return replace(one, fix_available=FixAvailable(date=day, source="DSA-1"))


def scored(one: Finding, probability: float) -> Finding:
    """The finding with an EPSS score."""
    return replace(one, epss=Epss(score=probability, percentile=0.9, date=DAY))


def ending(days: int) -> Finding:
    """The end of support of a release, so many days away."""
    return replace(HIGH, kind="end-of-life", end_of_life=replace(ENDED, days_left=days))


CASES: tuple[tuple[int, Scanned, str], ...] = (
    (1, scanned([replace(HIGH, state="new")]), "fail"),
    (1, scanned([replace(HIGH, state="existing")]), "pass"),
    (2, scanned([replace(LOW, kev=KEV)]), "fail"),
    (
        2,
        scanned(
            [replace(HIGH, exploits=(Exploit(source="metasploit", name="x", url=""),))]
        ),
        "fail",
    ),
    (2, scanned([HIGH]), "pass"),
    (3, scanned([fixed_on(CRITICAL, "2026-11-19")]), "fail"),
    (3, scanned([fixed_on(CRITICAL, "2026-11-20")]), "warn"),
    (3, scanned([fixed_on(HIGH, "2026-10-27")]), "fail"),
    (3, scanned([fixed_on(HIGH, "2026-10-28")]), "warn"),
    (4, scanned([HIGH]), "fail"),
    (4, scanned([replace(HIGH, origin="base")]), "pass"),
    (4, scanned([replace(fixed_on(CRITICAL, "2026-10-01"), origin="base")]), "warn"),
    (5, scanned([scored(HIGH, 0.1)]), "fail"),
    (5, scanned([scored(HIGH, 0.09)]), "pass"),
    (5, scanned([scored(replace(LOW, risk=Risk(score=80.0, factors=())), 0.0)]), "fail"),
    (6, scanned([UNRATED]), "fail"),
    (6, scanned([LOW]), "pass"),
    (7, scanned([replace(HIGH, id="CVE-2023-4911")]), "fail"),
    (8, scanned([replace(LOW, kind="malicious")]), "fail"),
    (8, scanned([LOW]), "pass"),
    (9, scanned(packages=(replace(LODASH, licences=("AGPL-3.0",), origin="own"),)), "fail"),
    (9, scanned(packages=(replace(LODASH, origin="own"),)), "pass"),
    (9, scanned(packages=(replace(LODASH, name="event-stream"),)), "fail"),
    (10, scanned([ending(-1)]), "fail"),
    (10, scanned([ending(90)]), "warn"),
    (11, scanned(statuses=(Status(source="layers", subject="x", message="unread"),)), "partial"),
    (11, scanned(), "pass"),
    (12, scanned([CRITICAL]), "fail"),
    (12, scanned([HIGH] * 5), "pass"),
    (12, scanned([HIGH] * 6), "fail"),
)  # fmt: skip


def judged(number: int, found: Scanned, place: Path) -> Judged:
    """What the recipe of that number says."""
    path = place / "shipworthy.yaml"
    path.write_text(RECIPES[number])
    policy = load_policy(str(path), file_fetch).policy
    return judge(found, policy, comparison=Comparison(name="main.json"), today=DAY)


def test_there_are_at_least_ten() -> None:
    """The first ones are numbered without a gap, and each holds a policy."""
    assert len(RECIPES) >= 10
    assert set(range(1, len(RECIPES) + 1)) == set(RECIPES)


@pytest.mark.parametrize(("number", "found", "status"), CASES)
def test_a_recipe_does_what_it_says(
    tmp_path: Path, number: int, found: Scanned, status: str
) -> None:
    """It closes, warns or passes where the text says so."""
    assert status == judged(number, found, tmp_path).verdict.status


def test_every_recipe_has_a_case_that_passes_or_warns_and_one_that_does_not() -> None:
    """None is written down without having been tried."""
    assert set(RECIPES) == {number for number, _, _ in CASES}


def test_the_example_can_be_used() -> None:
    """The policy that people copy is right, and closes on a critical finding that could be repaired for a week."""
    path = DOCUMENT.parents[1] / "examples" / "shipworthy.yaml"
    policy = load_policy(str(path), file_fetch).policy
    found = scanned([fixed_on(CRITICAL, "2026-11-19"), replace(LOW, kind="malicious")])

    verdict = judge(found, policy, today=DAY).verdict
    assert ["malicious", "criticals-with-a-fix-for-a-week"] == [
        rule.name
        for rule in verdict.rules
        if rule.status == "broken" and rule.effect == "fail"
    ]
