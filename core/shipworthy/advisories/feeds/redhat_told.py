"""
What a CSAF document of Red Hat tells of each component beside its state.

Source: OASIS CSAF 2.0, sections 3.2.3.12 (remediations), 3.2.3.13 (scores) and 3.2.3.14
(threats), and https://redhatproductsecurity.github.io/security-data-guidelines/csaf-vex/ for the
words in them: ``Affected`` and ``Fix deferred`` under ``none_available``, ``Will not fix`` and
``Out of support scope`` under ``no_fix_planned``. A ``workaround`` is no fix and changes no state.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from shipworthy.advisories.feeds.csaf import ids_of
from shipworthy.advisories.feeds.interface import CVE_BUCKET, RecordRow
from shipworthy.advisories.feeds.values import (
    MAX_DETAILS,
    MAX_SUMMARY,
    array,
    cwes,
    date,
    mapping,
    prose,
    urls,
    vector,
    word,
)
from shipworthy.model.advisory import CvssVector, FixState, Record
from shipworthy.values import dataclass


_MAX_ENTRIES = 100_000
_BULLETIN = re.compile(r"/(RH[SBE]A-[0-9]{4}:[0-9]{4,6})/?")
_WORDS: dict[str, FixState] = {
    "affected": "affected",
    "fix deferred": "fix-deferred",
    "out of support scope": "end-of-life",
    "will not fix": "will-not-fix",
}
_CATEGORIES: dict[str, FixState] = {
    "none_available": "affected",
    "no_fix_planned": "will-not-fix",
}
_SCORES = ("cvss_v4", "cvss_v3", "cvss_v2")
_RATINGS = frozenset({"critical", "important", "moderate", "low"})


@dataclass(frozen=True, slots=True)
class Fix:
    """By which erratum a build came, and when."""

    bulletin: str
    date: str


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of the components of one vulnerability, by their ids."""

    fixes: Mapping[str, Fix]
    states: Mapping[str, FixState]
    ratings: Mapping[str, str]
    harmless: frozenset[str]
    overall: str

    def state_of(self, id_: str) -> FixState:
        """What Red Hat means to do about an affected component."""
        return self.states.get(id_, "affected")

    def rating_of(self, id_: str) -> str:
        """Red Hat's word for the severity in this component, else in the whole."""
        return self.ratings.get(id_, self.overall)

    def is_nothing(self, id_: str) -> bool:
        """Whether the component is scored 0 and not rated: nothing is said of it."""
        return id_ in self.harmless and id_ not in self.ratings


def told_of(vulnerability: Mapping[str, object], overall: object) -> Told:
    """
    Read remediations, threats and scores; ``overall`` is the document's own severity.

    Raises :class:`Broken` where ids are not as the standard has them.
    """
    fixes: dict[str, Fix] = {}
    states: dict[str, FixState] = {}
    for item in array(vulnerability.get("remediations"), _MAX_ENTRIES):
        remedy = mapping(item)
        category = word(remedy.get("category"))
        if category == "vendor_fix":
            url = remedy.get("url")
            named = _BULLETIN.search(url) if isinstance(url, str) else None
            fix = Fix(named[1] if named else "", date(remedy.get("date"))[:10])
            fixes.update(dict.fromkeys(ids_of(remedy.get("product_ids")), fix))
        elif category in _CATEGORIES:
            state = _WORDS.get(word(remedy.get("details")), _CATEGORIES[category])
            states.update(dict.fromkeys(ids_of(remedy.get("product_ids")), state))
    ratings: dict[str, str] = {}
    for item in array(vulnerability.get("threats"), _MAX_ENTRIES):
        threat = mapping(item)
        rating = word(threat.get("details"))
        if threat.get("category") == "impact" and rating in _RATINGS:
            ratings.update(dict.fromkeys(ids_of(threat.get("product_ids")), rating))
    said = word(overall)
    return Told(
        fixes=fixes,
        states=states,
        ratings=ratings,
        harmless=_harmless(vulnerability),
        overall=said if said in _RATINGS else "",
    )


def record_of(
    cve: str, vulnerability: Mapping[str, object], overall: str, modified: str
) -> RecordRow:
    """What Red Hat writes about the CVE: title, description, score, weakness, links."""
    text = ""
    for item in array(vulnerability.get("notes"), _MAX_ENTRIES):
        note = mapping(item)
        if note.get("category") == "description":
            text = prose(note.get("text"), MAX_DETAILS)
            break
    return RecordRow(
        bucket=CVE_BUCKET,
        record=Record(
            id=cve,
            source="redhat",
            summary=prose(vulnerability.get("title"), MAX_SUMMARY),
            details=text,
            rating=overall,
            cvss=_vectors(vulnerability),
            cwes=cwes([mapping(vulnerability.get("cwe")).get("id")]),
            references=urls(vulnerability.get("references")),
            published=date(vulnerability.get("release_date")),
            modified=modified,
        ),
    )


def _vectors(vulnerability: Mapping[str, object]) -> tuple[CvssVector, ...]:
    """The vectors of the CVE, of each version the first: those of single components follow it."""
    found: dict[str, CvssVector] = {}
    for item in array(vulnerability.get("scores"), _MAX_ENTRIES):
        score = mapping(item)
        for name in _SCORES:
            given = vector("redhat", mapping(score.get(name)).get("vectorString"))
            if given is not None:
                found.setdefault(name, given)
    return tuple(found[name] for name in _SCORES if name in found)


def _harmless(vulnerability: Mapping[str, object]) -> frozenset[str]:
    """The components with a score of 0."""
    found: set[str] = set()
    for item in array(vulnerability.get("scores"), _MAX_ENTRIES):
        score = mapping(item)
        given = [
            mapping(score[name]).get("baseScore") for name in _SCORES if name in score
        ]
        if given and all(value == 0 for value in given):
            found.update(ids_of(score.get("products")))
    return frozenset(found)
