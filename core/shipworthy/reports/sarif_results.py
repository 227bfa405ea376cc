"""
Results of a SARIF 2.1.0 log (section 3.27): one for each finding in each package, each check, and each finding that is gone.

What the policy took out stays in the log with its suppression (section 3.35), and a comparison's state is the
``baselineState``. Every result is located in the image as a whole: a container has no source line, and a path that
changes with a build would make a new alert of an old one. Packages and paths are logical locations.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from shipworthy.reports.sarif_said import GONE, Said, artifact_uri
from shipworthy.reports.sarif_words import (
    LEVELS,
    TEXT_MOST,
    Json,
    filled,
    listed,
    plain,
)
from shipworthy.reports.several import found_on
from shipworthy.reports.sharing import common
from shipworthy.reports.summary import Document, fix_words, fixed_in
from shipworthy.reports.text import instruction


PLACES = 100
"""Most places of a package that are listed; a message tells how many there are."""

_STATES: Mapping[str | None, str] = {
    "new": "new",
    "existing": "unchanged",
    "moved": "updated",
}
_TITLE = 400
_ENDS = ". :"
_SAID = 160


def place(name: str) -> Json:
    """The physical location of all that is in the image called ``name``."""
    region = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
    return {"artifactLocation": {"uri": artifact_uri(name)}, "region": region}


def result(said: Said, index: int, physical: Json) -> Json:
    """One result; ``index`` is its rule's place, ``physical`` the image's location."""
    rule, _, group, severity, subject, entry, finding, mark = said
    state = "absent" if group == GONE else ""
    if finding:
        named = _named(finding["package"])
        logical, state = named.places, _STATES.get(finding["state"], "")
        message, properties = _finding_told(rule, finding, named)
    elif group == GONE:
        logical = _gone_places(subject)
        message, properties = _gone_message(said), _gone_properties(said)
    else:
        logical = _check_places(subject)
        message, properties = _check_message(said), {"severity": severity}
    location: Json = {"physicalLocation": physical}
    if logical:
        location["logicalLocations"] = logical
    made: Json = {
        "ruleId": rule,
        "ruleIndex": index,
        "level": LEVELS[severity],
        "message": {"text": message},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": mark},
        "fingerprints": {"shipworthy/v1": mark},
        "properties": properties,
    }
    if state:
        made["baselineState"] = state
    if entry:
        made["suppressions"] = [_suppression(entry)]
    if finding:
        made["rank"] = finding["risk"]["score"]
    return made


def _finding_told(rule: str, finding: Document, named: _Named) -> tuple[str, Json]:
    """The message and the properties."""
    severity, origin, layer = finding["severity"], finding["origin"], finding["layer"]
    best, others = fixed_in(finding)
    words = "" if best else fix_words(finding)
    fix, versions = _fix(best, others, words, tuple(finding["fixedVersions"]))
    head = f"{rule} ({severity}) in {named.what}{_title(finding)}".rstrip(_ENDS)
    properties: Json = {"severity": severity, "fixState": finding["fixState"]}
    created = ""
    if layer:
        whose = ", base image" if origin == "base" else ""
        created = _layer(layer["index"], whose, layer["instruction"])
        _put(properties, "layer", layer["diffId"])
    if origin:
        properties["origin"] = origin
    if named.url:
        properties["purl"] = named.url
    if versions:
        properties["fixedVersions"] = versions
    if since := finding["fixAvailable"]:
        _put(properties, "fixAvailable", since["date"])
    for key in ("severitySource", "vexStatus", "stateReason", "fingerprint"):
        if text := finding[key]:
            _put(properties, key, text)
    if platforms := listed(found_on(finding)):
        properties["platforms"] = platforms
    return _bounded(f"{head}.{fix}{named.found}{created}"), properties


def _put(properties: Json, name: str, text: str) -> None:
    if told := plain(text):
        properties[name] = told


@lru_cache(maxsize=1 << 10)
def _fix(
    best: str, others: tuple[str, ...], words: str, versions: tuple[str, ...]
) -> tuple[str, list[str]]:
    """The sentence on fixed versions, or of ``words`` where there is none, and the versions as they are listed."""
    fix = f"Fixed in {plain(best, _SAID)}" if best else words.capitalize()
    if others:
        fix += f" (also in {plain(', '.join(others), _SAID)})"
    return _sentence(fix), listed(versions)


@lru_cache(maxsize=1 << 9)
def _layer(index: int, whose: str, created_by: str) -> str:
    told = plain(instruction(created_by), _SAID)
    return _sentence(f"Layer {index}{whose}: {told}")


def _check_message(said: Said) -> str:
    check = said.subject
    told = filter(None, (plain(check[key], _TITLE) for key in ("title", "message")))
    head = ": ".join((f"{said.rule} ({said.severity})", *told)).rstrip(_ENDS)
    found = f"Found in {plain(check['path'])}" if check["path"] else ""
    return _bounded(f"{head}.{_sentence(found)}")


def _gone_message(said: Said) -> str:
    gone = said.subject
    what = plain(f"{gone['package']} {gone['version']}".strip(), _SAID)
    reason = plain(gone["reason"], _TITLE)
    head = f"{said.rule} ({said.severity}) in {what}: {reason}"
    return _bounded(f"{head.rstrip(_ENDS)}.")


def _sentence(told: str) -> str:
    """``told`` as a sentence that stands behind another."""
    return f" {told.rstrip(_ENDS)}." if told.strip() else ""


def _bounded(text: str) -> str:
    return text if len(text) <= TEXT_MOST else f"{text[: TEXT_MOST - 2]}…."


class _Named(NamedTuple):
    """What is said of a package wherever it has findings."""

    what: str
    found: str
    """The sentence on where it lies; empty where no place is known."""
    url: str
    places: list[Json]


@common
def _named(package: Document) -> _Named:
    places = package["locations"]
    more = f" and {len(places) - 1:,} more" if len(places) > 1 else ""
    paths = [place["path"] for place in places[:PLACES]]
    whole = package["purl"] or f"{package['name']}@{package['version']}"
    return _Named(
        what=plain(f"{package['name']} {package['version']}".strip(), _SAID),
        found=_sentence(f"Found in {plain(paths[0])}{more}") if places else "",
        url=plain(package["purl"], TEXT_MOST),
        places=[*_module(package["name"], whole), *_resources(paths)],
    )


@common
def _title(finding: Document) -> str:
    title = plain(finding["title"], _TITLE)
    return f": {title}" if title else ""


def _check_places(check: Document) -> list[Json]:
    return _resources([check["path"]])


def _gone_places(gone: Document) -> list[Json]:
    return _module(gone["package"], f"{gone['package']}@{gone['version']}")


def _module(name: str, whole: str) -> list[Json]:
    part = filled(name=plain(name), fullyQualifiedName=plain(whole, TEXT_MOST))
    return [{**part, "kind": "module"}] if part else []


def _resources(paths: list[str]) -> list[Json]:
    parts = (filled(fullyQualifiedName=plain(path, TEXT_MOST)) for path in paths)
    return [{**part, "kind": "resource"} for part in parts if part]


def _suppression(entry: Document) -> Json:
    about = filled(
        rule=plain(entry["rule"]),
        entry=plain(entry["entry"]),
        source=plain(entry["source"]),
        owner=plain(entry["owner"]),
        expires=plain(entry["expires"]),
        vexStatus=plain(entry.get("vexStatus", "")),
        vexJustification=plain(entry.get("justification", "")),
    )
    reason = plain(entry["reason"], TEXT_MOST)
    return {
        "kind": "external",
        "status": "accepted",
        **filled(justification=reason, properties=about),
    }


def _gone_properties(said: Said) -> Json:
    gone = said.subject
    return filled(
        severity=said.severity,
        package=plain(gone["package"]),
        version=plain(gone["version"]),
        type=plain(gone["type"]),
        fingerprint=plain(gone["fingerprint"]),
        aliases=listed(gone["aliases"]),
    )
