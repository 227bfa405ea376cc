"""One finding in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from orjson import Fragment

from shipworthy.reports.asff_package import packages
from shipworthy.reports.asff_scope import Document, Rating, Scope, framed, rating
from shipworthy.reports.asff_words import (
    DESCRIPTION,
    RECOMMENDATION,
    TITLE,
    VULNERABILITIES,
    entry_fields,
    filled,
    fit,
    product_fields,
    state,
)
from shipworthy.reports.json import piece
from shipworthy.reports.moment import moment
from shipworthy.reports.sharing import common
from shipworthy.reports.summary import fix_words, fixed_in
from shipworthy.reports.text import link


LINKS = 20
"""Most links, related ids and scores of a vulnerability that are told."""

_TYPES = {
    "malicious": (f"{VULNERABILITIES}/Malicious Package", "TTPs/Initial Access"),
    "end-of-life": (f"{VULNERABILITIES}/End of Life",),
}
_CVE = re.compile(r"CVE-\d", re.ASCII)


def finding_fields(
    finding: Document, scope: Scope, entry: Document | None
) -> dict[str, object]:
    """All fields but the id."""
    known, created = _known(finding), moment(finding["published"])
    fixed = fixed_in(finding)[0]
    remedy = fit(_remedy(finding, scope, fixed), RECOMMENDATION)
    named = _named(finding["package"], scope)
    links = list(filter(link, [one["url"] for one in finding["advisories"]]))
    fields = {**named.fields, **known.fields, **_told(finding)}
    if entry:
        fields |= product_fields(entry_fields(entry))
    made = framed(
        scope,
        _rated(finding["severity"], finding["kind"], is_cve=known.is_cve),
        generator=known.generator,
        title=fit(f"{finding['id']} in {named.name}", TITLE),
        text=known.text,
        fields=fields,
        first=min(created, scope.at),
    )
    advice = filled({"Text": remedy, "Url": links[0] if links else ""})
    vulnerability = {
        **known.vulnerability,
        "FixAvailable": "YES" if finding["fixedVersions"] else "NO",
        "VulnerablePackages": named.fixed_in(fixed, remedy),
    }
    if links or known.links:
        urls = dict.fromkeys((*links, *known.links))
        vulnerability["ReferenceUrls"] = list(urls)[:LINKS]
    dates = finding["published"], finding["modified"]
    if vendor := _vendor(finding["severitySource"], finding["severity"], *dates):
        vulnerability["Vendor"] = vendor
    made["Remediation"] = {"Recommendation": advice}
    made["Vulnerabilities"] = [vulnerability]
    made |= state(entry, scope.at)
    return made


class _Known(NamedTuple):
    """What is known of a vulnerability, wherever it is."""

    generator: str
    is_cve: bool
    text: str
    fields: Mapping[str, object]
    """Product fields."""
    links: Sequence[str]
    """Its references that lead into the web."""
    vulnerability: Mapping[str, object]


@common
def _known(finding: Document) -> _Known:
    epss, kev = finding["epss"], finding["kev"]
    pairs = [("epss/percentile", f"{epss['percentile']:.5f}")] if epss else []
    if kev:
        pairs += [
            ("kev/dateAdded", kev["dateAdded"]),
            ("kev/dueDate", kev["dueDate"]),
            ("kev/ransomware", "yes" if kev["ransomware"] else "no"),
        ]
    exploited = bool(finding["exploits"]) or kev is not None
    aliases = map(fit, finding["aliases"][:LINKS])
    related = [told for told in aliases if told.strip()]
    scores = [_scored(each) for each in finding["cvss"][:LINKS]]
    return _Known(
        generator=fit(f"shipworthy/{finding['id']}", TITLE),
        is_cve=_is_cve(finding["id"]),
        text=fit(finding["description"] or finding["title"], DESCRIPTION).strip(),
        fields=product_fields(pairs),
        links=list(filter(link, finding["references"])),
        vulnerability=filled(
            {
                "Id": fit(finding["id"]).strip() or "unknown",
                "Cvss": piece(scores) if scores else None,
                "EpssScore": float(epss["score"]) if epss else None,
                "ExploitAvailable": "YES" if exploited else "NO",
                "RelatedVulnerabilities": piece(related) if related else None,
            }
        ),
    )


class _Named(NamedTuple):
    """What is known of a package."""

    name: str
    fields: Mapping[str, object]
    """Product fields, with those that are the same for all."""
    places: list[dict[str, object]]
    """The package in each of its places."""
    unfixed: Fragment
    """The same, written."""

    def fixed_in(self, version: str, remedy: str) -> Fragment | list[dict[str, object]]:
        """The package in each of its places with the version that has the fix, and what to do."""
        fixed = fit(version)
        if not fixed:
            return self.unfixed
        fix = filled({"FixedInVersion": fixed, "Remediation": remedy})
        return [{**place, **fix} for place in self.places]


@common
def _named(package: Document, scope: Scope) -> _Named:
    places = packages(package, scope.diff_ids)
    return _Named(
        name=fit(f"{package['name']} {package['version']}".strip(), 160),
        fields=scope.shared | product_fields([("purl", package["purl"])]),
        places=places,
        unfixed=piece(places),
    )


def types_of(id_: str, kind: str) -> tuple[str, ...]:
    """The types of a finding of that kind, in AWS's taxonomy."""
    return _types(kind, is_cve=_is_cve(id_))


def _types(kind: str, *, is_cve: bool) -> tuple[str, ...]:
    if kind in _TYPES:
        return _TYPES[kind]
    return (f"{VULNERABILITIES}/CVE" if is_cve else VULNERABILITIES,)


@lru_cache(maxsize=1 << 6)
def _rated(severity: str, kind: str, *, is_cve: bool) -> Rating:
    return rating(severity, _types(kind, is_cve=is_cve))


def _is_cve(id_: str) -> bool:
    return _CVE.match(id_) is not None


def _remedy(finding: Document, scope: Scope, fixed: str) -> str:
    """The plan's words where there is a fix and an action closes the finding, else the fix."""
    if not fixed:
        return fix_words(finding)
    return scope.remedies.get(finding["fingerprint"]) or f"fixed in {fixed}"


def _scored(score: Document) -> dict[str, object]:
    return filled(
        {
            "Version": fit(score["version"]),
            "BaseScore": float(score["score"]),
            "BaseVector": fit(score["vector"]),
            "Source": fit(score["source"]),
        }
    )


@lru_cache(maxsize=1 << 10)
def _vendor(
    source: str, severity: str, published: str, modified: str
) -> Fragment | None:
    """Who rated; nothing where nobody did, for AWS asks for a name."""
    name = fit(source, 64).strip()
    if not name:
        return None
    told = {
        "Name": name,
        "VendorSeverity": severity,
        "VendorCreatedAt": moment(published),
        "VendorUpdatedAt": moment(modified),
    }
    return piece(filled(told))


def _told(finding: Document) -> dict[str, object]:
    """What AWS has no field for, but for what is the vulnerability's or the package's."""
    layer = finding["layer"]
    told = {
        **_judged(
            finding["kind"],
            finding["severitySource"],
            finding["fixState"],
            finding["origin"],
            finding["state"],
            finding["stateReason"],
            finding["vexStatus"],
            layer["instruction"] if layer else "",
        ),
        "shipworthy/risk": f"{finding['risk']['score']:g}",
    }
    if mark := fit(finding["fingerprint"]):
        told["shipworthy/fingerprint"] = mark
    if weaknesses := fit(" ".join(finding["cwes"])):
        told["shipworthy/cwes"] = weaknesses
    return told


@lru_cache(maxsize=1 << 10)
def _judged(
    kind: str,
    source: str,
    fix_state: str,
    origin: str,
    compared: str | None,
    reason: str,
    stated: str,
    instruction: str,
) -> dict[str, object]:
    """How findings are judged and what brought them: few are like no other in that."""
    return product_fields(
        (
            ("kind", kind),
            ("severitySource", source),
            ("fixState", fix_state),
            ("origin", origin),
            ("state", compared or ""),
            ("stateReason", reason),
            ("vexStatus", stated),
            ("layer/instruction", instruction),
        )
    )
