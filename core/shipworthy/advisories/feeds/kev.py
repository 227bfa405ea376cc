"""
CISA's catalogue of known exploited vulnerabilities: ``kev/known_exploited_vulnerabilities.json``.

Source: https://www.cisa.gov/known-exploited-vulnerabilities-catalog and its JSON schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from shipworthy.advisories.feeds.files import digest, read_object
from shipworthy.advisories.feeds.interface import IntelRow, Row
from shipworthy.advisories.feeds.values import CVE, Broken, date, mapping, prose
from shipworthy.errors import FeedError
from shipworthy.model.advisory import FeedInfo, Kev


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
        records = skipped = 0
        for item in entries:
            try:
                row = _row(mapping(item))
            except Broken:
                skipped += 1
                continue
            records += 1
            yield row
        yield FeedInfo(
            name="kev",
            date=date(document.get("dateReleased")),
            records=records,
            skipped=skipped,
            digest=digest([path], root),
        )


def _row(entry: Mapping[str, object]) -> IntelRow:
    cve = entry.get("cveID")
    added = date(entry.get("dateAdded"))
    if not isinstance(cve, str) or not CVE.fullmatch(cve) or not added:
        raise Broken
    return IntelRow(
        cve=cve,
        kev=Kev(
            date_added=added,
            due_date=date(entry.get("dueDate")),
            ransomware=entry.get("knownRansomwareCampaignUse") == "Known",
            required_action=prose(entry.get("requiredAction"), MAX_ACTION),
        ),
    )
