"""
The answer of Amazon Inspector's ScanSbom: CycloneDX 1.5 under ``sbom``, with ``amazon:inspector:sbom_scanner:`` properties.

docs/inspector.md has where the format was read, how each field is filled, and every difference. What the service
leaves out where it knows nothing is left out here too.
"""

from __future__ import annotations

import uuid
from binascii import hexlify
from collections.abc import Iterable, Mapping
from hashlib import sha1
from typing import Any

import orjson

from shipworthy.reports.inspector import (
    COUNTED,
    DISCONTINUED,
    VALUE_LIMIT,
    Document,
    Vulnerability,
    counts,
    severity_word,
    vulnerabilities,
)
from shipworthy.reports.inspector_components import Components, properties
from shipworthy.reports.inspector_ratings import home, origin_of, ratings
from shipworthy.reports.json import JsonReport
from shipworthy.reports.moment import judged_at, moment
from shipworthy.reports.sharing import common
from shipworthy.reports.text import block, line, link, links


_NAMESPACE = uuid.UUID("b5f5f9a2-3f51-5f0c-8a3e-6d3f0f7c1f5e")
_DESCRIPTION = 8000
_LINKS = 100
_STEP = 1 << 16


class InspectorJsonReport:
    """The result as Amazon Inspector's scanning service would answer it."""

    name = "inspector-json"
    suffix = ".inspector.json"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the answer."""
        found = vulnerabilities(document)
        total = counts(document, found)
        components = Components(document)
        listed = [
            _vulnerability(each, components, number)
            for number, each in enumerate(found, 1)
        ]
        listed += [
            _check(check, components, number)
            for number, check in enumerate(document["checks"], len(listed) + 1)
        ]
        tool = document["tool"]
        sbom: dict[str, object] = {
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "metadata": {
                "timestamp": judged_at(document).replace("Z", ".000Z"),
                "tools": {
                    "services": [{"name": tool["name"], "version": tool["version"]}]
                },
                "properties": properties(
                    (f"{word}_vulnerabilities", str(total[word])) for word in COUNTED
                ),
            },
        }
        if listed or components.listed:
            sbom |= {"components": components.listed, "vulnerabilities": listed}
        content = orjson.dumps(sbom, option=orjson.OPT_SORT_KEYS)
        sbom["serialNumber"] = f"urn:uuid:{_named_by(content)}"
        return JsonReport().render({"sbom": sbom})


def _named_by(content: bytes) -> uuid.UUID:
    """The version 5 UUID of ``content`` in hexadecimal digits, of which no more than some are made at a time."""
    told = sha1(_NAMESPACE.bytes, usedforsecurity=False)
    for at in range(0, len(content), _STEP):
        told.update(hexlify(content[at : at + _STEP]))
    return uuid.UUID(bytes=told.digest()[:16], version=5)


def _vulnerability(
    vulnerability: Vulnerability, components: Components, number: int
) -> dict[str, object]:
    """Its fields in the order that they are written in, which saves sorting them."""
    lead, name = vulnerability.lead, vulnerability.id
    refs = {
        ref: fix
        for finding, fix in zip(
            vulnerability.findings, vulnerability.fixes, strict=True
        )
        for ref in components.of(finding["package"])
    }
    acute = vulnerability.exploited
    cwes = vulnerability.weaknesses
    whole: dict[str, object] = {
        "advisories": [{"url": url} for url in _links(vulnerability.findings)],
        "affects": [{"ref": ref} for ref in refs],
        "analysis": {"state": "exploitable" if acute else "in_triage"},
        "bom-ref": f"vuln-{number}",
        "created": moment(lead["published"]),
        "cwes": cwes or ([1104] if name == DISCONTINUED else []),
        "description": block(lead["description"] or lead["title"], _DESCRIPTION),
        "id": name,
        "properties": _told(lead, refs, acute=acute),
        "ratings": ratings(name, lead),
        "references": _related(lead),
        "source": origin_of(name, lead),
        "updated": moment(lead["modified"]),
    }
    return {key: value for key, value in whole.items() if value}


def _told(
    finding: Document, fixes: Mapping[str, str], *, acute: bool
) -> list[dict[str, str]]:
    kev = finding["kev"]
    pairs = [("exploit_available", "true")] if acute else []
    if kev:
        pairs += [
            ("cisa_kev_date_added", moment(kev["dateAdded"])),
            ("cisa_kev_date_due", moment(kev["dueDate"])),
        ]
    if finding["kind"] == "malicious":
        pairs.append(("is_malicious", "true"))
    pairs += [(f"fixed_version:{ref}", fix) for ref, fix in fixes.items() if fix]
    return properties(pairs)


def _related(finding: Document) -> list[dict[str, object]]:
    names = [line(alias, VALUE_LIMIT) for alias in finding["aliases"]]
    return [{"id": name, "source": home(name)} for name in names if name]


def _links(findings: Iterable[Document]) -> list[str]:
    """Where advisories and further reading are, each once."""
    told: dict[str, None] = {}
    known: Mapping[str, None] = {}
    for finding in findings:
        for advisory in finding["advisories"]:
            url = advisory["url"]
            if url not in told and link(url):
                told[url] = None
        references = _references(finding)
        if references is not known:
            told.update(references)
            known = references
    return list(told)[:_LINKS]


@common
def _references(finding: Document) -> dict[str, None]:
    return dict.fromkeys(links(finding["references"]))


def _check(check: Document, components: Components, number: int) -> dict[str, object]:
    """What a check found stands where the service's Dockerfile findings stand."""
    words = ": ".join(filter(None, (check["title"], check["message"])))
    whole: dict[str, object] = {
        "id": line(check["id"], VALUE_LIMIT),
        "source": home(""),
        "ratings": [
            {
                "severity": severity_word(check["severity"]),
                "method": "other",
                "source": home(""),
            }
        ],
        "description": block(words, _DESCRIPTION),
        "affects": [{"ref": components.of_check(check)}],
        "analysis": {"state": "in_triage"},
        "bom-ref": f"vuln-{number}",
    }
    return {key: value for key, value in whole.items() if value}
