"""
Photon OS's vulnerability metadata: ``photon/cve_data_photon<release>.json``.

Source: https://packages.broadcom.com/photon/photon_cve_metadata/, a list of objects with
``cve_id``, ``pkg`` (a source package), ``cve_score`` (a CVSS base score or null), ``aff_ver`` (a sentence:
``all versions before 7.88.1-4.ph4 are vulnerable``), ``res_ver`` (the fixed version) and, in newer
files, ``status``. ``NA`` for the fixed version means not affected unless the
sentence says that versions are vulnerable; no fixed version at all means no fix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read_array
from shipworthy.advisories.feeds.interface import TRACKER, Row, Statement
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import (
    MAX_NAME,
    MAX_VERSION,
    Broken,
    identifier,
    mapping,
    plain,
    prose,
    word,
)
from shipworthy.model.advisory import Advisory, Range


FEED = "photon/metadata"

_FILE = re.compile(r"cve_data_photon(\d{1,3})(?:\.\d{1,3})?\.json", re.ASCII)
_NOTHING = frozenset({"", "na", "n/a", "none"})
_BANDS = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"))
"""CVSS's qualitative severity rating scale, lower ends."""


class PhotonFeed:
    """Reads the metadata of each release."""

    name = "photon"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each package and vulnerability of each release."""
        files = [
            (f"photon-{found[1]}", path)
            for path in sorted((root / "photon").glob("*.json"))
            if (found := _FILE.fullmatch(path.name))
        ]
        if not files:
            return
        tally = Tally(FEED)
        for bucket, path in files:
            for entry in read_array(path, "Photon's list of vulnerabilities"):
                yield from tally.take(partial(_rows, bucket, entry))
        yield tally.info([path for _, path in files], root)


def _rows(bucket: str, value: object) -> Iterator[Statement]:
    entry = mapping(value)
    fixed = _fixed(
        entry.get("res_ver"), prose(entry.get("aff_ver"), 1_000), entry.get("status")
    )
    yield Statement(
        advisory=Advisory(
            id=identifier(entry.get("cve_id")),
            bucket=bucket,
            package=plain(entry.get("pkg"), MAX_NAME),
            scheme="rpm",
            feed=FEED,
            ranges=(
                Range(
                    events=(("introduced", "0"), *([("fixed", fixed)] if fixed else []))
                ),
            ),
            rating=_rating(entry.get("cve_score")),
        ),
        authority=TRACKER,
    )


def _fixed(resolved: object, sentence: str, status: object) -> str:
    """The fixed version, ``0`` where none was ever affected, empty where there is no fix."""
    if word(status) == "not affected":
        return "0"
    if resolved is None:
        return ""
    if not isinstance(resolved, str):
        raise Broken
    text = resolved.strip()
    if text.lower() not in _NOTHING:
        return plain(text, MAX_VERSION)
    return "" if not text or "vulnerable" in sentence.lower() else "0"


def _rating(score: object) -> str:
    """The band of Photon's score; it gives no vector to show."""
    if isinstance(score, bool) or not isinstance(score, int | float):
        return ""
    return next((band for low, band in _BANDS if low <= score <= 10), "")
