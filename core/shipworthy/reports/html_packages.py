"""All the software in the image, on the HTML page: with licences, places and how much was found in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from shipworthy.reports.html_findings import MORE, options
from shipworthy.reports.markup import NAMES, Html, esc


LICENCES = 60
"""Licences that can be chosen from, those that most packages have."""
NO_LICENCE = "none"
"""What is chosen to see the packages that state no licence."""

_HEADS = (
    ("name", "Package", ""),
    ("version", "Version", ""),
    ("licence", "Licence", ""),
    ("found", "Findings", ' class="n" data-first="down"'),
)
_identity = itemgetter("type", "name", "version", "arch")
_MANIFESTS = ("/package.json", "/METADATA", "/PKG-INFO")


def packages(document: Mapping[str, Any]) -> Html:
    """The table with its tools; a sentence where there is nothing."""
    listed = document["packages"]
    if not listed:
        return Html(
            '<section id="packages"><h2>Packages</h2><p>No package was found.</p></section>'
        )
    counts = Counter([_identity(one["package"]) for one in document["findings"]])
    bodies = "\n".join(
        _body(kind, place, found, counts)
        for (kind, place), found in sorted(_by_place(listed).items())
    )
    heads = "".join(
        f'<th scope="col" data-sort="{key}"{more}>{head}</th>'
        for key, head, more in _HEADS
    )
    return Html(
        f'<section id="packages"><h2>Packages</h2>{_tools(document)}'
        '<table class="wide list" id="packages-list"><caption hidden>Packages</caption>'
        f"<thead><tr>{heads}</tr></thead>\n{bodies}\n</table>{MORE.format('packages')}</section>"
    )


def _tools(document: Mapping[str, Any]) -> str:
    kinds = Counter(package["type"] for package in document["packages"])
    licences = Counter(
        licence
        for package in document["packages"]
        for licence in dict.fromkeys(package["licences"])
    )
    often = sorted(licences, key=lambda name: (-licences[name], name))[:LICENCES]
    bare = sum(not package["licences"] for package in document["packages"])
    all_kinds = [
        ("", "All types"),
        *((kind, f"{kind} ({count:,})") for kind, count in sorted(kinds.items())),
    ]
    all_licences = [
        ("", "All licences"),
        *((f"={name}", f"{name} ({licences[name]:,})") for name in sorted(often)),
    ]
    if bare:
        all_licences.append((NO_LICENCE, f"No licence stated ({bare:,})"))
    return (
        '<div class="tools" role="search" hidden aria-label="Packages">'
        '<input type="search" id="packages-search" placeholder="Search the packages …" aria-label="Search the packages">'
        f'<select id="packages-kind" aria-label="Type of package">{options(all_kinds)}</select>'
        f'<select id="packages-licence" aria-label="Licence">{options(all_licences)}</select>'
        '<span class="shown" id="packages-told" role="status"></span></div>'
    )


def _by_place(
    listed: Sequence[Mapping[str, Any]],
) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """Packages of one type in one place: with thousands, their paths are most of the page."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for package in listed:
        places = package["locations"]
        place = _place(package["name"], places[0]["path"]) if places else ""
        found.setdefault((package["type"], place), []).append(package)
    return found


def _body(
    kind: str,
    place: str,
    listed: Sequence[Mapping[str, Any]],
    counts: Mapping[tuple[str, ...], int],
) -> str:
    """One group of rows below its type and place, which the page's script puts into cells of their own."""
    rows = "".join([_row(one, counts.get(_identity(one), 0)) for one in listed])
    return f"<tbody><tr><th scope=rowgroup><i>{esc(kind)}</i> <code>{esc(place, 120)}</code>{rows}"


def _row(package: Mapping[str, Any], found: int) -> str:
    """Cells go unclosed, and empty ones at the end are left out: there may be very many rows."""
    more = len(package["locations"]) - 1
    also = f" <small>+{more:,}</small>" if more > 0 else ""
    row = f"<tr><th>{NAMES[package['name']]}{also}"
    version = NAMES[package["version"]]
    licences = package["licences"]
    told = esc(", ".join(licences), 80) if licences else ""
    if found:
        return f"{row}<td>{version}<td>{told}<td>{found}"
    if told:
        return f"{row}<td>{version}<td>{told}"
    return f"{row}<td>{version}" if version else row


def _place(name: str, path: str) -> str:
    """
    The directory that the package lies in, of a manifest in a directory of the package's own name.

    The row has name and type already, which is what such a path would repeat.
    """
    if path.endswith(_MANIFESTS):
        for manifest in _MANIFESTS:
            path = path.removesuffix(manifest)
    return path.removesuffix(f"/{name}")
