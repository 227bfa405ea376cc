"""What an OSV record tells of a vulnerability beside its ranges."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shipworthy.advisories.feeds.values import (
    MAX_DETAILS,
    MAX_SUMMARY,
    cwes,
    date,
    prose,
    urls,
    vector,
    word,
)
from shipworthy.model.advisory import CvssVector, Record


MAX_AFFECTED_READ = 50
"""Entries of ``affected`` looked through for severities of their own."""

_UNRATED = frozenset({"", "unknown", "none", "n/a", "not yet assigned"})
_BANDS_V2 = ((7.0, "high"), (4.0, "medium"), (0.1, "low"))
_BANDS = ((9.0, "critical"), *_BANDS_V2)
_OF_UBUNTU = re.compile(r"UBUNTU-CVE-[0-9]{4}-[0-9]{4,12}")
_REJECTED = ("** reject **", "rejected reason:")
_RED_HAT = "https://access.redhat.com/security/updates/classification/#"


def record_of(record: Mapping[str, object], id_: str, source: str) -> Record:
    """The record's prose under ``id_``, with scores attributed to ``source``."""
    own = record.get("database_specific")
    own = own if isinstance(own, dict) else {}
    references = urls(record.get("references"))
    vectors = _vectors(record, source)
    return Record(
        id=id_,
        source=source,
        summary=" ".join(prose(record.get("summary"), MAX_SUMMARY).split()),
        details=prose(record.get("details"), MAX_DETAILS),
        rating=_rating(own, references) or ("" if vectors else _from_scores(own)),
        cvss=vectors,
        cwes=cwes(own.get("cwe_ids"))
        or cwes(own.get("cwes"))
        or _one_cwe(own.get("CWE")),
        references=tuple(url for url in references if not url.startswith(_RED_HAT)),
        published=date(record.get("published")),
        modified=date(record.get("modified")),
    )


def is_rejected(record: Mapping[str, object]) -> bool:
    """
    Whether the record is a CVE that its numbering authority took back.

    Ubuntu has no field for that and says it in the text, as MITRE and NVD once did.
    """
    id_, details = record.get("id"), record.get("details")
    return (
        isinstance(id_, str)
        and isinstance(details, str)
        and _OF_UBUNTU.fullmatch(id_) is not None
        and details.lstrip().lower().startswith(_REJECTED)
    )


def says_something(record: Record) -> bool:
    """Whether a record tells more than that it exists."""
    return bool(record.summary or record.details or record.cvss or record.rating)


def _vectors(record: Mapping[str, object], source: str) -> tuple[CvssVector, ...]:
    found: dict[CvssVector, None] = {}
    holders: list[object] = [record]
    affected = record.get("affected")
    if isinstance(affected, list):
        holders += affected[:MAX_AFFECTED_READ]
    for holder in holders:
        severities = holder.get("severity") if isinstance(holder, dict) else None
        for item in severities[:20] if isinstance(severities, list) else ():
            score = item.get("score") if isinstance(item, dict) else None
            if parsed := vector(source, score):
                found[parsed] = None
    return tuple(found)


def _rating(own: Mapping[str, object], references: tuple[str, ...]) -> str:
    """The publisher's word; Red Hat says it only by the anchor of a reference."""
    rating = word(own.get("severity"))
    if rating in _UNRATED:
        rating = next(
            (
                word(url[len(_RED_HAT) :])
                for url in references
                if url.startswith(_RED_HAT)
            ),
            "",
        )
    return rating


def _from_scores(own: Mapping[str, object]) -> str:
    """The band of a bare score, which is all that ruby-advisory-db has."""
    for key, bands in (
        ("cvss_v4", _BANDS),
        ("cvss_v3", _BANDS),
        ("cvss_v2", _BANDS_V2),
    ):
        score = own.get(key)
        if isinstance(score, (int, float)) and 0 < score <= 10:
            return next((band for least, band in bands if score >= least), "")
    return ""


def _one_cwe(value: object) -> tuple[str, ...]:
    """The form that curl uses: ``{"id": "CWE-416", "desc": "Use After Free"}``."""
    return cwes([value.get("id")]) if isinstance(value, dict) else ()
