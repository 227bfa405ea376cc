"""The findings of the HTML page: the table, its tools, and all that is known of each finding."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from shipworthy.reports import summary
from shipworthy.reports.html_facts import MOST, facts, percent, several
from shipworthy.reports.markup import Html, esc, items, joined, linked, paragraphs
from shipworthy.reports.policy_words import VEX_WORDS


MORE = (
    '<p class="tools" hidden><button type="button" id="{}-more">Show more</button></p>'
)
"""Where a long list goes on, for the page's script; the argument is the list's name."""

_Shared = dict[tuple[str, ...], tuple[int, str]]
"""What tells a vulnerability's facts from others', to the first finding and its package."""

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
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,}")
_GHSA = re.compile(r"GHSA(?:-[a-z0-9]{4}){3}")
_OSV = re.compile(r"(?:PYSEC|RUSTSEC|GO)-[0-9]{4}-[0-9]+")
_HEADS = (
    '<th scope="col" data-sort="s">Severity</th>'
    '<th scope="col" data-sort="1">Vulnerability</th>'
    '<th scope="col" data-sort="2">Package</th>'
    '<th scope="col">Installed</th>'
    '<th scope="col">Fixed in</th>'
    '<th scope="col" data-sort="e" data-first="down" class="n">EPSS</th>'
    '<th scope="col" data-sort="r" data-first="down" class="n">Risk</th>'
)


def findings_section(findings: Sequence[Mapping[str, Any]]) -> Html:
    """All findings, worst first, as they were ranked."""
    if not findings:
        return Html(
            '<section id="findings"><h2>Findings</h2>'
            "<p>No known vulnerability was found in what was looked at.</p></section>"
        )
    shared: _Shared = {}
    rows = [_group(at, finding, shared) for at, finding in enumerate(findings)]
    return Html(
        f'<section id="findings"><h2>Findings</h2>\n{_tools(findings)}\n'
        '<table class="wide" id="list"><caption hidden>Findings, worst first</caption>'
        f"<thead><tr>{_HEADS}</tr></thead>\n"
        + "\n".join(rows)
        + f"\n</table>{MORE.format('list')}</section>"
    )


def places(findings: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Where each finding stands in the list, by the label that rules and actions name it with."""
    found: dict[str, int] = {}
    for at, finding in enumerate(findings):
        package = finding["package"]
        label = f"{finding['id']} {package['name']}@{package['version']}"
        found.setdefault(label, at)
    return found


def severity(name: str) -> Html:
    """The badge of a severity."""
    return Html(f'<span class="sev s{summary.RANK[name]}">{name.capitalize()}</span>')


def _tools(findings: Sequence[Mapping[str, Any]]) -> Html:
    chips = [
        f'<button type="button" aria-pressed="true" data-s="{at}">'
        f'<i class="i{at}"></i>{count.severity.capitalize()} {count.total:,}</button>'
        for at, count in enumerate(summary.tally(findings))
        if count.total
    ]
    kinds = sorted({finding["package"]["type"] for finding in findings})
    layers = sorted(
        {finding["layer"]["index"] for finding in findings if finding["layer"]}
    )
    kind_options = "".join(
        f'<option value="{esc(kind)}">{esc(kind)}</option>' for kind in kinds
    )
    layer_options = "".join(
        f'<option value="{at}">Layer {at}</option>' for at in layers
    )
    return Html(
        '<div class="tools" role="search" hidden>'
        '<input type="search" id="search" placeholder="Search id, package, path, text …" aria-label="Search the findings">'
        '<select id="fix" aria-label="Fix"><option value="">With and without fix</option>'
        '<option value="yes">Can be fixed</option><option value="no">No fix</option></select>'
        f'<select id="kind" aria-label="Kind of package"><option value="">All kinds</option>{kind_options}</select>'
        f'<select id="layer" aria-label="Layer"><option value="">All layers</option>{layer_options}</select>'
        '<label><input type="checkbox" id="exploited"> Known to be exploited</label>'
        f'<div class="chips" role="group" aria-label="Severities shown">{"".join(chips)}</div>'
        '<button type="button" id="reset">Show all</button>'
        '<span class="shown" id="list-told" role="status"></span></div>'
    )


def _group(at: int, finding: Mapping[str, Any], shared: _Shared) -> str:
    package, epss, kev, layer = (
        finding[k] for k in ("package", "epss", "kev", "layer")
    )
    best, others = summary.fixed_in(finding)
    risk = finding["risk"]["score"]
    data = f'data-s={summary.RANK[finding["severity"]]} data-r={risk:g} data-t="{esc(package["type"])}"'
    if epss:
        data += f" data-e={epss['score']:g}"
    if layer:
        data += f" data-l={layer['index']}"
    if best:
        data += " data-x"
    if kev:
        data += " data-k"
    fixed = (
        f"<td>{esc(best)}" if best else f"<td class=soft>{summary.fix_words(finding)}"
    )
    # HTML lets cells and rows go unclosed; with thousands of rows that is a tenth of the page.
    return (
        f"<tbody id=f{at} {data}><tr><td>{severity(finding['severity'])}"
        f"<th scope=row>{esc(finding['id'], 80)}{_tags(finding)}"
        f"<td>{esc(package['name']).replace(':', ':<wbr>')}<td>{esc(package['version'])}{fixed}"
        f"<td>{percent(epss['score']) if epss else '–'}<td>{risk:.0f}"
        f"<tr><td colspan=7><details><summary>{esc(_title(finding))}</summary>"
        f"<div class=x>{_about(at, finding, shared)}{_here(finding, package, _fix(best, others, finding))}</div></details></tbody>"
    )


def _tags(finding: Mapping[str, Any]) -> str:
    exploit = _TAG if finding["kev"] else _PUBLIC if finding["exploits"] else ""
    state = _STATES.get(finding["state"], "")
    return _KINDS.get(finding["kind"], "") + exploit + state


def _title(finding: Mapping[str, Any]) -> str:
    return str(finding["title"] or finding["description"][:160] or "Details")


def _about(at: int, finding: Mapping[str, Any], shared: _Shared) -> Html:
    """What holds for the vulnerability wherever it is; written once, then pointed to."""
    key = (
        finding["id"],
        finding["description"],
        *finding["references"],
        *(score["vector"] for score in finding["cvss"]),
    )
    first, name = shared.setdefault(key, (at, finding["package"]["name"]))
    if first == at:
        entries = facts(finding)
        body = paragraphs(finding["description"]) + (entries and f"<dl>{entries}</dl>")
        return Html(f"<div id=v{at}>{body}</div>" if body else "")
    return Html(
        f"<p><a href=#f{first} data-same=v{first}>Description, scores and references: "
        f"see the same vulnerability in {esc(name)}</a></p>"
    )


def _place(place: Mapping[str, Any]) -> Html:
    return Html(f"<code>{esc(place['path'])}</code>")


def _here(finding: Mapping[str, Any], package: Mapping[str, Any], fix: Html) -> Html:
    """What holds for this package in this image."""
    layer = finding["layer"]
    risk = finding["risk"]
    factors = [Html(f"{esc(f['name'])} {esc(f['effect'])}") for f in risk["factors"]]
    rating = finding["severity"] + (
        f" by {esc(finding['severitySource'])}" if finding["severitySource"] else ""
    )
    origin = {
        "base": ", from the base image",
        "own": ", added on top of the base image",
    }
    where = f'<a href="#l{layer["index"]}">Layer {layer["index"]}</a>' if layer else ""
    return Html(
        "<dl>"
        + items(
            (
                ("Fix", fix),
                ("Package", _package(package)),
                ("State", _state(finding)),
                ("VEX", _vex(finding["vexStatus"])),
                ("Found in", several(_place, package["locations"])),
                (
                    "Layer",
                    Html(where + origin.get(finding["origin"], "") if where else ""),
                ),
                (
                    "Why",
                    several(partial(_why, package), finding["evidence"]),
                ),
                ("Advisories", joined(map(_advisory, finding["advisories"][:MOST]))),
                ("Also known as", joined(map(_alias, _others(finding)[:MOST]))),
                ("Severity", Html(rating)),
                (
                    "Risk",
                    Html(
                        f"{risk['score']:g} of 100"
                        + (f": {joined(factors)}" if factors else "")
                    ),
                ),
            )
        )
        + "</dl>"
    )


def _fix(best: str, others: Sequence[str], finding: Mapping[str, Any]) -> Html:
    if not best:
        return Html(summary.fix_words(finding).capitalize())
    more = f" (also fixed in {esc(', '.join(others))})" if others else ""
    since = finding["fixAvailable"]
    if since:
        more += f", available since {esc(since['date'])} <span class=soft>({esc(since['source'])})</span>"
    return Html(f"Upgrade to <b>{esc(best)}</b>{more}")


def _state(finding: Mapping[str, Any]) -> Html:
    """How it compares with the baseline, and why."""
    reason = finding["stateReason"]
    why = f": {esc(reason, 300)}" if reason else ""
    return Html(f"{esc(finding['state'])}{why}" if finding["state"] else "")


def _vex(status: str) -> Html:
    return Html(VEX_WORDS.get(status) or esc(status))


def _package(package: Mapping[str, Any]) -> Html:
    words = f"{esc(package['name'])} <b>{esc(package['version'])}</b> ({esc(package['type'])}"
    if package["source"] and package["source"] != package["name"]:
        words += f", built from {esc(package['source'])} {esc(package['sourceVersion'])}".rstrip()
    if package["owner"]:
        words += f", installed by <code>{esc(package['owner'])}</code>"
    return Html(words + ")")


def _why(package: Mapping[str, Any], evidence: Mapping[str, Any]) -> Html:
    name, version = evidence["matchedName"], evidence["matchedVersion"]
    # Most packages are looked up as themselves; saying so each time would hide the others.
    what = "" if name == package["name"] else f"{esc(name)} "
    words = f"{what}{esc(version)} is <code>{esc(evidence['constraint'])}</code>"
    words += f" <span class=soft>({esc(evidence['advisory'])} of {esc(evidence['feed'])}, {esc(evidence['scheme'])} order"
    if evidence["confidence"] != "high":
        words += f", {esc(evidence['confidence'])} confidence"
    return Html(
        words + "".join(f"; {esc(note)}" for note in evidence["notes"]) + ")</span>"
    )


def _advisory(advisory: Mapping[str, Any]) -> Html:
    name = advisory["id"]
    return linked(advisory["url"], name) if advisory["url"] else _alias(name)


def _others(finding: Mapping[str, Any]) -> list[str]:
    """The aliases not told yet, and that are more than a prefix before the id (``DEBIAN-CVE-…``)."""
    told = {advisory["id"] for advisory in finding["advisories"]}
    end = "-" + finding["id"]
    return [n for n in finding["aliases"] if n not in told and not n.endswith(end)]


def _alias(name: str) -> Html:
    if _CVE.fullmatch(name):
        return linked(f"https://nvd.nist.gov/vuln/detail/{name}", name)
    if _GHSA.fullmatch(name):
        return linked(f"https://github.com/advisories/{name}", name)
    if _OSV.fullmatch(name):
        return linked(f"https://osv.dev/vulnerability/{name}", name)
    return esc(name)
