"""What findings in the AWS Security Finding Format say of a vulnerability; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from orjson import Fragment

from shipworthy.reports.asff_scope import Document, Frame, Rating, Scope, rating
from shipworthy.reports.asff_words import (
    DESCRIPTION,
    TITLE,
    VULNERABILITIES,
    filled,
    fit,
    product_fields,
)
from shipworthy.reports.json import piece
from shipworthy.reports.members import members
from shipworthy.reports.moment import moment
from shipworthy.reports.sharing import common
from shipworthy.reports.text import links


LINKS = 20
"""Most links, related ids and scores of a vulnerability that are told."""

_TYPES = {
    "malicious": (f"{VULNERABILITIES}/Malicious Package", "TTPs/Initial Access"),
    "end-of-life": (f"{VULNERABILITIES}/End of Life",),
}
_CVE = re.compile(r"CVE-\d", re.ASCII)

_of_score = itemgetter("version", "score", "vector", "source")


class Known(NamedTuple):
    """What is known of a vulnerability, wherever it is."""

    frame: Frame
    rated: _Rated
    likely: bytes
    """Product fields, up to how likely it is exploited."""
    exploited: bytes
    """Product fields: since when it is known to be."""
    page: str
    """The address to read on at."""
    scores: bytes
    """Members of the vulnerability, up to whether exploits are available."""
    vulnerability: bytes
    """Members of the vulnerability, from its id up to its vendor."""


@common
def known_of(
    finding: Document,
    scope: Scope,
    weaknesses: str,
    pages: tuple[str, ...],
    kind: str,
    severity: str,
    source: str,
    published: str,
    modified: str,
) -> Known:
    """What is known of it, with what its findings nearly always agree on; ``pages`` are the addresses of its advisories."""
    id_, kev, created = finding["id"], finding["kev"], moment(published)
    rated = _rated(severity, source, types_of(id_, kind))
    urls = links((*pages, *finding["references"]))
    named = _named(finding, urls)
    if rated.vendor:
        vendor = {"Name": rated.vendor, "VendorSeverity": severity}
        if created:
            vendor["VendorCreatedAt"] = created
        if changed := moment(modified):
            vendor["VendorUpdatedAt"] = changed
        named["Vendor"] = vendor
    text = fit(finding["description"] or finding["title"], DESCRIPTION).strip()
    generator = fit(f"shipworthy/{id_}", TITLE)
    return Known(
        Frame.of(scope, rated.rating, generator, text, min(created, scope.at)),
        rated,
        likely=_likely(scope, weaknesses, finding["epss"]),
        exploited=_exploited(kev) if kev else b"",
        page=urls[0] if urls and urls[0] in pages else "",
        scores=_scores(finding),
        vulnerability=members(named),
    )


def _likely(scope: Scope, weaknesses: str, epss: Document | None) -> bytes:
    told = {**scope.dated}
    if weaknesses := fit(weaknesses):
        told["shipworthy/cwes"] = weaknesses
    if epss:
        told["shipworthy/epss/percentile"] = f"{epss['percentile']:.5f}"
    return members(told)


def _exploited(kev: Document) -> bytes:
    return product_fields(
        (
            ("kev/dateAdded", kev["dateAdded"]),
            ("kev/dueDate", kev["dueDate"]),
            ("kev/ransomware", "yes" if kev["ransomware"] else "no"),
        )
    )


def _scores(finding: Document) -> bytes:
    epss, exploited = finding["epss"], finding["exploits"] or finding["kev"]
    told: dict[str, object] = {"ExploitAvailable": "YES" if exploited else "NO"}
    if scores := finding["cvss"]:
        told["Cvss"] = [_scored(*_of_score(each)) for each in scores[:LINKS]]
    if epss:
        told["EpssScore"] = float(epss["score"])
    return members(told)


def _named(finding: Document, urls: Sequence[str]) -> dict[str, object]:
    """How a vulnerability is called, and where one reads of it."""
    told: dict[str, object] = {"Id": fit(finding["id"]).strip() or "unknown"}
    if urls:
        told["ReferenceUrls"] = list(dict.fromkeys(urls))[:LINKS]
    aliases = [fit(alias) for alias in finding["aliases"][:LINKS]]
    if related := [alias for alias in aliases if alias.strip()]:
        told["RelatedVulnerabilities"] = related
    return told


def types_of(id_: str, kind: str) -> tuple[str, ...]:
    """The types of a finding of that kind, in AWS's taxonomy."""
    if kind in _TYPES:
        return _TYPES[kind]
    return (f"{VULNERABILITIES}/CVE" if _CVE.match(id_) else VULNERABILITIES,)


@lru_cache(maxsize=1 << 10)
def _scored(version: str, score: float, vector: str, source: str) -> Fragment:
    """A score as AWS takes it; few differ."""
    told = {
        "Version": fit(version),
        "BaseScore": float(score),
        "BaseVector": fit(vector),
        "Source": fit(source),
    }
    return piece(filled(told))


class _Rated(NamedTuple):
    """How findings are rated, and by whom."""

    rating: Rating
    source: bytes
    """Product field."""
    vendor: str
    """Who rated, as AWS takes it; nothing where nobody did, for AWS asks for a name."""


@lru_cache(maxsize=1 << 8)
def _rated(severity: str, source: str, types: tuple[str, ...]) -> _Rated:
    return _Rated(
        rating=rating(severity, types),
        source=product_fields([("severitySource", source)]),
        vendor=fit(source, 64).strip(),
    )
