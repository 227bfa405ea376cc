"""
EPSS scores: ``epss/epss_scores-*.csv`` or ``.csv.gz``, the newest of them by name.

Source: https://www.first.org/epss/data_stats: a comment line with the model and the date,
a header, then ``cve,epss,percentile``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from shipworthy.advisories.feeds.files import digest, read
from shipworthy.advisories.feeds.interface import IntelRow, Row
from shipworthy.advisories.feeds.values import date
from shipworthy.errors import FeedError
from shipworthy.model.advisory import Epss, FeedInfo


_ROW = re.compile(
    r"(CVE-\d{4}-\d{4,12}),([01](?:\.\d{1,12})?),([01](?:\.\d{1,12})?)", re.ASCII
)
_DATE = re.compile(r"score_date:([0-9T:.+-]{10,40})")
_NAME_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})\.csv")


class EpssFeed:
    """Reads one day's scores."""

    name = "epss"

    def read(self, root: Path) -> Iterator[Row]:
        """Give the score of each CVE."""
        paths = sorted((root / "epss").glob("epss_scores-*.csv*"))
        if not paths:
            return
        path = paths[-1]
        lines = read(path).decode("utf-8", "replace").splitlines()
        day, start = _head(path, lines)
        records = skipped = 0
        for line in lines[start:]:
            match = _ROW.fullmatch(line)
            score, percentile = (
                (float(match[2]), float(match[3])) if match else (2.0, 2.0)
            )
            if not match or score > 1 or percentile > 1:
                skipped += bool(line)
                continue
            records += 1
            yield IntelRow(
                cve=match[1],
                epss=Epss(score=score, percentile=percentile, date=day),
            )
        yield FeedInfo(
            name="epss",
            date=day,
            records=records,
            skipped=skipped,
            digest=digest([path], root),
        )


def _head(path: Path, lines: list[str]) -> tuple[str, int]:
    """The date of the scores, and the line that they begin on."""
    comment = lines[0] if lines and lines[0].startswith("#") else ""
    start = 1 if comment else 0
    if len(lines) <= start or lines[start].split(",")[:3] != [
        "cve",
        "epss",
        "percentile",
    ]:
        raise FeedError(
            f"{path}: expected EPSS scores with the header cve,epss,percentile"
        )
    match = _DATE.search(comment) or _NAME_DATE.search(path.name)
    return (date(match[1][:10]) if match else ""), start + 1
