"""
One finding as a vulnerability of GitLab's container scanning report (schema 15.1.4).

GitLab reads description and solution as its Markdown, so what would act there is escaped; the other fields are plain
text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from orjson import Fragment

from shipworthy.reports.gitlab_details import (
    NAME_MOST,
    Details,
    bounded,
    details,
    likelihood,
    whereabouts,
)
from shipworthy.reports.gitlab_vectors import vectors
from shipworthy.reports.identity import Document, label
from shipworthy.reports.json import piece
from shipworthy.reports.sharing import common
from shipworthy.reports.summary import fix_words, fixed_in
from shipworthy.reports.text import block, line, link, links, quiet


Identifier = dict[str, str]
Advisories = tuple[tuple[str, str], ...]
"""Ids and addresses."""

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

SOLUTION_MOST = 7000
DESCRIPTION_MOST = 100_000
IDENTIFIERS = 20
"""Most identifiers of a vulnerability that GitLab keeps."""
LINKS = 50

_DEPTH = 4  # in the report, its vulnerabilities, one of these, and one of its lists
_CWE = re.compile(r"CWE-([0-9]{1,7})", re.IGNORECASE)
_PREFIX = re.compile(r"([A-Za-z]{2,16})-")
# HTML, links, images and code; names that GitLab links or notifies. The sign comes first, so that texts are searched fast.
_MARKUP = re.compile(
    r"[\\`<\[\]#!@&~$%^]"
    r"(?:(?<=[\\`<\[\]])|(?<=[#!])(?=[\w\"{])|(?<=[@&~$%^])(?<!\w.)(?=[\w\"{~]))"
)
_COMMAND = re.compile(r"^(?=[ \t]*/)", re.MULTILINE)
_PAGES = {
    "cve": "https://nvd.nist.gov/vuln/detail/",
    "ghsa": "https://github.com/advisories/",
}
_TICKS = re.compile("`+")


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
    known = _known(finding)
    package = _package(finding["package"], scanned.system, scanned.image)
    told = tuple([(one["id"], one["url"]) for one in finding["advisories"]])
    related = _related(finding, tuple(finding["cwes"]), told)
    made: dict[str, object] = {
        "id": id_,
        "name": known.name,
        "description": known.description,
        "severity": SEVERITIES[finding["severity"]],
        "solution": _solution(finding, scanned),
        "identifiers": related.identifiers,
        "links": related.links,
        "details": {**details(finding), **package.details, **known.details},
        "location": package.location,
    }
    if known.vectors:
        made["cvss_vectors"] = known.vectors
    if flags := _flags(finding["evidence"]):
        made["flags"] = flags
    return made


class _Known(NamedTuple):
    """What is known of a vulnerability, wherever it is."""

    name: str
    description: str
    vectors: list[dict[str, str]]
    details: Details


@common
def _known(finding: Document) -> _Known:
    name = bounded(finding["title"], NAME_MOST) or bounded(finding["id"], NAME_MOST)
    told = finding["description"] or finding["title"]
    return _Known(
        name=name or "unknown",
        description=_plain(told, DESCRIPTION_MOST),
        vectors=vectors(finding["cvss"]),
        details=likelihood(finding),
    )


class _Related(NamedTuple):
    """What a vulnerability is called and where it is told of: nearly always the same for all its findings."""

    identifiers: Fragment
    links: Fragment


@common
def _related(
    finding: Document, weaknesses: tuple[str, ...], told: Advisories
) -> _Related:
    identifiers = _identifiers(finding, weaknesses, dict(told))
    addresses = _addresses(finding["references"], told)
    return _Related(
        identifiers=piece(identifiers, _DEPTH - 1),
        links=piece([{"url": url} for url in addresses], _DEPTH - 1),
    )


class _Package(NamedTuple):
    """What is known of a package."""

    location: Fragment
    details: Details


@common
def _package(package: Document, system: str, image: str) -> _Package:
    dependency = {
        "package": {"name": bounded(package["name"], NAME_MOST)},
        "version": bounded(package["version"], NAME_MOST),
    }
    location = {
        "dependency": dependency,
        "operating_system": system,
        "image": image,
    }
    return _Package(location=piece(location, _DEPTH - 1), details=whereabouts(package))


@lru_cache(maxsize=1 << 11)
def _plain(text: str, most: int) -> str:
    """``text`` as Markdown that shows it and does nothing."""
    told = _MARKUP.sub(_escaped, quiet(block(text, most)))
    return _COMMAND.sub(_escaped, told) if "/" in told else told


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _solution(finding: Document, scanned: Scanned) -> str:
    """The action of the plan that closes it, else the fixed version, else why there is none."""
    mark = finding["fingerprint"]
    action = scanned.actions.get(mark) if mark else None
    action = action or scanned.hopeless.get(label(finding))
    if action:
        return _action(action["title"], action["detail"], action["command"])
    if best := fixed_in(finding)[0]:
        return _upgrade(finding["package"]["name"], best)
    words = fix_words(finding)
    return f"{words[0].upper()}{words[1:]}"


@lru_cache(maxsize=1 << 11)
def _action(title: str, detail: str, command: str) -> str:
    parts = [_plain(text, SOLUTION_MOST // 7) for text in (title, detail)]
    told = "\n\n".join(filter(None, (*parts, _fenced(command))))
    return told if len(told) <= SOLUTION_MOST else f"{told[: SOLUTION_MOST - 1]}…"


@lru_cache(maxsize=1 << 11)
def _upgrade(name: str, best: str) -> str:
    return _plain(f"Upgrade {line(name)} to {line(best)}", 999)


def _fenced(command: str) -> str:
    """A command to copy as it is, behind more ticks than stand in it; nothing where it is too long to be whole."""
    text = quiet(block(command, SOLUTION_MOST))
    if not text or len(text) > SOLUTION_MOST // 2:
        return ""
    ticks = "`" * max(3, *(len(run) + 1 for run in _TICKS.findall(text)), 0)
    return f"{ticks}sh\n{text}\n{ticks}"


def _identifiers(
    finding: Document, weaknesses: Iterable[str], urls: Mapping[str, str]
) -> list[Identifier]:
    """The id first, which GitLab takes for the vulnerability's own, then its aliases and weaknesses."""
    ids = dict.fromkeys((finding["id"], *finding["aliases"], *weaknesses))
    return [
        _identifier(id_) or _at_home(id_, urls.get(id_, ""))
        for id_ in islice(ids, IDENTIFIERS)
    ]


@lru_cache(maxsize=1 << 13)
def _identifier(id_: str) -> Identifier | None:
    """One of those whose pages are known; ``None`` for others."""
    name = bounded(id_, NAME_MOST) or "unknown"
    weakness = _CWE.fullmatch(id_)
    if weakness:
        url = f"https://cwe.mitre.org/data/definitions/{weakness[1]}.html"
        return {"type": "cwe", "name": name, "value": weakness[1], "url": url}
    kind = _kind(id_)
    if kind not in _PAGES:
        return None
    made = {"type": kind, "name": name, "value": name}
    if address := link(_PAGES[kind] + id_):
        made["url"] = address
    return made


def _at_home(id_: str, url: str) -> Identifier:
    """One whose page is where its advisory says."""
    name = bounded(id_, NAME_MOST) or "unknown"
    made = {"type": _kind(id_), "name": name, "value": name}
    if address := link(url):
        made["url"] = address
    return made


def _kind(id_: str) -> str:
    prefix = _PREFIX.match(id_)
    return prefix[1].lower() if prefix else "shipworthy"


def _addresses(references: Iterable[str], told: Advisories) -> list[str]:
    """Those of advisories, then those that are known anyway; each once."""
    found = dict.fromkeys(links([*(url for _, url in told), *references]))
    return list(islice(found, LINKS))


def _flags(evidence: Sequence[Document]) -> list[dict[str, str]]:
    """A mark on what matched with low confidence by every piece of evidence."""
    if {piece["confidence"] for piece in evidence} != {"low"}:
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
