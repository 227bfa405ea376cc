"""The list of changes: what a person reads, and what no image can make it say."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports_sample import LOG4SHELL, MINIMIST_POLLUTION, bare, sample

from shipworthy.diff import Diff, diff
from shipworthy.model.comparison import PackageChanges
from shipworthy.model.finding import Finding
from shipworthy.model.package import Package
from shipworthy.model.result import ScanResult
from shipworthy.reports.changes import ChangesReport
from shipworthy.reports.document import to_document
from shipworthy.reports.text import width


ACTING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
COMMANDS = re.compile(r"^\s*::[A-Za-z]|##(?:vso|teamcity)?\[", re.MULTILINE)


def changed(
    old: ScanResult, new: ScanResult, **more: Any
) -> tuple[Diff, ChangesReport]:
    """What differs, and the report that shows it."""
    found = diff(old, new, name="old.json", **more)
    report = ChangesReport(
        old=old, newer="new.json", packages=found.packages, existing=found.existing
    )
    return found, report


def shown(old: ScanResult, new: ScanResult, **more: Any) -> str:
    """The plain text."""
    found, report = changed(old, new, **more)
    return report.render(to_document(found.result)).decode()


def test_it_says_what_changed() -> None:
    """Log4Shell is new, everything else was there but for what is gone."""
    before = replace(
        sample(),
        findings=tuple(f for f in sample().findings if f.id != LOG4SHELL.id),
        packages=tuple(p for p in sample().packages if p != LOG4SHELL.package),
    )
    text = shown(before, sample(), allow_partial=True)

    assert "old  old.json\n" in text
    assert "new  new.json\n" in text
    assert re.search(r"^\+  critical  CVE-2021-44228 .* package added; fixed in 2.15.0$", text, re.MULTILINE)  # fmt: skip
    assert "+ 1 new (1 critical), ~ 0 moved, - 0 fixed, = 5 as before" in text
    assert "1 added: org.apache.logging.log4j:log4j-core 2.14.1" in text
    assert "PYSEC-2099-1" not in text


def test_without_a_change_it_says_so() -> None:
    """And whole results that nobody judges have no verdict to show."""
    text = shown(bare(), bare())

    assert "Nothing appeared, nothing moved and nothing is gone." in text
    assert "packages  none added, removed or changed" in text
    assert text.endswith("changed\n")


def test_different_databases_are_told() -> None:
    """Without that, newly known ones look as if somebody had brought them."""
    later = replace(
        sample(),
        database=replace(sample().database, digest="sha256:other", date="2026-09-01"),
    )

    assert "judged by different databases, of 2026-08-20 and of 2026-09-01" in " ".join(
        shown(sample(), later).split()
    )
    assert "judged by the same database, of 2026-08-20" in shown(sample(), sample())


def test_what_is_gone_comes_last_and_with_its_reason() -> None:
    """All of the sample is gone from an empty image; what was suppressed is no news."""
    lines = [line for line in shown(sample(), bare()).splitlines() if line[:3] == "-  "]

    assert 6 == len(lines)
    assert all(line.endswith("package removed") for line in lines)
    assert "critical" in lines[0]
    assert "low" in lines[-2]


def test_existing_ones_are_listed_when_asked_for() -> None:
    """With their mark."""
    assert "=  " not in "\n" + shown(sample(), sample())
    assert 6 == sum(
        line.startswith("=  ")
        for line in shown(sample(), sample(), everything=True).splitlines()
    )


def many(count: int) -> ScanResult:
    """A result with so many findings."""
    findings = tuple(
        replace(MINIMIST_POLLUTION, id=f"CVE-2024-{at:04}", aliases=())
        for at in range(count)
    )
    return replace(bare(), findings=findings, packages=(MINIMIST_POLLUTION.package,))


@pytest.mark.parametrize("columns", [20, 60, 100, 200])
@pytest.mark.parametrize("color", [True, False])
def test_a_terminal_gets_what_fits(columns: int, color: bool) -> None:  # a parameter
    """The worst of each kind, no line wider than the screen, the rest counted."""
    found, report = changed(bare(), many(30))
    document = to_document(found.result)
    text = report.render_terminal(document, color=color, width=columns)
    plain = re.sub(r"\x1b\[[0-9;]+m", "", text)
    rows = [line for line in plain.splitlines() if line.startswith("+  low")]

    assert 25 == len(rows)
    assert "+  … and 5 more" in plain
    assert max(map(width, rows)) <= max(columns, 60)
    assert color == ("\x1b[" in text)
    assert 30 == report.render(document).count(b"+  low")


HOSTILE = [
    "\x1b[2J\x1b]0;owned\x07",
    "::set-output name=a::b",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[buildProblem]",
    "one\r\n::add-mask::two",
    "abc\u202egpj.exe",
    "a\udce9b",
    "x" * 5000,
]


def poisoned(text: str) -> ScanResult:
    """A result in which everything that an image or feed says is ``text``."""
    package = replace(MINIMIST_POLLUTION.package, name=text, version=text, purl=text)
    found = replace(
        MINIMIST_POLLUTION, id=text, package=package, fixed_versions=(text,)
    )
    plain = bare()
    return replace(
        plain,
        findings=(found,),
        packages=(package,),
        image=replace(plain.image, target=text, image_id=text),
        database=replace(plain.database, date=text),
        tool_version=text,
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_acts(text: str) -> None:
    """On either side: as a new finding, a fixed one, a target, a version."""
    for old, new in ((poisoned(text), bare()), (bare(), poisoned(text))):
        found, report = changed(old, new)
        document = to_document(found.result)
        for page in (
            report.render(document).decode(),
            report.render_terminal(document, color=False, width=100),
        ):
            assert not ACTING.search(page)
            assert not COMMANDS.search(page)
            assert max(map(len, page.splitlines())) < 1000


@pytest.mark.property
@given(text=st.text(max_size=40))
def test_any_text_can_be_shown(text: str) -> None:
    """And the same input gives the same bytes."""
    found, report = changed(poisoned(text), poisoned(text + "1"))
    document = to_document(found.result)

    assert report.render(document) == report.render(document)
    assert not ACTING.search(report.render(document).decode())


def test_packages_are_told_by_how_they_changed() -> None:
    """By the rules of their scheme; a package in two versions is replaced in as many as went."""

    def holding(*packages: tuple[str, str, str]) -> ScanResult:
        held = tuple(Package(type=t, name=n, version=v) for t, n, v in packages)
        return replace(bare(), packages=held)

    old = holding(
        ("deb", "libssl3", "3.0.11-1~deb12u2"),
        ("pypi", "Django", "3.2"),
        ("npm", "lodash", "4.17.15"),
        ("npm", "lodash", "4.17.20"),
        ("npm", "odd", "one"),
        ("gem", "rack", "2.2.3"),
    )
    new = holding(
        ("deb", "libssl3", "3.0.11-1"),
        ("pypi", "django", "3.1"),
        ("npm", "lodash", "4.17.21"),
        ("npm", "odd", "two"),
        ("golang", "stdlib", "v1.21.0"),
    )

    assert (
        PackageChanges(
            added=("stdlib v1.21.0",),
            removed=("lodash 4.17.20", "rack 2.2.3"),
            upgraded=(
                "libssl3 3.0.11-1~deb12u2 → 3.0.11-1",
                "lodash 4.17.15 → 4.17.21",
            ),
            downgraded=("django 3.2 → 3.1",),
            changed=("odd one → two",),
        )
        == diff(old, new, name="old").packages
    )


@pytest.mark.parametrize(
    ("old", "severities", "code"),
    [
        ([], ("critical",), 1),
        ([LOG4SHELL], ("critical",), 0),
        ([], (), 0),
        ([LOG4SHELL], ("critical", "unknown"), 0),
    ],
)
def test_a_new_finding_closes_the_gate(
    old: list[Finding], severities: tuple[Any, ...], code: int
) -> None:
    """And one that was there does not, also where all are listed."""
    before = replace(bare(), findings=tuple(old))
    now = replace(bare(), findings=(LOG4SHELL,), packages=(LOG4SHELL.package,))
    for everything in (False, True):
        found = diff(before, now, name="x", fail_on=severities, everything=everything)
        assert code == found.result.verdict.exit_code
        said = "The gate closed: 1 finding of severity critical and new"
        assert (said in found.result.verdict.summary) == (code == 1)
