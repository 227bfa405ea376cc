"""
Oracle Linux: ``oracle/com.oracle.elsa-all.xml.bz2``, one OVAL definition for each erratum.

Source: https://linux.oracle.com/security/oval/. A definition names the release (a test on
``oraclelinux-release``), then for each architecture of the machine the packages and the
versions that fix them, and inside that for modules the stream that is enabled (a test on
``/etc/dnf/modules.d/NAME.module``). Fixes of packages for Ksplice and of FIPS-validated builds
are errata of their own; their versions say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

from shipworthy.advisories.feeds.interface import (
    BORROWED,
    BULLETIN,
    CVE_BUCKET,
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
    cves_of,
    links_of,
    prose_of,
    vectors_of,
)
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import MAX_SUMMARY, Broken
from shipworthy.model.advisory import Advisory, Record


FEED = "oracle/oval"

_FILES = ("com.oracle.elsa-all.xml", "com.oracle.elsa-all.xml.bz2")
_ID = re.compile(r"EL[SBE]A-\d{4}-\d{1,8}", re.ASCII)
_RELEASE = re.compile(r"\^?(\d{1,2})", re.ASCII)
_PLATFORM = re.compile(r"Oracle Linux (\d{1,2})", re.ASCII)
_MODULE = re.compile(r"Module (\S{1,100}:\S{1,100}) is enabled")
_OWN = "oraclelinux-release"


class OracleFeed:
    """Reads Oracle's OVAL of all errata."""

    name = "oracle"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each erratum, package and set of architectures."""
        paths = [p for name in _FILES if (p := root / "oracle" / name).is_file()][:1]
        for path in paths:
            document = Document(path)
            tally = Tally(FEED)
            leaf = _Leaf(document)
            for item in document.definitions():
                yield from tally.take(partial(_rows, document, leaf, item))
            yield tally.info(paths, root, date=document.date)


def _rows(document: Document, leaf: _Leaf, item: Element) -> Iterator[Row]:
    definition = document.read(item)
    match = _ID.match(definition.title)
    if definition.kind != "patch" or not match:
        raise Broken
    id_ = match[0]
    cves = cves_of(definition)
    issued = definition.dated("issued")
    for case, machines in _by_machines(cases(definition.criteria, leaf.cases)):
        yield Statement(
            advisory=Advisory(
                id=id_,
                aliases=cves if len(cves) == 1 else (),
                bucket=case.release,
                package=case.package,
                scheme="rpm",
                feed=FEED,
                ranges=(range_of(case),),
                rating=definition.severity,
                arches=machines,
                modularity=case.module,
                bulletin=True,
                fixed_on=issued,
            ),
            vulnerabilities=tuple((cve,) for cve in cves) if len(cves) > 1 else (),
            authority=BULLETIN,
            modified=issued,
        )
    yield from _records(definition, id_, cves)


def _by_machines(found: Iterable[Case]) -> Iterator[tuple[Case, tuple[str, ...]]]:
    """
    The cases without their machines, and all the machines that each is for.

    A test of the machine's architecture is not one of the package's: 32-bit packages are
    on x86_64 machines too. Packages for all machines are listed with each.
    """
    machines: dict[Case, set[str]] = {}
    for case in found:
        if not (case.release and case.package):
            raise Broken
        held = machines.setdefault(case._replace(machine="", arches=()), set())
        held.update({case.machine} if case.machine else case.arches or {""})
    for case, names in machines.items():
        yield case, () if "" in names else tuple(sorted(names))


def _records(
    definition: Definition, id_: str, cves: tuple[str, ...]
) -> Iterator[RecordRow]:
    """The erratum's own record for each release, and Oracle's scores of the CVEs."""
    issued = definition.dated("issued")
    record = Record(
        id=id_,
        source="oracle",
        summary=definition.title[:MAX_SUMMARY],
        details=prose_of(definition),
        rating=definition.severity,
        references=links_of(definition),
        published=issued,
    )
    platforms = definition.metadata.findall("affected/platform")
    for platform in platforms[:100]:
        if match := _PLATFORM.fullmatch((platform.text or "").strip()):
            yield RecordRow(bucket=f"ol-{match[1]}", record=record)
    scores = vectors_of(definition, "oracle")
    for cve in cves:
        if cve in scores:
            scored = Record(id=cve, source="oracle", cvss=scores[cve])
            yield RecordRow(bucket=CVE_BUCKET, record=scored, authority=BORROWED)


class _Leaf:
    """Reads the tests that Oracle uses."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def cases(self, criterion: Criterion, negated: bool) -> list[Case]:
        test = self._document.test(criterion.test)
        if not test.name:
            match = _MODULE.fullmatch(criterion.comment)
            if negated or not match:
                raise Broken
            return [Case(module=match[1])]
        if test.name != _OWN:
            return package_cases(test, negated=negated)
        if negated:
            raise Broken
        if test.state.version is not None:
            match = _RELEASE.fullmatch(test.state.version[1])
            if not match:
                raise Broken
            return [Case(release=f"ol-{match[1]}")]
        return [Case(machine=name) for name in test.state.arches]
