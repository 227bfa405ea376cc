"""
One of Canonical's VEX documents as rows: OpenVEX 0.2.0, one document a CVE.

Source: https://documentation.ubuntu.com/security/security-updates/vex/, which has the table of
the tracker's states, and the documents themselves.

=============================================  =====================================
statement                                      becomes
=============================================  =====================================
``not_affected``, code not present             never affected, over whatever OSV says
``not_affected``, component not present        nothing: the release has no such package
``affected``, "decided to not fix"             will not fix; end of life where the note says so
``affected``, "no longer supported"            end of life
``affected``, anything else                    affected
``under_investigation``, "deferred"            fix deferred
``under_investigation``                        under investigation
``fixed``                                      nothing: its versions are the newest, not those that fixed it
=============================================  =====================================

A statement repeats itself for every binary and architecture; the source package's, ``arch=source``,
says it all. Where statements on one package of one release contradict each other the one
that warns stands. What a statement knows besides the state is Ubuntu's priority, in its notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from sys import intern
from urllib.parse import unquote

from shipworthy.advisories.feeds.channels import distro_of, place_of
from shipworthy.advisories.feeds.interface import (
    CVE_BUCKET,
    OUTLOOK,
    TRACKER,
    RecordRow,
    Row,
    Statement,
)
from shipworthy.advisories.feeds.values import (
    CVE,
    MAX_DETAILS,
    Broken,
    array,
    date,
    mapping,
    prose,
)
from shipworthy.model.advisory import Advisory, FixState, Range, Record
from shipworthy.values import dataclass


FEED = "ubuntu/vex"
MAX_STATEMENTS = 10_000
MAX_PRODUCTS = 1_000_000

_SOURCE = re.compile(
    r"pkg:deb/ubuntu/([A-Za-z0-9][A-Za-z0-9+.%-]{0,299})(?:@[^?]{0,300})?"
    r"\?arch=(?:source|src)(?:[&?].{0,300})?",
    re.ASCII,
)
_PRIORITY = re.compile(
    r"classified this CVE as of (negligible|low|medium|high|critical) priority",
    re.IGNORECASE,
)
_NEVER = (Range(events=(("introduced", "0"), ("fixed", "0"))),)
_ALWAYS = (Range(events=(("introduced", "0"),)),)
_MAX_NOTE = 20_000

_Said = FixState | None
"""What is to become of it; ``None`` where it never was affected."""
_NOTHING: _Said = "fixed"
"""The statement says nothing that is not better said elsewhere."""
_WARNING: tuple[_Said, ...] = (
    "will-not-fix",
    "end-of-life",
    "fix-deferred",
    "affected",
    "under-investigation",
    None,
)
"""Of several the first stands."""


@dataclass(frozen=True, slots=True)
class _Place:
    bucket: str
    channel: str
    package: str


def vex_rows(document: Mapping[str, object]) -> Iterator[Row]:
    """
    The rows of one document; raises ``Broken`` for what is no VEX document.

    Older documents hold their date in ``metadata``; of a document on a notice (USN), where
    all is ``fixed``, nothing is left.
    """
    statements = document.get("statements")
    if not isinstance(statements, list):
        raise Broken
    modified = document_date(document)
    held: dict[str, dict[_Place, tuple[_Said, str]]] = {}
    texts: dict[str, str] = {}
    for item in array(statements, MAX_STATEMENTS):
        statement = mapping(item)
        vulnerability = mapping(statement.get("vulnerability"))
        cve = vulnerability.get("name")
        if not isinstance(cve, str) or not CVE.fullmatch(cve):
            raise Broken
        said = _said(statement)
        if said is _NOTHING:
            continue
        text = prose(vulnerability.get("description"), MAX_DETAILS)
        texts[cve] = max(texts.get(cve, ""), text, key=lambda told: (len(told), told))
        of_cve = held.setdefault(cve, {})
        rating = _rating(statement)
        for place in _places(statement):
            of_cve[place] = _stronger(of_cve.get(place), (said, rating))
    for cve, places in held.items():
        for place, (said, rating) in places.items():
            yield _row(cve, place, said, rating, modified)
        if texts[cve] and places:
            told = Record(id=cve, source="ubuntu", details=texts[cve])
            yield RecordRow(bucket=CVE_BUCKET, record=told)


def document_date(document: Mapping[str, object]) -> str:
    """When the document was last changed; empty where it does not say."""
    meta = document.get("metadata")
    stamp = meta.get("timestamp") if isinstance(meta, dict) else None
    return date(document.get("timestamp")) or date(stamp)


def _said(statement: Mapping[str, object]) -> _Said:
    status = statement.get("status")
    if status == "not_affected":
        absent = statement.get("justification") == "component_not_present"
        return _NOTHING if absent else None
    if status == "under_investigation":
        deferred = "deferred" in _opening(statement)
        return "fix-deferred" if deferred else "under-investigation"
    if status == "affected":
        return _outlook(statement)
    if status == "fixed":
        return _NOTHING
    raise Broken


def _outlook(statement: Mapping[str, object]) -> FixState:
    note = _text(statement, "action_statement")
    opening = note.partition("cve notes")[0]
    if "no longer supported" in opening:
        return "end-of-life"
    if "decided to not fix" in opening:
        ended = "end of life" in note or "end of standard support" in note
        return "end-of-life" if ended else "will-not-fix"
    return "fix-deferred" if "deferred" in opening else "affected"


def _opening(statement: Mapping[str, object]) -> str:
    """The set phrase that begins a note, before what the team adds to it."""
    return _text(statement, "status_notes").partition("cve notes")[0]


def _text(statement: Mapping[str, object], key: str) -> str:
    return prose(statement.get(key), _MAX_NOTE).lower()


def _rating(statement: Mapping[str, object]) -> str:
    found = _PRIORITY.search(prose(statement.get("status_notes"), _MAX_NOTE))
    return found[1].lower() if found else ""


def _places(statement: Mapping[str, object]) -> Iterator[_Place]:
    """The source packages that the statement is on, each release and channel once."""
    for item in array(statement.get("products"), MAX_PRODUCTS):
        purl = mapping(item).get("@id")
        if not isinstance(purl, str) or "?arch=s" not in purl:
            continue  # nine of ten are binaries
        found = _SOURCE.fullmatch(purl)
        if found is None:
            continue
        place = place_of(distro_of(purl))
        if place is not None:
            yield _Place(*place, intern(unquote(found[1])))


def _stronger(
    one: tuple[_Said, str] | None, other: tuple[_Said, str]
) -> tuple[_Said, str]:
    if one is None:
        return other
    said = min(one[0], other[0], key=_WARNING.index)
    return said, min(filter(None, (one[1], other[1])), default="")


def _row(cve: str, place: _Place, said: _Said, rating: str, modified: str) -> Statement:
    return Statement(
        advisory=Advisory(
            id=cve,
            bucket=place.bucket,
            package=place.package,
            scheme="deb",
            feed=FEED,
            ranges=_NEVER if said is None else _ALWAYS,
            fix_state=said or "affected",
            rating=rating,
            channel=place.channel,
        ),
        authority=TRACKER if said is None else OUTLOOK,
        modified=modified,
    )
