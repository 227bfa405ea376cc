"""
What was taken out of the verdict, as an OpenVEX 0.2.0 document (https://github.com/openvex/spec) for others to read.

One statement for everything that the same is said of: the image is the product, the packages are its
subcomponents. What may be said of each is decided in :mod:`shipworthy.reports.taken`. Findings that count are not
in it: a scanner's finding is no statement of the vendor.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from shipworthy.model.purl import purl
from shipworthy.reports.image_purl import ImageName, image_name
from shipworthy.reports.json import JsonReport
from shipworthy.reports.taken import Said, said_of


CONTEXT = "https://openvex.dev/ns/v0.2.0"


class OpenVexReport:
    """VEX of what the policy and other VEX took out; without any, a document of no statements."""

    name = "openvex"
    suffix = ".openvex.json"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the document."""
        image = image_name(document)
        grouped: dict[Said, list[str]] = {}
        for item in document["suppressed"]:
            if package := item["finding"]["package"]["purl"]:
                grouped.setdefault(said_of(item), []).append(package)
        statements = [
            _statement(said, _products(image, packages))
            for said, packages in sorted(
                grouped.items(), key=lambda pair: _order(pair[0])
            )
        ]
        tool = document["tool"]
        vex: dict[str, object] = {
            "@context": CONTEXT,
            "author": tool["name"],
            "role": "Vulnerability scanner",
            "tooling": f"{tool['name']} {tool['version']}",
            "timestamp": _time(document),
            "version": 1,
            "statements": statements,
        }
        content = orjson.dumps(vex, option=orjson.OPT_SORT_KEYS)
        vex["@id"] = f"urn:shipworthy:vex:{hashlib.sha256(content).hexdigest()}"
        return JsonReport().render(vex)


def _time(document: Mapping[str, Any]) -> str:
    """The day of judging; the document depends on no clock."""
    day = document["verdict"]["day"] or document["database"]["date"]
    found = re.match(r"\d{4}-\d\d-\d\d", day, re.ASCII)
    return f"{found[0] if found else '1970-01-01'}T00:00:00Z"


def _order(said: Said) -> tuple[object, ...]:
    return (
        said.name,
        said.status,
        said.justification,
        said.impact,
        said.action,
        said.notes,
        said.aliases,
    )


def _products(
    image: ImageName | None, packages: Iterable[str]
) -> list[dict[str, object]]:
    """The image with the packages in it; the packages alone where nothing names the image."""
    parts: list[dict[str, object]] = [
        {"@id": package, "identifiers": {"purl": package}}
        for package in sorted(set(packages))
    ]
    if image is None:
        return parts
    product: dict[str, object] = {
        "@id": purl("oci", image.name, image.digest),
        "identifiers": {
            "purl": purl(
                "oci", image.name, image.digest, qualifiers=dict(image.qualifiers)
            )
        },
        "hashes": {"sha-256": image.digest.removeprefix("sha256:")},
        "subcomponents": parts,
    }
    return [product]


def _statement(said: Said, products: list[dict[str, object]]) -> dict[str, object]:
    vulnerability: dict[str, object] = {"name": said.name}
    if said.aliases:
        vulnerability["aliases"] = sorted(set(said.aliases))
    whole: dict[str, object] = {
        "vulnerability": vulnerability,
        "products": products,
        "status": said.status,
        "justification": said.justification,
        "impact_statement": said.impact,
        "action_statement": said.action,
        "status_notes": said.notes,
    }
    return {key: value for key, value in whole.items() if value}
