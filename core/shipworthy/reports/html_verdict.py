"""The head of the HTML page: the verdict with every rule that made it, and the figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from shipworthy.reports import policy_words as words
from shipworthy.reports import summary
from shipworthy.reports.html_anchors import Places
from shipworthy.reports.html_charts import by_risk, by_severity
from shipworthy.reports.html_plan import first, named
from shipworthy.reports.markup import Html, esc, folded
from shipworthy.reports.summary import counted


RULES = 8
"""Rules that passed shown at once; the rest stands folded below."""

_ICONS = {
    "pass": '<circle cx="12" cy="12" r="10"/><path d="m7.5 12.5 3 3 6-7"/>',
    "fail": '<circle cx="12" cy="12" r="10"/><path d="m8.5 8.5 7 7m0-7-7 7"/>',
    "warn": '<path d="M12 3 2 21h20z"/><path d="M12 10v5m0 3v.01"/>',
    "partial": '<circle cx="12" cy="12" r="10"/><path d="M12 7v6m0 4v.01"/>',
    "undecided": '<circle cx="12" cy="12" r="10"/><path d="M9 9.500a3 3 0 1 1 3 3v1m0 3.500v.01"/>',
    "open": '<circle cx="12" cy="12" r="10"/><path d="M8 12h8"/>',
}


def hero(
    document: Mapping[str, Any],
    places: Places,
) -> Html:
    """The verdict with the rules that made it, and the findings by severity."""
    verdict = document["verdict"]
    head = summary.headline(verdict)
    tags = document["image"]["tags"]
    target = document["target"]["name"]
    name = (
        f"<b>{esc(tags[0])}</b> from {esc(target)}" if tags else f"<b>{esc(target)}</b>"
    )
    since = words.compared(document, esc)
    if words.earlier(document):
        since = f'<a href="#compared">{since}</a>'
    return Html(
        f'<section class="hero {head.tone}" aria-labelledby="verdict"><div>'
        f'<p class="image">{name}</p><h1 id="verdict">'
        f'<svg width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" aria-hidden="true">{_ICONS[head.tone]}</svg>'
        f"{head.words}</h1>"
        f'<p class="lead">{esc(verdict["summary"], 1000)}</p>'
        + first(document)
        + (f'<p class="soft">{since}</p>' if since else "")
        + f"{_rules(verdict, places)}</div>{by_severity(document['findings'])}</section>"
    )


def _rules(verdict: Mapping[str, Any], places: Places) -> str:
    """Every rule, those that passed beyond some folded away."""
    rulings = words.rulings(verdict)
    told = sum(ruling.mark != "pass" for ruling in rulings)
    text = _list(rulings[: told + RULES], places)
    rest = rulings[told + RULES :]
    if rest:
        title = Html(f"{counted(len(rest), 'more rule')} passed")
        text += folded(title, Html(_list(rest, places)))
    return text


def _list(rulings: Sequence[words.Ruling], places: Places) -> str:
    rows = "".join(_rule(ruling, places) for ruling in rulings)
    return f'<ul class="rules">{rows}</ul>' if rows else ""


def _rule(ruling: words.Ruling, places: Places) -> str:
    rule = ruling.rule
    remedy = esc(rule["remedy"], 600)
    counts = rule["findings"] if ruling.mark != "pass" else ()
    return (
        f'<li><span class="mark {ruling.mark}">{ruling.mark}</span><div><b>{esc(rule["name"])}</b>'
        f' <span class="soft">({ruling.about(esc)})</span>: {esc(ruling.said, 600)}'
        + (f'<p class="remedy">To pass: {remedy}</p>' if remedy else "")
        + f"{named(counts, 'Counted', places)}</div></li>"
    )


def facts(document: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> Html:
    """The figures that a reader wants next."""
    coverage, image, distro = (document[k] for k in ("coverage", "image", "distro"))
    told = summary.figures(document["findings"])
    fixable, exploited = sum(one.fixable for one in told.tallies), told.exploited
    owners = Counter([finding["origin"] for finding in findings])
    known = owners["base"] or owners["own"]
    from_base = f"{owners['base']:,} from the base image" if known else ""
    if distro is None:
        system = "None", "no distribution recognised"
    else:
        system = f"{esc(distro['id'])} {esc(distro['version'])}", esc(distro["name"])
    cells = (
        ("", "Findings", f"{len(findings):,}", from_base),
        ("", "Can be fixed", f"{fixable:,}", f"of {len(findings):,}"),
        (
            "hot" if exploited else "",
            "Known to be exploited",
            f"{exploited:,}",
            "by CISA's catalogue",
        ),
        (
            "",
            "Packages",
            f"{coverage['packages']:,}",
            f"in {coverage['entries']:,} files and directories",
        ),
        ("", "System", *system),
        (
            "",
            "Platform",
            esc(image["platform"]) or "–",
            counted(coverage["layers"], "layer"),
        ),
    )
    return Html(
        '<div class="figures"><dl class="facts">'
        + "".join(
            f"<div{f' class={style}' if style else ''}><dt>{name}</dt><dd>{value}<small>{more}</small></dd></div>"
            for style, name, value, more in cells
        )
        + f"</dl>{by_risk(findings)}</div>"
    )
