"""
A job in figures: statistics for charts and for failure conditions on metrics, and the line that a list of builds shows.

A key holds the same in every build. Of several images there are the sums under the keys that one image has, and a few
figures of each image; a step with a title of its own has keys of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256

from shipworthy.model.advisory import SEVERITIES
from shipworthy.reports.summary import in_words, tally_of
from shipworthy.reports.text import line
from shipworthy_ci.comments import USUAL_TITLE
from shipworthy_ci.facts import Counts, counts_of, facts_of
from shipworthy_ci.job import Job


MOST_IMAGES = 20
"""Images that have figures of their own."""

_PART = 40
_NO_KEY = re.compile(r"[^A-Za-z0-9._-]+")


def statistics(job: Job) -> Iterator[tuple[str, int]]:
    """Keys and values; none where nothing could be scanned, for a zero would look like a good day."""
    prefix = (
        "shipworthy" if job.title == USUAL_TITLE else f"shipworthy.{_part(job.title)}"
    )
    whole = [one for one in job.scanned if one.document is not None]
    if len(whole) != len(job.scanned) or not whole:
        return
    for key, value in _figures(facts_of(job).counts):
        yield f"{prefix}.{key}", value
    if len(whole) < 2:
        return
    for one in whole[:MOST_IMAGES]:
        assert one.document is not None
        counts = counts_of(one.document)
        own = f"{prefix}.{_part(one.name)}"
        yield f"{own}.critical", counts.severities["critical"]
        yield f"{own}.high", counts.severities["high"]
        yield f"{own}.total", counts.total


def status_text(job: Job) -> str:
    """What the build says of itself, with what TeamCity would say before it."""
    facts = facts_of(job)
    told = f"{line(job.title, 60)}: {facts.headline}"
    if any(one.document is not None for one in job.scanned):
        found = in_words(tally_of(facts.counts.severities))
        told += f" ({found if facts.counts.total else 'no findings'})"
    return f"{{build.status.text}}; {told}"


def _figures(counts: Counts) -> Iterator[tuple[str, int]]:
    for severity in SEVERITIES:
        yield severity, counts.severities[severity]
    yield "total", counts.total
    yield "fixable", counts.fixable
    yield "exploited", counts.exploited
    yield "new", counts.new
    yield "suppressed", counts.suppressed
    yield "packages", counts.packages


def _part(text: str) -> str:
    """``text`` as a part of a key; where it must change or be cut, with what tells it from others."""
    plain = _NO_KEY.sub("-", text).strip("-.")
    if plain == text and len(plain) <= _PART:
        return plain
    digest = sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    return f"{plain[: _PART - 9]}-{digest}".lstrip("-")
