"""What shipworthy knows of a finding beyond GitLab's own fields: the named details of schema 15.1.4."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from shipworthy.reports.identity import Document
from shipworthy.reports.policy_words import vex
from shipworthy.reports.several import found_on
from shipworthy.reports.sharing import common
from shipworthy.reports.text import instruction, line, quiet


DETAIL_MOST = 1000
PLACES = 10
"""Most places of a package listed; the rest is counted."""

_CUT = 64  # what may come behind a text that is cut
_SHORT = 128


def bounded(text: str, most: int) -> str:
    """``text`` harmless, on one line of at most ``most`` characters."""
    if len(text) <= _SHORT and text.isascii() and text.isprintable():
        return quiet(text)
    text = quiet(line(text, most - _CUT))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def details(finding: Document) -> dict[str, object]:
    """What shipworthy knows beyond GitLab's own fields, named."""
    told: dict[str, object] = {
        "risk": _field("Risk", f"{finding['risk']['score']:g} of 100"),
        "origin": _field("Origin", finding["origin"]),
    }
    if layer := finding["layer"]:
        told["layer"] = _field("Layer", f"{layer['index']}: {layer['diffId']}")
        made = instruction(layer["instruction"])
        told["instruction"] = _field("Instruction", made)
    if platforms := found_on(finding):
        told["platforms"] = _field("Platforms", ", ".join(platforms))
    told |= _package(finding["package"])
    if source := finding["severitySource"]:
        told["severity_source"] = _field("Severity by", source)
    told |= _likelihood(finding)
    if since := finding["fixAvailable"]:
        told["fix_available"] = _field("Fix available since", since["date"])
    if state := finding["state"]:
        words = ": ".join(filter(None, (state, finding["stateReason"])))
        told["state"] = _field("Compared with the baseline", words)
    if stated := finding["vexStatus"]:
        told["vex"] = _field("VEX", vex(stated, "", str).removeprefix("VEX: "))
    return told


@common
def _package(package: Document) -> dict[str, object]:
    """Where the package is and how it is called."""
    told: dict[str, object] = {}
    if places := package["locations"]:
        told["path"] = _text("Path", _places(places))
    if purl := package["purl"]:
        told["purl"] = _text("Package URL", purl)
    return told


@common
def _likelihood(finding: Document) -> dict[str, object]:
    """How likely it is exploited."""
    told: dict[str, object] = {}
    if epss := finding["epss"]:
        words = f"{epss['score']:.2%} on {epss['date']}"
        told["epss"] = _text("EPSS", words)
    if kev := finding["kev"]:
        told["kev"] = _text("Known to be exploited", _exploited(kev))
    if exploits := finding["exploits"]:
        told["exploits"] = _text("Public exploits", _named(exploits))
    return told


@lru_cache(maxsize=1 << 12)
def _field(name: str, value: str) -> dict[str, str]:
    """A detail of those that come again and again: layers, scores, sources."""
    return _text(name, value)


def _text(name: str, value: str) -> dict[str, str]:
    return {"type": "text", "name": name, "value": bounded(value, DETAIL_MOST)}


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
