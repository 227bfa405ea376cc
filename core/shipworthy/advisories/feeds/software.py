"""
What the importers of projects' own advisories have in common: rows of the bucket ``generic``.

The projects name their vulnerabilities by CVE and no other id, so the CVE is the advisory's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shipworthy.advisories.feeds.interface import RecordRow, Row, Statement
from shipworthy.advisories.feeds.osv_text import says_something
from shipworthy.model.advisory import Advisory, Range, Record
from shipworthy.model.bucket import GENERIC


def statement(
    id_: str,
    package: str,
    ranges: Sequence[Range],
    *,
    feed: str,
    rating: str = "",
    modified: str = "",
) -> Statement:
    """A project's word on one of its vulnerabilities."""
    return Statement(
        advisory=Advisory(
            id=id_,
            bucket=GENERIC,
            package=package,
            scheme="generic",
            feed=feed,
            ranges=tuple(ranges),
            rating=rating,
        ),
        modified=modified,
    )


def told(record: Record) -> Iterator[Row]:
    """The project's prose, if there is any."""
    if says_something(record):
        yield RecordRow(bucket=GENERIC, record=record)
