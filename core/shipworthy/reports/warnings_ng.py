"""
Findings for Jenkins' warnings plug-in: ``recordIssues tool: issues(pattern: '…')``.

Source: the native format of its analysis-model (``JsonParser``, ``JsonBaseParser``): every field is a text except line numbers, severities are ``ERROR``,
``HIGH``, ``NORMAL`` and ``LOW``, the file's name ends in ``.json``. The plug-in opens the file that an issue names in the
workspace, so that is never a path that an image says: it is the repository, or the Dockerfile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

import orjson

from shipworthy.reports.gitlab_codequality import descriptions
from shipworthy.reports.identity import (
    Document,
    digests,
    lines_by_finding,
    path_of,
    repository,
)
from shipworthy.reports.json import JsonReport
from shipworthy.reports.markup import Html, esc, joined, linked, paragraphs
from shipworthy.reports.policy_words import vex
from shipworthy.reports.sharing import common
from shipworthy.reports.summary import fix_words, fixed_in, ranked
from shipworthy.reports.text import harmless, instruction, line, link, quiet


SEVERITIES: Mapping[str, str] = {
    "critical": "ERROR",
    "high": "HIGH",
    "medium": "NORMAL",
    "low": "LOW",
    "negligible": "LOW",
    "none": "LOW",
    "unknown": "LOW",
}
"""Severities as the plug-in calls them; the description has our own word."""

PLACES = 10
LINKS = 10

_NEXT = "</li><li>"


class WarningsNgReport:
    """Issues that Jenkins shows, counts and compares with the build before."""

    name = "warnings-ng"
    suffix = ".warnings-ng.json"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the report, worst first; no issues where nothing was found."""
        marks, told = digests(document), descriptions(document)
        path, lines = path_of(document), lines_by_finding(document)
        home = harmless(repository(document))
        issues = [
            {
                "fileName": path,
                "lineStart": lines.get(finding["fingerprint"], 0),
                "moduleName": home,
                "fingerprint": marks[id(finding)],
                "message": told[id(finding)],
                **_issue(finding),
            }
            for finding in ranked(document["findings"])
        ]
        return JsonReport().render({"issues": issues})


def _issue(finding: Document) -> dict[str, str]:
    """What the finding itself brings to its issue."""
    best = fixed_in(finding)[0]
    package = _package(finding["package"])
    return {
        "severity": SEVERITIES[finding["severity"]],
        "type": harmless(finding["id"]) or "-",
        "category": package.type,
        "packageName": package.name,
        "description": _description(finding, best, package),
        "additionalProperties": _more(finding),
    }


class _Package(NamedTuple):
    """What is known of a package."""

    type: str
    name: str
    places: str
    """As a row of the description; empty where none is known."""


@common
def _package(package: Document) -> _Package:
    name = f"{line(package['name'])} {line(package['version'])}".strip()
    locations = package["locations"]
    places = [esc(place["path"]) for place in locations[:PLACES]]
    if len(locations) > PLACES:
        places.append(Html(f"and {len(locations) - PLACES:,} more"))
    return _Package(
        type=harmless(package["type"]) or "-",
        name=quiet(name) or "-",
        places=_row("Path", joined(places)) if places else "",
    )


def _more(finding: Document) -> str:
    """What does not fit elsewhere, as a text of JSON: the plug-in takes nothing else there."""
    epss, kev = finding["epss"], finding["kev"]
    told = {
        "epss": epss["score"] if epss else None,
        "fixState": finding["fixState"],
        "kev": kev is not None,
        "kind": line(finding["kind"]),
        "risk": finding["risk"]["score"],
        "severity": finding["severity"],
        "state": finding["state"],
    }
    return quiet(orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode())


def _description(finding: Document, best: str, package: _Package) -> str:
    """HTML for what unfolds: what it is, what helps, where it is and how likely it is used; put together from quiet parts."""
    known = _known(finding)
    fix = quiet(esc(f"fixed in {best}")) if best else fix_words(finding)
    judged = _judged(finding["severitySource"], finding["state"], finding["vexStatus"])
    risk = finding["risk"]["score"]
    layer = finding["layer"]
    where = _layer(layer["index"], layer["instruction"]) if layer else ""
    return (
        f"{known.told}<ul><li>Severity: {finding['severity']}"
        f"{_NEXT}Fix: {fix}{_NEXT}Risk: {risk:g} of 100"
        f"{judged.source}{known.likelihood}{judged.state}{where}{package.places}"
        f"{_links(known.links, finding['advisories'])}</li></ul>"
    )


class _Known(NamedTuple):
    """What is known of a vulnerability, wherever it is."""

    told: str
    """What the publisher tells, as paragraphs."""
    likelihood: str
    """Rows of its other names, and of how likely it is used."""
    links: Mapping[str, str]
    """Its references that lead into the web, and how they are linked, as many as may be told."""


@common
def _known(finding: Document) -> _Known:
    rows = ""
    if aliases := finding["aliases"]:
        rows += _row("Aliases", joined(map(esc, aliases)))
    if epss := finding["epss"]:
        rows += _row("EPSS", f"{epss['score']:.2%}")
    if kev := finding["kev"]:
        rows += _row("Known to be exploited", f"since {esc(kev['dateAdded'])}")
    web = dict.fromkeys(filter(link, finding["references"]))
    return _Known(
        told=quiet(paragraphs(finding["description"])),
        likelihood=rows,
        links={url: quiet(linked(url)) for url in islice(web, LINKS)},
    )


def _row(name: str, value: str) -> str:
    """One more row; it begins with markup, so that what follows another cannot make a command with it."""
    return quiet(f"{_NEXT}{name}: {value}")


class _Judged(NamedTuple):
    """Rows of how a finding is judged; empty where it is not."""

    source: str
    state: str


@lru_cache(maxsize=1 << 8)
def _judged(source: str, state: str | None, stated: str) -> _Judged:
    rows = _row("State", esc(state)) if state else ""
    if stated:
        rows += quiet(f"{_NEXT}{esc(vex(stated, '', str))}")
    return _Judged(_row("Severity by", esc(source)) if source else "", rows)


@lru_cache(maxsize=1 << 8)
def _layer(index: int, created_by: str) -> str:
    made = _row("Instruction", esc(instruction(created_by)))
    return f"{_NEXT}Layer: {index}{made}"


@lru_cache(maxsize=1 << 12)
def _linked(url: str) -> str:
    """A page of a publisher, who has one for all packages."""
    return quiet(linked(url))


def _links(known: Mapping[str, str], advisories: Iterable[Document]) -> str:
    """A row of links to the advisories and what is known anyway, each once."""
    urls = [one["url"] for one in advisories]
    web = {url: _linked(url) for url in urls if link(url)}
    web.update(known)
    if not web:
        return ""
    return f"{_NEXT}Links: {', '.join(islice(web.values(), LINKS))}"
