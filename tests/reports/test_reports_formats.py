"""What each format shows of a result, and how formats are found."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from reports_policy import BROKEN, CLOSED
from reports_reading import anchor
from reports_sample import (
    DJANGO_SQL,
    IMAGE,
    LOG4SHELL,
    bare,
    sample,
)

from shipworthy.errors import UsageError
from shipworthy.model.advisory import SEVERITIES
from shipworthy.model.result import ScanResult
from shipworthy.model.verdict import Verdict, VerdictStatus
from shipworthy.reports import summary
from shipworthy.reports.csv import COLUMNS
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import _BUILT_IN, open_report, report_names
from shipworthy.reports.render import render
from shipworthy.reports.table import render_terminal
from shipworthy.reports.text import instruction


def rows(result: ScanResult) -> list[dict[str, str]]:
    """The CSV report as a reader sees it."""
    text = render(result, "csv").decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def verdict(status: VerdictStatus, *rules: str) -> Verdict:
    """A verdict of that status with the sample's rules of those names."""
    kept = tuple(rule for rule in CLOSED.rules if rule.name in rules)
    return Verdict(status=status, exit_code=0, rules=kept, summary="")


@pytest.mark.parametrize("name", sorted(_BUILT_IN))
def test_built_in_formats_are_found(name: str) -> None:
    """Every built-in format opens by its name and is registered like anybody's."""
    assert open_report(name).name == name
    assert name in report_names()


def test_unknown_format_is_named() -> None:
    """A format that nobody registered is wrong usage, and the known ones are listed."""
    with pytest.raises(UsageError, match="no report format called nonsense") as caught:
        open_report("nonsense")
    assert ", ".join(sorted(_BUILT_IN)) in caught.value.hint


def test_csv_has_a_row_a_finding_worst_first() -> None:
    """Open findings come worst first, suppressed ones after them, each with all columns."""
    found = rows(sample())
    assert [(row["severity"], row["id"], row["status"]) for row in found] == [
        ("critical", "CVE-2021-44228", "open"),
        ("high", "CVE-2022-28346", "open"),
        ("medium", "CVE-2023-5678", "open"),
        ("medium", "CVE-2023-5678", "open"),
        ("low", "GHSA-vh95-rmgr-6w4m", "open"),
        ("negligible", "CVE-2023-45853", "open"),
        ("high", "CVE-2024-7001", "suppressed"),
        ("low", "CVE-2024-7002", "suppressed"),
        ("unknown", "PYSEC-2099-1", "suppressed"),
    ]
    assert tuple(found[0]) == COLUMNS
    assert found[0]["kev"] == "yes"
    assert found[0]["locations"].count(" | ") == 1
    assert found[4]["package"] == "'@acme/minimist"


def test_csv_without_findings_is_its_header() -> None:
    """Nothing found gives the header and nothing else."""
    assert render(bare(), "csv").decode() == ",".join(COLUMNS) + "\r\n"


def test_csv_says_when_places_are_left_out() -> None:
    """A package in very many places lists some and counts the rest."""
    places = LOG4SHELL.package.locations[:1] * 200
    package = replace(LOG4SHELL.package, locations=places)
    result = replace(sample(), findings=(replace(LOG4SHELL, package=package),))
    assert rows(result)[0]["locations"].endswith(" | and 150 more")


def test_terminal_lists_the_worst_and_counts_the_rest() -> None:
    """A terminal gets as many findings as asked for and is told of the others."""
    shown = render_terminal(to_document(sample()), color=False, width=100, limit=2)
    assert "high      CVE-2022-28346" in shown
    assert "negligible  CVE" not in shown
    assert "… and 4 more" in shown


@pytest.mark.parametrize("width", [60, 80, 200])
def test_terminal_keeps_to_its_width(width: int) -> None:
    """No line is wider than the terminal."""
    shown = render_terminal(to_document(sample()), color=False, width=width)
    assert max(map(len, shown.splitlines())) <= width


def test_plain_table_has_every_finding_and_whole_names() -> None:
    """A log or file can be searched for any finding."""
    name = "n" * 150
    package = replace(DJANGO_SQL.package, name=name)
    many = tuple(
        replace(DJANGO_SQL, id=f"CVE-2022-{at:05}", package=package)
        for at in range(120)
    )
    text = render(replace(sample(), findings=many), "table").decode()
    assert all(finding.id in text for finding in many)
    assert text.count(name[:119]) >= 120


def test_table_ends_with_the_verdict() -> None:
    """The last thing that a log shows is whether the image may ship, and what to do."""
    tail = render(sample(), "table").decode().split("\n\n")[-1]
    assert tail.startswith("FAIL: do not ship, and not everything could be looked at\n")
    assert "--allow-partial" in tail


@pytest.mark.parametrize(
    ("status", "names", "tone", "words"),
    [
        ("pass", ("max-medium",), "pass", "Fit to ship"),
        ("pass", ("coverage", "suppressions"), "open", "Not judged"),
        ("fail", ("fail-on",), "fail", "Do not ship"),
        ("partial", ("coverage",), "partial", "Not wholly scanned"),
        ("partial", ("max-medium", "coverage"), "partial", "Not wholly scanned"),
        ("partial", ("fail-on", "coverage"), "fail", "Do not ship"),
    ],
)
def test_headline_of_every_verdict(
    status: VerdictStatus, names: tuple[str, ...], tone: str, words: str
) -> None:
    """A closed gate is told even of a partial scan, and no rule is never called fit to ship."""
    result = replace(sample(), verdict=verdict(status, *names))
    head = summary.headline(to_document(result)["verdict"])  # type: ignore[arg-type]  # a mapping
    assert (tone, words) == (head.tone, head.words)
    page = render(result, "html").decode()
    assert f'<section class="hero {tone}"' in page
    assert f"<title>{words}: registry.example/shop:1.4 – shipworthy</title>" in page


def test_unread_parts_are_told_in_every_format_for_people() -> None:
    """What could not be looked at is named by file and reason."""
    assert b"srv/broken.jar" in render(sample(), "table")
    page = render(sample(), "html").decode()
    assert "Not everything could be looked at" in page
    assert "not a zip archive" in page
    assert BROKEN.split(": ")[0] in page


def test_links_lead_to_the_web_only() -> None:
    """An address of another kind is shown as text."""
    page = render(sample(), "html").decode()
    assert "javascript:alert(1)" in page
    assert "href=javascript" not in page
    assert 'href="javascript' not in page
    assert "<a href=https://logging.apache.org/log4j/2.x/security.html>" in page


def test_what_findings_share_is_written_once() -> None:
    """The second package with the same vulnerability points to the first one's facts."""
    page = render(sample(), "html").decode()
    assert page.count("Applications that use DH_generate_key()") == 1
    first = anchor(next(one for one in sample().findings if one.id == "CVE-2023-5678"))
    assert f"<a href=#{first}>As in " in page


@pytest.mark.parametrize(
    ("installed", "listed", "best"),
    [
        ("2.14.1", ["2.3.1", "2.12.2", "2.15.0"], "2.15.0"),
        ("2.3.0", ["2.15.0", "2.3.1"], "2.3.1"),
        ("9.9", ["1.0", "2.0"], "2.0"),
        ("1.0", [], ""),
        ("\x01", ["\x01\x02", "b"], "b"),
    ],
)
def test_best_fix_is_the_next_above_what_is_installed(
    installed: str, listed: list[str], best: str
) -> None:
    """Of several release lines the one that the package is on is proposed."""
    finding: Mapping[str, Any] = {
        "fixedVersions": listed,
        "package": {"version": installed},
        "evidence": [{"scheme": "pep440", "matchedVersion": installed}],
    }
    assert summary.fixed_in(finding)[0] == best


def test_every_severity_is_counted() -> None:
    """The counts name all severities, worst first, with what can be fixed."""
    tallies = summary.tally(to_document(sample())["findings"])  # type: ignore[arg-type]  # a list of mappings
    assert tuple(tally.severity for tally in tallies) == SEVERITIES
    assert sum(tally.total for tally in tallies) == 6
    assert sum(tally.fixable for tally in tallies) == 4


@pytest.mark.parametrize(
    ("created_by", "shown"),
    [
        ("/bin/sh -c #(nop) ADD file:1b in / ", "ADD file:1b in /"),
        ("/bin/sh -c apt-get update", "RUN apt-get update"),
        ("RUN /bin/sh -c pip install x # buildkit", "RUN pip install x"),
        ("COPY a b # buildkit", "COPY a b"),
        ("", "(instruction not recorded)"),
    ],
)
def test_instructions_read_as_in_the_dockerfile(created_by: str, shown: str) -> None:
    """What builders wrap around an instruction is taken off."""
    assert instruction(created_by) == shown


def test_layers_count_what_they_brought() -> None:
    """The page shows each layer's share, and a folder without layers shows none."""
    page = render(sample(), "html").decode()
    assert page.count('<li id="l') == len(IMAGE.layers)
    assert 'id="layers"' not in render(bare(), "html").decode()
