"""The head of the dashboard's page: the verdict over all images, the figures, and what to do first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shipworthy.fleet.page_parts import FEW, image_names, named, places_of, severity
from shipworthy.model.advisory import SEVERITIES
from shipworthy.reports.markup import Html, bar, esc, folded, lines_of
from shipworthy.reports.policy_words import KIND_WORDS
from shipworthy.reports.summary import counted


FIRST = 8
"""Actions shown at once; the style sheet counts on from here."""
COMMAND_LIMIT = 6000
"""Longest command, in characters."""

_STANDS = (
    ("doNotShip", "tfail"),
    ("notScannedWholly", "tpartial"),
    ("notJudgedWholly", "tpartial"),
    ("notJudged", "topen"),
    ("ship", "tpass"),
)


def hero(document: Mapping[str, Any]) -> Html:
    """The verdict, what to do first in a sentence, and the findings by severity."""
    head, totals = document["headline"], document["totals"]
    stands = bar([(style, totals[key]) for key, style in _STANDS], totals["images"])
    at = f"As of {esc(document['at'])}" if document["at"] else "On no known day"
    return Html(
        f'<section class="hero {head["tone"]}" aria-labelledby="verdict"><div>'
        f'<p class="soft">{at}, {counted(totals["images"], "image")}</p>'
        f'<h1 id="verdict">{head["words"]}</h1><p class="lead">{head["summary"]}</p>'
        f'<div class="stands">{stands}</div>{_first(document)}</div>{_chart(totals)}</section>'
    )


def _first(document: Mapping[str, Any]) -> str:
    if not document["actions"]:
        return ""
    action, total = document["actions"][0], document["totals"]["risk"]
    share = f", {100 * action['risk'] / total:.0f} % of all risk" if total else ""
    images = action["images"]
    where = esc(images[0]["name"], 120)
    if len(images) > 1:
        where = Html(counted(len(images), "image"))
    return (
        f'<p class="first"><b>First:</b> <a href="#fixes">{esc(action["title"], 300)}</a> in '
        f"{where}: closes {counted(action['closes'], 'finding')}{share}.</p>"
    )


def _chart(totals: Mapping[str, Any]) -> str:
    counts, fixable = totals["severities"], totals["fixableSeverities"]
    most = max(counts.values())
    rows = "".join(
        f'<tr><th scope="row">{name.capitalize()}</th><td class="bar">'
        f"{bar(((f'f{at}', fixable[name]), (f'f{at} pale', counts[name] - fixable[name])), most)}"
        f'</td><td class="n">{counts[name]:,}</td><td class="n">{fixable[name]:,} fixable</td></tr>'
        for at, name in enumerate(SEVERITIES)
        if counts[name] or name != "none"
    )
    return (
        '<table class="chart"><caption>Findings of all images by severity '
        '<span class="key"></span>can be fixed <span class="key pale"></span>no fix yet'
        f"</caption><tbody>{rows}</tbody></table>"
    )


def facts(totals: Mapping[str, Any]) -> Html:
    """The figures that a reader wants next."""
    absent = totals["notScanned"]
    cells = (
        ("", "Fit to ship", totals["ship"], f"of {counted(totals['images'], 'image')}"),
        (
            "hot" if totals["doNotShip"] else "",
            "Do not ship",
            totals["doNotShip"],
            "a rule is broken",
        ),
        (
            "hot" if totals["partial"] else "",
            "Seen in part",
            totals["partial"],
            "something stayed unread",
        ),
        (
            "hot" if absent else "",
            "Not scanned",
            absent,
            "no result, or one that cannot be read",
        ),
        (
            "",
            "Findings",
            totals["findings"],
            f"{counted(totals['vulnerabilities'], 'vulnerability', 'vulnerabilities')}; {totals['fixable']:,} can be fixed",
        ),
        (
            "hot" if totals["exploited"] else "",
            "Known to be exploited",
            totals["exploited"],
            "by CISA's catalogue",
        ),
    )
    return Html(
        '<dl class="facts">'
        + "".join(
            f"<div{f' class={style}' if style else ''}><dt>{name}</dt><dd>{value:,}<small>{more}</small></dd></div>"
            for style, name, value, more in cells
        )
        + "</dl>"
    )


def gaps(document: Mapping[str, Any]) -> Html:
    """What this page cannot say because it was not seen; nothing where all was."""
    totals, coverage = document["totals"], document["coverage"]
    told: list[str] = []
    for key, words in (("missing", "name"), ("unreadable", "file")):
        rows = coverage[key]
        if rows:
            what = {
                "missing": f"{counted(len(rows), 'expected image')} without a result",
                "unreadable": f"{counted(len(rows), 'file')} that cannot be read",
            }[key]
            shown = ", ".join(esc(row[words], 120) for row in rows[:FEW])
            more = f" and {len(rows) - FEW:,} more" if len(rows) > FEW else ""
            told.append(f"{what}: {shown}{more}")
    if totals["partial"]:
        told.append(f"{counted(totals['partial'], 'image')} seen in part alone")
    if totals["stale"]:
        told.append(
            f"{counted(totals['stale'], 'result')} older than {counted(document['maxAge'], 'day')}"
        )
    if not told:
        return Html("")
    rows_of = "".join(f"<li>{one}</li>" for one in told)
    return Html(
        f'<section class="gaps"><h2>Not everything was seen</h2><ul>{rows_of}</ul>'
        '<p><a href="#coverage">What was scanned, and what was not, and why</a></p></section>'
    )


def actions(document: Mapping[str, Any]) -> Html:
    """What to do over all images, the action that removes most risk first."""
    listed, places = document["actions"], places_of(document)
    if not listed:
        return Html("")
    steps = [_step(action, places) for action in listed]
    total = len(listed) + document["actionsCut"]
    text = (
        '<section id="fixes"><h2>What to do first</h2><p class="soft">'
        f"{counted(total, 'action')} over all images, the one that removes most risk first.</p>"
        f'<ol class="plan">{"".join(steps[:FIRST])}</ol>'
    )
    if steps[FIRST:]:
        cut = document["actionsCut"]
        more = (
            f'<p class="soft">{counted(cut, "further action")} left out.</p>'
            if cut
            else ""
        )
        text += folded(
            Html(counted(len(steps) - FIRST, "more action")),
            Html(f'<ol class="plan rest">{"".join(steps[FIRST:])}</ol>{more}'),
        )
    return Html(text + "</section>")


def _step(action: Mapping[str, Any], places: Mapping[str, int]) -> str:
    kind = KIND_WORDS.get(action["kind"], "")
    tag = f' <span class="tag">{kind}</span>' if kind else ""
    base = (
        f"<p>Comes with the base <b>{esc(action['base'])}</b>, so build that anew and then what stands on it.</p>"
        if action["base"] and len(action["images"]) > 1
        else ""
    )
    command = _command(action["command"]) if action["command"] else ""
    images = action["images"]
    if len(images) <= FEW:
        where = ", ".join(
            f"{named(one['name'], places)} ({one['closes']:,})" for one in images
        )
    else:
        where = image_names([one["name"] for one in images], places)
    hot = ' <span class="tag hot">exploited</span>' if action["exploited"] else ""
    return (
        f"<li>{severity(action['worst'])}<div><b>{esc(action['title'], 400)}</b>{tag}{hot}"
        f'{base}{command}<div class="soft">{where}</div></div>'
        f'<span class="soft">closes {counted(action["closes"], "finding")}<br>in {counted(len(images), "image")}'
        f"<br>risk {action['risk']:,.0f}</span></li>"
    )


def _command(command: str) -> Html:
    """What can be pasted, folded, for upgrades of many packages are long."""
    text = lines_of(command, COMMAND_LIMIT)
    return folded(
        Html("Command"), Html(f'<pre class="command"><code>{text}</code></pre>')
    )
