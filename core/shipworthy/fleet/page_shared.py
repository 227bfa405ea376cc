"""What is true across images: vulnerabilities, shared base images, ends of support."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shipworthy.fleet.page_parts import (
    image_names,
    places_of,
    severity,
    severity_bar,
    table,
    tools,
)
from shipworthy.reports.markup import Html, esc
from shipworthy.reports.summary import RANK, counted


_DOWN = ' data-sort data-first="down" class="n"'
_Places = Mapping[str, int]


def vulnerabilities(document: Mapping[str, Any]) -> Html:
    """Each vulnerability with the images it is in, the exploited first."""
    listed, places = document["vulnerabilities"], places_of(document)
    if not listed:
        return Html("")
    heads = (
        ("Severity", " data-sort"),
        ("Vulnerability", " data-sort"),
        ("Packages", " data-sort"),
        ("Images", ' data-sort data-first="down"'),
        ("Fixable", _DOWN),
        ("Risk", _DOWN),
    )
    rows = [_vulnerability(one, places) for one in listed]
    cut = document["vulnerabilitiesCut"]
    more = (
        f'<p class="soft">{counted(cut, "less severe vulnerability", "less severe vulnerabilities")} left out; '
        "each image's own report has all.</p>"
        if cut
        else ""
    )
    filters = '<label><input type="checkbox"> Known to be exploited</label>'
    return Html(
        '<section id="vulnerabilities"><h2>Vulnerabilities across images</h2>'
        f"{tools('vulnerabilities', filters)}\n"
        f"{table('vulnerabilities', 'Vulnerabilities across images', heads, rows)}{more}</section>"
    )


def _vulnerability(one: Mapping[str, Any], places: _Places) -> str:
    hot = ' <span class="tag hot">exploited</span>' if one["exploited"] else ""
    packages = ", ".join(map(esc, one["packages"]))
    if one["packagesCut"]:
        packages += f" and {one['packagesCut']:,} more"
    return (
        f'<tr{" data-x" if one["exploited"] else ""}><td data-k="{RANK[one["severity"]]}">{severity(one["severity"])}</td>'
        f'<th scope="row">{esc(one["id"], 80)}{hot}<small>{esc(one["title"], 160)}</small></th>'
        f'<td>{packages}</td><td data-k="{len(one["images"])}">{image_names(one["images"], places)}</td>'
        f'<td class="n" data-k="{one["fixable"]}">{one["fixable"]:,} of {one["findings"]:,}</td>'
        f'<td class="n" data-k="{one["risk"]}">{one["risk"]:.0f}</td></tr>'
    )


def bases(document: Mapping[str, Any]) -> Html:
    """Bases that several images share, the one that brings most risk first."""
    listed, places = document["bases"], places_of(document)
    if not listed:
        return Html("")
    most = max(base["findings"] for base in listed)
    heads = (
        ("Base", ""),
        ("Findings it brings", ""),
        ("Images", ""),
        ("Fixable", ' class="n"'),
        ("Findings", ' class="n"'),
        ("Risk", ' class="n"'),
    )
    rows = [_base(base, most, places) for base in listed]
    return Html(
        '<section id="bases"><h2>Shared base images</h2><p class="soft">'
        "Images that begin with the same layers, or name the same base. What a base brings is fixed once, in the base.</p>"
        f"{table('bases', 'Shared base images', heads, rows)}</section>"
    )


def _base(base: Mapping[str, Any], most: int, places: _Places) -> str:
    layers = (
        f"{counted(base['layers'], 'layer')}, the last {base['diffId'][:19]}"
        if base["layers"]
        else "by the name the images give"
    )
    names: Sequence[str] = [one["name"] for one in base["images"]]
    return (
        f'<tr><th scope="row">{esc(base["name"])}<small>{esc(layers)}</small></th>'
        f"<td>{severity_bar(base['severities'], most)}</td><td>{image_names(names, places)}</td>"
        f'<td class="n">{base["fixable"]:,}</td><td class="n">{base["findings"]:,}</td>'
        f'<td class="n">{base["risk"]:,.0f}</td></tr>'
    )


def ends(document: Mapping[str, Any]) -> Html:
    """Systems and products whose support has ended or ends."""
    listed, places = document["endsOfSupport"], places_of(document)
    if not listed:
        return Html("")
    at = document["at"]
    rows = [
        f'<tr><th scope="row">{esc(one["name"])}</th><td>{_end(one["ends"], at)}</td>'
        f"<td>{image_names(one['images'], places)}</td></tr>"
        for one in listed
    ]
    heads = (("What", ""), ("Support ends", ""), ("Images", ""))
    return Html(
        '<section id="ends"><h2>Ends of support</h2>'
        f"{table('ends', 'Ends of support', heads, rows)}</section>"
    )


def _end(day: str, at: str) -> str:
    if not day:
        return "not told"
    style = ' class="hot"' if at and day < at else ""
    return f"<span{style}>{esc(day)}{' (over)' if style else ''}</span>"
