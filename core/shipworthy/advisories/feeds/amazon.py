"""
Amazon Linux security advisories: ``amazon/<release>/<repository>/updateinfo.xml.gz``.

Source: the ``updateinfo`` metadata of Amazon's package repositories (createrepo_c's format),
as ``repodata/repomd.xml`` of each repository names it; https://alas.aws.amazon.com shows the
same to people. Releases are ``1``, ``2``, ``2022`` and ``2023``; a repository of release 2 other
than ``core`` is an extras topic (``docker``, ``kernel-5.10``), whose packages stand on
version lines of their own. An advisory names binary packages by architecture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import (
    CVE,
    MAX_DETAILS,
    MAX_NAME,
    MAX_VERSION,
    Broken,
    date,
    identifier,
    plain,
    prose,
    word,
)
from shipworthy.advisories.feeds.xml import elements
from shipworthy.model.advisory import Advisory, Range, Record


FEED = "amazon/alas"
EXTRAS = "extras-"
"""Begins the channel of an extras topic."""
MAX_PACKAGES = 20_000
"""Packages of one advisory; a kernel's has a few hundred."""
MAX_REFERENCES = 5_000

_RELEASE = re.compile(r"1|2|20[2-9]\d", re.ASCII)
_TOPIC = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,79}", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_SYMBOLS = ("-debuginfo", "-debugsource")
_EVERYWHERE = "noarch"
_SECTION = re.compile(r"^(CVE-\d{4}-\d{4,12}):\s*$", re.ASCII | re.MULTILINE)


class AmazonFeed:
    """Reads the ``updateinfo`` of Amazon's repositories."""

    name = "amazon"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each advisory, package and version, and what is told of each CVE."""
        files = [
            path
            for path in sorted((root / "amazon").glob("*/*/updateinfo.xml*"))
            if path.is_file() and _RELEASE.fullmatch(path.parts[-3])
        ]
        if not files:
            return
        tally = Tally(FEED)
        for path in files:
            release, repository = path.parts[-3:-1]
            for update in elements(path, {"update"}, "a repository's updateinfo"):
                if update.get("type", "security") != "security":
                    continue
                yield from tally.take(
                    partial(_rows, update, release, repository),
                    date=_day(update, "updated") or _day(update, "issued"),
                )
        yield tally.info(files, root)


def _rows(update: Element, release: str, repository: str) -> Iterator[Row]:
    id_ = identifier(_text(update, "id"))
    cves = _cves(update)
    channel = _channel(release, repository)
    for (name, version), arches in _packages(update).items():
        yield Statement(
            advisory=Advisory(
                id=id_,
                aliases=cves if len(cves) == 1 else (),
                bucket=f"amzn-{release}",
                package=name,
                scheme="rpm",
                feed=FEED,
                ranges=(Range(events=(("introduced", "0"), ("fixed", version))),),
                rating=word(_text(update, "severity")),
                arches=() if _EVERYWHERE in arches else tuple(sorted(arches)),
                bulletin=True,
                channel=channel,
                fixed_on=_day(update, "issued"),
            ),
            vulnerabilities=tuple((cve,) for cve in cves) if len(cves) > 1 else (),
            authority=BULLETIN,
            modified=_day(update, "updated"),
        )
    yield from _told(prose(_text(update, "description"), 400_000), set(cves))


def _channel(release: str, repository: str) -> str:
    """Only release 2 has extras; the other repositories' packages have names of their own."""
    if not _TOPIC.fullmatch(repository):
        raise Broken
    return f"{EXTRAS}{repository}" if release == "2" and repository != "core" else ""


def _cves(update: Element) -> tuple[str, ...]:
    found = set()
    for count, reference in enumerate(update.iter("reference")):
        if count >= MAX_REFERENCES:
            raise Broken
        id_ = (reference.get("id") or "").strip()
        if CVE.fullmatch(id_):
            found.add(id_)
    return tuple(sorted(found))


def _packages(update: Element) -> dict[tuple[str, str], set[str]]:
    """The architectures by name and fixed version; symbols for a debugger are no software."""
    found: dict[tuple[str, str], set[str]] = {}
    for count, package in enumerate(update.iter("package")):
        if count >= MAX_PACKAGES:
            raise Broken
        name = plain(package.get("name"), MAX_NAME)
        if name.endswith(_SYMBOLS) or package.get("arch") == "src":
            continue
        arch = plain(package.get("arch") or _EVERYWHERE, 40)
        found.setdefault((name, _version(package)), set()).add(arch)
    if not found:
        raise Broken
    return found


def _version(package: Element) -> str:
    version = plain(package.get("version"), MAX_VERSION)
    release = plain(package.get("release"), MAX_VERSION)
    epoch = (package.get("epoch") or "0").strip()
    if not _NUMBER.fullmatch(epoch) or ":" in version:
        raise Broken
    plain_ = f"{version}-{release}"
    return f"{int(epoch)}:{plain_}" if int(epoch) else plain_


def _told(description: str, cves: set[str]) -> Iterator[RecordRow]:
    """The description of an advisory is one of each CVE, under its name."""
    parts = _SECTION.split(description)
    for cve, text in zip(parts[1::2], parts[2::2], strict=True):
        details = prose(text, MAX_DETAILS)
        if cve in cves and details:
            yield RecordRow(
                bucket=CVE_BUCKET,
                record=Record(id=cve, source="amazon", details=details),
                authority=BORROWED,
            )


def _text(update: Element, tag: str) -> str:
    return (update.findtext(tag) or "").strip()


def _day(update: Element, tag: str) -> str:
    """The day of ``2023-02-17 20:41``; some advisories tell seconds too."""
    found = update.find(tag)
    return date((found.get("date") or "")[:10]) if found is not None else ""
