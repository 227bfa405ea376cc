"""
The vulnerabilities of a CycloneDX document (https://cyclonedx.org/docs/1.6/json/#vulnerabilities): one for each
finding, because a fingerprint, a state and an entry of the policy are one package's.

An analysis is given where somebody said something: VEX of others, or the policy in the words that
:mod:`shipworthy.reports.taken` lets it publish. A finding that nobody spoke about has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from shipworthy.reports.bom import Document, every_finding, shown, told
from shipworthy.reports.cyclonedx_components import (
    Components,
    Json,
    Pair,
    filled,
    properties,
)
from shipworthy.reports.cyclonedx_facts import Facts, facts_of
from shipworthy.reports.several import found_on
from shipworthy.reports.taken import Said, said_of


_STATES = {
    "not_affected": "not_affected",
    "fixed": "resolved",
    "affected": "exploitable",
}
# OpenVEX's labels that CycloneDX has a word for; what has none is told in the detail.
_JUSTIFICATIONS = {
    "component_not_present": "code_not_present",
    "vulnerable_code_not_present": "code_not_present",
    "vulnerable_code_not_in_execute_path": "code_not_reachable",
    "inline_mitigations_already_exist": "protected_by_mitigating_control",
}
_OWN_JUSTIFICATIONS = frozenset(
    {
        "code_not_present",
        "code_not_reachable",
        "requires_configuration",
        "requires_dependency",
        "requires_environment",
        "protected_by_compiler",
        "protected_at_runtime",
        "protected_at_perimeter",
        "protected_by_mitigating_control",
    }
)
_OPEN_STATES = {"affected": "exploitable", "under_investigation": "in_triage"}
_KEPT = 1 << 12
_FINGERPRINT = re.compile(r"[0-9a-f]{8,64}")


class Fix(NamedTuple):
    """What repairs it."""

    recommendation: str
    properties: list[Json]


class Vulnerability(NamedTuple):
    """One finding; what others have in common with it is the same object in all of them."""

    ref: str
    facts: Facts
    fix: Fix
    analysis: Json
    affects: list[Json]
    rated: list[Json]
    """Properties: how bad it is."""
    own: list[Json]
    """The last properties: which finding it is, and what was decided."""


def vulnerabilities(document: Document, made: Components) -> list[Vulnerability]:
    """Every finding, those that were taken out last."""
    used: set[str] = set()
    return [
        _vulnerability(finding, item, made.ref(finding["package"]), used)
        for finding, item in every_finding(document)
    ]


def in_json(one: Vulnerability) -> Json:
    """The vulnerability as JSON has it."""
    facts, fix = one.facts, one.fix
    whole = {
        **facts.fields,
        "bom-ref": one.ref,
        "affects": one.affects,
        "properties": [*one.rated, *facts.likelihood, *fix.properties, *one.own],
    }
    if fix.recommendation:
        whole["recommendation"] = fix.recommendation
    if one.analysis:
        whole["analysis"] = one.analysis
    return whole


def _vulnerability(
    finding: Document, item: Document | None, ref: str, used: set[str]
) -> Vulnerability:
    package = finding["package"]
    said = said_of(item) if item else None
    facts = facts_of(finding)
    # A component has it no less where a risk is accepted.
    free = said is not None and said.status != "affected"
    return Vulnerability(
        _ref(finding, facts.fields.get("id", ""), ref, used),
        facts,
        _fix(
            package["name"],
            tuple(finding["fixedVersions"]),
            finding["fixState"],
            finding["kind"],
            found_on(finding),
        ),
        _analysis(said, item)
        if said and item
        else _open_analysis(finding["vexStatus"]),
        _affected(ref, package["version"], free=free),
        _rated(finding["severity"], f"{finding['risk']['score']:g}"),
        _own(finding, item),
    )


def _ref(finding: Document, name: str, ref: str, used: set[str]) -> str:
    """Its fingerprint, or where it has none its name and package; unique."""
    mark = finding["fingerprint"]
    whole = f"finding-{mark if _FINGERPRINT.fullmatch(mark) else f'{name} {ref}'}"
    made, again = whole, 1
    while made in used:
        again += 1
        made = f"{whole}-{again}"
    used.add(made)
    return made


@lru_cache(maxsize=_KEPT)
def _fix(
    name: str,
    versions: tuple[str, ...],
    state: str,
    kind: str,
    platforms: tuple[str, ...],
) -> Fix:
    """One value for most findings of a package."""
    pairs: list[Pair] = [("fixState", state)]
    pairs += [("fixedVersion", version) for version in versions]
    if kind != "vulnerability":
        pairs.append(("kind", kind))
    pairs += [("platform", platform) for platform in platforms]
    words = _recommendation(shown(name), [*map(shown, versions)])
    return Fix(words, properties(pairs))


def _recommendation(name: str, versions: Sequence[str]) -> str:
    if not versions:
        return ""
    if len(versions) == 1:
        return f"Update {name} to {versions[0]} or later."
    return f"Update {name} to a release that has the fix: {', '.join(versions)}."


def _analysis(said: Said, item: Document) -> Json:
    """VEX of what was taken out; a risk that is accepted stays exploitable."""
    justification = _JUSTIFICATIONS.get(said.justification, "")
    if said.status == "not_affected" and item["justification"] in _OWN_JUSTIFICATIONS:
        justification = item["justification"]
    words = [said.impact or said.action, said.notes]
    if said.justification and not justification:
        words.insert(0, said.justification.replace("_", " "))
    return filled(
        {
            "state": _STATES[said.status],
            "justification": justification,
            "detail": told(
                ". ".join(word.rstrip(". ") for word in words if word) + "."
            ),
        }
    )


def _open_analysis(status: str) -> Json:
    state = _OPEN_STATES.get(status, "")
    if not state:
        return {}
    words = status.replace("_", " ")
    return {"state": state, "detail": f"VEX states: {words}."}


@lru_cache(maxsize=_KEPT)
def _affected(ref: str, version: str, *, free: bool) -> list[Json]:
    """Which component has it; one value for all vulnerabilities of a package."""
    told = shown(version)
    status = "unaffected" if free else "affected"
    versions = [{"version": told, "status": status}] if told else []
    return [filled({"ref": ref, "versions": versions})]


@lru_cache(maxsize=_KEPT)
def _rated(severity: str, risk: str) -> list[Json]:
    return properties((("severity", severity), ("risk", risk)))


def _own(finding: Document, item: Document | None) -> list[Json]:
    made = _state(finding["fingerprint"], finding["state"], finding["stateReason"])
    return [*made, *properties(_suppression(item))] if item else made


@lru_cache(maxsize=_KEPT)
def _state(fingerprint: str, state: str | None, reason: str) -> list[Json]:
    return properties(
        (("fingerprint", fingerprint), ("state", state), ("stateReason", reason))
    )


def _suppression(item: Document) -> Iterator[Pair]:
    """What took it out."""
    yield "suppressedBy", item["rule"]
    yield "suppression:entry", item["entry"]
    yield "suppression:source", item["source"]
    yield "suppression:owner", item["owner"]
    yield "suppression:expires", item["expires"]
