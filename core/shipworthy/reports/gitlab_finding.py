"""
One finding as a vulnerability of GitLab's container scanning report (schema 15.1.4).

GitLab reads description and solution as its Markdown, so what would act there is escaped; the other fields are plain
text. CVSS vectors are version 2 and 3 alone, whole ones, since the schema refuses all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from shipworthy.reports.identity import Document, label
from shipworthy.reports.policy_words import vex
from shipworthy.reports.summary import fix_words, fixed_in
from shipworthy.reports.text import block, instruction, line, link, quiet


SEVERITIES: Mapping[str, str] = {
    "critical": "Critical",
    "high": "High",
    "medium": "Medium",
    "low": "Low",
    "negligible": "Info",
    "none": "Info",
    "unknown": "Unknown",
}
"""Severities as GitLab calls them."""

NAME_MOST = 255
SOLUTION_MOST = 7000
DESCRIPTION_MOST = 100_000
IDENTIFIERS = 20
"""Most identifiers of a vulnerability that GitLab keeps."""
LINKS = 50
VECTORS = 10
DETAIL_MOST = 1000
PLACES = 10
"""Most places of a package listed; the rest is counted."""

_CUT = 64  # what may come behind a text that is cut
_SHORT = 128
_CWE = re.compile(r"CWE-([0-9]{1,7})", re.IGNORECASE)
_PREFIX = re.compile(r"([A-Za-z]{2,16})-")
# HTML, links, images and code; names that GitLab links or notifies; commands at a line's start.
_MARKUP = re.compile(
    r"[\\`<\[\]]|[#!](?=[\w\"{])|(?<!\w)[@&~$%^](?=[\w\"{~])|^(?=[ \t]*/)",
    re.MULTILINE,
)
_TICKS = re.compile("`+")

_V2 = (
    "AV:[NAL]|AC:[LMH]|Au:[MSN]|[CIA]:[NPC]|E:(?:U|POC|F|H|ND)|RL:(?:OF|TF|W|U|ND)|RC:(?:UC|UR|C|ND)"
    "|CDP:(?:N|L|LM|MH|H|ND)|TD:(?:N|L|M|H|ND)|[CIA]R:(?:L|M|H|ND)"
)
_V3 = (
    "AV:[NALP]|AC:[LH]|PR:[NLH]|UI:[NR]|S:[UC]|[CIA]:[NLH]|E:[XUPFH]|RL:[XOTWU]|RC:[XURC]|[CIA]R:[XLMH]"
    "|MAV:[XNALP]|MAC:[XLH]|MPR:[XNLH]|MUI:[XNR]|MS:[XUC]|M[CIA]:[XNLH]"
)
_VECTOR = re.compile(
    rf"(?=.{{16,128}}$)(?:(?:(?:{_V2})/)*(?:{_V2})|CVSS:3[.][01]/(?:(?:{_V3})/)*(?:{_V3}))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What all vulnerabilities of a report share."""

    image: str
    system: str
    """The operating system; never empty."""
    actions: Mapping[str, Document]
    """What to do, by the fingerprint of the finding that it closes."""
    hopeless: Mapping[str, Document]
    """Why nothing can be done, by the finding's label."""


def vulnerability(finding: Document, id_: str, scanned: Scanned) -> dict[str, object]:
    """The finding with the ``id_`` that GitLab follows it by."""
    package = finding["package"]
    made: dict[str, object] = {
        "id": id_,
        "name": bounded(finding["title"], NAME_MOST)
        or bounded(finding["id"], NAME_MOST)
        or "unknown",
        "description": _description(finding),
        "severity": SEVERITIES[finding["severity"]],
        "solution": _solution(finding, scanned),
        "identifiers": _identifiers(finding),
        "links": _links(finding),
        "details": _details(finding),
        "location": {
            "dependency": {
                "package": {"name": bounded(package["name"], NAME_MOST)},
                "version": bounded(package["version"], NAME_MOST),
            },
            "operating_system": scanned.system,
            "image": scanned.image,
        },
    }
    if vectors := _vectors(finding):
        made["cvss_vectors"] = vectors
    if flags := _flags(finding):
        made["flags"] = flags
    return made


def bounded(text: str, most: int) -> str:
    """``text`` harmless, on one line of at most ``most`` characters."""
    if len(text) <= _SHORT and text.isascii() and text.isprintable():
        return quiet(text)
    text = quiet(line(text, most - _CUT))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _description(finding: Document) -> str:
    """What the publisher tells; the title where it tells nothing."""
    return _plain(finding["description"] or finding["title"], DESCRIPTION_MOST)


@lru_cache(maxsize=1 << 11)
def _plain(text: str, most: int) -> str:
    """``text`` as Markdown that shows it and does nothing."""
    return _MARKUP.sub(lambda found: f"\\{found[0]}", quiet(block(text, most)))


def _solution(finding: Document, scanned: Scanned) -> str:
    """The action of the plan that closes it, else the fixed version, else why there is none."""
    mark = finding["fingerprint"]
    action = scanned.actions.get(mark) if mark else None
    action = action or scanned.hopeless.get(label(finding))
    if action:
        parts = [_plain(action[key], SOLUTION_MOST // 7) for key in ("title", "detail")]
        parts.append(_fenced(action["command"]))
        told = "\n\n".join(filter(None, parts))
    elif best := fixed_in(finding)[0]:
        told = _plain(
            f"Upgrade {line(finding['package']['name'])} to {line(best)}", 999
        )
    else:
        words = fix_words(finding)
        told = f"{words[0].upper()}{words[1:]}"
    return told if len(told) <= SOLUTION_MOST else f"{told[: SOLUTION_MOST - 1]}…"


def _fenced(command: str) -> str:
    """A command to copy as it is, behind more ticks than stand in it; nothing where it is too long to be whole."""
    text = quiet(block(command, SOLUTION_MOST))
    if not text or len(text) > SOLUTION_MOST // 2:
        return ""
    ticks = "`" * max(3, *(len(run) + 1 for run in _TICKS.findall(text)), 0)
    return f"{ticks}sh\n{text}\n{ticks}"


def _identifiers(finding: Document) -> list[dict[str, str]]:
    """The id first, which GitLab takes for the vulnerability's own, then its aliases and weaknesses."""
    urls = {advisory["id"]: advisory["url"] for advisory in finding["advisories"]}
    ids = dict.fromkeys((finding["id"], *finding["aliases"], *finding["cwes"]))
    return [_identifier(id_, urls.get(id_, "")) for id_ in list(ids)[:IDENTIFIERS]]


@lru_cache(maxsize=1 << 13)
def _identifier(id_: str, url: str) -> dict[str, str]:
    prefix = _PREFIX.match(id_)
    kind = prefix[1].lower() if prefix else "shipworthy"
    name = bounded(id_, NAME_MOST) or "unknown"
    made = {"type": kind, "name": name, "value": name}
    weakness = _CWE.fullmatch(id_)
    if weakness:
        made["value"] = weakness[1]
        url = f"https://cwe.mitre.org/data/definitions/{weakness[1]}.html"
    elif kind == "cve":
        url = f"https://nvd.nist.gov/vuln/detail/{id_}"
    elif kind == "ghsa":
        url = f"https://github.com/advisories/{id_}"
    if address := link(url):
        made["url"] = address
    return made


def _links(finding: Document) -> list[dict[str, str]]:
    told = [advisory["url"] for advisory in finding["advisories"]]
    return _web((*told, *finding["references"]))


@lru_cache(maxsize=1 << 11)
def _web(urls: tuple[str, ...]) -> list[dict[str, str]]:
    """Those that lead into the web; packages of one vulnerability share them."""
    addresses = filter(None, map(link, urls))
    return [{"url": url} for url in list(dict.fromkeys(addresses))[:LINKS]]


def _vectors(finding: Document) -> list[dict[str, str]]:
    made = {
        (bounded(score["source"], NAME_MOST) or "unknown", score["vector"]): None
        for score in finding["cvss"]
        if _is_vector(score["vector"])
    }
    return [{"vendor": who, "vector": vector} for who, vector in list(made)[:VECTORS]]


@lru_cache(maxsize=1 << 12)
def _is_vector(vector: str) -> bool:
    """Whether it is one of CVSS 2 or 3 in full; few differ."""
    return _VECTOR.fullmatch(vector) is not None


def _flags(finding: Document) -> list[dict[str, str]]:
    """A mark on what matched with low confidence by every piece of evidence."""
    evidence = finding["evidence"]
    if not evidence or any(piece["confidence"] != "low" for piece in evidence):
        return []
    notes = dict.fromkeys(note for piece in evidence for note in piece["notes"])
    words = ": ".join(filter(None, ("Low confidence in the match", ", ".join(notes))))
    return [
        {
            "type": "flagged-as-likely-false-positive",
            "origin": "shipworthy",
            "description": bounded(words, NAME_MOST * 2),
        }
    ]


def _details(finding: Document) -> dict[str, object]:
    """What shipworthy knows beyond GitLab's own fields, named."""
    told: dict[str, object] = {
        "risk": _field("Risk", f"{finding['risk']['score']:g} of 100"),
        "origin": _field("Origin", finding["origin"]),
    }
    if layer := finding["layer"]:
        told["layer"] = _field("Layer", f"{layer['index']}: {layer['diffId']}")
        made = instruction(layer["instruction"])
        told["instruction"] = _field("Instruction", made)
    if platforms := finding.get("platforms"):
        told["platforms"] = _field("Platforms", ", ".join(platforms))
    if places := finding["package"]["locations"]:
        told["path"] = _text("Path", _places(places))
    if purl := finding["package"]["purl"]:
        told["purl"] = _text("Package URL", purl)
    if source := finding["severitySource"]:
        told["severity_source"] = _field("Severity by", source)
    if epss := finding["epss"]:
        words = f"{epss['score']:.2%} on {epss['date']}"
        told["epss"] = _field("EPSS", words)
    if kev := finding["kev"]:
        told["kev"] = _field("Known to be exploited", _exploited(kev))
    if exploits := finding["exploits"]:
        told["exploits"] = _text("Public exploits", _named(exploits))
    if since := finding["fixAvailable"]:
        told["fix_available"] = _field("Fix available since", since["date"])
    if state := finding["state"]:
        words = ": ".join(filter(None, (state, finding["stateReason"])))
        told["state"] = _field("Compared with the baseline", words)
    if stated := finding["vexStatus"]:
        told["vex"] = _field("VEX", vex(stated, "", str).removeprefix("VEX: "))
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
