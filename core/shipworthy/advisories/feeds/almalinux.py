"""
AlmaLinux's errata: ``almalinux/<release>/errata.full.json``, beside or instead of their OSV records.

Source: https://errata.almalinux.org/8/errata.full.json, described at
https://wiki.almalinux.org/documentation/errata.html. An erratum lists packages by architecture, each with the
label of its module where it has one, which the OSV records leave out. Errata that name no
vulnerability and are not about security are counted and give nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read_object
from shipworthy.advisories.feeds.identity import vulnerabilities
from shipworthy.advisories.feeds.interface import (
    BULLETIN,
    RecordRow,
    Row,
    Statement,
)
from shipworthy.advisories.feeds.osv_ranges import merge_rebuilds
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import (
    MAX_DETAILS,
    MAX_NAME,
    MAX_SUMMARY,
    MAX_VERSION,
    Broken,
    array,
    identifier,
    identifiers,
    mapping,
    plain,
    prose,
    urls,
    word,
)
from shipworthy.errors import FeedError
from shipworthy.model.advisory import Advisory, Range, Record


FEED = "almalinux/errata"

_RELEASE = re.compile(r"[0-9]{1,2}", re.ASCII)
_SYMBOLS = ("-debuginfo", "-debugsource")
_MAX = 200_000
_LAST = 4_102_444_800
"""The year 2100 in seconds."""


class AlmaLinuxFeed:
    """Reads AlmaLinux's errata of every release."""

    name = "almalinux"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each package, module stream and erratum; raises ``FeedError`` for a file that holds none."""
        paths = [
            path
            for path in sorted((root / "almalinux").glob("*/errata.full.json"))
            if _RELEASE.fullmatch(path.parent.name)
        ]
        if not paths:
            return
        tally = Tally(name=FEED)
        for path in paths:
            document = read_object(path, "AlmaLinux's errata")
            errata = document.get("data")
            if not isinstance(errata, list):
                raise FeedError(
                    f"{path}: expected AlmaLinux's errata, found no list 'data'"
                )
            bucket = f"almalinux-{path.parent.name}"
            for item in errata:
                for row in tally.take(partial(_rows, bucket, item)):
                    if isinstance(row, RecordRow):
                        tally.dates.append(row.record.modified)
                    yield row
        yield tally.info(paths, root)


def _rows(bucket: str, item: object) -> Iterator[Row]:
    erratum = mapping(item)
    id_ = identifier(erratum.get("id"))
    title = prose(erratum.get("title"), MAX_SUMMARY)
    named = [mapping(one) for one in array(erratum.get("references"), _MAX)]
    cves = identifiers([one.get("id") for one in named if one.get("type") == "cve"])
    sets = vulnerabilities(id_, aliases=[], upstream=cves, related=[], summary=title)
    builds = _builds(erratum)
    if not sets or not builds:
        return
    modified = _instant(erratum.get("updated_date"))
    rating = word(erratum.get("severity"))
    rated = "" if rating == "none" else rating
    for (package, module), versions in sorted(builds.items()):
        yield Statement(
            advisory=Advisory(
                id=id_,
                aliases=sets[0] if len(sets) == 1 else (),
                bucket=bucket,
                package=package,
                scheme="rpm",
                feed=FEED,
                ranges=merge_rebuilds([_below(v) for v in sorted(versions)]),
                rating=rated,
                modularity=module,
                bulletin=True,
            ),
            vulnerabilities=sets if len(sets) > 1 else (),
            authority=BULLETIN,
            modified=modified,
        )
    yield RecordRow(
        bucket=bucket,
        record=Record(
            id=id_,
            source="almalinux",
            summary=title,
            details=prose(erratum.get("description"), MAX_DETAILS),
            rating=rated,
            references=urls([one.get("href") for one in named]),
            published=_instant(erratum.get("issued_date")),
            modified=modified,
        ),
    )


def _builds(erratum: Mapping[str, object]) -> dict[tuple[str, str], set[str]]:
    """The versions that an erratum brings, by package and module stream."""
    found: dict[tuple[str, str], set[str]] = {}
    for item in array(erratum.get("packages"), _MAX):
        package = mapping(item)
        name = plain(package.get("name"), MAX_NAME)
        if package.get("arch") == "src" or name.endswith(_SYMBOLS):
            continue
        epoch = plain(package.get("epoch") or "0", MAX_NAME)
        version = plain(package.get("version"), MAX_VERSION)
        release = plain(package.get("release"), MAX_VERSION)
        text = f"{version}-{release}"
        if epoch != "0":
            text = f"{epoch}:{text}"
        key = (name, _stream(package.get("module")))
        found.setdefault(key, set()).add(plain(text, MAX_VERSION))
    return found


def _stream(label: object) -> str:
    """``mariadb:10.3`` of ``mariadb:10.3:8050020220427075058:c5368500:x86_64``."""
    if label is None or label == "":
        return ""
    name, colon, rest = plain(label, MAX_NAME).partition(":")
    stream = rest.partition(":")[0]
    if not (name and colon and stream):
        raise Broken
    return f"{name}:{stream}"


def _below(fixed: str) -> Range:
    return Range(events=(("introduced", "0"), ("fixed", fixed)))


def _instant(value: object) -> str:
    """Seconds since 1970 as ISO 8601; empty where it is no date."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _LAST:
        return ""
    return dt.datetime.fromtimestamp(value, dt.timezone.utc).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
