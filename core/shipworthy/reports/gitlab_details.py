"""What shipworthy knows of a finding beyond GitLab's own fields: the named details of schema 15.1.4."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from orjson import Fragment

from shipworthy.reports.identity import Document
from shipworthy.reports.json import piece
from shipworthy.reports.policy_words import vex
from shipworthy.reports.several import found_on
from shipworthy.reports.text import instruction, line, quiet


Details = dict[str, Fragment]
"""Details by the keys they have in the report."""

NAME_MOST = 255
"""Longest name, in characters."""
DETAIL_MOST = 1000
PLACES = 10
"""Most places of a package listed; the rest is counted."""

_CUT = 64  # what may come behind a text that is cut
_SHORT = 128
_DEPTH = 4  # in the report, its vulnerabilities, one of these, and its details


def bounded(text: str, most: int) -> str:
    """``text`` harmless, on one line of at most ``most`` characters."""
    if len(text) <= _SHORT and text.isascii() and text.isprintable():
        return quiet(text)
    text = quiet(line(text, most - _CUT))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def details(finding: Document) -> Details:
    """What is the finding's own, named."""
    told = {
        **_judged(
            finding["origin"],
            finding["severitySource"],
            finding["state"],
            finding["stateReason"],
            finding["vexStatus"],
        ),
        "risk": _field("Risk", f"{finding['risk']['score']:g} of 100"),
    }
    if layer := finding["layer"]:
        told |= _layer(layer["index"], layer["diffId"], layer["instruction"])
    if platforms := found_on(finding):
        told["platforms"] = _field("Platforms", ", ".join(platforms))
    if since := finding["fixAvailable"]:
        told["fix_available"] = _field("Fix available since", since["date"])
    return told


def whereabouts(package: Document) -> Details:
    """Where the package is and how it is called."""
    told: Details = {}
    if places := package["locations"]:
        told["path"] = _text("Path", _places(places))
    if purl := package["purl"]:
        told["purl"] = _text("Package URL", purl)
    return told


def likelihood(finding: Document) -> Details:
    """How likely it is exploited."""
    told: Details = {}
    if epss := finding["epss"]:
        words = f"{epss['score']:.2%} on {epss['date']}"
        told["epss"] = _text("EPSS", words)
    if kev := finding["kev"]:
        told["kev"] = _text("Known to be exploited", _exploited(kev))
    if exploits := finding["exploits"]:
        told["exploits"] = _text("Public exploits", _named(exploits))
    return told


@lru_cache(maxsize=1 << 8)
def _judged(
    origin: str, source: str, state: str | None, reason: str, stated: str
) -> Details:
    """Of which there are few: how findings are judged."""
    told: Details = {"origin": _text("Origin", origin)}
    if source:
        told["severity_source"] = _text("Severity by", source)
    if state:
        words = ": ".join(filter(None, (state, reason)))
        told["state"] = _text("Compared with the baseline", words)
    if stated:
        told["vex"] = _text("VEX", vex(stated, "", str).removeprefix("VEX: "))
    return told


@lru_cache(maxsize=1 << 8)
def _layer(index: int, diff_id: str, created_by: str) -> Details:
    return {
        "layer": _text("Layer", f"{index}: {diff_id}"),
        "instruction": _text("Instruction", instruction(created_by)),
    }


@lru_cache(maxsize=1 << 12)
def _field(name: str, value: str) -> Fragment:
    """A detail of those that come again and again: scores, days, platforms."""
    return _text(name, value)


def _text(name: str, value: str) -> Fragment:
    told = {"type": "text", "name": name, "value": bounded(value, DETAIL_MOST)}
    return piece(told, _DEPTH)


def _places(locations: list[Document]) -> str:
    shown = [line(place["path"]) for place in locations[:PLACES]]
    more = len(locations) - PLACES
    return " | ".join((*shown, f"and {more:,} more") if more > 0 else shown)


def _exploited(kev: Document) -> str:
    words = f"since {kev['dateAdded']}"
    if kev["dueDate"]:
        words += f", to be fixed by {kev['dueDate']}"
    return f"{words}, used by ransomware" if kev["ransomware"] else words


def _named(exploits: Iterable[Document]) -> str:
    return " | ".join(line(one["url"] or one["name"]) for one in exploits)
