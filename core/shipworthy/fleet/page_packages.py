"""The packages across images of the dashboard's page, the one with most risk first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shipworthy.fleet.page_parts import image_names, places_of, severity, table, tools
from shipworthy.reports.markup import Html, esc
from shipworthy.reports.summary import RANK, counted


_DOWN = ' data-sort data-first="down" class="n"'
_HEADS = (
    ("Worst", " data-sort"),
    ("Package", " data-sort"),
    ("Versions", ""),
    ("Images", ' data-sort data-first="down"'),
    ("Fixable", _DOWN),
    ("Risk", _DOWN),
)


def packages(document: Mapping[str, Any]) -> Html:
    """Each package with the images it is in and what it brings."""
    listed, places = document["packages"], places_of(document)
    if not listed:
        return Html("")
    rows = [_row(one, places) for one in listed]
    cut = document["packagesCut"]
    more = (
        f'<p class="soft">{counted(cut, "more package")} left out.</p>' if cut else ""
    )
    filters = '<label><input type="checkbox"> Known to be exploited</label>'
    return Html(
        '<section id="packages"><h2>Packages across images</h2><p class="soft">'
        "Packages built from one source are told as one.</p>"
        f"{tools('packages', filters)}\n"
        f"{table('packages', 'Packages across images', _HEADS, rows)}{more}</section>"
    )


def _row(one: Mapping[str, Any], places: Mapping[str, int]) -> str:
    hot = ' <span class="tag hot">exploited</span>' if one["exploited"] else ""
    versions = ", ".join(map(esc, one["versions"]))
    if one["versionsCut"]:
        versions += f" and {one['versionsCut']:,} more"
    ids = counted(one["vulnerabilities"], "vulnerability", "vulnerabilities")
    return (
        f'<tr{" data-x" if one["exploited"] else ""}><td data-k="{RANK[one["worst"]]}">{severity(one["worst"])}</td>'
        f'<th scope="row">{esc(one["name"])}{hot}<small>{esc(one["type"])}, {ids}</small></th>'
        f'<td>{versions}</td><td data-k="{len(one["images"])}">{image_names(one["images"], places)}</td>'
        f'<td class="n" data-k="{one["fixable"]}">{one["fixable"]:,} of {one["findings"]:,}</td>'
        f'<td class="n" data-k="{one["risk"]}">{one["risk"]:,.0f}</td></tr>'
    )
