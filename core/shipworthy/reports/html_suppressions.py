"""What the policy took out, on the HTML page: by entry, and the entries that need somebody's attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shipworthy.reports import policy_words as words
from shipworthy.reports.html_findings import severity
from shipworthy.reports.markup import Html, esc, folded
from shipworthy.reports.summary import counted, ranked


OPEN = 12
"""Findings of one entry, or entries that fit nothing, shown at once; more are folded away."""

_KEYS = (
    "rule",
    "entry",
    "source",
    "reason",
    "owner",
    "expires",
    "vexStatus",
    "justification",
)
_TAGS = {
    "expired": '<span class="tag hot">expired</span>',
    "expiring": '<span class="tag warm">ends soon</span>',
    "fixable": '<span class="tag warm">now fixable</span>',
    "unused": '<span class="tag">unused</span>',
    "elsewhere": '<span class="tag">other images</span>',
}

_Key = tuple[str, ...]


def suppressions(document: Mapping[str, Any]) -> Html:
    """The entries to look at, then every suppressed finding by the entry that took it out."""
    taken, told = document["suppressed"], words.attention(document["suppressions"], esc)
    if not taken and not told:
        return Html("")
    text = '<section id="suppressed"><h2>Suppressed by policy</h2>'
    text += _attention(told)
    if taken:
        groups = _groups(taken)
        text += f"<h3>{counted(len(taken), 'finding')} taken out</h3>"
        text += "".join(_group(key, found) for key, found in groups.items())
    return Html(text + "</section>")


def _attention(told: Sequence[words.Attention]) -> str:
    """The entries to look at; of those that fit nothing here there may be very many."""
    unused = [one for one in told if one.state == "unused"]
    away = [one for one in told if one.state == "elsewhere"]
    near = [one for one in told if one.state not in {"unused", "elsewhere"}]
    if len(unused) <= OPEN:
        near, unused = near + unused, []
    text = f"<h3>Entries to look at</h3>{_entries(near)}" if near else ""
    for others, what in ((unused, "that fit nothing here"), (away, "for other images")):
        if others:
            title = f"{counted(len(others), 'entry', 'entries')} {what}"
            text += folded(Html(title), _entries(others))
    return text


def _entries(told: Sequence[words.Attention]) -> Html:
    rows = "".join(
        f"<li>{_TAGS[one.state]}<div><b>{esc(one.use['entry'], 400)}</b> {'; '.join(one.why)}"
        f'<p class="soft">{_about(one.use["reason"], words.written(one.use, esc, ends=False))}</p></div></li>'
        for one in told
    )
    return Html(f'<ul class="entries">{rows}</ul>')


def _about(reason: str, written: str) -> str:
    parts = [str(esc(reason, 600)) if reason else "", f"({written})" if written else ""]
    return " ".join(part for part in parts if part)


def _groups(
    taken: Sequence[Mapping[str, Any]],
) -> dict[_Key, list[Mapping[str, Any]]]:
    """Suppressed findings by what took them out, in the order of the worst of each."""
    by_finding = {id(entry["finding"]): entry for entry in taken}
    groups: dict[_Key, list[Mapping[str, Any]]] = {}
    for finding in ranked([entry["finding"] for entry in taken]):
        entry = by_finding[id(finding)]
        groups.setdefault(tuple(entry[key] for key in _KEYS), []).append(finding)
    return groups


def _group(key: _Key, findings: Sequence[Mapping[str, Any]]) -> str:
    entry = dict(zip(_KEYS, key, strict=True))
    name = esc(entry["entry"] or entry["rule"], 400)
    said = words.vex(entry["vexStatus"], entry["justification"], esc)
    rows = "".join(map(_row, findings))
    listed = Html(f'<ul class="taken">{rows}</ul>')
    if len(findings) > OPEN:
        listed = folded(Html(counted(len(findings), "finding")), listed)
    return (
        f'<div class="entry"><p><b>{name}</b> <span class="tag">{said or esc(entry["rule"])}</span>'
        f'</p><p class="soft">{_about(entry["reason"], words.written(entry, esc))}</p>'
        f"{listed}</div>"
    )


def _row(finding: Mapping[str, Any]) -> str:
    package = finding["package"]
    return (
        f"<li>{severity(finding['severity'])}<b>{esc(finding['id'])}</b>"
        f"<span>{esc(package['name'])}</span><code>{esc(package['version'])}</code></li>"
    )
