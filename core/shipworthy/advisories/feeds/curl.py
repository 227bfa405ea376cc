"""
curl's own vulnerabilities: ``curl/vuln.json``.

Source: https://curl.se/docs/vuln.json, an array of OSV records (``CURL-CVE-…``) that name no package.
The same records are in OSV's exports; of two copies the newer one stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read_array
from shipworthy.advisories.feeds.interface import Row
from shipworthy.advisories.feeds.osv_record import Foreign, rows_of
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import Broken, date, mapping
from shipworthy.errors import FeedError


MAX_RECORDS = 100_000


class CurlFeed:
    """Reads the project's list."""

    name = "curl"

    def read(self, root: Path) -> Iterator[Row]:
        """Give the rows of every record; raises ``FeedError`` where the file is no array."""
        path = root / "curl" / "vuln.json"
        if not path.is_file():
            return
        records = read_array(path, "curl's list of vulnerabilities")
        if len(records) > MAX_RECORDS:
            raise FeedError(f"{path}: more than the bound of {MAX_RECORDS} records")
        tally = Tally(self.name)
        for item in records:
            yield from tally.take(partial(_rows, item, tally))
        yield tally.info([path], root)


def _rows(item: object, tally: Tally) -> Iterator[Row]:
    record = mapping(item)
    try:
        yield from list(rows_of(record))
    except Foreign:
        raise Broken from None
    tally.dates.append(date(record.get("modified")))
