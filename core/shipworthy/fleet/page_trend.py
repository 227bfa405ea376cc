"""How the findings went over time: charts as SVG, and the same figures as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shipworthy.fleet.page_parts import named, places_of
from shipworthy.model.advisory import SEVERITIES
from shipworthy.reports.markup import Html, esc, folded
from shipworthy.reports.summary import counted


DAYS = 14
"""Days of the table of images: the newest."""

_WIDE, _HIGH = 800, 220
_LEFT, _BOTTOM, _TOP = 52, 24, 8

_Point = Mapping[str, Any]


def trend(document: Mapping[str, Any]) -> Html:
    """All images over time; a sentence where there is one day alone, nothing where there is none."""
    points = document["trend"]
    if not points:
        return Html("")
    if len(points) == 1:
        text = '<p class="soft">All results are of one day; a trend needs results of several.</p>'
    else:
        first, last = points[0], points[-1]
        text = (
            f'<p class="soft">{first["findings"]:,} findings in {counted(first["images"], "image")} on '
            f"{esc(first['day'])}, {last['findings']:,} in {counted(last['images'], 'image')} on {esc(last['day'])}. "
            "Each image counts with its newest result up to the day.</p>"
            f"{_chart(points)}{_legend(points)}{folded(Html('As a table'), _table(points))}"
            f"{folded(Html('Findings by image and day'), _by_image(document))}"
        )
    return Html(f'<section id="trend"><h2>Over time</h2>{text}</section>')


def sparkline(history: Sequence[_Point]) -> Html:
    """One image's findings over time; decoration, with the figures as its text."""
    counts = [point["findings"] for point in history]
    if len(counts) < 2:
        return Html('<span class="soft">–</span>')
    most = max(*counts, 1)
    step = 100 / (len(counts) - 1)
    dots = [(at * step, 22 - 20 * count / most) for at, count in enumerate(counts)]
    x, y = dots[-1]
    line = " ".join(f"{one:.1f},{other:.1f}" for one, other in dots)
    words = f"{counts[0]:,} → {counts[-1]:,} since {esc(history[0]['day'])}"
    return Html(
        '<svg class="line" width="100" height="24" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">'
        f'<polyline points="{line}"/><line x1="{x:.1f}" y1="{y:.1f}" x2="{x:.1f}" y2="{y:.1f}"/></svg>'
        f"<small>{words}</small>"
    )


def _chart(points: Sequence[_Point]) -> str:
    """Bars of the findings by severity, one a day that has a result."""
    most = max(*(point["findings"] for point in points), 1)
    room = (_WIDE - _LEFT) / len(points)
    width = min(room * 0.8, 36)
    scale = (_HIGH - _BOTTOM - _TOP) / most
    bars: list[str] = []
    for at, point in enumerate(points):
        x, y = _LEFT + room * (at + 0.5) - width / 2, float(_HIGH - _BOTTOM)
        for rank, name in enumerate(SEVERITIES):
            high = point["severities"][name] * scale
            if high:
                y -= high
                bars.append(
                    f'<rect class="f{rank}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{high:.1f}"/>'
                )
    first, last = esc(points[0]["day"]), esc(points[-1]["day"])
    return (
        f'<svg class="over" width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}" role="img" '
        f'aria-label="Findings by severity, {first} to {last}; the figures are in the table below">'
        f"{_lines(most, scale)}{''.join(bars)}{_days(points, room)}</svg>"
    )


def _lines(most: int, scale: float) -> str:
    made: list[str] = []
    for value in sorted({0, most // 2, most}):
        y = _HIGH - _BOTTOM - value * scale
        made.append(
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDE}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:,}</text>'
        )
    return "".join(made)


def _days(points: Sequence[_Point], room: float) -> str:
    """The days below the bars, as many as there is room for."""
    every = max(1, -(-80 // int(max(room, 1))))
    made: list[str] = []
    for number, at in enumerate(range(len(points) - 1, -1, -every)):
        x = min(max(_LEFT + room * (at + 0.5), 36), _WIDE - 36)
        day = esc(points[at]["day"])
        style = ' class="odd"' if number % 2 else ""
        made.append(
            f'<text x="{x:.1f}" y="{_HIGH - 6}" text-anchor="middle"{style}>{day}</text>'
        )
    return "".join(made)


def _legend(points: Sequence[_Point]) -> str:
    rows = "".join(
        f'<li><svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true"><rect class="f{rank}" width="10" height="10"/></svg>{name.capitalize()}</li>'
        for rank, name in enumerate(SEVERITIES)
        if any(point["severities"][name] for point in points)
    )
    return f'<ul class="legend">{rows}</ul>'


def _table(points: Sequence[_Point]) -> Html:
    heads = (
        "Day",
        "Images",
        "Do not ship",
        "Findings",
        *map(str.capitalize, SEVERITIES),
        "Exploited",
        "Risk",
    )
    head = "".join(
        f'<th scope="col"{" class=n" if at else ""}>{name}</th>'
        for at, name in enumerate(heads)
    )
    rows = "".join(
        f'<tr><th scope="row">{esc(point["day"])}</th>'
        + "".join(
            f'<td class="n">{value:,}</td>'
            for value in (
                point["images"],
                point["doNotShip"],
                point["findings"],
                *point["severities"].values(),
                point["exploited"],
                round(point["risk"]),
            )
        )
        + "</tr>"
        for point in reversed(points)
    )
    return Html(
        f'<div class="scroll" tabindex="0" role="region" aria-label="Findings by day"><table class="wide days"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _by_image(document: Mapping[str, Any]) -> Html:
    days = [point["day"] for point in document["trend"]][-DAYS:]
    places = places_of(document)
    head = "".join(f'<th scope="col" class="n">{esc(day)}</th>' for day in days)
    rows = "".join(
        f'<tr><th scope="row">{named(image["name"], places)}</th>{_cells(image["history"], days)}</tr>'
        for image in document["images"]
    )
    return Html(
        '<div class="scroll" tabindex="0" role="region" aria-label="Findings by image and day"><table class="wide days">'
        f'<thead><tr><th scope="col">Image</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _cells(history: Sequence[_Point], days: Sequence[str]) -> str:
    held = {point["day"]: point["findings"] for point in history}
    return "".join(
        f'<td class="n">{f"{held[day]:,}" if day in held else "–"}</td>' for day in days
    )
