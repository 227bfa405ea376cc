"""
The database's own format: what a shard holds and how its rows are written.

A database is a directory with ``index.json`` and ``shards/NAME.sqlite``, one shard a
bucket; ``cve`` holds records of CVEs, ``intel`` what is known of their exploitation, ``eol``
how long products are supported (:mod:`shipworthy.advisories.schema_shared`). All
shards have the same three tables. A row of ``packages`` is everything on one package, so a
look-up is one descent of one b-tree. Bodies are JSON arrays by position, trailing
defaults left off; they are not compressed one by one, because a shard travels compressed
as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from shipworthy.advisories.fields import MALFORMED as _MALFORMED
from shipworthy.advisories.fields import text as _text
from shipworthy.advisories.fields import texts as _texts
from shipworthy.advisories.fields import trimmed as _trimmed
from shipworthy.errors import DatabaseError
from shipworthy.model.advisory import (
    Advisory,
    CvssVector,
    FixState,
    Range,
    Record,
)


SCHEMA = 2
"""Raised whenever an older reader would misunderstand; a reader takes only its own."""

CVE_SHARD = "cve"
INTEL_SHARD = "intel"
EOL_SHARD = "eol"
SHARED = frozenset({CVE_SHARD, INTEL_SHARD, EOL_SHARD})
"""Shards that are no bucket of advisories."""

TABLES = {
    "meta": "CREATE TABLE meta(key TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID",
    "packages": "CREATE TABLE packages(key TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID",
    "records": "CREATE TABLE records(key TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID",
}

_STATES: tuple[FixState, ...] = (
    "affected",
    "will-not-fix",
    "fix-deferred",
    "end-of-life",
    "under-investigation",
    "fixed",
)
_CODES = {"introduced": "i", "fixed": "f", "last_affected": "l", "limit": "m"}
_KINDS = {code: kind for kind, code in _CODES.items()}


def dump_advisories(
    advisories: Iterable[tuple[Advisory, Sequence[Sequence[str]]]], feeds: Sequence[str]
) -> bytes:
    """
    One package's advisories, each with the alias sets it stands for.

    ``feeds`` is the shard's list of feeds, which the rows refer to by position.
    """
    rows = []
    for advisory, sets in advisories:
        names = list(sets[0]) if len(sets) == 1 else [list(names) for names in sets]
        row: list[object] = [
            advisory.id,
            names,
            [_dump_range(r) for r in advisory.ranges],
            feeds.index(advisory.feed),
            advisory.versions,
            _STATES.index(advisory.fix_state),
            advisory.rating,
            advisory.arches,
            advisory.modularity,
            advisory.also,
            int(advisory.bulletin),
            advisory.channel,
            advisory.cpes,
            advisory.fixed_on,
        ]
        rows.append(_trimmed(row, 4))
    return orjson.dumps(rows)


def load_advisories(
    body: bytes, *, bucket: str, package: str, scheme: str, feeds: Sequence[str]
) -> list[Advisory]:
    """Read what :func:`dump_advisories` wrote, one advisory for each alias set; raises ``DatabaseError``."""
    found: list[Advisory] = []
    try:
        for row in orjson.loads(body):
            id_, names, ranges, feed, *rest = row
            if len(rest) < _OPTIONAL:
                rest += _DEFAULTS[len(rest) :]
            versions, state, rating, arches, modularity, also, bulletin, *limits = rest
            channel, cpes, fixed_on = limits
            several = names and type(names[0]) is list
            found += [
                Advisory(
                    id=_text(id_),
                    aliases=_texts(aliases),
                    bucket=bucket,
                    package=package,
                    scheme=scheme,
                    feed=feeds[feed],
                    ranges=tuple([_load_range(r) for r in ranges]),
                    versions=_texts(versions),
                    fix_state=_STATES[state],
                    rating=_text(rating),
                    arches=_texts(arches),
                    modularity=_text(modularity),
                    also=_texts(also),
                    bulletin=bool(bulletin),
                    channel=_text(channel),
                    cpes=_texts(cpes),
                    fixed_on=_text(fixed_on),
                )
                for aliases in (names if several else (names,))
            ]
    except _MALFORMED:
        raise DatabaseError(
            f"{bucket}: the row of package {package!r} is malformed"
        ) from None
    return found


_DEFAULTS: tuple[Any, ...] = ((), 0, "", (), "", (), 0, "", (), "")
_OPTIONAL = len(_DEFAULTS)


def dump_record(record: Record) -> bytes:
    """A record without its id, which is its key."""
    return orjson.dumps(
        _trimmed(
            [
                record.source,
                record.summary,
                record.details,
                record.rating,
                [[c.source, c.vector] for c in record.cvss],
                record.cwes,
                record.references,
                record.published,
                record.modified,
                int(record.disputed),
            ],
            1,
        )
    )


_RECORD_DEFAULTS: tuple[Any, ...] = ("", "", "", (), (), (), "", "", 0)


def load_record(body: bytes, id_: str) -> Record:
    """Read what :func:`dump_record` wrote; raises ``DatabaseError``."""
    try:
        source, *rest = orjson.loads(body)
        rest += _RECORD_DEFAULTS[len(rest) :]
        summary, details, rating, cvss, cwes, references, *dates, disputed = rest
        published, modified = dates
        return Record(
            id=id_,
            source=_text(source),
            summary=_text(summary),
            details=_text(details),
            rating=_text(rating),
            cvss=tuple(CvssVector(source=_text(s), vector=_text(v)) for s, v in cvss),
            cwes=_texts(cwes),
            references=_texts(references),
            published=_text(published),
            modified=_text(modified),
            disputed=bool(disputed),
        )
    except _MALFORMED:
        raise DatabaseError(f"the record of {id_!r} is malformed") from None


def _dump_range(item: Range) -> str | list[str]:
    """``"V"`` for introduced 0 and fixed V, ``""`` where nothing is fixed, else code and version in turn."""
    events = item.events
    if events == (("introduced", "0"),):
        return ""
    if (
        len(events) == 2
        and events[0] == ("introduced", "0")
        and events[1][0] == "fixed"
    ):
        return events[1][1]
    return [text for kind, version in events for text in (_CODES[kind], version)]


def _load_range(value: object) -> Range:
    if type(value) is str:
        if value:
            return Range(events=(("introduced", "0"), ("fixed", value)))
        return _OPEN
    if type(value) is not list:
        raise TypeError
    pairs = iter(value)
    return Range(
        events=tuple(
            [(_KINDS[kind], _text(v)) for kind, v in zip(pairs, pairs, strict=True)]
        )
    )


_OPEN = Range(events=(("introduced", "0"),))
