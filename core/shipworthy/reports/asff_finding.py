"""One finding in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from shipworthy.reports.asff_package import packages
from shipworthy.reports.asff_words import (
    DESCRIPTION,
    RECOMMENDATION,
    TITLE,
    VULNERABILITIES,
    entry_fields,
    filled,
    fit,
    product_fields,
    provider,
    severity_of,
    state,
)
from shipworthy.reports.image_purl import image_name
from shipworthy.reports.moment import judged_at, moment
from shipworthy.reports.summary import fix_words, fixed_in
from shipworthy.reports.text import link


Document = Mapping[str, Any]

LINKS = 20
"""Most links, related ids and scores of a vulnerability that are told."""

_TYPES = {
    "malicious": [f"{VULNERABILITIES}/Malicious Package", "TTPs/Initial Access"],
    "end-of-life": [f"{VULNERABILITIES}/End of Life"],
}
_CVE = re.compile(r"CVE-\d", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What all findings of a result share."""

    subject: str
    """The image's repository without tag or digest, else the target: the same in every build."""
    at: str
    """When it was judged."""
    resource: Mapping[str, object]
    diff_ids: Mapping[int, str]
    remedies: Mapping[str, str]
    """What to do, by the fingerprint of a finding that it closes."""
    shared: Mapping[str, object]
    """Product fields that are the same for all."""

    @classmethod
    def of(cls, document: Document, *, partition: str, region: str) -> Scope:
        """The scope of a result."""
        image, verdict, tool = document["image"], document["verdict"], document["tool"]
        named = image_name(document)
        repository = dict(named.qualifiers).get("repository_url") if named else None
        target = document["target"]["name"]
        remedies: dict[str, str] = {}
        for action in document["remediation"]:
            for mark in action["closes"]:
                remedies.setdefault(mark, action["title"])
        return cls(
            subject=repository or target,
            at=judged_at(document),
            resource=_resource(document, partition, region),
            diff_ids={layer["index"]: layer["diffId"] for layer in image["layers"]},
            remedies=remedies,
            shared=product_fields(
                (
                    ("version", tool["version"]),
                    ("target", target),
                    ("verdict", verdict["status"]),
                    ("database/date", document["database"]["date"]),
                )
            ),
        )


def finding_fields(
    finding: Document, scope: Scope, entry: Document | None
) -> dict[str, object]:
    """All fields but those that name the account, the product and the finding."""
    package, severity = finding["package"], finding["severity"]
    name = fit(f"{package['name']} {package['version']}".strip(), 160)
    types = types_of(finding["id"], finding["kind"])
    created = moment(finding["published"])
    first = min(created, scope.at) if created else scope.at
    title = fit(f"{finding['id']} in {name}", TITLE)
    text = finding["description"] or finding["title"]
    fixed = fixed_in(finding)[0]
    remedy = fit(_remedy(finding, scope, fixed), RECOMMENDATION)
    return filled(
        {
            "GeneratorId": fit(f"shipworthy/{finding['id']}", TITLE),
            "Types": types,
            "FirstObservedAt": first,
            "LastObservedAt": scope.at,
            "CreatedAt": first,
            "UpdatedAt": scope.at,
            "Severity": severity_of(severity),
            "FindingProviderFields": provider(severity, types),
            "Title": title,
            "Description": fit(text, DESCRIPTION).strip() or title,
            "Remediation": _remediation(finding, remedy),
            "ProductFields": {
                **scope.shared,
                **product_fields((*_told(finding), *entry_fields(entry))),
            },
            "Resources": [scope.resource],
            "Vulnerabilities": [
                {
                    **_vulnerability(finding),
                    "VulnerablePackages": packages(
                        finding["package"], scope.diff_ids, fixed, remedy
                    ),
                }
            ],
            **state(entry, scope.at),
        }
    )


def types_of(id_: str, kind: str) -> list[str]:
    """The types of a finding of that kind, in AWS's taxonomy."""
    if found := _TYPES.get(kind):
        return list(found)
    is_cve = _CVE.match(id_)
    return [f"{VULNERABILITIES}/CVE" if is_cve else VULNERABILITIES]


def _resource(document: Document, partition: str, region: str) -> dict[str, object]:
    """The image; which running containers there are of it nobody knows here."""
    image, target = document["image"], document["target"]["name"]
    name = fit(image["tags"][0] if image["tags"] else target).strip()
    digest = fit(image["manifestDigest"] or image["imageId"])
    container = filled({"ImageId": digest, "ImageName": name})
    return filled(
        {
            "Type": "Container",
            "Id": "@".join(filter(None, (name, digest))).strip() or "image",
            "Partition": partition,
            "Region": region,
            "Details": {"Container": container} if container else {},
        }
    )


def _remediation(finding: Document, remedy: str) -> dict[str, object]:
    urls = (link(advisory["url"]) for advisory in finding["advisories"])
    told = filled({"Text": remedy, "Url": next(filter(None, urls), "")})
    return {"Recommendation": told}


def _remedy(finding: Document, scope: Scope, fixed: str) -> str:
    """The plan's words where there is a fix and an action closes the finding, else the fix."""
    if not fixed:
        return fix_words(finding)
    return scope.remedies.get(finding["fingerprint"]) or f"fixed in {fixed}"


def _vulnerability(finding: Document) -> dict[str, object]:
    epss = finding["epss"]
    exploited = bool(finding["exploits"]) or finding["kev"] is not None
    urls = [advisory["url"] for advisory in finding["advisories"]]
    return filled(
        {
            "Id": fit(finding["id"]).strip() or "unknown",
            "Cvss": [
                _scored(
                    each["version"],
                    float(each["score"]),
                    each["vector"],
                    each["source"],
                )
                for each in finding["cvss"][:LINKS]
            ],
            "EpssScore": float(epss["score"]) if epss else None,
            "ExploitAvailable": "YES" if exploited else "NO",
            "FixAvailable": "YES" if finding["fixedVersions"] else "NO",
            "RelatedVulnerabilities": [
                told
                for alias in finding["aliases"][:LINKS]
                if (told := fit(alias)).strip()
            ],
            "ReferenceUrls": _links((*urls, *finding["references"])),
            "Vendor": _vendor(finding),
        }
    )


@lru_cache(maxsize=1 << 12)
def _scored(version: str, score: float, vector: str, source: str) -> dict[str, object]:
    """One score; like the links, the same of all packages of a vulnerability."""
    return filled(
        {
            "Version": fit(version),
            "BaseScore": score,
            "BaseVector": fit(vector),
            "Source": fit(source),
        }
    )


@lru_cache(maxsize=1 << 11)
def _links(urls: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(filter(link, urls)))[:LINKS]


def _vendor(finding: Document) -> dict[str, object]:
    """Who rated; nothing where nobody did, for AWS asks for a name."""
    name = fit(finding["severitySource"], 64).strip()
    if not name:
        return {}
    return filled(
        {
            "Name": name,
            "VendorSeverity": finding["severity"],
            "VendorCreatedAt": moment(finding["published"]),
            "VendorUpdatedAt": moment(finding["modified"]),
        }
    )


def _told(finding: Document) -> list[tuple[str, str]]:
    """What AWS has no field for."""
    epss, kev, layer = finding["epss"], finding["kev"], finding["layer"]
    pairs = [
        ("fingerprint", finding["fingerprint"]),
        ("kind", finding["kind"]),
        ("severitySource", finding["severitySource"]),
        ("risk", f"{finding['risk']['score']:g}"),
        ("fixState", finding["fixState"]),
        ("origin", finding["origin"]),
        ("purl", finding["package"]["purl"]),
        ("cwes", " ".join(finding["cwes"])),
        ("state", finding["state"] or ""),
        ("stateReason", finding["stateReason"]),
        ("vexStatus", finding["vexStatus"]),
        ("epss/percentile", f"{epss['percentile']:.5f}" if epss else ""),
        ("layer/instruction", layer["instruction"] if layer else ""),
    ]
    if kev:
        pairs += [
            ("kev/dateAdded", kev["dateAdded"]),
            ("kev/dueDate", kev["dueDate"]),
            ("kev/ransomware", "yes" if kev["ransomware"] else "no"),
        ]
    return pairs
