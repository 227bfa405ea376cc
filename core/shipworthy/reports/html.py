"""
The result as one HTML page for people, complete in itself.

It loads nothing from elsewhere and a content security policy (W3C CSP level 3) holds it
to that: the only style and script that may act are the page's own, named by their
digests. Without script it is the same page without search, filters and sorting.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from shipworthy.reports import html_plan as plan
from shipworthy.reports import html_scan as scan
from shipworthy.reports import html_verdict as verdict
from shipworthy.reports import policy_words as words
from shipworthy.reports.html_anchors import anchors, places
from shipworthy.reports.html_compared import checks, gone
from shipworthy.reports.html_findings import findings_section
from shipworthy.reports.html_layers import layers
from shipworthy.reports.html_packages import packages
from shipworthy.reports.html_suppressions import suppressions
from shipworthy.reports.markup import Html, esc
from shipworthy.reports.summary import headline, ranked


_TEMPLATES = Path(__file__).parent / "templates"
_SLOT = re.compile(r"\{\{([a-z_]+)\}\}")
_REMARK = re.compile(r"^\s*(?:/\*.*?\*/|//[^\n]*)$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"#(?=#(?:vso|teamcity)?\[)", re.IGNORECASE)


class HtmlReport:
    """The page: verdict first, then what to do, then everything that was found."""

    name = "html"
    suffix = ".html"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the page."""
        findings = ranked(document["findings"])
        names = anchors(findings)
        at = places(findings, names)
        style, script = _joined("css"), _joined("js")
        target = document["image"]["tags"][:1] or [document["target"]["name"]]
        head = headline(document["verdict"])
        slots: dict[str, Html] = {
            "title": Html(f"{head.words}: {esc(target[0])} – shipworthy"),
            "version": esc(document["tool"]["version"]),
            "schema": esc(document["schemaVersion"]),
            "style": Html(style),
            "script": Html(script),
            "style_hash": _digest(style),
            "script_hash": _digest(script),
            "nav": _nav(document),
            "hero": verdict.hero(document, findings, at),
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
        page = _SLOT.sub(lambda match: slots[match[1]], _template("page.html"))
        if "##" in page:
            page = _COMMAND.sub("&#35;", page)
        return page.encode("utf-8", "backslashreplace")


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
    return Html(" ".join(links) + ' <a href="#scan">This scan</a>')


def _joined(kind: str) -> str:
    """The page's style or script, of its parts in the order of their names, without what only their authors need."""
    parts = sorted((_TEMPLATES / "page").glob(f"*.{kind}"))
    text = "\n".join(part.read_text(encoding="utf-8") for part in parts)
    lines = (line.strip() for line in _REMARK.sub("", text).split("\n"))
    return "\n".join(["", *filter(None, lines), ""])


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _digest(text: str) -> Html:
    """A source's digest as a content security policy names it."""
    return Html(b64encode(sha256(text.encode()).digest()).decode())
