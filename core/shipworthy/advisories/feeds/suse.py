"""
SUSE and openSUSE: ``suse/oval/PRODUCT[-affected].xml.gz``, one OVAL definition for each CVE.

Source: https://ftp.suse.com/pub/projects/security/oval/ (README there). ``-affected`` holds what
the plain file holds and what is not fixed yet; ``-patch`` tells the same by update and is
left out. A definition joins products (``SUSE Linux Enterprise Server 15 SP1-LTSS is
installed``, a test on a release package) with binary packages: fixed below a version, not
affected (version 0) or affected (any version above 0).

The product is taken by the name in the criterion's comment: LTSS has a release package of its
own, but BCL and others are tested by that of the server and differ in the name alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

from shipworthy.advisories.feeds.files import newest
from shipworthy.advisories.feeds.identity import is_bulletin
from shipworthy.advisories.feeds.interface import (
    BORROWED,
    CVE_BUCKET,
    TRACKER,
    RecordRow,
    Row,
    Statement,
)
from shipworthy.advisories.feeds.oval import Definition, Document
from shipworthy.advisories.feeds.oval_criteria import (
    Case,
    Criterion,
    cases,
    package_cases,
    range_of,
)
from shipworthy.advisories.feeds.oval_text import (
    is_cve,
    links_of,
    prose_of,
    vectors_of,
    weaknesses_of,
)
from shipworthy.advisories.feeds.suse_products import LTSS, product_of
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import Broken, identifiers
from shipworthy.model.advisory import Advisory, Range, Record


FEED = "suse/oval"
MAX_UPDATES = 50
"""Updates listed beside a CVE; a kernel's has hundreds, over all products and years."""

_FILE = re.compile(
    r"((?:suse|opensuse)\.[a-z0-9.-]{1,80}?)(-affected|-patch)?\.xml(\.(?:gz|bz2|xz|zst))?",
    re.ASCII,
)
_INSTALLED = re.compile(r"(.{1,150}) is installed")
_RELEASE = "-release"
_REMEMBERED = 50_000
"""Criteria kept at once; a kernel's come again with each of its CVEs."""
_LIVE_PATCHES = ("kernel-livepatch-", "kgraft-patch-")


class SuseFeed:
    """Reads SUSE's OVAL of CVEs for all products."""

    name = "suse"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each CVE, release, package and set of terms."""
        paths = _paths(root / "suse" / "oval")
        tally = Tally(FEED)
        dates = []
        ranges: dict[Range, Range] = {}
        for path in paths:
            document = Document(path)
            leaf = _Leaf(document)
            for item in document.definitions():
                if item.get("class") == "vulnerability":
                    yield from tally.take(partial(_rows, document, leaf, item, ranges))
            dates.append(document.date)
        if paths:
            yield tally.info(paths, root, date=newest(dates))


def _paths(directory: Path) -> list[Path]:
    """One file for each product: the one that also tells what is not fixed, where it is there."""
    found: dict[str, Path] = {}
    for path in sorted(directory.glob("*.xml*")):
        match = _FILE.fullmatch(path.name)
        if match and match[2] != "-patch" and path.is_file():
            product = match[1]
            if match[2] or product not in found:
                found[product] = path
    return sorted(found.values())


def _rows(
    document: Document, leaf: _Leaf, item: Element, ranges: dict[Range, Range]
) -> Iterator[Row]:
    definition = document.read(item)
    cve = definition.title
    if not is_cve(cve):
        raise Broken
    updates = _updates(definition)
    modified = definition.dated("updated") or definition.dated("issued")
    found = cases(definition.criteria, leaf.cases, fewer=_told_once)
    if not all(case.release and case.package for case in found):
        raise Broken
    for case in _told_once(found):
        made = range_of(case)
        shown = updates[case.release.startswith("opensuse")]
        yield Statement(
            advisory=Advisory(
                id=cve,
                bucket=case.release,
                package=case.package,
                scheme="rpm",
                feed=FEED,
                ranges=(ranges.setdefault(made, made),),
                rating=definition.severity,
                arches=case.arches,
                also=() if case.never else shown,
                channel=case.channel,
            ),
            authority=TRACKER,
            modified=modified,
        )
    yield _record(definition, cve)


def _record(definition: Definition, cve: str) -> RecordRow:
    """SUSE's words on the CVE and its score of it, behind what NVD says."""
    record = Record(
        id=cve,
        source="suse",
        details=prose_of(definition),
        cvss=vectors_of(definition, "suse").get(cve, ()),
        cwes=weaknesses_of(definition, cve),
        references=links_of(definition),
    )
    return RecordRow(bucket=CVE_BUCKET, record=record, authority=BORROWED)


def _updates(definition: Definition) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The updates named: for enterprise releases, and with openSUSE's own for openSUSE's."""
    named = identifiers([id_ for id_ in definition.references("SUSE-SU") if id_])
    updates = [id_ for id_ in named if is_bulletin(id_)]
    enterprise = [id_ for id_ in updates if id_.startswith("SUSE-")]
    newest_first = sorted(updates, key=lambda id_: id_.partition("SU-")[2])
    both = newest_first[-MAX_UPDATES:]
    return tuple(enterprise[-MAX_UPDATES:]), tuple(sorted(both))


def _told_once(found: Iterable[Case]) -> list[Case]:
    """
    The cases without those that others say on better terms.

    The same fix is listed for the server, for SAP, for HPC and for each module: who
    can have it openly need not be told that it is sold too.
    """
    best: dict[Case, str] = {}
    for case in found:
        key = case._replace(channel="") if case.channel else case
        held = best.get(key)
        if held is None or _rank(case.channel) < _rank(held):
            best[key] = case.channel
    return [
        case._replace(channel=channel) if channel else case
        for case, channel in best.items()
    ]


def _rank(channel: str) -> tuple[int, str]:
    return (0 if not channel else 1 if channel == LTSS else 2), channel


class _Leaf:
    """Reads the tests that SUSE uses."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: dict[tuple[Criterion, bool], list[Case]] = {}

    def cases(self, criterion: Criterion, negated: bool) -> list[Case]:
        key = (criterion, negated)
        held = self._known.get(key)
        if held is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            held = self._known[key] = self._cases(criterion, negated)
        return held

    def _cases(self, criterion: Criterion, negated: bool) -> list[Case]:
        test = self._document.test(criterion.test)
        if not test.name:
            return []  # the running kernel, which an image does not have
        state = test.state
        if test.none and test.name.startswith(_LIVE_PATCHES):
            return [Case()]  # patches to the running kernel: nor these
        exact = state.version is not None and state.version[1] != "0"
        rolling = state.evr is not None and state.evr[0] == "greater than or equal"
        if not (test.name.endswith(_RELEASE) and (exact or rolling)):
            return package_cases(test, negated=negated)
        if negated:
            raise Broken
        match = _INSTALLED.fullmatch(criterion.comment)
        product = product_of(match[1]) if match else None
        if product is None:
            return []
        return [Case(release=product.bucket, channel=product.channel)]
