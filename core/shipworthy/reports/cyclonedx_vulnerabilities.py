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

from shipworthy.reports.bom import Document, every_finding, shown, time_of, told
from shipworthy.reports.cyclonedx_components import (
    Components,
    Json,
    Pair,
    filled,
    properties,
)
from shipworthy.reports.cyclonedx_ratings import ratings
from shipworthy.reports.several import found_on
from shipworthy.reports.sharing import common
from shipworthy.reports.taken import Said, said_of
from shipworthy.reports.text import link


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
_CWE = re.compile(r"(?:CWE-)?([1-9][0-9]{0,5})", re.ASCII)
_SOURCES = {
    "CVE": ("NVD", "https://nvd.nist.gov/vuln/detail/"),
    "GHSA": ("GitHub", "https://github.com/advisories/"),
}
_KEPT = 1 << 12
_ID = re.compile(r"[A-Z]{2,12}-[A-Za-z0-9:._-]{1,100}", re.ASCII)


def vulnerabilities(document: Document, made: Components) -> list[Json]:
    """Every finding, those that were taken out last."""
    used: set[str] = set()
    return [
        _vulnerability(finding, item, made.ref(finding["package"]), used)
        for finding, item in every_finding(document)
    ]


def _vulnerability(
    finding: Document, item: Document | None, ref: str, used: set[str]
) -> Json:
    said = said_of(item) if item else None
    return filled(
        {
            "bom-ref": _ref(finding, ref, used),
            **_named(finding),
            "ratings": ratings(finding),
            "cwes": _weaknesses(tuple(finding["cwes"])),
            **_described(finding),
            "recommendation": _recommendation(finding),
            "advisories": _advisories(finding),
            "published": time_of(finding["published"]),
            "updated": time_of(finding["modified"]),
            "analysis": _analysis(said, item)
            if said and item
            else _open_analysis(finding),
            "affects": _target(finding, ref, said),
            "properties": _properties(finding, item),
        }
    )


@common
def _named(finding: Document) -> Json:
    return {
        "id": shown(finding["id"]),
        "source": _source(finding["id"]),
        "references": _references(finding["aliases"]),
    }


@common
def _described(finding: Document) -> Json:
    return {
        "description": told(finding["title"]),
        "detail": told(finding["description"]),
    }


def _ref(finding: Document, ref: str, used: set[str]) -> str:
    """Its fingerprint, or where it has none its id and package; unique."""
    plain = re.fullmatch(r"[0-9a-f]{8,64}", finding["fingerprint"])
    whole = f"finding-{plain[0] if plain else shown(finding['id']) + ' ' + ref}"
    made, again = whole, 1
    while made in used:
        again += 1
        made = f"{whole}-{again}"
    used.add(made)
    return made


@lru_cache(maxsize=1 << 12)
def _source(id_: str) -> Json:
    """Who publishes under that identifier."""
    prefix = id_.partition("-")[0]
    name, address = _SOURCES.get(prefix, (shown(prefix) or "unknown", ""))
    url = f"{address}{id_}" if address and _ID.fullmatch(id_) else ""
    return filled({"name": name, "url": url})


def _references(aliases: Sequence[str]) -> list[Json]:
    """Its other names."""
    return [_reference(alias) for alias in dict.fromkeys(aliases) if shown(alias)]


@lru_cache(maxsize=_KEPT)
def _reference(alias: str) -> Json:
    return {"id": shown(alias), "source": _source(alias)}


@lru_cache(maxsize=_KEPT)
def _weaknesses(cwes: tuple[str, ...]) -> list[int]:
    numbers = (int(found[1]) for cwe in cwes if (found := _CWE.fullmatch(cwe)))
    return list(dict.fromkeys(numbers))


def _recommendation(finding: Document) -> str:
    versions = [shown(one) for one in finding["fixedVersions"]]
    if not versions:
        return ""
    name = shown(finding["package"]["name"])
    if len(versions) == 1:
        return f"Update {name} to {versions[0]} or later."
    return f"Update {name} to a release that has the fix: {', '.join(versions)}."


def _advisories(finding: Document) -> list[Json]:
    matched = tuple([(one["url"], one["id"]) for one in finding["advisories"]])
    return _to_read(finding, matched)


@common
def _to_read(finding: Document, advisories: tuple[tuple[str, str], ...]) -> list[Json]:
    """Where to read on: the advisories that matched, then all other references."""
    found: dict[str, str] = {}
    for address, id_ in advisories:
        if url := link(address):
            found.setdefault(url, shown(id_))
    for reference in finding["references"]:
        if url := link(reference):
            found.setdefault(url, "")
    return [_advisory(title, url) for url, title in found.items()]


@lru_cache(maxsize=1 << 13)
def _advisory(title: str, url: str) -> Json:
    """One value for all vulnerabilities that it is told of."""
    return {"title": title, "url": url} if title else {"url": url}


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


def _open_analysis(finding: Document) -> Json:
    state = _OPEN_STATES.get(finding["vexStatus"], "")
    if not state:
        return {}
    words = finding["vexStatus"].replace("_", " ")
    return {"state": state, "detail": f"VEX states: {words}."}


def _target(finding: Document, ref: str, said: Said | None) -> list[Json]:
    """Which component has it; it is no less in the image where a risk is accepted."""
    free = said is not None and said.status != "affected"
    return _affected(ref, finding["package"]["version"], free=free)


@lru_cache(maxsize=_KEPT)
def _affected(ref: str, version: str, *, free: bool) -> list[Json]:
    """One value for all vulnerabilities of a package."""
    told = shown(version)
    status = "unaffected" if free else "affected"
    versions = [{"version": told, "status": status}] if told else []
    return [filled({"ref": ref, "versions": versions})]


def _properties(finding: Document, item: Document | None) -> list[Json]:
    """What the standard has no field for."""
    rated: tuple[Pair, ...] = (
        ("severity", finding["severity"]),
        ("risk", f"{finding['risk']['score']:g}"),
    )
    return [
        *properties(rated),
        *_likelihood(finding),
        *properties(_pairs(finding, item)),
    ]


@common
def _likelihood(finding: Document) -> list[Json]:
    """How likely it is exploited, wherever it is."""
    epss, kev = finding["epss"], finding["kev"]
    pairs: list[Pair] = []
    if epss:
        pairs += [
            ("epss:score", f"{epss['score']:.5f}"),
            ("epss:percentile", f"{epss['percentile']:.5f}"),
            ("epss:date", epss["date"]),
        ]
    if kev:
        pairs += [
            ("kev:dateAdded", kev["dateAdded"]),
            ("kev:dueDate", kev["dueDate"]),
            ("kev:ransomware", "true" if kev["ransomware"] else "false"),
        ]
    pairs += [("exploit", one["url"] or one["source"]) for one in finding["exploits"]]
    return properties(pairs)


def _pairs(finding: Document, item: Document | None) -> Iterator[Pair]:
    """What holds for this package."""
    yield "fixState", finding["fixState"]
    for version in finding["fixedVersions"]:
        yield "fixedVersion", version
    if finding["kind"] != "vulnerability":
        yield "kind", finding["kind"]
    for platform in found_on(finding):
        yield "platform", platform
    yield "fingerprint", finding["fingerprint"]
    yield "state", finding["state"]
    yield "stateReason", finding["stateReason"]
    if item:
        yield "suppressedBy", item["rule"]
        yield "suppression:entry", item["entry"]
        yield "suppression:source", item["source"]
        yield "suppression:owner", item["owner"]
        yield "suppression:expires", item["expires"]
