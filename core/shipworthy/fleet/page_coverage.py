"""What was scanned, wholly or in part, and what was not, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shipworthy.fleet.page_parts import named, places_of, table, tools
from shipworthy.reports.markup import Html, esc, folded
from shipworthy.reports.summary import counted


_WHY = 400
_HEADS = (
    ("Image", " data-sort"),
    ("Scanned", " data-sort"),
    ("Judged on", " data-sort"),
    ("Database of", " data-sort"),
    ("Why, and from which file", ""),
)
_STATES = (
    ("no", "Not scanned"),
    ("unreadable", "Cannot be read"),
    ("part", "In part"),
    ("old", "Too old"),
    ("whole", "Wholly"),
)
_TONES = {
    "no": "fail",
    "unreadable": "fail",
    "part": "warn",
    "old": "warn",
    "whole": "pass",
}


def coverage(document: Mapping[str, Any]) -> Html:
    """Every image that was scanned or should have been, what is lacking first."""
    held, places = document["coverage"], places_of(document)
    rows = [
        _row("no", esc(one["name"]), "", "", esc(one["reason"], _WHY))
        for one in held["missing"]
    ]
    rows += [
        _row("unreadable", esc(one["file"]), "", "", esc(one["error"], _WHY))
        for one in held["unreadable"]
    ]
    images = sorted(document["images"], key=lambda image: _ORDER.index(_state(image)))
    rows += [_image(image, places) for image in images]
    choices = "".join(
        f'<option value="{key}">{words}</option>' for key, words in _STATES
    )
    filters = (
        f'<select aria-label="Scanned"><option value="">All</option>{choices}</select>'
    )
    return Html(
        f'<section id="coverage"><h2>Coverage</h2><p class="soft">{_sentence(document)}</p>'
        f"{tools('coverage', filters)}\n{table('coverage', 'Coverage', _HEADS, rows)}{_others(held)}</section>"
    )


_ORDER = tuple(key for key, _ in _STATES)


def _state(image: Mapping[str, Any]) -> str:
    if not image["complete"]:
        return "part"
    return "old" if image["stale"] else "whole"


def _image(image: Mapping[str, Any], places: Mapping[str, int]) -> str:
    why = "".join(f"<li>{esc(one, _WHY)}</li>" for one in image["unread"])
    told = f'<ul class="reasons">{why}</ul>' if why else ""
    if image["stale"]:
        age = (
            "of no known day"
            if image["age"] is None
            else f"{counted(image['age'], 'day')} old"
        )
        told += f"<p>{age}</p>"
    return _row(
        _state(image),
        named(image["name"], places),
        image["day"],
        image["databaseDate"][:10],
        Html(f"{told}<code>{esc(image['result'])}</code>"),
    )


def _row(state: str, name: Html, day: str, database: str, why: Html) -> str:
    words = dict(_STATES)[state]
    return (
        f'<tr data-v="{state}"><th scope="row">{name}</th>'
        f'<td><span class="mark {_TONES[state]}">{words}</span></td>'
        f"<td>{esc(day) or '–'}</td><td>{esc(database) or '–'}</td><td>{why}</td></tr>"
    )


def _sentence(document: Mapping[str, Any]) -> str:
    totals, held = document["totals"], document["coverage"]
    text = f"{counted(totals['images'], 'image')} scanned, {totals['images'] - totals['partial']:,} of them wholly"
    if held["expected"] is None:
        return text + "; nobody said which should have been (<code>--expected</code>)."
    found = held["expected"] - totals["missing"]
    return f"{text}; {found:,} of {held['expected']:,} that should have been."


def _others(held: Mapping[str, Any]) -> str:
    text = ""
    if held["copies"]:
        text += f'<p class="soft">{counted(held["copies"], "result")} given more than once, counted once.</p>'
    if held["others"]:
        names = "".join(f"<li>{esc(name)}</li>" for name in held["others"][:200])
        more = len(held["others"]) - 200
        names += f"<li>and {more:,} more</li>" if more > 0 else ""
        text += folded(
            Html(f"{counted(len(held['others']), 'other JSON file')}, no results"),
            Html(f'<ul class="names">{names}</ul>'),
        )
    return text
