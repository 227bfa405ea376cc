"""One finding in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

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
from shipworthy.reports.sharing import common
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scope:
    """What all findings of a result share; the same as itself alone."""

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
    severity, kind = finding["severity"], finding["kind"]
    urls = tuple([advisory["url"] for advisory in finding["advisories"]])
    known, named = _known(finding, urls), _named(finding["package"], scope)
    rating = _rating(severity, kind, is_cve=known.is_cve)
    created = moment(finding["published"])
    first = min(created, scope.at) if created else scope.at
    title = fit(f"{finding['id']} in {named.name}", TITLE)
    fixed = fixed_in(finding)[0]
    remedy = fit(_remedy(finding, scope, fixed), RECOMMENDATION)
    told = filled({**scope.shared, **known.fields, **named.fields, **_told(finding)})
    if entry:
        told |= product_fields(entry_fields(entry))
    return filled(
        {
            "GeneratorId": known.generator,
            "Types": rating.types,
            "FirstObservedAt": first,
            "LastObservedAt": scope.at,
            "CreatedAt": first,
            "UpdatedAt": scope.at,
            "Severity": severity_of(severity),
            "FindingProviderFields": rating.provider,
            "Title": title,
            "Description": known.text or title,
            "Remediation": {
                "Recommendation": filled({"Text": remedy, "Url": known.address})
            },
            "ProductFields": told,
            "Resources": [scope.resource],
            "Vulnerabilities": [
                {
                    **known.vulnerability,
                    "FixAvailable": "YES" if finding["fixedVersions"] else "NO",
                    **_vendor(finding),
                    "VulnerablePackages": named.fixed_in(fixed, remedy),
                }
            ],
            **state(entry, scope.at),
        }
    )


class _Known(NamedTuple):
    """What is known of a vulnerability, wherever it is."""

    generator: str
    is_cve: bool
    text: str
    address: str
    """Of the first advisory that has one."""
    fields: Mapping[str, object]
    """Product fields."""
    vulnerability: Mapping[str, object]


@common
def _known(finding: Document, urls: tuple[str, ...]) -> _Known:
    epss, kev = finding["epss"], finding["kev"]
    pairs = [("epss/percentile", f"{epss['percentile']:.5f}")] if epss else []
    if kev:
        pairs += [
            ("kev/dateAdded", kev["dateAdded"]),
            ("kev/dueDate", kev["dueDate"]),
            ("kev/ransomware", "yes" if kev["ransomware"] else "no"),
        ]
    aliases = map(fit, finding["aliases"][:LINKS])
    links = dict.fromkeys(filter(link, (*urls, *finding["references"])))
    exploited = bool(finding["exploits"]) or kev is not None
    return _Known(
        generator=fit(f"shipworthy/{finding['id']}", TITLE),
        is_cve=_is_cve(finding["id"]),
        text=fit(finding["description"] or finding["title"], DESCRIPTION).strip(),
        address=next(filter(None, map(link, urls)), ""),
        fields=product_fields(pairs),
        vulnerability=filled(
            {
                "Id": fit(finding["id"]).strip() or "unknown",
                "Cvss": [_scored(each) for each in finding["cvss"][:LINKS]],
                "EpssScore": float(epss["score"]) if epss else None,
                "ExploitAvailable": "YES" if exploited else "NO",
                "RelatedVulnerabilities": [told for told in aliases if told.strip()],
                "ReferenceUrls": list(links)[:LINKS],
            }
        ),
    )


class _Named(NamedTuple):
    """What is known of a package."""

    name: str
    fields: Mapping[str, object]
    places: list[dict[str, object]]
    """The package in each of its places."""

    def fixed_in(self, version: str, remedy: str) -> list[dict[str, object]]:
        """The same with the version that has the fix, and what to do."""
        fixed = fit(version)
        if not fixed:
            return self.places
        fix = filled({"FixedInVersion": fixed, "Remediation": remedy})
        return [{**place, **fix} for place in self.places]


@common
def _named(package: Document, scope: Scope) -> _Named:
    name = fit(f"{package['name']} {package['version']}".strip(), 160)
    fields = product_fields([("purl", package["purl"])])
    return _Named(name, fields, packages(package, scope.diff_ids))


class _Rating(NamedTuple):
    """How findings of one kind and severity are classed."""

    types: list[str]
    provider: Mapping[str, object]


@lru_cache(maxsize=1 << 6)
def _rating(severity: str, kind: str, *, is_cve: bool) -> _Rating:
    types = _types(kind, is_cve=is_cve)
    return _Rating(types, provider(severity, types))


def types_of(id_: str, kind: str) -> list[str]:
    """The types of a finding of that kind, in AWS's taxonomy."""
    return _types(kind, is_cve=_is_cve(id_))


def _types(kind: str, *, is_cve: bool) -> list[str]:
    return _TYPES.get(kind) or [f"{VULNERABILITIES}/CVE" if is_cve else VULNERABILITIES]


def _is_cve(id_: str) -> bool:
    return _CVE.match(id_) is not None


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


def _vendor(finding: Document) -> dict[str, object]:
    """Who rated; nothing where nobody did, for AWS asks for a name."""
    name = fit(finding["severitySource"], 64).strip()
    if not name:
        return {}
    told = {
        "Name": name,
        "VendorSeverity": finding["severity"],
        "VendorCreatedAt": moment(finding["published"]),
        "VendorUpdatedAt": moment(finding["modified"]),
    }
    return {"Vendor": filled(told)}


def _told(finding: Document) -> dict[str, object]:
    """What AWS has no field for, but for what is the vulnerability's or the package's."""
    layer = finding["layer"]
    return {
        "shipworthy/fingerprint": fit(finding["fingerprint"]),
        "shipworthy/kind": fit(finding["kind"]),
        "shipworthy/severitySource": fit(finding["severitySource"]),
        "shipworthy/risk": f"{finding['risk']['score']:g}",
        "shipworthy/fixState": fit(finding["fixState"]),
        "shipworthy/origin": fit(finding["origin"]),
        "shipworthy/cwes": fit(" ".join(finding["cwes"])),
        "shipworthy/state": fit(finding["state"] or ""),
        "shipworthy/stateReason": fit(finding["stateReason"]),
        "shipworthy/vexStatus": fit(finding["vexStatus"]),
        "shipworthy/layer/instruction": fit(layer["instruction"]) if layer else "",
    }
