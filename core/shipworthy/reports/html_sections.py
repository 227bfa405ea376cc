"""The parts of the HTML page below the findings: the layers and all the packages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from shipworthy.model.advisory import SEVERITIES
from shipworthy.reports import summary
from shipworthy.reports.html_findings import MORE
from shipworthy.reports.markup import Html, bar, esc
from shipworthy.reports.text import instruction


def layers(document: Mapping[str, Any]) -> Html:
    """The layers as the image is built, with the findings that each brought."""
    found: dict[int, Counter[str]] = {}
    for finding in document["findings"]:
        if finding["layer"]:
            counts = found.setdefault(finding["layer"]["index"], Counter())
            counts[finding["severity"]] += 1
    if not document["image"]["layers"]:
        return Html("")
    most = max((sum(counts.values()) for counts in found.values()), default=1)
    rows = "".join(
        _layer(layer, found.get(layer["index"], Counter()), most)
        for layer in document["image"]["layers"]
    )
    return Html(
        '<section id="layers"><h2>Layers</h2><p class="soft">In the order they are built, '
        f'with the findings each brought.</p><ol class="stack">{rows}</ol></section>'
    )


def _layer(layer: Mapping[str, Any], counts: Mapping[str, int], most: int) -> str:
    origin = {
        "base": ' <span class="tag">base image</span>',
        "own": ' <span class="tag">own</span>',
    }
    total = sum(counts.values())
    parts = [(f"f{at}", counts.get(name, 0)) for at, name in enumerate(SEVERITIES)]
    words = summary.in_words(summary.tally_of(counts))
    number = (
        f'<span class="n" title="{words}">{total:,}</span>'
        if total
        else '<span class="n soft">none</span>'
    )
    return (
        f'<li id="l{layer["index"]}"><span class="no">{layer["index"]}</span>'
        f'<div><code>{esc(instruction(layer["instruction"]), 300)}</code><span class="soft">'
        f"{esc(layer['digest'] or layer['diffId'])}{origin.get(layer['origin'], '')}</span></div>"
        f'<div class="bar">{bar(parts, most)}</div>{number}</li>'
    )


def packages(document: Mapping[str, Any]) -> Html:
    """All the software in the image."""
    if not document["packages"]:
        return Html(
            '<section id="packages"><h2>Packages</h2><p>No package was found.</p></section>'
        )
    counts = Counter(_identity(finding["package"]) for finding in document["findings"])
    rows = "\n".join(
        _package_row(package, counts[_identity(package)])
        for package in document["packages"]
    )
    heads = "".join(
        f'<th scope="col" data-sort="{at}"{more}>{head}</th>'
        for at, (head, more) in enumerate(
            (
                ("Package", ""),
                ("Version", ""),
                ("Type", ""),
                ("Licence", ""),
                ("Found in", ""),
                ("Findings", ' class="n" data-first="down"'),
            )
        )
    )
    return Html(
        '<section id="packages"><h2>Packages</h2><div class="tools" role="search" hidden>'
        '<input type="search" id="packages-search" placeholder="Search the packages …" aria-label="Search the packages">'
        '<span class="shown" id="packages-told" role="status"></span></div>'
        f'<table class="wide list" id="packages-list"><thead><tr>{heads}</tr></thead>'
        f"<tbody>\n{rows}\n</tbody></table>{MORE.format('packages')}</section>"
    )


def _identity(package: Mapping[str, Any]) -> tuple[str, ...]:
    return (package["type"], package["name"], package["version"], package["arch"])


def _package_row(package: Mapping[str, Any], found: int) -> str:
    places = package["locations"]
    place = esc(places[0]["path"], 120) if places else ""
    more = f" +{len(places) - 1:,}" if len(places) > 1 else ""
    return (
        f"<tr><th>{esc(package['name'])}<td>{esc(package['version'])}"
        f"<td>{esc(package['type'])}<td>{esc(', '.join(package['licences']), 80)}"
        f"<td>{place}{more}<td>{found or ''}"
    )
