"""
CISA's catalogue of known exploited vulnerabilities: ``kev/known_exploited_vulnerabilities.json``.

Source: https://www.cisa.gov/known-exploited-vulnerabilities-catalog and its JSON schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read_object
from shipworthy.advisories.feeds.interface import IntelRow, Row
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import CVE, Broken, date, mapping, prose
from shipworthy.errors import FeedError
from shipworthy.model.advisory import Kev


MAX_ACTION = 1_000


class KevFeed:
    """Reads the catalogue."""

    name = "kev"

    def read(self, root: Path) -> Iterator[Row]:
        """Give an entry for each CVE of the catalogue."""
        path = root / "kev" / "known_exploited_vulnerabilities.json"
        if not path.is_file():
            return
        document = read_object(path, "the KEV catalogue")
        entries = document.get("vulnerabilities")
        if not isinstance(entries, list):
            raise FeedError(
                f"{path}: expected the KEV catalogue, found no vulnerabilities"
            )
        tally = Tally("kev")
        for item in entries:
            yield from tally.take(partial(_rows, item))
        yield tally.info([path], root, date=date(document.get("dateReleased")))


def _rows(value: object) -> Iterator[IntelRow]:
    entry = mapping(value)
    cve = entry.get("cveID")
    added = date(entry.get("dateAdded"))
    if not isinstance(cve, str) or not CVE.fullmatch(cve) or not added:
        raise Broken
    yield IntelRow(
        cve=cve,
        kev=Kev(
            date_added=added,
            due_date=date(entry.get("dueDate")),
            ransomware=entry.get("knownRansomwareCampaignUse") == "Known",
            required_action=prose(entry.get("requiredAction"), MAX_ACTION),
        ),
    )
