"""The images of the dashboard's page, worst first, each with its verdict and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shipworthy.fleet.page_parts import mark, severity_bar, table, tools
from shipworthy.fleet.page_trend import sparkline
from shipworthy.reports.markup import Html, esc, folded
from shipworthy.reports.summary import counted


_DOWN = ' data-sort data-first="down" class="n"'
_HEADS = (
    ("Image", " data-sort"),
    ("Verdict", " data-sort"),
    ("Findings", ' data-sort data-first="down"'),
    ("Fixable", _DOWN),
    ("Exploited", _DOWN),
    ("Risk", _DOWN),
    ("Since the last result", ""),
    ("Over time", ""),
)
_STANDINGS = (
    ("doNotShip", "Do not ship"),
    ("notScannedWholly", "Not wholly scanned"),
    ("notJudgedWholly", "Not wholly judged"),
    ("notJudged", "Not judged"),
    ("ship", "Fit to ship"),
)


def images(document: Mapping[str, Any]) -> Html:
    """Every image with its newest result."""
    listed = document["images"]
    if not listed:
        return Html(
            '<section id="images"><h2>Images</h2><p>There is no result.</p></section>'
        )
    most = max(image["findings"] for image in listed)
    rows = [_row(at, image, most) for at, image in enumerate(listed)]
    held = {image["verdict"]["standing"] for image in listed}
    choices = "".join(
        f'<option value="{key}">{words}</option>'
        for key, words in _STANDINGS
        if key in held
    )
    filters = (
        f'<select aria-label="Verdict"><option value="">All verdicts</option>{choices}</select>'
        '<label><input type="checkbox"> Known to be exploited</label>'
    )
    return Html(
        f'<section id="images"><h2>Images, worst first</h2>{tools("images", filters)}\n'
        f"{table('images', 'Images, worst first', _HEADS, rows)}</section>"
    )


def _row(at: int, image: Mapping[str, Any], most: int) -> str:
    verdict = image["verdict"]
    counts = {name: held["total"] for name, held in image["severities"].items()}
    hot = " data-x" if image["exploited"] else ""
    out = (
        f"<small>{image['suppressed']:,} suppressed</small>"
        if image["suppressed"]
        else ""
    )
    exploited = (
        f'<b class="hot">{image["exploited"]:,}</b>' if image["exploited"] else "0"
    )
    return (
        f'<tr id="i{at}" data-v="{verdict["standing"]}"{hot}><th scope="row">{_name(image)}</th>'
        f"<td>{mark(verdict)}{_why(image)}</td>"
        f'<td data-k="{image["findings"]}">{severity_bar(counts, most)}{out}</td>'
        f'<td class="n" data-k="{image["fixable"]}">{image["fixable"]:,}</td>'
        f'<td class="n" data-k="{image["exploited"]}">{exploited}</td>'
        f'<td class="n" data-k="{image["risk"]}">{image["risk"]:,.0f}</td>'
        f"<td>{_change(image)}</td><td>{sparkline(image['history'])}</td></tr>"
    )


def _name(image: Mapping[str, Any]) -> str:
    name = esc(image["name"])
    if image["report"]:
        name = Html(f'<a href="{esc(image["report"], 4096)}">{name}</a>')
    told = [image["reference"]] if image["reference"] != image["name"] else []
    told += [one for one in (image["system"], image["platform"]) if one]
    return f"{name}<small>{esc(' · '.join(told))}</small>"


def _why(image: Mapping[str, Any]) -> str:
    """What its verdict is made of, folded; what was unread and how old it is, at once."""
    tags = ""
    if not image["complete"] and image["verdict"]["standing"] != "notScannedWholly":
        tags += ' <span class="tag warm">in part</span>'
    if image["stale"]:
        tags += ' <span class="tag warm">too old</span>'
    rows = "".join(
        f"<li>{esc(reason, 400)}</li>" for reason in image["verdict"]["reasons"]
    )
    if not rows:
        return tags
    return tags + folded(Html("Why"), Html(f'<ul class="reasons">{rows}</ul>'))


def _change(image: Mapping[str, Any]) -> str:
    change = image["change"]
    if change is None:
        return '<span class="soft">first result</span>'
    came = (
        f'<span class="came">{change["new"]:,} new</span>' if change["new"] else "0 new"
    )
    went = (
        f'<span class="went">{change["fixed"]:,} fixed</span>'
        if change["fixed"]
        else "0 fixed"
    )
    since = f"<small>since {esc(change['since'])}</small>" if change["since"] else ""
    before = change["verdictBefore"]
    if before != image["verdict"]["words"]:
        since += f"<small>was: {before}</small>"
    if change["partial"]:
        since += "<small>one of them was seen in part</small>"
    if image["results"] > 2:
        since += (
            f"<small>{counted(image['results'] - 1, 'earlier result')} in all</small>"
        )
    moved = f", {change['moved']:,} moved" if change["moved"] else ""
    return f"{came}, {went}{moved}{since}"
