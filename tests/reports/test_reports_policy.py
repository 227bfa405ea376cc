"""What the reports show of the policy beside the verdict: the plan, entries, the comparison, checks."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from reports_policy import ACTIONS, COMPARISON, USES
from reports_reading import anchor, document, page, seen, table
from reports_sample import DJANGO_SQL, LOG4SHELL, sample, undecided, warned

from shipworthy.model.comparison import Gone
from shipworthy.reports import policy_words as words
from shipworthy.reports.csv import COLUMNS
from shipworthy.reports.render import render
from shipworthy.reports.table import render_terminal


DOCS = Path(__file__).resolve().parents[2] / "docs/reports.md"


def test_actions_are_shown_with_command_place_and_what_they_close() -> None:
    """The page has all of them and names the findings; a terminal has the first."""
    result = sample()
    shown = seen(result)
    for action in ACTIONS:
        assert action.title in shown
        assert action.detail in shown
        assert all(label in shown for label in action.findings)
    assert page(result).count("<pre class=command>") == 2
    assert "3 actions close 4 of 6 findings" in shown
    assert "RUN pip install django==3.2.13" in table(result)
    assert "in layer 1, line 4 of the Dockerfile: RUN pip install" in table(result)
    assert "closes 2 findings, worst medium, risk 63" in table(result)


def test_findings_that_are_named_lead_to_their_place() -> None:
    """From a rule or an action one gets to the finding; what is no finding of this list leads nowhere."""
    shown = page(sample())
    name = anchor(DJANGO_SQL)
    link = f"<a href=#{name}>CVE-2022-28346 django@3.2.12</a>"

    assert shown.count(link) == 2
    assert f"<tbody id={name} data-a=3><tr><td class=s1>High<th>CVE-2022-28346" in shown
    assert "<li>six@1.16.0<li>" in shown


def test_what_cannot_be_fixed_stands_apart() -> None:
    """An action of the kind none is no step of the plan, and says why."""
    plan, _, beyond = page(sample()).partition('<section id="beyond">')

    assert "Debian will not fix zlib1g" not in plan
    assert "Debian will not fix zlib1g" in beyond
    assert "What you cannot fix - Debian will not fix zlib1g: 1 finding" in table(
        sample()
    )
    only = replace(sample(), remediation=ACTIONS[3:])
    assert "What to do first" not in page(only)
    assert "What to do first" not in table(only)


def test_without_a_plan_the_reports_say_so() -> None:
    """A fix that is known is not hidden by there being no plan; without any fix there is nothing to say."""
    assert words.NO_PLAN in page(undecided())
    assert words.NO_PLAN in table(undecided())
    bare = tuple(replace(one, fixed_versions=()) for one in undecided().findings)
    assert words.NO_PLAN not in page(replace(undecided(), findings=bare))


def test_a_long_plan_is_cut_for_the_terminal_and_folded_on_the_page() -> None:
    """What is left out is counted."""
    assert "… 7 more actions close 9 findings" in table(warned())
    assert "<summary>2 more actions</summary>" in page(warned())


@pytest.mark.parametrize("width", [60, 100, 140])
def test_a_command_can_be_copied_from_a_terminal(width: int) -> None:
    """Where the line is too short the command goes on behind a backslash, so that it stays one command."""
    shown = render_terminal(document(sample()), color=False, width=width)
    lines = shown.splitlines()
    start = next(at for at, line in enumerate(lines) if "RUN apt-get" in line)
    command = [lines[start].strip()]
    while command[-1].endswith(" \\"):
        start += 1
        command.append(lines[start].strip())

    joined = " ".join(part.removesuffix(" \\") for part in command)
    assert joined.split() == ACTIONS[1].command.replace("\\\n", "").split()


def test_a_quoted_command_stays_on_its_line() -> None:
    """Between quotes a backslash may mean itself."""
    command = f"RUN pip install 'django >= 3.2.13' {'x' * 90} 'a b'"
    result = replace(sample(), remediation=(replace(ACTIONS[2], command=command),))

    assert command in render(result, "table").decode()


def test_suppressed_findings_stand_with_their_entry() -> None:
    """Reason, owner, end, place, VEX status and justification; the worst entry first."""
    _, _, shown = page(sample()).partition('<section id="suppressed">')
    text = " ".join(re.sub(r"<[^>]+>", " ", shown).split())

    assert "(shipworthy.yaml:21, owner payments, until 2026-08-25)" in text
    assert "VEX: not affected, vulnerable_code_not_in_execute_path" in text
    places = [
        text.rindex(id_) for id_ in ("CVE-2024-7001", "CVE-2024-7002", "PYSEC-2099-1")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "line",
    [
        "expired on 2026-07-31, so it takes nothing out any more",
        "ends in 5 days, on 2026-08-25",
        "there is a fix now for CVE-2024-7001 zlib1g@1:1.2.13.dfsg-1",
        "CVE-2019-0001",
        "nothing was found for it",
    ],
)
def test_entries_that_need_attention_are_told(line: str) -> None:
    """Expired, ending soon, fixable now and unused ones, in the same words in both forms."""
    assert line in table(sample())
    assert line in seen(sample())


def test_entries_for_other_images_are_no_news() -> None:
    """One file may serve many images: the page has them folded, a terminal leaves them out."""
    assert "<summary>1 entry for other images</summary>" in page(sample())
    assert "CVE-2020-0001" in page(sample())
    assert "CVE-2020-0001" not in table(sample())


def test_very_many_unused_entries_do_not_hide_the_others() -> None:
    """A VEX file of a whole product line fits nothing here for the most part: that is folded, and cut."""
    many = tuple(replace(USES[4], entry=f"CVE-2019-{at:04}") for at in range(300))
    result = replace(sample(), suppressions=(*many, *USES[:4]))

    assert "<summary>300 entries that fit nothing here</summary>" in page(result)
    shown = table(result)
    assert "expired on 2026-07-31" in shown
    assert "… and 282 more" in shown


def test_entries_come_by_what_is_most_pressing() -> None:
    """The expired first; one that is used and has time left is not among them."""
    told = words.attention(document(sample())["suppressions"], str)

    assert [one.state for one in told] == ["expired", "expiring", "unused", "elsewhere"]
    today = replace(USES[1], days_left=0, fixable=())
    (one,) = words.attention(
        document(replace(sample(), suppressions=(today,)))["suppressions"], str
    )
    assert one.why == ("ends today, on 2026-08-25",)


def test_the_comparison_is_one_sentence() -> None:
    """With what, and how many of each state; and that an earlier scan which was partial proves little."""
    sentence = "Compared with last.json: 2 new, 3 existing, 1 moved, 2 fixed; that scan did not see everything"

    assert sentence in table(sample())
    assert sentence in seen(sample())
    assert "every finding counts as new: 6 new, 0 existing" in table(warned())
    assert '<a href="#compared">Compared with last.json' in page(sample())
    assert 'id="compared"' not in page(warned())
    assert 'href="#compared"' not in page(warned())
    assert "Compared" not in table(undecided())
    assert 'id="compared"' not in page(undecided())


def test_what_is_fixed_is_listed_worst_first() -> None:
    """With the package as it was, and how it went."""
    high = "fixed: high GHSA-35jh-r3h4-6jhm in lodash 4.17.20: package removed"
    medium = (
        "fixed: medium CVE-2024-0727 in libssl3 3.0.9-1: upgraded to 3.0.11-1~deb12u2"
    )

    text = table(sample())
    assert 0 < text.index(high) < text.index(medium)
    assert "package removed" in seen(sample())


@pytest.mark.parametrize("severity", ["urgent", "", "<script>alert(1)</script>"])
def test_a_severity_out_of_an_earlier_result_is_one_of_ours(severity: str) -> None:
    """What was compared with is a file of somebody's: no other word gets through as a severity."""
    gone = Gone(
        id="CVE-1",
        aliases=(),
        type="deb",
        package="a",
        version="1",
        severity=severity,
        fingerprint="",
        reason="",
    )
    result = replace(sample(), comparison=replace(COMPARISON, fixed=(gone,)))

    assert "fixed: unknown CVE-1 in a 1" in table(result)
    assert "<script>alert" not in page(result)


def test_new_findings_come_first_with_a_badge() -> None:
    """A new low one stands before a critical one that was there, in page, table and CSV."""
    old = replace(LOG4SHELL, state="existing")
    new = replace(LOG4SHELL, id="CVE-2026-1", severity="low", state="new")
    result = replace(sample(), findings=(old, new))

    listed = page(result).partition('<section id="findings">')[2]
    for text in (listed, table(result), render(result, "csv").decode()):
        assert 0 < text.index("CVE-2026-1") < text.index("CVE-2021-44228")
    assert '<span class="tag new">new</span>' in page(result)
    assert "CVE-2021-44228*  existing" in render(result, "table").decode()


def test_without_a_baseline_there_are_no_states() -> None:
    """No column, no badge."""
    assert "STATE" not in render(undecided(), "table").decode()
    assert '<span class="tag new">' not in page(undecided())


def test_csv_appends_what_the_policy_says() -> None:
    """The columns of before stand where they stood; the new ones tell state, fingerprint and entry."""
    text = render(sample(), "csv").decode()
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    by_id = {row["id"]: row for row in rows}

    assert text.startswith("severity,id,aliases,package,version,type,fixed_versions,")
    assert text.split("\r\n")[0].split(",")[32:34] == ["eol_days_left", "state"]
    new = by_id["CVE-2021-44228"]
    assert (new["state"], new["state_reason"]) == ("new", "newly known")
    assert (new["fingerprint"], new["vex_status"]) == ("a1" * 16, "affected")
    assert new["suppression_entry"] == new["vex_justification"] == ""
    taken = by_id["CVE-2024-7001"]
    assert [taken[f"suppression_{key}"] for key in ("source", "owner", "expires")] == [
        "shipworthy.yaml:21",
        "payments",
        "2026-08-25",
    ]
    assert taken["suppression_entry"] == "CVE-2024-7001 in pkg:deb/debian/zlib1g"
    assert taken["suppression_reason"] == "the compressor is not linked into the shop"
    vex = by_id["CVE-2024-7002"]
    assert (vex["vex_status"], vex["vex_justification"]) == (
        "not_affected",
        "vulnerable_code_not_in_execute_path",
    )
    assert vex["suppressed_by"] == "vex: the parser is never handed a file of others"


def test_the_page_says_what_judged_and_when() -> None:
    """The day, and every document of the policy with its digest and what it is."""
    shown = seen(sample())

    assert "Judged as of 2026-08-20" in shown
    assert f"shipworthy.yaml sha256:{'11' * 32}" in shown
    assert f".trivyignore (ignore file) sha256:{'13' * 32}" in shown
    assert f"last.json (baseline) sha256:{'15' * 32}" in shown
    assert "Looked for secrets, vulnerabilities" in shown
    base = "oci://registry.example/policies/base@sha256:12121…"
    said = (
        f"Judged as of 2026-08-20 by shipworthy.yaml, {base}, .trivyignore and 2 more."
    )
    assert said in table(sample())


def test_checks_are_listed_worst_first() -> None:
    """With severity, what, and the place."""
    text = table(sample())
    high = "- high secret/private-key: A private key is in the image (srv/web/server.key in layer 2)"

    assert 0 < text.index(high) < text.index("- medium config/root-user")
    assert "in srv/web/server.key , layer 2" in seen(sample())
    assert "Checks" not in table(undecided())


def test_every_csv_column_is_documented() -> None:
    """docs/reports.md lists the columns in their order."""
    text = DOCS.read_text(encoding="utf-8").partition("## CSV")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]

    assert re.findall(r"`([a-z_]+)`", " ".join(rows)) == list(COLUMNS)
