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
_SAID = 160


def place(name: str) -> Json:
    """The physical location of all that is in the image called ``name``."""
    region = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
    return {"artifactLocation": {"uri": artifact_uri(name)}, "region": region}


def result(said: Said, index: int, physical: Json) -> Json:
    """One result; ``index`` is its rule's place, ``physical`` the image's location."""
    if said.group == GONE:
        logical, state = _gone_places(said.subject), "absent"
        message, properties = _gone_message(said), _gone_properties(said)
    elif finding := said.finding:
        logical = _named(finding["package"]).places
        state = _STATES.get(finding["state"], "")
        message, properties = _message(said, finding), _properties(finding)
    else:
        logical, state = _check_places(said.subject), ""
        message, properties = _check_message(said), {"severity": said.severity}
    location: Json = {"physicalLocation": physical}
    if logical:
        location["logicalLocations"] = logical
    made: Json = {
        "ruleId": said.rule,
        "ruleIndex": index,
        "level": LEVELS[said.severity],
        "message": {"text": message},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": said.mark},
        "fingerprints": {"shipworthy/v1": said.mark},
        "properties": properties,
    }
    if state:
        made["baselineState"] = state
    if said.entry:
        made["suppressions"] = [_suppression(said.entry)]
    if said.finding:
        made["rank"] = said.finding["risk"]["score"]
    return made


def _message(said: Said, finding: Document) -> str:
    named, layer = _named(finding["package"]), finding["layer"]
    best, others = fixed_in(finding)
    fix = f"Fixed in {plain(best, _SAID)}" if best else fix_words(finding).capitalize()
    if others:
        fix += f" (also in {plain(', '.join(others), _SAID)})"
    parts = [f"{said.rule} ({said.severity}) in {named.what}{_title(finding)}", fix]
    if named.found:
        parts.append(named.found)
    if layer:
        base = finding["origin"] == "base"
        parts.append(_layer(layer["index"], layer["instruction"], base=base))
    return _sentences(parts)


@lru_cache(maxsize=1 << 9)
def _layer(index: int, created_by: str, *, base: bool) -> str:
    whose = ", base image" if base else ""
    return f"Layer {index}{whose}: {plain(instruction(created_by), _SAID)}"


def _check_message(said: Said) -> str:
    check = said.subject
    told = filter(None, (plain(check[key], _TITLE) for key in ("title", "message")))
    parts = [": ".join((f"{said.rule} ({said.severity})", *told))]
    if check["path"]:
        parts.append(f"Found in {plain(check['path'])}")
    return _sentences(parts)


def _gone_message(said: Said) -> str:
    gone = said.subject
    what = plain(f"{gone['package']} {gone['version']}".strip(), _SAID)
    reason = plain(gone["reason"], _TITLE)
    return _sentences([f"{said.rule} ({said.severity}) in {what}: {reason}"])


def _sentences(parts: list[str]) -> str:
    text = " ".join(f"{told.rstrip('. :')}." for told in parts if told.strip())
    return text if len(text) <= TEXT_MOST else f"{text[: TEXT_MOST - 2]}…."


class _Named(NamedTuple):
    """What is said of a package wherever it has findings."""

    what: str
    found: str
    """Where it lies, in words; empty where no place is known."""
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
        found=f"Found in {plain(paths[0])}{more}" if places else "",
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


def _properties(finding: Document) -> Json:
    since = finding["fixAvailable"]
    layer = finding["layer"]
    stated = _stated(
        finding["severity"],
        finding["severitySource"],
        finding["fixState"],
        layer["diffId"] if layer else "",
        finding["origin"],
        finding["vexStatus"],
    )
    own = filled(
        purl=_named(finding["package"]).url,
        fixedVersions=listed(finding["fixedVersions"]),
        fixAvailable=plain(since["date"]) if since else "",
        stateReason=plain(finding["stateReason"]),
        fingerprint=plain(finding["fingerprint"]),
        platforms=listed(found_on(finding)),
    )
    return stated | own


@lru_cache(maxsize=1 << 10)
def _stated(
    severity: str, source: str, fix_state: str, layer: str, origin: str, vex: str
) -> Json:
    """What has few values each, and so is the same at many findings."""
    return filled(
        severity=severity,
        severitySource=plain(source),
        fixState=fix_state,
        layer=plain(layer),
        origin=origin,
        vexStatus=plain(vex),
    )


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
