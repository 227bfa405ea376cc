"""What a result of a SARIF log tells of a finding; what it shares with others is written once for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from orjson import Fragment

from shipworthy.reports.sarif_said import Said
from shipworthy.reports.sarif_words import ID_MOST, TEXT_MOST, Json, listed, plain
from shipworthy.reports.sarif_written import (
    ENDS,
    PLACES,
    PROPERTIES,
    RESULT,
    SAID,
    TITLE,
    ended,
    members,
    module,
    places,
    resources,
    sentence,
    written,
)
from shipworthy.reports.several import found_on
from shipworthy.reports.sharing import common
from shipworthy.reports.summary import Document, fix_words, fixed_in
from shipworthy.reports.text import instruction


_STATES: Mapping[str | None, str] = {
    "new": "new",
    "existing": "unchanged",
    "moved": "updated",
}

_of_layer = itemgetter("index", "diffId", "instruction")
_of_judgement = itemgetter(
    "state", "severity", "severitySource", "stateReason", "vexStatus"
)


def of_finding(said: Said, finding: Document, rule: bytes, physical: bytes) -> Fragment:
    """The result of a finding that is there; ``rule`` are its last members, ``physical`` is the last one of its location."""
    rule_id, _, _, severity, _, _, _, mark = said
    best, others = fixed_in(finding)
    words = "" if best else fix_words(finding)
    versions, since = tuple(finding["fixedVersions"]), finding["fixAvailable"]
    day = since["date"] if since else ""
    fixed = _fixed(best, others, words, finding["fixState"], versions, day)
    layer, origin = finding["layer"], finding["origin"]
    brought = _brought(origin, *_of_layer(layer)) if layer else _placed(origin)
    judged, package = _judged(*_of_judgement(finding)), _package(finding["package"])
    head = f"{rule_id} ({severity}) in {package.what}{_title(finding)}".rstrip(ENDS)
    properties = (
        _fingerprint(finding["fingerprint"]),
        fixed.properties,
        brought.properties,
        _platforms(found_on(finding)),
        package.url,
        judged.properties,
    )
    return written(
        mark,
        severity,
        judged.state,
        package.places + physical,
        f"{head}.{fixed.told}{package.found}{brought.told}",
        b"".join(properties),
        _rank(finding["risk"]["score"]) + rule,
    )


class _Package(NamedTuple):
    """What is said of a package wherever it has findings."""

    what: str
    found: str
    """The sentence on where it lies; empty where no place is known."""
    url: bytes
    """A property."""
    places: bytes
    """The member of a location that tells it and its places."""


@common
def _package(package: Document) -> _Package:
    locations = package["locations"]
    more = f" and {len(locations) - 1:,} more" if len(locations) > 1 else ""
    paths = [place["path"] for place in locations[:PLACES]]
    whole = package["purl"] or f"{package['name']}@{package['version']}"
    return _Package(
        what=plain(f"{package['name']} {package['version']}".strip(), SAID),
        found=sentence(f"Found in {plain(paths[0])}{more}") if paths else "",
        url=_property("purl", package["purl"], TEXT_MOST),
        places=places([*module(package["name"], whole), *resources(paths)]),
    )


@common
def _title(finding: Document) -> str:
    title = plain(finding["title"], TITLE)
    return f": {title}" if title else ""


class _Part(NamedTuple):
    """What findings have in common with some others."""

    told: str
    """Sentences of the message."""
    properties: bytes


@lru_cache(maxsize=1 << 10)
def _fixed(
    best: str,
    others: tuple[str, ...],
    words: str,
    state: str,
    versions: tuple[str, ...],
    day: str,
) -> _Part:
    """What is said of the fix; ``words`` stand in the place of ``best`` where there is none."""
    told = f"Fixed in {plain(best, SAID)}" if best else words.capitalize()
    if others:
        told += f" (also in {plain(', '.join(others), SAID)})"
    properties: Json = {"fixState": state}
    if listed_versions := listed(versions):
        properties["fixedVersions"] = listed_versions
    available = _property("fixAvailable", day)
    return _Part(sentence(told), available + members(properties, PROPERTIES))


@lru_cache(maxsize=1 << 9)
def _brought(origin: str, index: int, diff_id: str, created_by: str) -> _Part:
    """What is said of the layer that brought it."""
    whose = ", base image" if origin == "base" else ""
    told = f"Layer {index}{whose}: {plain(instruction(created_by), SAID)}"
    layer = _property("layer", diff_id)
    return _Part(sentence(told), layer + _placed(origin).properties)


@lru_cache(maxsize=1 << 4)
def _placed(origin: str) -> _Part:
    """What is said where no layer is known."""
    return _Part("", members({"origin": origin}, PROPERTIES) if origin else b"")


class _Judged(NamedTuple):
    """How a finding is judged."""

    state: bytes
    """A member of the result; empty where it was not compared."""
    properties: bytes
    """The last ones."""


@lru_cache(maxsize=1 << 10)
def _judged(
    state: str | None, severity: str, source: str, reason: str, stated: str
) -> _Judged:
    compared = _STATES.get(state, "")
    return _Judged(
        members({"baselineState": compared}, RESULT) if compared else b"",
        ended(
            members({"severity": severity}, PROPERTIES)
            + _property("severitySource", source)
            + _property("stateReason", reason)
            + _property("vexStatus", stated)
        ),
    )


def _fingerprint(mark: str) -> bytes:
    if len(mark) <= SAID and mark.isascii() and mark.isalnum():
        return b'\n            "fingerprint": "%b",' % mark.encode()
    return _property("fingerprint", mark)


@lru_cache(maxsize=1 << 8)
def _platforms(found: tuple[str, ...]) -> bytes:
    told = listed(found)
    return members({"platforms": told}, PROPERTIES) if told else b""


@lru_cache(maxsize=1 << 10, typed=True)
def _rank(score: float) -> bytes:
    return members({"rank": score}, RESULT)


def _property(name: str, text: str, limit: int = ID_MOST) -> bytes:
    """A property that tells a text of others; nothing where that says nothing."""
    told = plain(text, limit)
    return members({name: told}, PROPERTIES) if told else b""
