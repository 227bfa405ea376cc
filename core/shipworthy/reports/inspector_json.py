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
from shipworthy.reports.inspector_components import PREFIX, Components, properties
from shipworthy.reports.inspector_ratings import home, origin_of, ratings
from shipworthy.reports.json import quieted
from shipworthy.reports.moment import judged_at, moment
from shipworthy.reports.sharing import common
from shipworthy.reports.text import block, each_line, line, links


_NAMESPACE = uuid.UUID("b5f5f9a2-3f51-5f0c-8a3e-6d3f0f7c1f5e")
_DESCRIPTION = 8000
_LINKS = 100
_STEP = 1 << 16
_FIXED = f"{PREFIX}fixed_version:"
_ACUTE = {"name": f"{PREFIX}exploit_available", "value": "true"}
_EXPLOITABLE, _IN_TRIAGE = {"state": "exploitable"}, {"state": "in_triage"}
_CWES = (1104,)  # of what is no longer maintained


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
        told = properties(
            (f"{word}_vulnerabilities", str(total[word])) for word in COUNTED
        )
        service = {"name": tool["name"], "version": tool["version"]}
        metadata = {
            "properties": told,
            "timestamp": judged_at(document).replace("Z", ".000Z"),
            "tools": {"services": [service]},
        }
        head: dict[str, object] = {"bomFormat": "CycloneDX", "metadata": metadata}
        tail: dict[str, object] = {"specVersion": "1.5"}
        if listed or components.listed:
            head = {
                "bomFormat": "CycloneDX",
                "components": components.listed,
                "metadata": metadata,
            }
            tail["vulnerabilities"] = listed
        # Everything stands in the order of its name already: sorting it again would take as long as writing it.
        name = _named_by(orjson.dumps({**head, **tail}))
        sbom = {**head, "serialNumber": f"urn:uuid:{name}", **tail}
        option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        return quieted(orjson.dumps({"sbom": sbom}, option=option))


def _named_by(content: bytes) -> uuid.UUID:
    """The version 5 UUID of ``content`` in hexadecimal digits, of which no more than some are made at a time."""
    told = sha1(_NAMESPACE.bytes, usedforsecurity=False)
    for at in range(0, len(content), _STEP):
        told.update(hexlify(content[at : at + _STEP]))
    return uuid.UUID(bytes=told.digest()[:16], version=5)


def _vulnerability(
    vulnerability: Vulnerability, components: Components, number: int
) -> dict[str, object]:
    lead, name = vulnerability.lead, vulnerability.id
    acute = vulnerability.exploited
    fixes = {
        ref: fix
        for finding, fix in zip(
            vulnerability.findings, vulnerability.fixes, strict=True
        )
        for ref in components.of(finding["package"])
    }
    whole: dict[str, object] = {
        "advisories": [{"url": url} for url in _links(vulnerability.findings)],
        "affects": [{"ref": ref} for ref in fixes],
        "analysis": _EXPLOITABLE if acute else _IN_TRIAGE,
        "bom-ref": f"vuln-{number}",
        "created": moment(lead["published"]),
        "cwes": vulnerability.weaknesses or (_CWES if name == DISCONTINUED else ()),
        "description": block(lead["description"] or lead["title"], _DESCRIPTION),
        "id": name,
        "properties": _told(lead, fixes, acute=acute),
        "ratings": ratings(name, lead),
        "references": _related(lead),
        "source": origin_of(name, lead),
        "updated": moment(lead["modified"]),
    }
    if all(whole.values()):
        return whole
    return {key: value for key, value in whole.items() if value}


def _told(
    finding: Document, fixes: Mapping[str, str], *, acute: bool
) -> list[dict[str, str]]:
    kev = finding["kev"]
    told = [_ACUTE] if acute else []
    if kev:
        days = (
            ("cisa_kev_date_added", moment(kev["dateAdded"])),
            ("cisa_kev_date_due", moment(kev["dueDate"])),
        )
        told += properties(days)
    if finding["kind"] == "malicious":
        told += properties([("is_malicious", "true")])
    return told + [
        {"name": f"{_FIXED}{ref}", "value": fix} for ref, fix in fixes.items() if fix
    ]


def _related(finding: Document) -> list[dict[str, object]]:
    names = each_line(tuple(finding["aliases"]), VALUE_LIMIT)
    return [{"id": name, "source": home(name)} for name in names if name]


def _links(findings: Iterable[Document]) -> list[str]:
    """Where advisories and further reading are, each once."""
    told: dict[str, None] = {}
    known: Mapping[str, None] = {}
    for finding in findings:
        for advisory in finding["advisories"]:
            told[advisory["url"]] = None
        references = _references(finding)
        if references is not known:
            told |= references
            known = references
    return links(told)[:_LINKS]


@common
def _references(finding: Document) -> dict[str, None]:
    return dict.fromkeys(finding["references"])


def _check(check: Document, components: Components, number: int) -> dict[str, object]:
    """What a check found stands where the service's Dockerfile findings stand."""
    words = ": ".join(filter(None, (check["title"], check["message"])))
    whole: dict[str, object] = {
        "affects": [{"ref": components.of_check(check)}],
        "analysis": _IN_TRIAGE,
        "bom-ref": f"vuln-{number}",
        "description": block(words, _DESCRIPTION),
        "id": line(check["id"], VALUE_LIMIT),
        "ratings": [
            {
                "method": "other",
                "severity": severity_word(check["severity"]),
                "source": home(""),
            }
        ],
        "source": home(""),
    }
    return {key: value for key, value in whole.items() if value}
