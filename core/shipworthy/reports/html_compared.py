"""What is gone since an earlier result, and what checks found, on the HTML page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shipworthy.reports import policy_words as words
from shipworthy.reports.html_findings import severity
from shipworthy.reports.markup import Html, esc, items
from shipworthy.reports.summary import RANK


def gone(document: Mapping[str, Any]) -> Html:
    """The comparison, with the findings that are no more; nothing without an earlier result."""
    if not words.earlier(document):
        return Html("")
    comparison = document["comparison"]
    about = items(
        (
            ("Target", esc(comparison["target"])),
            ("Image id", esc(comparison["imageId"])),
            ("Database", esc(comparison["databaseDate"][:10])),
        )
    )
    rows = "".join(
        f"<tr><td>{severity(words.rated(one['severity']))}</td>"
        f'<th scope="row">{esc(one["id"])}</th><td>{esc(one["package"])} '
        f'<span class="m">{esc(one["version"])}</span></td><td>{esc(one["reason"], 400)}</td></tr>'
        for one in words.gone(comparison["fixed"])
    )
    return Html(
        '<section id="compared"><h2>Since the earlier result</h2>'
        f'<p class="soft">{words.compared(document, esc)}</p>'
        + (f'<dl class="pairs">{about}</dl>' if about else "")
        + (f"<h3>Fixed</h3>{_table(rows)}" if rows else "")
        + "</section>"
    )


def checks(document: Mapping[str, Any]) -> Html:
    """What checks found that is not about a package, worst first."""
    found = sorted(
        document["checks"],
        key=lambda one: (RANK[one["severity"]], one["id"], one["path"]),
    )
    if not found:
        return Html("")
    rows = "".join(
        f"<li>{severity(one['severity'])}<div><b>{esc(one['title'] or one['id'], 300)}</b>"
        f' <span class="soft">{esc(one["id"])}</span>'
        + (f"<p>{esc(one['message'], 600)}</p>" if one["message"] else "")
        + f"{_place(one)}</div></li>"
        for one in found
    )
    return Html(
        f'<section id="checks"><h2>Checks</h2><ul class="entries">{rows}</ul></section>'
    )


def _place(check: Mapping[str, Any]) -> Html:
    parts = [f"<code>{esc(check['path'])}</code>"] if check["path"] else []
    if check["layer"] is not None:
        parts.append(f'<a href="#l{check["layer"]}">layer {check["layer"]}</a>')
    return Html(f'<p class="at">in {", ".join(parts)}</p>' if parts else "")


def _table(rows: str) -> str:
    heads = "".join(
        f'<th scope="col">{head}</th>'
        for head in ("Severity", "Vulnerability", "Package", "How")
    )
    return f'<table class="wide list"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
