"""
Findings for Jenkins' warnings plug-in: ``recordIssues tool: issues(pattern: '…')``.

Source: the native format of its analysis-model (``JsonParser``, ``JsonBaseParser``): every field is a text except line numbers, severities are ``ERROR``,
``HIGH``, ``NORMAL`` and ``LOW``, the file's name ends in ``.json``. The plug-in opens the file that an issue names in the
workspace, so that is never a path that an image says: it is the repository, or the Dockerfile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from shipworthy.reports.gitlab_codequality import with_fix
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
from shipworthy.reports.text import instruction, line, link, quiet


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


class WarningsNgReport:
    """Issues that Jenkins shows, counts and compares with the build before."""

    name = "warnings-ng"
    suffix = ".warnings-ng.json"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the report, worst first; no issues where nothing was found."""
        findings = document["findings"]
        marks = dict(zip(map(id, findings), digests(document, findings), strict=True))
        path, lines = path_of(document), lines_by_finding(document)
        home = quiet(line(repository(document)))
        issues = [
            {
                "fileName": path,
                "lineStart": lines.get(finding["fingerprint"], 0),
                "moduleName": home,
                "fingerprint": marks[id(finding)],
                **_issue(finding),
            }
            for finding in ranked(findings)
        ]
        return JsonReport().render({"issues": issues})


def _issue(finding: Document) -> dict[str, str]:
    """What the finding itself brings to its issue."""
    best = fixed_in(finding)[0]
    return {
        "severity": SEVERITIES[finding["severity"]],
        "type": quiet(line(finding["id"])) or "-",
        "category": quiet(line(finding["package"]["type"])) or "-",
        "packageName": _package(finding["package"]),
        "message": with_fix(finding, best),
        "description": _description(finding, best),
        "additionalProperties": _more(finding),
    }


@common
def _package(package: Document) -> str:
    return quiet(f"{line(package['name'])} {line(package['version'])}".strip()) or "-"


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


def _description(finding: Document, best: str) -> str:
    """HTML for the row that unfolds: what it is, what helps, where it is and how likely it is used."""
    fix = f"fixed in {best}" if best else fix_words(finding)
    rows = [
        f"Severity: {esc(finding['severity'])}",
        f"Fix: {esc(fix)}",
        f"Risk: {finding['risk']['score']:g} of 100",
    ]
    if source := finding["severitySource"]:
        rows.append(f"Severity by: {esc(source)}")
    rows += _known(finding)
    if state := finding["state"]:
        rows.append(f"State: {esc(state)}")
    if stated := finding["vexStatus"]:
        rows.append(str(esc(vex(stated, "", str))))
    rows += _where(finding)
    items = "</li><li>".join(rows)
    return quiet(f"{_told(finding)}<ul><li>{items}</li></ul>")


@common
def _known(finding: Document) -> list[str]:
    """Its other names, and how likely it is used."""
    rows = []
    if aliases := finding["aliases"]:
        rows.append(f"Aliases: {joined(map(esc, aliases))}")
    if epss := finding["epss"]:
        rows.append(f"EPSS: {epss['score']:.2%}")
    if kev := finding["kev"]:
        rows.append(f"Known to be exploited: since {esc(kev['dateAdded'])}")
    return rows


def _where(finding: Document) -> list[str]:
    """Layer, places and what to read."""
    rows = []
    if layer := finding["layer"]:
        made = esc(instruction(layer["instruction"]))
        rows += [f"Layer: {layer['index']}", f"Instruction: {made}"]
    rows += _places(finding["package"])
    urls = tuple([advisory["url"] for advisory in finding["advisories"]])
    if web := _web(finding, urls):
        rows.append(f"Links: {web}")
    return rows


@common
def _places(package: Document) -> list[str]:
    locations = package["locations"]
    places = [esc(place["path"]) for place in locations[:PLACES]]
    if len(locations) > PLACES:
        places.append(Html(f"and {len(locations) - PLACES:,} more"))
    return [f"Path: {joined(places)}"] if places else []


@common
def _web(finding: Document, urls: tuple[str, ...]) -> str:
    """Links to its advisories and references, those that lead into the web."""
    web = list(dict.fromkeys(filter(link, (*urls, *finding["references"]))))
    return joined(map(linked, web[:LINKS]))


@common
def _told(finding: Document) -> str:
    """What the publisher tells, as paragraphs."""
    return paragraphs(finding["description"])
