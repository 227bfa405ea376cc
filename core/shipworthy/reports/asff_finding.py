"""One finding in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from orjson import Fragment

from shipworthy.reports.asff_package import packages
from shipworthy.reports.asff_scope import (
    Document,
    Frame,
    Rating,
    Scope,
    framed,
    rating,
)
from shipworthy.reports.asff_words import (
    DESCRIPTION,
    RECOMMENDATION,
    TITLE,
    VULNERABILITIES,
    entry_fields,
    filled,
    fit,
    product_fields,
    standing,
)
from shipworthy.reports.json import piece
from shipworthy.reports.members import members
from shipworthy.reports.moment import moment
from shipworthy.reports.sharing import common
from shipworthy.reports.summary import fix_words, fixed_in
from shipworthy.reports.text import links


LINKS = 20
"""Most links, related ids and scores of a vulnerability that are told."""

_TYPES = {
    "malicious": (f"{VULNERABILITIES}/Malicious Package", "TTPs/Initial Access"),
    "end-of-life": (f"{VULNERABILITIES}/End of Life",),
}
_CVE = re.compile(r"CVE-\d", re.ASCII)


_FIX_AVAILABLE = members({"FixAvailable": "YES"})
_NO_FIX = members({"FixAvailable": "NO"})

_of_vulnerability = itemgetter(
    "kind", "severity", "severitySource", "published", "modified"
)
_of_score = itemgetter("version", "score", "vector", "source")
_of_judgement = itemgetter(
    "kind", "fixState", "origin", "state", "stateReason", "vexStatus"
)


def finding_written(
    finding: Document, id_: str, scope: Scope, entry: Document | None
) -> bytes:
    """The finding as JSON."""
    weaknesses = " ".join(finding["cwes"])
    pages = tuple([one["url"] for one in finding["advisories"]])
    known = _known(finding, scope, weaknesses, pages, *_of_vulnerability(finding))
    mark, fixed = finding["fingerprint"], fixed_in(finding)[0]
    package = _package(finding["package"], scope, fixed, _remedy(finding, scope, fixed))
    layer = finding["layer"]
    brought_by = layer["instruction"] if layer else ""
    judged = _judged(scope, brought_by, *_of_judgement(finding))
    fields = (
        known.likely,
        product_fields((("fingerprint", mark),)) if mark else b"",
        judged.fix_state,
        known.exploited,
        judged.origin,
        package.purl,
        _risk(finding["risk"]["score"]),
        known.rated.source,
        judged.state,
        product_fields(entry_fields(entry)) if entry else b"",
        judged.shared,
    )
    vulnerability = (
        known.scores,
        _FIX_AVAILABLE if finding["fixedVersions"] else _NO_FIX,
        known.vulnerability,
        package.vulnerable,
    )
    advice = {"Text": package.remedy, "Url": known.page}
    return framed(
        scope,
        known.frame,
        standing(entry, scope.at),
        id_=id_,
        title=fit(f"{finding['id']} in {package.name}", TITLE),
        fields=b",".join(filter(None, fields)),
        remediation={"Recommendation": advice if known.page else filled(advice)},
        vulnerabilities=b'"Vulnerabilities":[{%b}]' % b",".join(vulnerability),
    )


class _Known(NamedTuple):
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
def _known(
    finding: Document,
    scope: Scope,
    weaknesses: str,
    pages: tuple[str, ...],
    kind: str,
    severity: str,
    source: str,
    published: str,
    modified: str,
) -> _Known:
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
    return _Known(
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


class _Package(NamedTuple):
    """What is known of a package and its fix."""

    name: str
    purl: bytes
    """Product field."""
    vulnerable: bytes
    """The member of the vulnerability that tells it in each of its places."""
    remedy: str
    """What to do, in words."""


@common
def _package(package: Document, scope: Scope, fixed: str, remedy: str) -> _Package:
    known, version, text = (
        _anyhow(package, scope),
        fit(fixed),
        fit(remedy, RECOMMENDATION),
    )
    places: Sequence[Document] = known.places
    if version:
        fix = filled({"FixedInVersion": version, "Remediation": text})
        places = [{**place, **fix} for place in places]
    return _Package(
        name=known.name,
        purl=known.purl,
        vulnerable=members({"VulnerablePackages": places}),
        remedy=text,
    )


class _Anyhow(NamedTuple):
    """What is known of a package, whatever its fix."""

    name: str
    purl: bytes
    places: Sequence[Document]


@common
def _anyhow(package: Document, scope: Scope) -> _Anyhow:
    return _Anyhow(
        name=fit(f"{package['name']} {package['version']}".strip(), 160),
        purl=product_fields([("purl", package["purl"])]),
        places=packages(package, scope.diff_ids),
    )


def types_of(id_: str, kind: str) -> tuple[str, ...]:
    """The types of a finding of that kind, in AWS's taxonomy."""
    if kind in _TYPES:
        return _TYPES[kind]
    return (f"{VULNERABILITIES}/CVE" if _CVE.match(id_) else VULNERABILITIES,)


def _remedy(finding: Document, scope: Scope, fixed: str) -> str:
    """The plan's words where there is a fix and an action closes the finding, else the fix."""
    if not fixed:
        return fix_words(finding)
    return scope.remedies.get(finding["fingerprint"]) or f"fixed in {fixed}"


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


@lru_cache(maxsize=1 << 10)
def _risk(score: float) -> bytes:
    return product_fields([("risk", f"{score:g}")])


class _Judged(NamedTuple):
    """How a finding is judged and what brought it, as product fields."""

    fix_state: bytes
    origin: bytes
    state: bytes
    shared: bytes
    """Those that are the same for all, and what was stated."""


@lru_cache(maxsize=1 << 10)
def _judged(
    scope: Scope,
    instruction: str,
    kind: str,
    fix_state: str,
    origin: str,
    compared: str | None,
    reason: str,
    stated: str,
) -> _Judged:
    """Few findings are like no other in that."""
    brought = (("kind", kind), ("layer/instruction", instruction), ("origin", origin))
    return _Judged(
        fix_state=product_fields([("fixState", fix_state)]),
        origin=product_fields(brought),
        state=product_fields([("state", compared or ""), ("stateReason", reason)]),
        shared=product_fields([*scope.pairs[1:], ("vexStatus", stated)]),
    )
