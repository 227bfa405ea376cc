"""Feeds that are a table: CSV with a header (RFC 4180), row by row and bounded."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from shipworthy.advisories.feeds.files import read
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.errors import FeedError


def table_rows(
    path: Path, limit: int, needed: AbstractSet[str], expected: str, tally: Tally
) -> Iterator[dict[str, object]]:
    """
    Each row by the names of its columns; one that no reader of CSV takes is counted as skipped.

    A row that is too short has None in its last columns, one that is too long has its rest
    under None. Raises ``FeedError`` saying that ``expected`` was expected where a needed
    column is missing.
    """
    text = read(path, limit).decode("utf-8", "replace").replace("\0", "")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if not needed <= _header(rows):
        raise FeedError(f"{path}: expected {expected}")
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            tally.skipped += 1
            continue
        yield dict(row)


def _header(rows: csv.DictReader[str]) -> AbstractSet[str]:
    try:
        return frozenset(rows.fieldnames or ())
    except csv.Error:
        return frozenset()
