"""What findings in the AWS Security Finding Format say of a vulnerability; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

import orjson

from shipworthy.reports.asff_scope import Document, Frame, Rating, Scope, rating
from shipworthy.reports.asff_words import (
    DESCRIPTION,
    VULNERABILITIES,
    filled,
    fit,
    is_plain,
    product_fields,
    run,
    told_as_it_fits,
)
from shipworthy.reports.moment import moment
from shipworthy.reports.sharing import common
from shipworthy.reports.text import links


LINKS = 20
"""Most links, related ids and scores of a vulnerability that are told."""

_TYPES = {
    "malicious": (f"{VULNERABILITIES}/Malicious Package", "TTPs/Initial Access"),
    "end-of-life": (f"{VULNERABILITIES}/End of Life",),
}
_ID = 80  # longest in a title that is not looked at
_CVE = re.compile(r"CVE-\d", re.ASCII)

_of_score = itemgetter("version", "score", "vector", "source")


class Known(NamedTuple):
    """What is known of a vulnerability, wherever it is; members have a comma behind each."""

    frame: Frame
    rated: _Rated
    is_plain: bool
    """Whether the id stands in a title as it is."""
    likely: str
    """Product fields, up to how likely it is exploited."""
    exploited: str
    """Product fields: since when it is known to be."""
    page: str
    """The address to read on at, as the member of a recommendation with a comma before it."""
    scores: str
    """Members of the vulnerability, up to whether exploits are available."""
    vulnerability: str
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
    text = fit(finding["description"] or finding["title"], DESCRIPTION).strip()
    # A link has no sign that JSON escapes.
    page = f',"Url":"{urls[0]}"' if urls and urls[0] in pages else ""
    return Known(
        Frame.of(scope, rated.rating, id_, text, min(created, scope.at)),
        rated,
        0 < len(id_) <= _ID and is_plain(id_),
        _likely(scope, weaknesses, finding["epss"]),
        _exploited(kev) if kev else "",
        page,
        _scores(finding),
        f"{_named(finding, urls)}{_vendor(rated, created, moment(modified))}",
    )


def _likely(scope: Scope, weaknesses: str, epss: Document | None) -> str:
    shared = _weaknesses(scope, weaknesses)
    if epss is None:
        return shared
    return f'{shared}"shipworthy/epss/percentile":"{epss["percentile"]:.5f}",'


@lru_cache(maxsize=1 << 10)
def _weaknesses(scope: Scope, told: str) -> str:
    """Those of CWE, of which few differ, and what is the same for all."""
    return product_fields((("cwes", told), scope.pairs[0]))


def _exploited(kev: Document) -> str:
    return product_fields(
        (
            ("kev/dateAdded", kev["dateAdded"]),
            ("kev/dueDate", kev["dueDate"]),
            ("kev/ransomware", "yes" if kev["ransomware"] else "no"),
        )
    )


def _scores(finding: Document) -> str:
    scores, epss = finding["cvss"], finding["epss"]
    told = ""
    if scores:
        every = [_scored(*_of_score(each)) for each in scores[:LINKS]]
        told = f'"Cvss":[{",".join(every)}],'
    if epss:
        told += f'"EpssScore":{orjson.dumps(float(epss["score"])).decode()},'
    exploited = "YES" if finding["exploits"] or finding["kev"] else "NO"
    return f'{told}"ExploitAvailable":"{exploited}",'


def _named(finding: Document, urls: Sequence[str]) -> str:
    """How a vulnerability is called and where one reads of it, as members of it, each with a comma behind it."""
    id_, aliases = finding["id"], finding["aliases"][:LINKS]
    read_at = '","'.join(list(dict.fromkeys(urls))[:LINKS])
    if id_ and is_plain("".join((id_, *aliases))):
        written, related = f'"{id_}"', '","'.join(filter(None, aliases))
        related = f'["{related}"]' if related else ""
    else:
        written = orjson.dumps(fit(id_).strip() or "unknown").decode()
        others = [told for alias in aliases if (told := fit(alias)).strip()]
        related = orjson.dumps(others).decode() if others else ""
    return (
        f'"Id":{written},'
        + (f'"ReferenceUrls":["{read_at}"],' if read_at else "")
        + (f'"RelatedVulnerabilities":{related},' if related else "")
    )


def _vendor(rated: _Rated, created: str, changed: str) -> str:
    """Who rated and when, as a member; nothing where nobody did, for AWS asks for a name."""
    if not rated.vendor:
        return ""
    since = f'"VendorCreatedAt":"{created}",' if created else ""
    until = f',"VendorUpdatedAt":"{changed}"' if changed else ""
    return f'"Vendor":{{{rated.vendor}{since}{rated.vendor_severity}{until}}},'


def types_of(id_: str, kind: str) -> tuple[str, ...]:
    """The types of a finding of that kind, in AWS's taxonomy."""
    if kind in _TYPES:
        return _TYPES[kind]
    return (f"{VULNERABILITIES}/CVE" if _CVE.match(id_) else VULNERABILITIES,)


@lru_cache(maxsize=1 << 10)
def _scored(version: str, score: float, vector: str, source: str) -> str:
    """A score as AWS takes it; few differ."""
    told = {
        "Version": fit(version),
        "BaseScore": float(score),
        "BaseVector": fit(vector),
        "Source": fit(source),
    }
    return orjson.dumps(filled(told), option=orjson.OPT_SORT_KEYS).decode()


class _Rated(NamedTuple):
    """How findings are rated, and by whom."""

    rating: Rating
    source: str
    """Product field."""
    vendor: str
    """Who rated, as AWS takes it; nothing where nobody did."""
    vendor_severity: str


@lru_cache(maxsize=1 << 8)
def _rated(severity: str, source: str, types: tuple[str, ...]) -> _Rated:
    return _Rated(
        rating=rating(severity, types),
        source=told_as_it_fits("shipworthy/severitySource", source),
        vendor=run(filled({"Name": fit(source, 64).strip()})),
        vendor_severity=run({"VendorSeverity": severity})[:-1],
    )
