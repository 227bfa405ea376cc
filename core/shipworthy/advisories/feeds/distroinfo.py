"""
The releases of Debian and Ubuntu with their ends of support: ``eol/distro-info/{debian,ubuntu}.csv``.

Source: the package distro-info-data, which both distributions maintain themselves; their
word stands before others'. ``eol`` (of servers where that is told apart) ends regular
support; ``eol-lts`` is Debian's long-term support, ``eol-esm`` Ubuntu's expanded one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.interface import TRACKER, ProductRow, Row
from shipworthy.advisories.feeds.table import table_rows
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import Broken, date, plain
from shipworthy.model.lifecycle import Cycle, Product


MAX_CSV = 1 << 20
_EXTENDED = {"debian": "eol-lts", "ubuntu": "eol-esm"}
_LABELS = {"debian": "Debian", "ubuntu": "Ubuntu"}
_EXPECTED = (
    "releases of a distribution with the columns version, series, release and eol"
)
_NEEDED = frozenset({"version", "series", "release", "eol"})


class DistroInfoFeed:
    """Reads the releases of Debian and Ubuntu."""

    name = "distro-info"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a product for each of the two."""
        directory = root / "eol" / "distro-info"
        tally = Tally("distro-info")
        paths = []
        for name in sorted(_EXTENDED):
            path = directory / f"{name}.csv"
            if not path.is_file():
                continue
            paths.append(path)
            cycles: list[Cycle] = []
            for row in table_rows(path, MAX_CSV, _NEEDED, _EXPECTED, tally):
                if row.get("eol"):
                    cycles += tally.take(partial(_cycles, name, row))
            cycles.sort(key=lambda cycle: cycle.released, reverse=True)
            product = Product(name=name, label=_LABELS[name], cycles=tuple(cycles))
            yield ProductRow(product=product, authority=TRACKER)
        if paths:
            yield tally.info(paths, root)


def _cycles(name: str, row: Mapping[str, object]) -> list[Cycle]:
    version = plain(row.get("version"), 40).split()[0]
    ends = date(row.get("eol-server")) or date(row.get("eol"))
    if not ends:
        raise Broken
    return [
        Cycle(
            name=version,
            ends=ends[:10],
            extended=date(row.get(_EXTENDED[name]))[:10],
            released=date(row.get("release"))[:10],
        )
    ]
