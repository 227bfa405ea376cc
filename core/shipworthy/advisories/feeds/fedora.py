"""
Fedora's security updates: ``fedora/bodhi-<release>.json``, ``fedora/bodhi-<release>-<page>.json``.

Source: https://bodhi.fedoraproject.org/updates/?type=security&status=stable&releases=F<release>,
pages of ``{"updates": […]}`` or their list alone. An update names its builds as ``nvr`` of source
packages; its CVEs stand in the titles of the bugs it closes (``CVE-2024-56171 libxml2:
Use-After-Free … [fedora-40]``), else in its own name or notes. A source package's
name carries no epoch, so fixes here have none either; see the family.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read_json
from shipworthy.advisories.feeds.interface import BULLETIN, RecordRow, Row, Statement
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import (
    MAX_DETAILS,
    MAX_NAME,
    MAX_SUMMARY,
    MAX_VERSION,
    Broken,
    array,
    date,
    identifier,
    mapping,
    plain,
    prose,
    selector,
    word,
)
from shipworthy.errors import FeedError
from shipworthy.model.advisory import Advisory, Range, Record


FEED = "fedora/bodhi"
PREFIX = "FEDORA"
"""``id_prefix`` of Fedora's own releases; EPEL, flatpaks and containers have others."""

_FILE = re.compile(r"bodhi-[A-Za-z0-9.-]{1,40}\.json", re.ASCII)
_RELEASE = re.compile(r"\d{1,3}", re.ASCII)
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,12}\b", re.ASCII)
_COMPONENT = re.compile(
    r"(?:\W*CVE-\d{4}-\d{4,12}\b)+\W*\s([\w.+-]{1,200})\s*:", re.ASCII
)
_RATINGS = {"urgent": "critical", "high": "high", "medium": "medium", "low": "low"}


class FedoraFeed:
    """Reads what Fedora's update system lists."""

    name = "fedora"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each source package of each security update that is stable."""
        files = [
            path
            for path in sorted((root / "fedora").glob("*.json"))
            if _FILE.fullmatch(path.name)
        ]
        if not files:
            return
        tally = Tally(FEED)
        for path in files:
            for value in _updates(path):
                stable = value.get("date_stable") if isinstance(value, dict) else None
                yield from tally.take(partial(_rows, value), date=date(stable))
        yield tally.info(files, root)


def _updates(path: Path) -> list[object]:
    expected = "a page of Bodhi's updates"
    document = read_json(path, expected)
    listed = document.get("updates") if isinstance(document, dict) else document
    if not isinstance(listed, list):
        raise FeedError(f"{path}: expected {expected}, found no list of updates")
    return listed


def _rows(value: object) -> Iterator[Row]:
    update = mapping(value)
    if not update:
        raise Broken
    kinds = selector(update.get("type")), selector(update.get("status"))
    release = mapping(update.get("release"))
    version = selector(release.get("version"))
    ours = selector(release.get("id_prefix")) == PREFIX
    if kinds != ("security", "stable") or not ours or not _RELEASE.fullmatch(version):
        return
    id_, bucket = identifier(update.get("alias")), f"fedora-{version}"
    builds = _builds(update)
    for name, fixed in builds.items():
        cves = _cves(update, name, builds)
        if not cves and len(builds) > 1 and _cves(update, "", {}):
            continue  # rebuilt beside the package that has the vulnerability
        yield Statement(
            advisory=Advisory(
                id=id_,
                aliases=cves if len(cves) == 1 else (),
                bucket=bucket,
                package=name,
                scheme="rpm",
                feed=FEED,
                ranges=(Range(events=(("introduced", "0"), ("fixed", fixed))),),
                rating=_RATINGS.get(word(update.get("severity")), ""),
                bulletin=True,
                fixed_on=date(update.get("date_stable"))[:10],
            ),
            vulnerabilities=tuple((cve,) for cve in cves) if len(cves) > 1 else (),
            authority=BULLETIN,
            modified=date(update.get("date_modified")),
        )
    yield RecordRow(bucket=bucket, record=_record(id_, update))


def _builds(update: Mapping[str, object]) -> dict[str, str]:
    """Fixed version by source package; builds that are no rpm are of another kind."""
    found: dict[str, str] = {}
    for item in array(update.get("builds"), 2_000):
        build = mapping(item)
        if selector(build.get("type", "rpm")) != "rpm":
            continue
        nvr = plain(build.get("nvr"), MAX_NAME + MAX_VERSION)
        parts = nvr.rsplit("-", 2)
        if len(parts) != 3 or not all(parts):
            raise Broken
        found[parts[0]] = plain(f"{parts[1]}-{parts[2]}", MAX_VERSION)
    return found


def _cves(
    update: Mapping[str, object], name: str, builds: Mapping[str, str]
) -> tuple[str, ...]:
    """
    The CVEs of one build of an update.

    A bug's title names the component; where that is another build of the same update, the
    CVE is not this one's.
    """
    found: set[str] = set()
    for item in array(update.get("bugs"), 5_000):
        title = prose(mapping(item).get("title"), 2_000)
        component = _COMPONENT.match(title)
        if component and component[1] in builds and component[1] != name:
            continue
        found.update(_CVE.findall(title))
    if not found and not _CVE.search(_bugs_text(update)):
        own = (update.get("display_name"), update.get("title"), update.get("notes"))
        for value in own:
            found.update(_CVE.findall(prose(value, 100_000)))
    return tuple(sorted(found))


def _bugs_text(update: Mapping[str, object]) -> str:
    return "\n".join(
        prose(mapping(item).get("title"), 2_000)
        for item in array(update.get("bugs"), 5_000)
    )


def _record(id_: str, update: Mapping[str, object]) -> Record:
    title = update.get("display_name") or update.get("title")
    return Record(
        id=id_,
        source="fedora",
        summary=prose(title, MAX_SUMMARY),
        details=prose(update.get("notes"), MAX_DETAILS),
        published=date(update.get("date_stable")),
        modified=date(update.get("date_modified")),
    )
