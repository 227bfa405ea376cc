"""The findings of the HTML page: the table with its tools, one group of rows a finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shipworthy.reports import policy_words as words
from shipworthy.reports import several, summary
from shipworthy.reports.html_detail import Shared, detail
from shipworthy.reports.html_facts import TITLE, in_common, percent
from shipworthy.reports.markup import Html, esc
from shipworthy.reports.sharing import common


MORE = (
    '<p class="tools" hidden><button type="button" id="{}-more">Show more</button></p>'
)
"""Where a long list goes on, for the page's script; the argument is the list's name."""

_TAG = ' <span class="tag hot">exploited</span>'
_PUBLIC = ' <span class="tag">exploit public</span>'
_KINDS = {
    "malicious": ' <span class="tag hot">malicious</span>',
    "end-of-life": ' <span class="tag">end of support</span>',
}
_STATES = {
    "new": ' <span class="tag new">new</span>',
    "moved": ' <span class="tag moved">moved</span>',
    "existing": ' <span class="tag">existing</span>',
}
_HEADS = (
    '<th scope="col" data-sort="severity">Severity</th>'
    '<th scope="col" data-sort="id">Vulnerability</th>'
    '<th scope="col" data-sort="package">Package</th>'
    '<th scope="col">Installed</th>'
    '<th scope="col">Fixed in</th>'
    '<th scope="col" data-sort="epss" data-first="down" class="n">EPSS</th>'
    '<th scope="col" data-sort="risk" data-first="down" class="n">Risk</th>'
)
_GROUPS = (
    ("", "Not grouped"),
    ("package", "By package"),
    ("layer", "By layer"),
    ("fix", "By fix"),
)


def findings_section(
    document: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    names: Sequence[str],
) -> Html:
    """All findings, worst first, as they were ranked; ``names`` are theirs on the page."""
    if not findings:
        return Html(
            '<section id="findings"><h2>Findings</h2>'
            "<p>No known vulnerability was found in what was looked at.</p></section>"
        )
    shared: Shared = {}
    hoisted, closing = in_common(findings), _closing(document)
    platforms = several.read(document)
    rows = [
        _head(name, finding, closing.get(finding["fingerprint"], 0), platforms)
        + f"{detail(finding, name, shared, hoisted)}</details>"
        for name, finding in zip(names, findings, strict=True)
    ]
    return Html(
        f'<section id="findings"><h2>Findings</h2>\n{_tools(findings)}{_once(hoisted)}\n'
        '<table class="wide" id="list"><caption hidden>Findings, worst first</caption>'
        f"<thead><tr>{_HEADS}</tr></thead>\n"
        + "\n".join(rows)
        + f"\n</table>{MORE.format('list')}</section>"
    )


def severity(name: str) -> Html:
    """The badge of a severity."""
    return Html(f'<span class="sev s{summary.RANK[name]}">{name.capitalize()}</span>')


def options(pairs: Sequence[tuple[str, str]]) -> str:
    """The choices of a control: each value and how it is called."""
    return "".join(
        f'<option value="{esc(value)}">{esc(shown)}</option>' for value, shown in pairs
    )


def _closing(document: Mapping[str, Any]) -> dict[str, int]:
    """Which action of the plan closes a finding, counted from 1, by the finding's fingerprint."""
    found: dict[str, int] = {}
    for at, action in enumerate(words.plan(document)[0], 1):
        for fingerprint in filter(None, action["closes"]):
            found.setdefault(fingerprint, at)
    return found


def _once(hoisted: Mapping[str, str]) -> str:
    """What holds for the risk of all of them."""
    said = "; ".join(
        f"{esc(name)} is counted{esc(end.removeprefix(' of 10'))}"
        for name, end in hoisted.items()
    )
    return f'<p class="soft once">In the risks below, {said}.</p>' if said else ""


def _tools(findings: Sequence[Mapping[str, Any]]) -> Html:
    chips = [
        f'<button type="button" aria-pressed="true" data-s="{count.severity}">'
        f'<i class="i{at}"></i>{count.severity.capitalize()} {count.total:,}</button>'
        for at, count in enumerate(summary.tally(findings))
        if count.total
    ]
    kinds = sorted({finding["package"]["type"] for finding in findings})
    layers = sorted(
        {finding["layer"]["index"] for finding in findings if finding["layer"]}
    )
    all_kinds = options([("", "All kinds"), *((kind, kind) for kind in kinds)])
    all_layers = options(
        [("", "All layers"), *((str(at), f"Layer {at}") for at in layers)]
    )
    return Html(
        '<div class="tools" role="search" hidden aria-label="Findings">'
        '<input type="search" id="search" placeholder="Search id, package, path, text …" aria-label="Search the findings" aria-keyshortcuts="/">'
        '<select id="fix" aria-label="Fix"><option value="">With and without fix</option>'
        '<option value="yes">Can be fixed</option><option value="no">No fix</option></select>'
        f'<select id="kind" aria-label="Kind of package">{all_kinds}</select>'
        f'<select id="layer" aria-label="Layer">{all_layers}</select>'
        f'<select id="group" aria-label="Grouping">{options(_GROUPS)}</select>'
        '<label><input type="checkbox" id="exploited"> Known to be exploited</label>'
        f'<div class="chips" role="group" aria-label="Severities shown">{"".join(chips)}</div>'
        '<button type="button" id="reset">Show all</button>'
        '<span class="shown" id="list-told" role="status"></span></div>'
    )


def _head(
    name: str, finding: Mapping[str, Any], action: int, platforms: tuple[str, ...]
) -> str:
    """The row of a finding and the title below it, which opens all that is known."""
    best, _ = summary.fixed_in(finding)
    risk, rank = finding["risk"]["score"], summary.RANK[finding["severity"]]
    data = f" data-a={action}" if action else ""
    if finding["kev"]:
        data += " data-k"
    fixed = (
        f"<td>{esc(best)}" if best else f"<td class=soft>{summary.fix_words(finding)}"
    )
    id_, exploit, likely, title = _vulnerability(finding)
    kind, state = (
        _KINDS.get(finding["kind"], ""),
        _STATES.get(finding["state"], ""),
    )
    tags = f"{kind}{exploit}{state}{_only(finding, platforms)}"
    # HTML lets cells, rows and row groups go unclosed; with thousands that is a tenth of the page.
    return (
        f"<tbody id={name}{data}><tr><td class=s{rank}>{finding['severity'].capitalize()}"
        f"<th>{id_}{tags}{_package(finding['package'])}{fixed}<td>{likely}<td>{risk:.1f}"
        f"<tr><td><details><summary>{title}</summary>"
    )


def _only(finding: Mapping[str, Any], platforms: tuple[str, ...]) -> str:
    """The platforms that it is on, where others are without it."""
    some = several.only_on(finding, platforms)
    return f' <span class="tag">only {esc(some, 120)}</span>' if some else ""


@common
def _vulnerability(finding: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Its id, whether it is exploited, how likely that is, and its title."""
    epss = finding["epss"]
    return (
        esc(finding["id"], 80),
        _TAG if finding["kev"] else _PUBLIC if finding["exploits"] else "",
        percent(epss["score"]) if epss else "–",
        esc(finding["title"] or finding["description"][:TITLE] or "Details"),
    )


@common
def _package(package: Mapping[str, Any]) -> str:
    """The cells of its name and version."""
    name = esc(package["name"]).replace(":", ":<wbr>")
    return f"<td>{name} <i>{esc(package['type'])}</i><td>{esc(package['version'])}"
