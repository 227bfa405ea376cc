"""
Malicious packages: a checkout of https://github.com/ossf/malicious-packages under ``malicious/``.

It holds OSV records as ``osv/malicious/<ecosystem>/<name>/MAL-<year>-<number>.json``. The same
records are in the ecosystems' OSV exports; of two copies the newer one stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import orjson

from shipworthy.advisories.feeds.containers import Tree
from shipworthy.advisories.feeds.interface import Row
from shipworthy.advisories.feeds.osv_record import Foreign, rows_of
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import Broken, date, mapping


class MaliciousFeed:
    """Reads the records of the repository, whichever folder of it is there."""

    name = "malicious"

    def read(self, root: Path) -> Iterator[Row]:
        """Give the rows of every record on a malicious package."""
        folder = root / "malicious"
        tree = Tree(folder)
        names = [n for n in tree.names() if n.rpartition("/")[2].startswith("MAL-")]
        tally = Tally(self.name)
        for name in names:
            yield from tally.take(partial(_rows, tree.read(name), tally))
        if names:
            yield tally.info([folder / name for name in names], root)


def _rows(data: bytes | None, tally: Tally) -> Iterator[Row]:
    try:
        record = mapping(orjson.loads(data or b""))
        yield from list(rows_of(record))
    except (orjson.JSONDecodeError, Foreign):
        raise Broken from None
    tally.dates.append(date(record.get("modified")))
