"""
NVD year files: ``nvd/nvdcve-2.0-<year>.json.gz`` (or ``.json``).

Source: https://nvd.nist.gov/vuln/data-feeds and the schema of the CVE API 2.0. Read are
description, CVSS, CWE and references: they rate what a distribution leaves unrated. Product
configurations are read for software outside package managers alone (:mod:`.nvd_products`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read_object
from shipworthy.advisories.feeds.interface import (
    CVE_BUCKET,
    TRACKER,
    RecordRow,
    Rejected,
    Row,
)
from shipworthy.advisories.feeds.nvd_products import statements
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import (
    CVE,
    MAX_DETAILS,
    Broken,
    array,
    date,
    mapping,
    prose,
    urls,
    vector,
    weaknesses,
)
from shipworthy.errors import FeedError
from shipworthy.model.advisory import CvssVector, Record


_METRICS = ("cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2")
_SCORERS = {
    "nvd@nist.gov": "nvd",
    "134c704f-9b21-4f2e-91b3-4a467353bcc0": "cisa-adp",
    "security-advisories@github.com": "ghsa",
}
"""Who scored, where NVD's id of the scorer has a name of its own."""


class NvdFeed:
    """Reads all year files as one feed."""

    name = "nvd"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a record for each CVE that says something; a rejected one as rejected."""
        paths = sorted((root / "nvd").glob("nvdcve-2.0-*.json*"))
        tally = Tally("nvd")
        for path in paths:
            entries = read_object(path, "an NVD 2.0 year file").get("vulnerabilities")
            if not isinstance(entries, list):
                raise FeedError(
                    f"{path}: expected an NVD 2.0 year file, found no vulnerabilities"
                )
            for item in entries:
                yield from tally.take(partial(_rows, item, tally))
        if paths:
            yield tally.info(paths, root)


def _rows(item: object, tally: Tally) -> Iterator[Row]:
    """What is told of a CVE and of products; a configuration that cannot be read takes no text away."""
    entry = mapping(mapping(item).get("cve"))
    row, modified = _row(entry)
    tally.dates.append(modified)
    if row:
        yield row
    if not isinstance(row, Rejected):
        id_, configurations = str(entry["id"]), entry.get("configurations")
        yield from tally.part(partial(statements, id_, configurations, modified))


def _row(entry: Mapping[str, object]) -> tuple[RecordRow | Rejected | None, str]:
    id_ = entry.get("id")
    if not isinstance(id_, str) or not CVE.fullmatch(id_):
        raise Broken
    modified = date(entry.get("lastModified"))
    if entry.get("vulnStatus") == "Rejected":
        return Rejected(cve=id_), modified
    record = Record(
        id=id_,
        source="nvd",
        details=_english(entry.get("descriptions")),
        cvss=_vectors(mapping(entry.get("metrics"))),
        cwes=weaknesses(entry.get("weaknesses"), "description", "value"),
        references=urls(entry.get("references")),
        published=date(entry.get("published")),
        modified=modified,
        disputed=_disputed(entry.get("cveTags")),
    )
    if not (record.details or record.cvss or record.cwes):
        return None, modified
    return RecordRow(bucket=CVE_BUCKET, record=record, authority=TRACKER), modified


def _english(values: object) -> str:
    for item in array(values, 100):
        entry = mapping(item)
        if entry.get("lang") == "en":
            return prose(entry.get("value"), MAX_DETAILS)
    return ""


def _vectors(metrics: Mapping[str, object]) -> tuple[CvssVector, ...]:
    found: dict[CvssVector, None] = {}
    for name in _METRICS:
        for item in array(metrics.get(name), 50):
            metric = mapping(item)
            scorer = metric.get("source")
            if (
                not isinstance(scorer, str)
                or len(scorer) > 100
                or not scorer.isprintable()
            ):
                continue
            score = mapping(metric.get("cvssData")).get("vectorString")
            if parsed := vector(_SCORERS.get(scorer, scorer), score):
                found[parsed] = None
    return tuple(found)


def _disputed(values: object) -> bool:
    return any(
        "disputed" in array(mapping(item).get("tags"), 50) for item in array(values, 50)
    )
