"""
Vulnerabilities of WordPress itself, by Wordfence Intelligence: ``wordfence/production.json``.

Source: https://www.wordfence.com/help/wordfence-intelligence/ (versions 2 and 3 of the production feed,
``/api/intelligence/v2/vulnerabilities/production``): an object of records by id with ``cve``, ``cvss``,
``informational`` and ``software``, whose entries have ``type`` (``core``, ``plugin``, ``theme``), ``slug``,
``affected_versions`` (spans with ``*`` for an open end) and ``patched_versions``. Plugins and themes
are no packages that an inventory holds, so only ``core`` is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read_object
from shipworthy.advisories.feeds.interface import Row
from shipworthy.advisories.feeds.software import statement, told
from shipworthy.advisories.feeds.spans import (
    END,
    START,
    Span,
    after,
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
    MAX_VERSION,
    Broken,
    array,
    date,
    mapping,
    plain,
    prose,
    selector,
    urls,
    vector,
    word,
)
from shipworthy.model.advisory import Record


_FEED = "wordfence"
_CORE = "core"
_OPEN = "*"


class WordfenceFeed:
    """Reads the production feed."""

    name = "wordfence"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each vulnerability of WordPress' core with a CVE; raises ``FeedError``."""
        path = root / "wordfence" / "production.json"
        if not path.is_file():
            return
        tally = Tally(_FEED)
        for _, item in sorted(read_object(path, "Wordfence's production feed").items()):
            record = item if isinstance(item, dict) else {}
            yield from tally.take(
                partial(_rows, item), date=date(record.get("updated"))
            )
        yield tally.info([path], root)


def _rows(item: object) -> Iterator[Row]:
    record = mapping(item)
    core = [
        entry
        for value in array(record.get("software"), 10_000)
        if selector((entry := mapping(value)).get("type")) == _CORE
    ]
    if not core or record.get("informational") is True:
        return
    cve = record.get("cve")
    if not isinstance(cve, str) or not CVE.fullmatch(cve):
        raise Broken
    fixes = [
        before(plain(version, MAX_VERSION))
        for entry in core
        for version in array(entry.get("patched_versions"), 1_000)
    ]
    spans = joined(upto_fix(span, fixes) for entry in core for span in _spans(entry))
    if not spans:
        raise Broken
    score = mapping(record.get("cvss"))
    yield statement(
        cve,
        "wordpress",
        ranges_of(spans),
        feed=_FEED,
        rating=word(score.get("rating")),
        modified=date(record.get("updated")),
    )
    parsed = vector("wordfence", score.get("vector"))
    yield from told(
        Record(
            id=cve,
            source="wordfence",
            summary=" ".join(prose(record.get("title"), MAX_SUMMARY).split()),
            details=prose(record.get("description"), MAX_DETAILS),
            cvss=(parsed,) if parsed else (),
            references=urls(record.get("references")),
            published=date(record.get("published")),
            modified=date(record.get("updated")),
        )
    )


def _spans(entry: Mapping[str, object]) -> Iterator[Span]:
    for item in mapping(entry.get("affected_versions")).values():
        affected = mapping(item)
        first = plain(affected.get("from_version"), MAX_VERSION)
        last = plain(affected.get("to_version"), MAX_VERSION)
        low, high = START, END
        if first != _OPEN:
            low = (after if affected.get("from_inclusive") is False else before)(first)
        if last != _OPEN:
            high = (before if affected.get("to_inclusive") is False else after)(last)
        yield low, high
