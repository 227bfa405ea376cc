"""The findings of the HTML page: the table with its tools, one group of rows a finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shipworthy.reports import policy_words as words
from shipworthy.reports import several, summary
from shipworthy.reports.html_detail import Software, here, software
from shipworthy.reports.html_facts import Hoisted, Known, about, in_common
from shipworthy.reports.markup import NAMES, Html, esc


MORE = (
    '<p class="tools" hidden><button type="button" id="{}-more">Show more</button></p>'
)
"""Where a long list goes on, for the page's script; the argument is the list's name."""

_KINDS = {
    "malicious": ' <span class="tag hot">malicious</span>',
    "end-of-life": ' <span class="tag">end of support</span>',
}
_RATED = {
    name: f"<td class=s{rank}>{name.capitalize()}"
    for name, rank in summary.RANK.items()
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
) -> list[Html]:
    """All findings in pieces, worst first, as they were ranked; ``names`` are theirs on the page."""
    if not findings:
        none = (
            '<section id="findings"><h2>Findings</h2>'
            "<p>No known vulnerability was found in what was looked at.</p></section>"
        )
        return [Html(none)]
    hoisted, closing = in_common(findings), _closing(document)
    platforms = several.read(document)
    start = (
        f'<section id="findings"><h2>Findings</h2>\n{_tools(document["findings"], platforms)}{_once(hoisted)}\n'
        '<table class="wide" id="list"><caption hidden>Findings, worst first</caption>'
        f"<thead><tr>{_HEADS}</tr></thead>\n"
    )
    pieces = [Html(start)]
    first: dict[Html, tuple[str, Html]] = {}
    for name, finding in zip(names, findings, strict=True):
        known, package = about(finding, hoisted), software(finding)
        facts = known.facts
        if facts in first:
            place, other = first[facts]
            facts = Html(f"<p><a href=#{place}>As in {other}</a>")
        else:
            first[facts] = name, package.name
        action = closing.get(finding["fingerprint"], 0)
        data = f"{name} data-a={action}" if action else name
        only = _only(finding, platforms) if platforms else ""
        pieces.append(_rows(data, finding, known, package, facts, only))
    pieces.append(Html(f"</table>{MORE.format('list')}</section>"))
    return pieces


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


def _once(hoisted: Hoisted) -> str:
    """What holds for the risk of all of them."""
    said = "; ".join(
        f"{esc(name)} is counted{esc(end.removeprefix(' of 10'))}"
        for name, end in hoisted
    )
    return f'<p class="soft once">In the risks below, {said}.</p>' if said else ""


def _tools(findings: Sequence[Mapping[str, Any]], platforms: tuple[str, ...]) -> Html:
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
        f'<select id="layer" aria-label="Layer">{all_layers}</select>{_platforms(platforms)}'
        f'<select id="group" aria-label="Grouping">{options(_GROUPS)}</select>'
        '<label><input type="checkbox" id="exploited"> Known to be exploited</label>'
        f'<div class="chips" role="group" aria-label="Severities shown">{"".join(chips)}</div>'
        '<button type="button" id="reset">Show all</button>'
        '<span class="shown" id="list-told" role="status"></span></div>'
    )


def _platforms(platforms: tuple[str, ...]) -> str:
    """The choice of a platform, where the image is for several."""
    if len(platforms) < 2:
        return ""
    every = options([("", "All platforms"), *((one, one) for one in platforms)])
    return f'<select id="platform" aria-label="Platform">{every}</select>'


def _rows(
    data: str,
    finding: Mapping[str, Any],
    known: Known,
    package: Software,
    facts: Html,
    only: str,
) -> Html:
    """A finding's group of rows, by its name and ``data``: its own, and below it the title, which opens all that is known."""
    best, others = summary.fixed_in(finding)
    fixed = (
        f"<td>{NAMES[best]}" if best else f"<td class=soft>{summary.fix_words(finding)}"
    )
    kind = _KINDS.get(finding["kind"], "")
    state = _STATES.get(finding["state"], "")
    # HTML lets cells, rows and row groups go unclosed; with thousands that is a tenth of the page.
    return Html(
        f"<tbody id={data}{' data-k' if finding['kev'] else ''}><tr>{_RATED[finding['severity']]}"
        f"<th>{known.id}{kind}{known.tag}{state}{only}{package.cells}{fixed}<td>{known.likely}"
        f"<td>{finding['risk']['score']:.1f}<tr><td><details><summary>{known.title}</summary>"
        f"<div class=x>{facts}<dl>{here(finding, best, others)}{package.place}</dl></div></details>\n"
    )


def _only(finding: Mapping[str, Any], platforms: tuple[str, ...]) -> str:
    """The platforms that it is on, where others are without it; for the page's script by their places among all."""
    some = several.only_on(finding, platforms)
    if not some:
        return ""
    found = several.found_on(finding)
    at = " ".join(str(i) for i, name in enumerate(platforms) if name in found)
    return f' <span class="tag" data-on="{at}">only {esc(some, 120)}</span>'
