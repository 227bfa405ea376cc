"""What was scanned and what judged it, on the HTML page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from shipworthy.reports.markup import Html, esc, items, joined
from shipworthy.reports.summary import counted


_KINDS = {"ignore-file": "ignore file", "vex": "VEX", "baseline": "baseline"}


def status_list(statuses: Sequence[Mapping[str, Any]]) -> Html:
    """Statuses as a list: what, why, and who says so."""
    lines = "".join(
        f"<li><b>{esc(status['subject'])}</b>: {esc(status['message'], 600)} "
        f'<span class="soft">({esc(status["source"])})</span></li>'
        for status in statuses
    )
    return Html(f"<ul>{lines}</ul>")


def unread(statuses: Sequence[Mapping[str, Any]]) -> Html:
    """What could not be looked at; nothing where there is nothing."""
    missing = [status for status in statuses if status["partial"]]
    if not missing:
        return Html("")
    return Html(
        '<section class="unread"><h2>Not everything could be looked at</h2>'
        f"<p>There may be more than is shown here.</p>{status_list(missing)}</section>"
    )


def scan(document: Mapping[str, Any]) -> Html:
    """What was scanned, with what, by which policy, and what else is to be said."""
    notes = [status for status in document["statuses"] if not status["partial"]]
    pairs = items((*_image(document), *_reading(document), *_judging(document)))
    return Html(
        f'<section id="scan"><h2>This scan</h2><dl class="pairs">{pairs}</dl>'
        + (
            f'<h3>Notes</h3><div class="notes">{status_list(notes)}</div>'
            if notes
            else ""
        )
        + _feeds(document["database"]["feeds"])
        + "</section>"
    )


def _image(document: Mapping[str, Any]) -> tuple[tuple[str, Html], ...]:
    image, target = document["image"], document["target"]
    base = image["base"]
    return (
        ("Target", Html(f"{esc(target['name'])} ({esc(target['kind'])})")),
        ("Tags", esc(", ".join(image["tags"]), 400)),
        ("Manifest", _code(image["manifestDigest"])),
        ("Image id", _code(image["imageId"])),
        ("Platforms", joined(map(_platform, image.get("platforms", ())), "<dd>")),
        (
            "Base image",
            esc(f"{base['name']} {base['digest']}".strip()) if base else Html(""),
        ),
        ("Built", esc(image["config"]["created"])),
        ("Runs as", esc(image["config"]["user"])),
    )


def _platform(one: Mapping[str, Any]) -> Html:
    """One of several platforms: its manifest, its system, and why it was not read where it was not."""
    distro = one["distro"]
    system = f", {esc(distro['name'] or distro['id'])}" if distro else ""
    problem = f", not read: {esc(one['problem'], 400)}" if one["problem"] else ""
    digest = _code(one["manifestDigest"])
    return Html(f"{esc(one['platform'])}{system}{problem} {digest}")


def _reading(document: Mapping[str, Any]) -> tuple[tuple[str, Html], ...]:
    coverage = document["coverage"]
    kinds = ", ".join(
        f"{n:,} {esc(kind)}" for kind, n in sorted(coverage["packagesByType"].items())
    )
    unmatched = ", ".join(
        f"{esc(kind)} ({n:,})" for kind, n in sorted(coverage["unmatched"].items())
    )
    unjudged = f"{unmatched}: the database has no advisories for these"
    files = (
        f"{coverage['filesRead']:,} read, {coverage['filesFailed']:,} could not be read"
    )
    return (
        ("Packages", Html(kinds)),
        ("Not judged", Html(unjudged if unmatched else "")),
        ("Files", Html(files)),
        ("Looked for", esc(", ".join(document["lookedFor"]), 400)),
    )


def _judging(document: Mapping[str, Any]) -> tuple[tuple[str, Html], ...]:
    database = document["database"]
    day = document["verdict"]["day"]
    made = esc(database["date"][:10]) or "unknown"
    age = _age(database["date"], day)
    return (
        ("Database", Html(f"{made}{age} {_code(database['digest'])}")),
        ("Judged as of", esc(day)),
        ("Policy", joined(map(_source, document["policy"]), "<dd>")),
    )


def _age(made: str, day: str) -> str:
    """How old a database was on the day of judging; nothing where either is unknown."""
    try:
        days = (date.fromisoformat(day) - date.fromisoformat(made[:10])).days
    except ValueError:
        return ""
    return f", {counted(days, 'day')} old when it judged" if days > 0 else ""


def _source(source: Mapping[str, Any]) -> Html:
    """A document of the policy; what it is where it is not the policy itself."""
    kind = source["kind"]
    about = "" if kind == "policy" else f" ({_KINDS.get(kind) or esc(kind)})"
    return Html(f"{esc(source['name'])}{about} {_code(source['digest'])}")


def _code(text: str) -> Html:
    return Html(f"<code>{esc(text)}</code>" if text else "")


def _feeds(feeds: Sequence[Mapping[str, Any]]) -> str:
    if not feeds:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{esc(feed["name"])}</th><td>{esc(feed["date"][:10])}</td>'
        f'<td class="n">{feed["records"]:,}</td><td class="n">{feed["skipped"]:,}</td></tr>'
        for feed in feeds
    )
    heads = '<th scope="col">Feed</th><th scope="col">Date</th><th scope="col" class="n">Records</th><th scope="col" class="n">Not understood</th>'
    return f'<h3>What judged</h3><table class="wide list"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
