"""
The result as one HTML page for people, complete in itself.

It loads nothing from elsewhere, and a content security policy holds it to that
(:mod:`shipworthy.reports.html_assets`). Without script it is the same page without
search, filters and sorting. :mod:`shipworthy.reports.html_folder` makes the same page
with its files beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from shipworthy.reports import html_plan as plan
from shipworthy.reports import html_scan as scan
from shipworthy.reports import html_verdict as verdict
from shipworthy.reports import policy_words as words
from shipworthy.reports.html_anchors import Places, anchors
from shipworthy.reports.html_assets import Assets, inline, sources, template
from shipworthy.reports.html_compared import checks, gone
from shipworthy.reports.html_downloads import begin, carried
from shipworthy.reports.html_findings import findings_section
from shipworthy.reports.html_layers import layers
from shipworthy.reports.html_packages import packages
from shipworthy.reports.html_suppressions import suppressions
from shipworthy.reports.markup import Html, esc
from shipworthy.reports.summary import headline, ranked


_SLOT = re.compile(r"\{\{([a-z_]+)\}\}")
_COMMAND = re.compile(r"#(?=#(?:vso|teamcity)?\[)", re.IGNORECASE)
_PACKERS = 2

Slot = Html | list[Html]
"""A part of the page, whole or in pieces where it is large."""


class HtmlReport:
    """The page in one file: verdict first, then what to do, then everything that was found."""

    name = "html"
    suffix = ".html"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the page."""
        with ThreadPoolExecutor(_PACKERS) as pool:
            begun = begin(document, pool)
            slots = slots_of(document)
            return page_of(slots, inline(sources()), carried(document, begun))


def slots_of(document: Mapping[str, Any]) -> dict[str, Slot]:
    """The parts of the page that say what the result says, by their places in the template."""
    findings = ranked(document["findings"])
    names = anchors(findings)
    at = Places(findings, names)
    target = document["image"]["tags"][:1] or [document["target"]["name"]]
    head = headline(document["verdict"])
    return {
        "title": Html(f"{head.words}: {esc(target[0])} – shipworthy"),
        "version": esc(document["tool"]["version"]),
        "schema": esc(document["schemaVersion"]),
        "nav": _nav(document),
        "hero": verdict.hero(document, at),
        "facts": verdict.facts(document, findings),
        "unread": scan.unread(document["statuses"]),
        "fixes": plan.plan(document, at),
        "beyond": plan.beyond(document, at),
        "findings": findings_section(document, findings, names),
        "checks": checks(document),
        "compared": gone(document),
        "layers": layers(document, findings, names),
        "suppressed": suppressions(document),
        "packages": packages(document),
        "scan": scan.scan(document),
    }


def page_of(slots: Mapping[str, Slot], assets: Assets, downloads: Slot) -> bytes:
    """The page of these parts."""
    whole: dict[str, Slot] = {
        **slots,
        "head": assets.head,
        "foot": assets.foot,
        "downloads": downloads,
    }
    pieces: list[str] = []
    for at, text in enumerate(_SLOT.split(template("page.html"))):
        slot = whole[text] if at % 2 else text
        pieces += [slot] if isinstance(slot, str) else slot
    # Encoded before they are joined: one character beyond Latin-1 would double the size of the whole as text.
    page = b"".join([piece.encode("utf-8", "backslashreplace") for piece in pieces])
    if b"##" in page:
        return _COMMAND.sub("&#35;", page.decode()).encode()
    return page


def _nav(document: Mapping[str, Any]) -> Html:
    comparison = document["comparison"]
    places = (
        ("fixes", "What to do", len(words.plan(document)[0])),
        ("findings", "Findings", len(document["findings"])),
        ("checks", "Checks", len(document["checks"])),
        ("compared", "Fixed", len(comparison["fixed"]) if comparison else 0),
        ("suppressed", "Suppressed", len(document["suppressed"])),
        ("layers", "Layers", len(document["image"]["layers"])),
        ("packages", "Packages", len(document["packages"])),
    )
    links = [
        f'<a href="#{place}">{name} <b>{count:,}</b></a>'
        for place, name, count in places
        if count or place == "findings"
    ]
    links += ['<a href="#scan">This scan</a>', '<a href="#downloads">Downloads</a>']
    return Html(" ".join(links))
