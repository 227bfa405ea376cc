"""
The dashboard as one HTML page for people, complete in itself.

It loads nothing from elsewhere and a content security policy (W3C CSP level 3) holds it to that: the only style and
script that may act are the page's own, named by their digests. Without script it is the same page without search, filters
and sorting.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from shipworthy.fleet import page_coverage as coverage
from shipworthy.fleet import page_head as head
from shipworthy.fleet import page_images as images
from shipworthy.fleet import page_shared as shared
from shipworthy.fleet import page_trend as trend
from shipworthy.fleet.page_packages import packages
from shipworthy.reports.html_assets import (
    ICON,
    PAGE,
    SCRIPT,
    STYLE,
    Assets,
    Sources,
    base_style,
    external,
    external_files,
    inline,
    joined,
)
from shipworthy.reports.markup import Html, esc
from shipworthy.reports.summary import counted


_TEMPLATES = Path(__file__).parent / "templates"
_SLOT = re.compile(r"\{\{([a-z_]+)\}\}")
_COMMAND = re.compile(r"#(?=#(?:vso|teamcity)?\[)", re.IGNORECASE)


class DashboardPage:
    """The page: the verdict over all, then what to do, then every image and what is true across them."""

    name = "html"
    suffix = ".html"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the page."""
        return page_of(document, inline(sources()))


class DashboardFolder(DashboardPage):
    """``index.html`` with its style sheet and its script as files beside it, for servers that forbid them inside."""

    files: Collection[str] = (ICON, PAGE, SCRIPT, STYLE)

    def render_files(self, document: Mapping[str, Any]) -> Mapping[str, bytes]:
        """The bytes of every file by its name."""
        return {**external_files(sources()), PAGE: page_of(document, external())}


def sources() -> Sources:
    """The dashboard's style and script."""
    return Sources(
        style=joined([base_style(), _TEMPLATES / "dashboard.css"]),
        script=joined([_TEMPLATES / "dashboard.js"]),
    )


def page_of(document: Mapping[str, Any], assets: Assets) -> bytes:
    """The page of a dashboard's document."""
    totals = document["totals"]
    slots: dict[str, Html] = {
        "title": Html(f"{document['headline']['words']} – shipworthy"),
        "version": esc(document["tool"]["version"]),
        "made": Html(
            f"{counted(totals['results'], 'result')} of {counted(totals['images'], 'image')}"
        ),
        "head": assets.head,
        "foot": assets.foot,
        "nav": _nav(document),
        "hero": head.hero(document),
        "facts": head.facts(totals),
        "gaps": head.gaps(document),
        "actions": head.actions(document),
        "images": images.images(document),
        "trend": trend.trend(document),
        "vulnerabilities": shared.vulnerabilities(document),
        "packages": packages(document),
        "bases": shared.bases(document),
        "ends": shared.ends(document),
        "coverage": coverage.coverage(document),
    }
    template = (_TEMPLATES / "dashboard.html").read_text(encoding="utf-8")
    page = _SLOT.sub(lambda match: slots[match[1]], template)
    if "##" in page:
        page = _COMMAND.sub("&#35;", page)
    return page.encode("utf-8", "backslashreplace")


def _nav(document: Mapping[str, Any]) -> Html:
    totals = document["totals"]
    places = (
        ("fixes", "What to do", len(document["actions"]) + document["actionsCut"]),
        ("images", "Images", totals["images"]),
        ("trend", "Over time", len(document["trend"])),
        ("vulnerabilities", "Vulnerabilities", totals["vulnerabilities"]),
        ("packages", "Packages", len(document["packages"]) + document["packagesCut"]),
        ("bases", "Shared bases", len(document["bases"])),
        ("ends", "Ends of support", len(document["endsOfSupport"])),
    )
    links = [
        f'<a href="#{place}">{name} <b>{count:,}</b></a>'
        for place, name, count in places
        if count or place == "images"
    ]
    return Html(" ".join(links) + ' <a href="#coverage">Coverage</a>')
