"""
CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/): the software of the image, and what is known of its vulnerabilities.

One mapping for both forms: JSON here, XML in :mod:`shipworthy.reports.cyclonedx_xml`. The serial number is a
hash of the content. A document that nothing was looked up for has no ``vulnerabilities`` at all, so that
nobody takes it for one without any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shipworthy.reports.bom import (
    Document,
    day_of,
    identified,
    looked_for_vulnerabilities,
    shown,
)
from shipworthy.reports.cyclonedx_components import (
    IMAGE_REF,
    Json,
    Pair,
    components,
    filled,
    image_component,
    properties,
)
from shipworthy.reports.cyclonedx_vulnerabilities import (
    Vulnerability,
    in_json,
    vulnerabilities,
)
from shipworthy.reports.sharing import once
from shipworthy.values import dataclass


SPEC_VERSION = "1.6"
VERSION = 1
"""Of the document; other content is another document."""


class CycloneDxReport:
    """The bill of materials with vulnerabilities and VEX, in JSON."""

    name = "cyclonedx"
    suffix = ".cdx.json"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the document."""
        return once(bill, document).written


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """The bill of materials, for both forms."""

    content: Json
    """As JSON has it below its head; but for vulnerabilities, keys stand in the order that XML asks for."""
    vulnerabilities: Sequence[Vulnerability]
    """What ``vulnerabilities`` of the content is made of; none where nothing was looked up."""
    serial_number: str
    """An identifier that is the same for the same content and for no other."""
    written: bytes
    """All of it as JSON."""


def bill(document: Document) -> Bill:
    """What is written of a result."""
    made = components(document)
    contained = [one["bom-ref"] for one in made.listed]
    found: Sequence[Vulnerability] = ()
    content = {
        "metadata": _metadata(document),
        "components": made.listed,
        "dependencies": [filled({"ref": IMAGE_REF, "dependsOn": contained})],
        "compositions": _compositions(document),
    }
    if looked_for_vulnerabilities(document):
        found = vulnerabilities(document, made)
        content["vulnerabilities"] = [in_json(one) for one in found]
    if not content["compositions"]:
        del content["compositions"]
    head = {
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "version": VERSION,
    }
    number, written = identified({**head, **content}, "serialNumber")
    return Bill(
        content=content, vulnerabilities=found, serial_number=number, written=written
    )


def _metadata(document: Document) -> Json:
    tool, verdict = document["tool"], document["verdict"]
    database, coverage = document["database"], document["coverage"]
    made_by = {
        "type": "application",
        "name": shown(tool["name"]) or "shipworthy",
        "version": shown(tool["version"]),
    }
    pairs: list[Pair] = [("complete", "true" if coverage["complete"] else "false")]
    if looked_for_vulnerabilities(document):
        pairs += [
            ("verdict:status", verdict["status"]),
            ("verdict:summary", verdict["summary"]),
            ("database:date", database["date"]),
            ("database:digest", database["digest"]),
        ]
    return filled(
        {
            "timestamp": day_of(document),
            "tools": {"components": [filled(made_by)]},
            "component": image_component(document),
            "properties": properties(pairs),
        }
    )


def _compositions(document: Document) -> list[Json]:
    """Said where part of the image stayed unread: the list is not whole."""
    if document["coverage"]["complete"]:
        return []
    return [
        {
            "aggregate": "incomplete",
            "assemblies": [IMAGE_REF],
            "dependencies": [IMAGE_REF],
        }
    ]
