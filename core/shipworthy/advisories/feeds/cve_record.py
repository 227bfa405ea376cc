"""
CVE records as projects' own numbering authorities publish them: ``projects/<project>/CVE-*.json``.

Source: CVE record format 5.x (https://github.com/CVEProject/cve-schema). Projects publish them
themselves (OpenSSL: ``secjson`` of https://github.com/openssl/release-metadata; Apache httpd:
https://httpd.apache.org/security/json/) or by the CVE list
(https://github.com/CVEProject/cvelistV5: PostgreSQL, PHP, CPython, Redis by GitHub). The folder is named
as the package is. Only what the authority itself says counts (``containers.cna``), and of it
what is about the project's own product.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import orjson

from shipworthy.advisories.feeds.containers import Tree
from shipworthy.advisories.feeds.cve_versions import spans_of
from shipworthy.advisories.feeds.interface import Rejected, Row
from shipworthy.advisories.feeds.software import statement, told
from shipworthy.advisories.feeds.spans import (
    NEVER,
    Cut,
    before,
    joined,
    ranges_of,
    upto_fix,
)
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import (
    CVE,
    MAX_DETAILS,
    MAX_SUMMARY,
    Broken,
    array,
    date,
    mapping,
    prose,
    selector,
    urls,
    vector,
    weaknesses,
    word,
)
from shipworthy.model.advisory import CvssVector, Range, Record
from shipworthy.model.products import project_of, titles_of


_PROJECT = re.compile(r"[a-z0-9][a-z0-9._+-]{0,79}", re.ASCII)
_RELEASED = re.compile(r"(\d+(?:\.\d+){1,3}) released", re.ASCII)
_CVSS = ("cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0")
_ELSEWHERE = frozenset(
    {"windows", "macos", "mac os", "mac os x", "ios", "android", "win32"}
)
_UNRATED = frozenset({"unknown", "n/a", "none"})


class CveRecordFeed:
    """Reads the folders of all projects, each as a source of its own."""

    name = "projects"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each CVE of each project; a rejected one as rejected."""
        for folder in sorted((root / "projects").glob("*")):
            if not folder.is_dir() or not _PROJECT.fullmatch(folder.name):
                continue
            tree = Tree(folder)
            names = [n for n in tree.names() if n.rpartition("/")[2].startswith("CVE-")]
            tally = Tally(f"projects/{folder.name}")
            for name in names:
                yield from tally.take(
                    partial(_rows, tree.read(name), folder.name, tally)
                )
            if names:
                yield tally.info([folder / name for name in names], root)


def _rows(data: bytes | None, folder: str, tally: Tally) -> Iterator[Row]:
    try:
        record = mapping(orjson.loads(data or b""))
    except orjson.JSONDecodeError:
        raise Broken from None
    meta = mapping(record.get("cveMetadata"))
    cve = meta.get("cveId")
    if not isinstance(cve, str) or not CVE.fullmatch(cve):
        raise Broken
    if meta.get("state") == "REJECTED":
        yield Rejected(cve=cve)
        return
    cna = mapping(mapping(record.get("containers")).get("cna"))
    project = project_of(folder)
    ranges = _affected(cna, titles_of(project) | {folder})
    modified = date(meta.get("dateUpdated")) or date(meta.get("datePublished"))
    tally.dates.append(modified or date(cna.get("datePublic")))
    if ranges is not None:
        yield statement(
            cve,
            project,
            ranges,
            feed=tally.name,
            rating=_rating(cna),
            modified=modified,
        )
    yield from told(_record(cna, cve, project, meta))


def _affected(
    cna: Mapping[str, object], titles: frozenset[str]
) -> tuple[Range, ...] | None:
    """
    The ranges of the project's product; ``None`` where nothing comparable is said of it.

    What a record says to be on other systems alone affects no image of Linux.
    """
    spans = []
    said = elsewhere = False
    for item in array(cna.get("affected"), 1_000):
        entry = mapping(item)
        if word(selector(entry.get("product"))) not in titles:
            continue
        if _is_elsewhere(entry.get("platforms")):
            elsewhere = True
            continue
        found = spans_of(entry)
        if found is not None:
            said = True
            spans += found
    if said:
        fixes = _released(cna.get("timeline"))
        return ranges_of(joined(upto_fix(span, fixes) for span in spans))
    return NEVER if elsewhere else None


def _released(timeline: object) -> list[Cut]:
    """The fixes that a timeline names (Apache httpd: ``2.4.56 released``)."""
    values = [mapping(item).get("value") for item in array(timeline, 1_000)]
    found = [_RELEASED.fullmatch(v.strip()) for v in values if isinstance(v, str)]
    return [before(match[1]) for match in found if match]


def _is_elsewhere(platforms: object) -> bool:
    names = [word(name) for name in array(platforms, 200)]
    return bool(names) and all(name in _ELSEWHERE for name in names)


def _rating(cna: Mapping[str, object]) -> str:
    """The project's word, which these give as a metric of no system: ``{"text": "Moderate"}``, once ``other``."""
    for item in array(cna.get("metrics"), 100):
        other = mapping(item).get("other")
        content = other.get("content") if isinstance(other, dict) else None
        if not isinstance(content, dict):
            continue
        for key in ("text", "other"):
            rating = word(content.get(key))
            if rating and rating not in _UNRATED:
                return rating
    return ""


def _record(
    cna: Mapping[str, object], cve: str, source: str, meta: Mapping[str, object]
) -> Record:
    return Record(
        id=cve,
        source=source,
        summary=" ".join(prose(cna.get("title"), MAX_SUMMARY).split()),
        details=_english(cna.get("descriptions")),
        cvss=_vectors(cna.get("metrics"), source),
        cwes=weaknesses(cna.get("problemTypes"), "descriptions", "cweId"),
        references=urls(cna.get("references")),
        published=date(meta.get("datePublished")) or date(cna.get("datePublic")),
        modified=date(meta.get("dateUpdated")),
        disputed="disputed" in _words(cna.get("tags")),
    )


def _english(values: object) -> str:
    for item in values if isinstance(values, list) else ():
        if isinstance(item, dict) and str(item.get("lang", ""))[:2] == "en":
            return prose(item.get("value"), MAX_DETAILS)
    return ""


def _vectors(metrics: object, source: str) -> tuple[CvssVector, ...]:
    found: dict[CvssVector, None] = {}
    for item in array(metrics, 100):
        metric = mapping(item)
        for name in _CVSS:
            score = metric.get(name)
            text = score.get("vectorString") if isinstance(score, dict) else None
            if parsed := vector(source, text):
                found[parsed] = None
    return tuple(found)


def _words(values: object) -> Sequence[str]:
    return [word(value) for value in values] if isinstance(values, list) else []
