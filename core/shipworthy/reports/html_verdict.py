"""The head of the HTML page: the verdict and its reasons, the figures, and what to do first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from shipworthy.reports import summary
from shipworthy.reports.html_findings import severity
from shipworthy.reports.html_sections import status_list
from shipworthy.reports.markup import Html, bar, esc
from shipworthy.reports.summary import counted


FIXES = 10
"""Upgrades shown at once; the rest stands folded below."""

_ICONS = {
    "pass": '<circle cx="12" cy="12" r="10"/><path d="m7.5 12.5 3 3 6-7"/>',
    "fail": '<circle cx="12" cy="12" r="10"/><path d="m8.5 8.5 7 7m0-7-7 7"/>',
    "partial": '<circle cx="12" cy="12" r="10"/><path d="M12 7v6m0 4v.01"/>',
    "open": '<circle cx="12" cy="12" r="10"/><path d="M8 12h8"/>',
}


def hero(document: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> Html:
    """The verdict with the rules that made it, and the findings by severity."""
    verdict = document["verdict"]
    head = summary.headline(verdict)
    tags = document["image"]["tags"]
    target = document["target"]["name"]
    name = (
        f"<b>{esc(tags[0])}</b> from {esc(target)}" if tags else f"<b>{esc(target)}</b>"
    )
    rules = "".join(map(_rule, verdict["rules"]))
    return Html(
        f'<section class="hero {head.tone}" aria-labelledby="verdict"><div>'
        f'<p class="image">{name}</p><h1 id="verdict">'
        f'<svg width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" aria-hidden="true">{_ICONS[head.tone]}</svg>'
        f"{head.words}</h1>"
        f'<p class="lead">{esc(verdict["summary"], 1000)}</p>'
        + (f'<ul class="rules">{rules}</ul>' if rules else "")
        + f"</div>{_chart(findings)}</section>"
    )


def _rule(rule: Mapping[str, Any]) -> str:
    style, word = ("pass", "Passed") if rule["passed"] else ("fail", "Failed")
    condition = esc(rule["condition"], 400)
    reason = esc(rule["reason"], 600)
    return (
        f'<li><span class="mark {style}">{word}</span><span><b>{condition}</b>'
        f' <span class="soft">{reason} ({esc(rule["name"])})</span></span></li>'
    )


def _chart(findings: Sequence[Mapping[str, Any]]) -> Html:
    tallies = summary.tally(findings)
    most = max(count.total for count in tallies)
    rows: list[str] = []
    for at, count in enumerate(tallies):
        if count.severity == "none" and not count.total:
            continue
        if count.total:
            parts = (
                (f"f{at}", count.fixable),
                (f"f{at} pale", count.total - count.fixable),
            )
            rows.append(
                f'<tr><th scope="row">{count.severity.capitalize()}</th>'
                f'<td class="bar">{bar(parts, most)}</td><td class="n">{count.total:,}</td>'
                f'<td class="n">{count.fixable:,} fixable</td></tr>'
            )
        else:
            rows.append(
                f'<tr><th scope="row" class="zero">{count.severity.capitalize()}</th>'
                f'<td class="bar">{bar((), 1)}</td><td class="n zero">0</td><td class="n"></td></tr>'
            )
    return Html(
        '<table class="chart"><caption>Findings by severity '
        '<span class="key"></span>can be fixed <span class="key pale"></span>no fix yet'
        f"</caption><tbody>{''.join(rows)}</tbody></table>"
    )


def facts(document: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> Html:
    """The figures that a reader wants next."""
    coverage, image, distro = (document[k] for k in ("coverage", "image", "distro"))
    fixable = sum(bool(finding["fixedVersions"]) for finding in findings)
    exploited = sum(finding["kev"] is not None for finding in findings)
    owners = Counter(finding["origin"] for finding in findings)
    from_base = (
        f"{owners['base']:,} from the base image"
        if owners["base"] or owners["own"]
        else ""
    )
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
        '<dl class="facts">'
        + "".join(
            f"<div{f' class={style}' if style else ''}><dt>{name}</dt><dd>{value}<small>{more}</small></dd></div>"
            for style, name, value, more in cells
        )
        + "</dl>"
    )


def unread(statuses: Sequence[Mapping[str, Any]]) -> Html:
    """What could not be looked at; nothing where there is nothing."""
    missing = [status for status in statuses if status["partial"]]
    if not missing:
        return Html("")
    return Html(
        '<section class="unread"><h2>Not everything could be looked at</h2>'
        f"<p>There may be more than is shown here.</p>{status_list(missing)}</section>"
    )


def plan(findings: Sequence[Mapping[str, Any]]) -> Html:
    """What to upgrade first."""
    fixes = summary.fixes(findings)
    if not fixes:
        return Html("")
    closed = sum(fix.closes for fix in fixes)
    text = (
        f'<section id="fixes"><h2>What to do first</h2><p class="soft">'
        f"{counted(len(fixes), 'upgrade')} {'closes' if len(fixes) == 1 else 'close'} "
        f"{closed:,} of {counted(len(findings), 'finding')}.</p>"
        f'<ol class="plan">{"".join(map(_step, fixes[:FIXES]))}</ol>'
    )
    rest = fixes[FIXES:]
    if rest:
        text += (
            f'<details class="more"><summary>{counted(len(rest), "more upgrade")}</summary>'
            f'<ol class="plan">{"".join(map(_step, rest))}</ol></details>'
        )
    return Html(text + "</section>")


def _step(fix: summary.Fix) -> str:
    names = ", ".join(fix.packages[:8]) + (", …" if len(fix.packages) > 8 else "")
    about = f' <span class="soft">{esc(fix.type)}{f": {esc(names, 400)}" if names else ""}</span>'
    if fix.known_exploited:
        about += ' <span class="tag hot">exploited</span>'
    if fix.place:
        more = f" and {fix.places - 1:,} more" if fix.places > 1 else ""
        about += f' <span class="at">in <code>{esc(fix.place, 120)}</code>{more}</span>'
    return (
        f"<li>{severity(fix.worst)}<span>Upgrade <b>{esc(fix.name)}</b> "
        f'<span class="to">{esc(fix.version)} → <b>{esc(fix.target)}</b></span>{about}</span>'
        f'<span class="soft">closes {counted(fix.closes, "finding")}</span></li>'
    )
