"""
Azure Linux and CBL-Mariner: ``azurelinux/azurelinux-3.0-oval.xml``, ``azurelinux/cbl-mariner-2.0-oval.xml``.

Source: https://github.com/microsoft/AzureLinuxVulnerabilityData. One definition is one CVE
of one source package: fixed below a version (``less than``), not fixed up to the version seen
(``less than or equal``), or never affected after all, which ``patchable`` tells (``true``,
``false``, ``Not Applicable``). A package of several lines (Go, Rust) has a definition a
line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from shipworthy.advisories.feeds.files import newest
from shipworthy.advisories.feeds.interface import TRACKER, Row, Statement
from shipworthy.advisories.feeds.oval import Document
from shipworthy.advisories.feeds.oval_criteria import (
    Case,
    Criterion,
    cases,
    package_cases,
    range_of,
)
from shipworthy.advisories.feeds.oval_text import cves_of
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import Broken
from shipworthy.advisories.feeds.xml import text_of
from shipworthy.model.advisory import Advisory


FEED = "azurelinux/oval"

_FILE = re.compile(r"(azurelinux|cbl-mariner)-(\d{1,2})\.\d{1,2}-oval\.xml", re.ASCII)
_DISTROS = {"azurelinux": "azurelinux", "cbl-mariner": "mariner"}
_RATINGS = ("critical", "high", "medium", "low")
_PARALLEL = frozenset({"golang", "rust"})
"""Source packages of which several lines are kept up side by side."""
_ANY = re.compile(r"0(?:\.0)*(?:\.[a-z]+\d*)?", re.ASCII)
_BRANCH = re.compile(r"(?:\d+:)?\d+(?:\.\d+)?", re.ASCII)


class AzureLinuxFeed:
    """Reads Microsoft's OVAL of Azure Linux and CBL-Mariner."""

    name = "azurelinux"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each source package and CVE of a release."""
        directory = root / "azurelinux"
        tally = Tally(FEED)
        dates, paths = [], []
        for path in sorted(directory.glob("*-oval.xml")):
            match = _FILE.fullmatch(path.name)
            if not match or not path.is_file():
                continue
            paths.append(path)
            document = Document(path)
            dates.append(document.date)
            told: dict[tuple[str, str], list[_Told]] = {}
            for item in document.definitions():
                for one in tally.take(partial(_told, document, item)):
                    told.setdefault((one.case.package, one.cve), []).append(one)
            bucket = f"{_DISTROS[match[1]]}-{match[2]}"
            for (package, cve), several in sorted(told.items()):
                yield _statement(bucket, package, cve, several)
        if paths:
            yield tally.info(paths, root, date=newest(dates))


class _Told(NamedTuple):
    """What one definition says."""

    cve: str
    case: Case
    rating: str
    date: str


def _told(document: Document, item: Element) -> Iterator[_Told]:
    definition = document.read(item)
    cves = cves_of(definition)
    if len(cves) != 1 or definition.kind != "vulnerability":
        raise Broken
    patchable = text_of(definition.metadata.find("patchable")).lower()
    leaf = partial(_leaf, document)
    found = cases(definition.criteria, leaf)
    if len(found) != 1 or not found[0].package:
        raise Broken
    case = found[0]
    if patchable == "not applicable":
        case = Case(package=case.package, never=True)
    elif _ANY.fullmatch(case.start):
        case = case._replace(start="")
    yield _Told(
        cve=cves[0],
        case=case,
        rating=definition.severity,
        date=definition.dated("advisory_date") if patchable == "true" else "",
    )


def _leaf(document: Document, criterion: Criterion, negated: bool) -> list[Case]:
    return package_cases(document.test(criterion.test), negated=negated)


def _statement(bucket: str, package: str, cve: str, told: Sequence[_Told]) -> Statement:
    """All that is said of one CVE of one package: what is affected in any line is."""
    affected = [one for one in told if not one.case.never]
    kept = _lines(package, [one.case for one in affected]) or [told[0].case]
    ratings = sorted({one.rating for one in told if one.rating}, key=_rank)
    return Statement(
        advisory=Advisory(
            id=cve,
            bucket=bucket,
            package=package,
            scheme="rpm",
            feed=FEED,
            ranges=tuple(dict.fromkeys(range_of(case) for case in kept)),
            rating=ratings[0] if ratings else "",
            fixed_on=max((one.date for one in affected), default=""),
        ),
        authority=TRACKER,
    )


def _rank(rating: str) -> tuple[int, str]:
    """Worst first, and behind them what is none of Microsoft's words."""
    known = rating in _RATINGS
    return (_RATINGS.index(rating) if known else len(_RATINGS)), rating


def _lines(package: str, found: Sequence[Case]) -> list[Case]:
    """
    The cases, where several name a fix and no beginning made one, or one for each line.

    Of a package with one line the last fix is the whole one. Of Go, fixed in 1.25.8 and in
    1.26.1 means that 1.25.9 is fixed, though it is below 1.26.1: the first line reaches
    back to the beginning, a later one only to where it starts.
    """
    open_ended = sorted(
        (case for case in found if case.until and not case.start),
        key=lambda case: _numbers(case.until),
    )
    kept = [case for case in found if case not in open_ended]
    for index, case in enumerate(open_ended):
        branch = _branch(case.until)
        if index and (
            package not in _PARALLEL or branch == _branch(open_ended[index - 1].until)
        ):
            kept[-1] = kept[-1]._replace(until=case.until)
        else:
            kept.append(case._replace(start=branch) if index else case)
    return kept


def _branch(version: str) -> str:
    match = _BRANCH.match(version)
    return match[0] if match else ""


def _numbers(version: str) -> list[int]:
    return [int(number[:18]) for number in re.findall(r"\d+", version)]
