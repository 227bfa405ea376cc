"""
Findings for Jenkins' warnings plug-in: ``recordIssues tool: issues(pattern: '…')``.

Source: the native format of its analysis-model (``JsonParser``, ``JsonBaseParser``): every field is a text except line numbers, severities are ``ERROR``,
``HIGH``, ``NORMAL`` and ``LOW``, the file's name ends in ``.json``. The plug-in opens the file that an issue names in the
workspace, so that is never a path that an image says: it is the repository, or the Dockerfile.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from shipworthy.reports.markup import (
    Html,
    address_shown,
    esc,
    joined,
    linked,
    paragraphs,
)
from shipworthy.reports.sharing import common
from shipworthy.reports.summary import fix_words, fixed_in, ranked
from shipworthy.reports.text import harmless, line, links, quiet
from shipworthy.reports.warnings_ng_words import (
    Risk,
    Words,
    fix_told,
    layer_rows,
    part,
    risk_of,
    row,
    words_of,
)


PLACES = 10
LINKS = 10

# As they stand in a text of JSON.
_EPSS = b'"{\\"epss\\":'
_LINKS = b"</li><li>Links: "
_END = b'</li></ul>"'
_TO, _SHOWN = b'<a href=\\"', b'\\" rel=\\"noreferrer noopener\\">'
_SIGNS = ("&", "'", "##", "::")


class WarningsNgReport:
    """Issues that Jenkins shows, counts and compares with the build before."""

    name = "warnings-ng"
    suffix = ".warnings-ng.json"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the report, worst first; no issues where nothing was found."""
        # Every text in it is harmless by itself, so that the whole need not be searched.
        return orjson.dumps(
            {"issues": _issues(document)},
            option=orjson.OPT_SORT_KEYS
            | orjson.OPT_INDENT_2
            | orjson.OPT_APPEND_NEWLINE,
        )


def _issues(document: Document) -> list[dict[str, object]]:
    marks, told = digests(document), descriptions(document)
    path, lines = path_of(document), lines_by_finding(document)
    home = harmless(repository(document))
    issues: list[dict[str, object]] = []
    for finding in ranked(document["findings"]):
        known, package = _known(finding), _package(finding["package"])
        pages = tuple([one["url"] for one in finding["advisories"]])
        words = words_of(
            finding["severity"],
            finding["severitySource"],
            finding["fixState"],
            finding["state"],
            finding["vexStatus"],
            finding["kind"],
            known.exploited,
        )
        risk = risk_of(finding["risk"]["score"])
        more = b"".join((known.epss, words.before, risk.score, words.after))
        issues.append(
            {
                "additionalProperties": orjson.Fragment(more),
                "category": package.type,
                "description": _description(
                    finding, known, package, words, risk, links_of(finding, pages)
                ),
                "fileName": path,
                "fingerprint": marks[id(finding)],
                "lineStart": lines.get(finding["fingerprint"], 0),
                "message": told[id(finding)],
                "moduleName": home,
                "packageName": package.name,
                "severity": words.severity,
                "type": known.type,
            }
        )
    return issues


def _description(
    finding: Document,
    known: _Known,
    package: _Package,
    words: Words,
    risk: Risk,
    row_of_links: bytes,
) -> orjson.Fragment:
    """HTML for what unfolds: what it is, what helps, where it is and how likely it is used; put together from quiet parts."""
    best, layer = fixed_in(finding)[0], finding["layer"]
    return orjson.Fragment(
        b"".join(
            (
                known.told,
                words.rated,
                fix_told(f"fixed in {best}" if best else fix_words(finding)),
                risk.row,
                words.source,
                known.likelihood,
                words.judged,
                layer_rows(layer["index"], layer["instruction"]) if layer else b"",
                package.places,
                row_of_links,
                _END,
            )
        )
    )


class _Package(NamedTuple):
    """What is known of a package."""

    type: str
    name: str
    places: bytes
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
        places=part(row("Path", joined(places))) if places else b"",
    )


class _Known(NamedTuple):
    """What is known of a vulnerability, wherever it is."""

    type: str
    exploited: bool
    """Whether it is known to be."""
    epss: bytes
    """Where the additional properties begin."""
    told: bytes
    """Where the description begins: what the publisher tells, as paragraphs."""
    likelihood: bytes
    """Rows of its other names, and of how likely it is used."""


@common
def _known(finding: Document) -> _Known:
    rows = ""
    if aliases := finding["aliases"]:
        rows += row("Aliases", joined(map(esc, aliases)))
    epss, kev = finding["epss"], finding["kev"]
    if epss:
        rows += row("EPSS", f"{epss['score']:.2%}")
    if kev:
        rows += row("Known to be exploited", f"since {esc(kev['dateAdded'])}")
    told = quiet(paragraphs(finding["description"]))
    score = epss["score"] if epss else None
    return _Known(
        type=harmless(finding["id"]) or "-",
        exploited=kev is not None,
        epss=b"%b%b," % (_EPSS, orjson.dumps(score)),
        told=b'"' + part(f"{told}<ul><li>Severity: "),
        likelihood=part(rows),
    )


@common
def links_of(finding: Document, pages: tuple[str, ...]) -> bytes:
    """A row of links to the advisories' pages and to its references, each once; empty where none leads into the web."""
    web = links(dict.fromkeys((*pages, *finding["references"])))[:LINKS]
    if not web:
        return b""
    told = "\n".join(web)
    # An address has no other signs that mean something in HTML, in JSON or to a pipeline.
    if any(map(told.__contains__, _SIGNS)):
        return _LINKS + b", ".join([part(quiet(linked(url))) for url in web])
    return _LINKS + b", ".join(map(_plain, web))


def _plain(url: str) -> bytes:
    """As :func:`linked`, for an address without :data:`_SIGNS`, and as it stands in a text of JSON."""
    shown = address_shown(url).encode()
    return b"".join((_TO, url.encode(), _SHOWN, shown, b"</a>"))
