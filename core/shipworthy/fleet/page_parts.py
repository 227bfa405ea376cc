"""What several parts of the dashboard's page are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shipworthy.model.advisory import SEVERITIES
from shipworthy.reports.markup import Html, bar, esc, folded
from shipworthy.reports.summary import RANK, counted, in_words, tally_of


NAMED = 50
"""Images named of one entry; the JSON form has all."""
FEW = 3
"""Names that stand in a line before they are folded away."""


def severity(name: str) -> Html:
    """The badge of a severity."""
    return Html(f'<span class="sev s{RANK[name]}">{name.capitalize()}</span>')


def mark(verdict: Mapping[str, Any]) -> Html:
    """The verdict's words in its tone."""
    return Html(f'<span class="mark {verdict["tone"]}">{verdict["words"]}</span>')


def severity_bar(counts: Mapping[str, int], whole: int) -> Html:
    """Findings by severity as a bar with the counts in words below it."""
    parts = [(f"f{RANK[name]}", counts.get(name, 0)) for name in SEVERITIES]
    words = in_words(tally_of(counts))
    return Html(f'<div class="bar">{bar(parts, whole)}</div><small>{words}</small>')


def image_names(names: Sequence[str], places: Mapping[str, int]) -> Html:
    """Images by name, each leading to its row; many are folded away."""
    shown = [named(name, places) for name in names[:NAMED]]
    if len(names) <= FEW:
        return Html(", ".join(shown))
    if len(names) > NAMED:
        shown.append(Html(f"and {len(names) - NAMED:,} more"))
    rows = "".join(f"<li>{one}</li>" for one in shown)
    return folded(
        Html(counted(len(names), "image")), Html(f'<ul class="names">{rows}</ul>')
    )


def named(name: str, places: Mapping[str, int]) -> Html:
    """One image's name, leading to its row where it has one."""
    place = places.get(name)
    return esc(name) if place is None else Html(f'<a href="#i{place}">{esc(name)}</a>')


def places_of(document: Mapping[str, Any]) -> dict[str, int]:
    """The row of each image in the list, by its name."""
    return {image["name"]: at for at, image in enumerate(document["images"])}


def table(
    name: str, title: str, heads: Sequence[tuple[str, str]], rows: Sequence[str]
) -> Html:
    """A table of rows made already, with a heading and its attributes for each column."""
    head = "".join(f'<th scope="col"{more}>{words}</th>' for words, more in heads)
    body = "\n".join(rows)
    return Html(
        f'<table class="wide" id="{name}-list"><caption hidden>{title}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )


def tools(what: str, more: str = "") -> Html:
    """Search and filters, which appear once the script is there."""
    return Html(
        f'<div class="tools" role="search" aria-label="Narrow the {what}" hidden>'
        f'<input type="search" placeholder="Search the {what} …" aria-label="Search the {what}">'
        f'{more}<span class="shown" role="status"></span></div>'
    )
