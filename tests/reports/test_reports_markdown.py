"""The Markdown report as GitHub's own renderer shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import gfm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reports_policy import ACTIONS
from reports_sample import DJANGO_SQL, IMAGE, LOG4SHELL, bare, sample, undecided, warned

from shipworthy.errors import UsageError
from shipworthy.model.image import ImageInfo
from shipworthy.model.result import ScanResult
from shipworthy.reports.document import to_document
from shipworthy.reports.markdown import LEAST, LIMIT, MarkdownReport, marker
from shipworthy.reports.markdown_text import code, fenced, linked, words
from shipworthy.reports.text import line, quiet


PIECES = (
    *"ab1 `\\|*_[]()<>&;:/.@#!~$%^-+='\"{}é中",
    *("www.", "http://", "``", "\\`", "\\|", "a@b.c", "<b>", "&#64;", "GH-1"),
    *("deadbee1", "\n", "1. ", "- ", "~~", "](", "![", "<!--", "::x", "##["),
)


def report(result: ScanResult, limit: int = LIMIT) -> str:
    """The report as text."""
    return MarkdownReport(limit).render(to_document(result)).decode()


def marked(image: ImageInfo) -> str:
    """The comment that reports of an image are found by."""
    document: Mapping[str, Any] = to_document(replace(sample(), image=image))
    return marker(document)


def many(count: int) -> ScanResult:
    """A result of so many findings, half of them with states, and none to compare with."""
    made = tuple(
        replace(DJANGO_SQL, id=f"CVE-2022-{at:05}", state=None) for at in range(count)
    )
    return replace(sample(), findings=made, comparison=None)


def test_the_verdict_comes_first_and_the_database_last() -> None:
    """A reader who sees the top alone knows whether the image ships, and the order is that of use."""
    page = gfm.Page(report(sample()))

    assert page.headings == [
        "Do not ship: registry.example/shop:1.4",
        "Rules",
        "What to do first",
        "New and moved findings",
        "Findings that were there before",
        "Checks",
        "Entries to look at",
        "Could not be looked at",
    ]
    text = report(sample())
    assert text.index("The gate closed: 2 findings of severity high") < 200
    assert "database of 2026-08-20" in text.splitlines()[-1]
    assert {"2 fixed findings", "What you cannot fix", "1 note"} <= set(page.text)


def test_tables_hold_what_the_result_says() -> None:
    """Rules with remedies, counts, findings with package, version, fix and place, each in its column."""
    rules, counts, new, fixed, before, checks = gfm.Page(report(sample())).tables

    assert rules[1][:2] == ["fail", "fail-on (fail, --fail-on)"]
    assert rules[1][3].startswith("fix or suppress 2 findings")
    assert counts[0] == ["", "Critical", "High", "Medium", "Low", "Negligible"]
    assert counts[1:] == [
        ["Findings", "1", "1", "2", "1", "1"],
        ["Can be fixed", "1", "1", "2", "0", "0"],
    ]
    assert new[2] == [
        "High",
        "CVE-2022-28346",
        "new",
        "django",
        "3.2.12",
        "3.2.13",
        "layer 1: usr/lib/python3.11/site-packages/Django-3.2.12.dist-info/METADATA",
    ]
    assert [row[2] for row in new[1:]] == ["new", "new", "moved"]
    assert [row[1] for row in fixed[1:]] == ["GHSA-35jh-r3h4-6jhm", "CVE-2024-0727"]
    assert before[3][-2:] == [
        "will not be fixed",
        "layer 0 (base image): var/lib/dpkg/status",
    ]
    assert checks[1][1] == "secret/private-key"


def test_commands_stand_in_code_as_they_are() -> None:
    """What is to be pasted is neither escaped nor broken."""
    blocks = gfm.Page(report(sample())).blocks
    commands = [action.command for action in ACTIONS if action.command]
    assert blocks == [f"{command}\n" for command in commands]


def test_no_command_ends_its_block() -> None:
    """A fence is longer than every run of backticks in it."""
    action = replace(ACTIONS[0], command="a ``` b\n````\n# c", kind="package")
    page = gfm.Page(report(replace(sample(), remediation=(action,))))
    assert page.blocks == ["a ``` b\n````\n# c\n"]


def test_ids_lead_to_their_advisory() -> None:
    """The address that the advisory names, else the public page of an id of a known kind, else none."""
    text = report(sample())
    assert "[CVE-2021-44228](https://github.com/advisories/GHSA-jfh8-c2jp-5v3q)" in text
    assert (
        "[CVE-2023-45853](https://nvd.nist.gov/vuln/detail/CVE-2023-45853), "
        not in text
    )
    assert "[CVE-2023-45853](https://nvd.nist.gov/vuln/detail/CVE-2023-45853)" in text
    strange = replace(LOG4SHELL, id="X-1", advisories=())
    assert "| X-1, **exploited** |" in report(replace(sample(), findings=(strange,)))


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://x.example/a(b)[c]*'", "https://x.example/a%28b%29%5Bc%5D%2A%27"),
        ("https://x.example/?a=1&copy=2", "https://x.example/?a=1&amp;copy=2"),
        ("https://x.example/a%20b", "https://x.example/a%20b"),
        ("javascript:alert(1)", ""),
        ("ftp://x.example/", ""),
        ("https://x.example/a b", ""),
        ("https://x.example/\n", ""),
    ],
)
def test_links_lead_to_the_web_and_cannot_end_early(url: str, target: str) -> None:
    """Addresses are percent-encoded where a sign would end them; any other scheme is no link."""
    assert linked("a", url) == (f"[a]({target})" if target else "a")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fix 2 findings (now).", "fix 2 findings (now)."),
        ("upgrade @acme/web, then go", "upgrade `@acme/web`, then go"),
        ("see #12 and !3", "see `#12` and `!3`"),
        ("a|b", "`a`&#124;`b`"),
        ("a ` b", "a `` ` `` b"),
        ("1. first", "`1`. first"),
        ("- item", "`-` item"),
        ("www.evil.example", "`www.evil.example`"),
        ("at deadbeef1", "at `deadbeef1`"),
        ("<b>", "`<b>`"),
        ("", ""),
    ],
)
def test_running_text_keeps_its_plain_words(text: str, shown: str) -> None:
    """Only a word that could act is code, so that sentences read as sentences."""
    assert words(text) == shown
    assert gfm.Page(words(text)).references == []


def test_code_says_exactly_what_it_was_given() -> None:
    """Backticks, blanks and stars arrive."""
    for text in ("a``b`", "`", "a b", "*a*", "a\\", "<i>&amp;"):
        assert gfm.Page(code(text)).code == [text]
    assert gfm.Page(f"| a |\n| - |\n{'| ' + code('a|b') + ' |'}").tables[0][1] == [
        "a|b"
    ]
    assert fenced("x", 10) == "```sh\nx\n```"


@pytest.mark.property
@settings(max_examples=25, deadline=None)
@given(
    made=st.lists(
        st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
        min_size=30,
        max_size=60,
    )
)
def test_any_text_arrives_as_itself_and_as_nothing_else(made: list[str]) -> None:
    """In a table, a list, a heading and a paragraph: one cell each, the same letters, no element but code."""
    rows = [f"| {words(text)} | {code(text)} |" for text in made]
    page = gfm.Page("\n".join(["| a | b |", "| - | - |", *rows]))
    told = [quiet(line(text)).replace("<!--", "< !--").strip() for text in made]
    assert [row[1] for row in page.tables[0][1:]] == told
    shown = [" ".join(row[0].split()) for row in page.tables[0][1:]]
    assert shown == [" ".join(text.split()) for text in told]
    assert page.references == []
    for start in ("- ", "### ", ""):
        page = gfm.Page("\n\n".join(f"{start}{words(text)}" for text in made))
        assert page.shapes <= {(tag, ()) for tag in ("ul", "li", "p", "h3", "code")}
        assert page.references == []


def test_a_comment_is_found_again_for_the_same_image() -> None:
    """Another tag or build is the same image, another repository is not."""
    first = marked(IMAGE)
    assert first == "<!-- shipworthy:report image=registry.example/shop -->"
    later = replace(IMAGE, tags=("registry.example/shop:1.5",), image_id="sha256:0")
    assert marked(later) == first
    assert marked(replace(IMAGE, tags=("registry.example/web:1.4",))) != first
    assert marked(replace(IMAGE, tags=())) == "<!-- shipworthy:report image=shop -->"


@pytest.mark.parametrize(
    "tag", ["x--><b>:1", "a----b:1", "é\u202e/\n:1", "n" * 9000 + ":1"]
)
def test_no_name_ends_the_comment(tag: str) -> None:
    """Whatever an image is called, the first line is one comment of bounded length."""
    found = marked(replace(IMAGE, tags=(tag,)))
    assert re.fullmatch(r"<!-- shipworthy:report image=[!-=?-~]+ -->", found)
    assert "--" not in found[4:-3]
    assert len(found) < 300


@pytest.mark.parametrize("limit", [LEAST, LIMIT, 1_000_000])
def test_long_results_are_cut_between_rows(limit: int) -> None:
    """Never longer than the limit, every row whole, and the rest is counted."""
    text = report(many(5000), limit)
    listed = len(re.findall(r"^\| High \| \[CVE-2022-", text, re.MULTILINE))
    left = re.search(r"… and ([0-9,]+) more findings, left out", text)

    assert len(text) <= limit
    assert len(text) > limit * 0.4 or not left
    assert listed + (int(left[1].replace(",", "")) if left else 0) == 5000
    assert gfm.Page(text).tables[2][0][0] == "Severity"
    assert "database of 2026-08-20" in text.splitlines()[-1]


@pytest.mark.parametrize("text", ["|" * 3000, "@a " * 1000, "` `` " * 500])
def test_the_limit_holds_whatever_the_texts_are(text: str) -> None:
    """Text that grows when it is escaped cannot push the report over the limit."""
    rules = tuple(
        replace(rule, reason=text, remedy=text) for rule in sample().verdict.rules
    )
    actions = tuple(replace(one, title=text, detail=text) for one in ACTIONS * 5)
    image = replace(IMAGE, tags=(text,), target=text, platform=text)
    made = replace(
        many(3000),
        image=image,
        remediation=actions,
        verdict=replace(sample().verdict, rules=rules * 9, summary=text),
        statuses=tuple(replace(one, message=text) for one in sample().statuses * 90),
    )
    for limit in (LEAST, LIMIT):
        assert len(report(made, limit)) <= limit


def test_a_limit_that_is_too_small_is_refused() -> None:
    """What every report must say needs room."""
    with pytest.raises(UsageError, match="expected 16,000 or more"):
        MarkdownReport(LEAST - 1)


def test_results_without_findings_rules_or_plan_say_so() -> None:
    """Nothing found is told as the terminal tells it, and empty parts do not appear."""
    page = gfm.Page(report(bare()))
    assert page.headings == ["Not judged: dir:rootfs"]
    assert "No known vulnerability was found in what was looked at." in page.text
    assert "No plan was made for this result" in report(undecided())


def test_without_an_earlier_result_there_is_one_list() -> None:
    """Where all counts as new, one table has all, and a line says why."""
    text = report(warned())
    assert "### Findings\n" in text
    assert "New and moved" not in text
    assert "Compared with nothing, so that every finding counts as new: 6 new" in text
    assert "more actions close" in text
