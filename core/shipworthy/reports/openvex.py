"""
What was taken out of the verdict, as an OpenVEX 0.2.0 document (https://github.com/openvex/spec) for others to read.

One statement for everything that the same is said of: the image is the product, the packages are its
subcomponents. Statements of VEX keep their status and justification. An entry of the policy is a
reason in somebody's own words: it becomes ``not_affected`` with that reason as impact statement only where it has
no end and does not speak of a risk that is accepted; else the image is ``affected``, and what was decided is the
action statement. Findings that count are not in it: a scanner's finding is no statement of the vendor.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from shipworthy.model.purl import purl
from shipworthy.reports.image_purl import ImageName, image_name
from shipworthy.reports.json import JsonReport


CONTEXT = "https://openvex.dev/ns/v0.2.0"
_LABELS = frozenset(
    {
        "component_not_present",
        "vulnerable_code_not_present",
        "vulnerable_code_not_in_execute_path",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "inline_mitigations_already_exist",
    }
)
_OF_CYCLONEDX = {
    "code_not_present": "vulnerable_code_not_present",
    "code_not_reachable": "vulnerable_code_not_in_execute_path",
    "protected_by_compiler": "inline_mitigations_already_exist",
    "protected_at_runtime": "inline_mitigations_already_exist",
}
# Words of somebody who knows that it is affected and lives with it for now.
_LIVES_WITH_IT = re.compile(
    r"accept|tolerat|\brisks?\b|wo(?:n'?t|nt)[ -]?fix|will not (?:be )?fix|no fix|not (?:yet )?fixed|"
    r"until|await|wait(?:ing|s)? (?:for|on)|temporar|postpone|defer|later|mitigat|low (?:impact|priority)|"
    r"\btodo\b|\btbd\b|ticket|backlog",
    re.IGNORECASE,
)
_UNTIL_FIX = "until there is a fix"
_UNTOLD = "Ignored on the command line; no reason was given."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What is said of one vulnerability; the same of all packages that it is said of."""

    name: str
    aliases: tuple[str, ...]
    status: str
    justification: str = ""
    impact: str = ""
    action: str = ""
    notes: str = ""


class OpenVexReport:
    """VEX of what the policy and other VEX took out; without any, a document of no statements."""

    name = "openvex"
    suffix = ".openvex.json"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the document."""
        image = image_name(document)
        grouped: dict[_Said, list[str]] = {}
        for item in document["suppressed"]:
            if package := item["finding"]["package"]["purl"]:
                grouped.setdefault(_said(item), []).append(package)
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


def _said(item: Mapping[str, Any]) -> _Said:
    finding = item["finding"]
    by_vex = item["rule"] == "vex" and item["vexStatus"] in {"not_affected", "fixed"}
    told = _of_vex(item) if by_vex else _of_policy(item)
    return _Said(name=finding["id"], aliases=tuple(finding["aliases"]), **told)


def _of_vex(item: Mapping[str, Any]) -> dict[str, str]:
    """What a statement said, as it said it."""
    source = f"As stated by {item['owner'] or 'others'} in {item['source']}"
    notes = f"{source}: {item['reason']}"
    if item["vexStatus"] == "fixed":
        return {"status": "fixed", "notes": notes}
    label = _OF_CYCLONEDX.get(item["justification"], item["justification"])
    if label in _LABELS:
        return {"status": "not_affected", "justification": label, "notes": notes}
    # The schema allows one of both, not both.
    return {"status": "not_affected", "impact": item["reason"], "notes": source}


def _of_policy(item: Mapping[str, Any]) -> dict[str, str]:
    """What an entry of the policy comes to."""
    reason, expires = item["reason"].strip(), item["expires"]
    notes = f"Left out of the verdict by {item['source'] or 'the policy'}"
    if item["owner"]:
        notes += f", owner {item['owner']}"
    if item["rule"] == "ignore" or not reason:
        return {"status": "affected", "action": _UNTOLD, "notes": notes}
    ends = f"until {expires}" if expires else ""
    if _UNTIL_FIX in item["entry"]:
        ends = " or ".join(filter(None, (ends, _UNTIL_FIX)))
    if ends:
        action = f"Accepted {ends}: {reason}"
        return {"status": "affected", "action": action, "notes": notes}
    if _LIVES_WITH_IT.search(reason):
        return {"status": "affected", "action": f"Accepted: {reason}", "notes": notes}
    return {"status": "not_affected", "impact": reason, "notes": notes}


def _order(said: _Said) -> tuple[object, ...]:
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


def _statement(said: _Said, products: list[dict[str, object]]) -> dict[str, object]:
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
