"""The findings of the Markdown report, worst first, the new ones before the others where they were compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from itertools import islice

from shipworthy.reports import policy_words as policy
from shipworthy.reports import several, summary
from shipworthy.reports.markdown_page import row, section, table
from shipworthy.reports.markdown_text import code, linked, words
from shipworthy.reports.summary import Document, counted


FIRST = 20
"""Findings shown at once; the others are folded."""

_HEADS = ("Severity", "Vulnerability", "Package", "Installed", "Fixed in", "Where")
_OWN = 300
"""Characters kept for the part that comes after the new findings."""
_MARKS = {"malicious": "malicious", "end-of-life": "end of support"}
_PAGES = (
    (re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}"), "https://nvd.nist.gov/vuln/detail/"),
    (re.compile(r"GHSA(?:-[a-z0-9]{4}){3}"), "https://github.com/advisories/"),
    (
        re.compile(r"(?:PYSEC|RUSTSEC|GO)-[0-9]{4}-[0-9]+"),
        "https://osv.dev/vulnerability/",
    ),
)


def counts(findings: Sequence[Document]) -> list[str]:
    """The findings by severity, and how many of each can be fixed."""
    told = [one for one in summary.tally(findings) if one.total]
    if not told:
        return ["", "No known vulnerability was found in what was looked at."]
    return [
        "",
        summary.counts(findings) + ".",
        "",
        *table(["", *(one.severity.capitalize() for one in told)]),
        row(["Findings", *(f"{one.total:,}" for one in told)]),
        row(["Can be fixed", *(f"{one.fixable:,}" for one in told)]),
    ]


def changed(document: Document, findings: Sequence[Document], room: int) -> list[str]:
    """The ranked ``findings`` that are new or have moved; nothing without an earlier result."""
    chosen = findings[: _appeared(document)]
    if not policy.earlier(document) or not chosen:
        return []
    return _listed(
        "New and moved findings", chosen, room, several.read(document), states=True
    )


def others(document: Document, findings: Sequence[Document], room: int) -> list[str]:
    """The ranked ``findings`` that were there before; all of them without an earlier result."""
    if not policy.earlier(document):
        return _listed("Findings", findings, room, several.read(document))
    chosen = findings[_appeared(document) :]
    return _listed(
        "Findings that were there before", chosen, room, several.read(document)
    )


def _appeared(document: Document) -> int:
    """How many findings are new or have moved; where findings are ranked, these come first."""
    states = summary.figures(document["findings"]).states
    return states["new"] + states["moved"]


def gone(document: Document, room: int) -> list[str]:
    """The findings that are no more, folded."""
    if document["comparison"] is None:
        return []
    fixed = policy.gone(document["comparison"]["fixed"])
    rows = (
        row(
            (
                policy.rated(one["severity"]).capitalize(),
                linked(words(one["id"], 80), page_of(one["id"])),
                code(one["package"], 120),
                code(one["version"], 80),
                words(one["reason"], 300),
            )
        )
        for one in fixed
    )
    heads = table(("Severity", "Vulnerability", "Package", "Version", "How"))
    title = counted(len(fixed), "fixed finding")
    return section(
        title, rows, len(fixed), "fixed finding", room, head=heads, fold=True
    )


def page_of(name: str) -> str:
    """Where a vulnerability's public page is; nothing for a name of another kind."""
    return next((url + name for kind, url in _PAGES if kind.fullmatch(name)), "")


def _listed(
    title: str,
    findings: Sequence[Document],
    room: int,
    platforms: tuple[str, ...],
    *,
    states: bool = False,
) -> list[str]:
    """A table of the first, and the others folded below it."""
    heads = table((*_HEADS[:2], "State", *_HEADS[2:]) if states else _HEADS)
    rows = map(partial(_row, states=states, platforms=platforms), findings)
    shown, rest = min(len(findings), FIRST), len(findings) - FIRST
    kept = _OWN if rest > 0 else 0
    first = islice(rows, shown)
    lines = section(title, first, shown, "finding", room - kept, head=heads)
    room -= sum(len(one) + 1 for one in lines)
    more = counted(rest, "more finding")
    return lines + section(
        more, rows, max(rest, 0), "finding", room, head=heads, fold=True
    )


def _row(finding: Document, *, states: bool, platforms: tuple[str, ...]) -> str:
    package = finding["package"]
    best, _ = summary.fixed_in(finding)
    cells = (
        finding["severity"].capitalize(),
        _name(finding),
        *((finding["state"] or "",) if states else ()),
        code(package["name"], 120),
        code(package["version"], 80),
        code(best, 80) or summary.fix_words(finding),
        ", ".join(filter(None, (_where(finding), _only(finding, platforms)))),
    )
    return row(cells)


def _name(finding: Document) -> str:
    """The id, linked to what its advisory says, and what must be known of it at once."""
    url = next((one["url"] for one in finding["advisories"] if one["url"]), "")
    name = words(finding["id"], 80)
    told = [linked(name, url) if url else linked(name, page_of(finding["id"]))]
    if finding["kev"]:
        told.append("**exploited**")
    elif finding["exploits"]:
        told.append("exploit public")
    if finding["kind"] in _MARKS:
        told.append(_MARKS[finding["kind"]])
    return ", ".join(filter(None, told))


def _only(finding: Document, platforms: tuple[str, ...]) -> str:
    some = words(several.only_on(finding, platforms), 120)
    return f"only on {some}" if some else ""


def _where(finding: Document) -> str:
    """The layer, whose it is, and the first place."""
    layer, places = finding["layer"], finding["package"]["locations"]
    told = f"layer {layer['index']}" if layer else ""
    if told and finding["origin"] == "base":
        told += " (base image)"
    place = code(places[0]["path"], 120) if places else ""
    if len(places) > 1:
        place += f" and {len(places) - 1:,} more"
    return ": ".join(filter(None, (told, place)))
