"""The parts of the HTML page below the findings: layers, what was suppressed, packages, the scan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from shipworthy.model.advisory import SEVERITIES
from shipworthy.reports import summary
from shipworthy.reports.html_findings import MORE, severity
from shipworthy.reports.markup import Html, bar, esc, items


def status_list(statuses: Sequence[Mapping[str, Any]]) -> Html:
    """Statuses as a list: what, why, and who says so."""
    lines = "".join(
        f"<li><b>{esc(status['subject'])}</b>: {esc(status['message'], 600)} "
        f'<span class="soft">({esc(status["source"])})</span></li>'
        for status in statuses
    )
    return Html(f"<ul>{lines}</ul>")


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


def instruction(created_by: str) -> str:
    """A history entry as the Dockerfile had it, as far as it can be told."""
    text = created_by.strip()
    for start in ("/bin/sh -c #(nop) ", "/bin/sh -c #(nop)"):
        if text.startswith(start):
            return text[len(start) :].strip()
    if text.startswith("/bin/sh -c "):
        return "RUN " + text[len("/bin/sh -c ") :]
    text = text.removesuffix("# buildkit").rstrip()
    if text.startswith("RUN /bin/sh -c "):
        return "RUN " + text[len("RUN /bin/sh -c ") :]
    return text or "(instruction not recorded)"


def suppressed(entries: Sequence[Mapping[str, Any]]) -> Html:
    """What the policy took out, and why."""
    if not entries:
        return Html("")
    rows = "".join(
        f'<tr><td>{severity(finding["severity"])}</td><th scope="row">{esc(finding["id"])}</th>'
        f'<td>{esc(finding["package"]["name"])} <span class="m">{esc(finding["package"]["version"])}</span></td>'
        f"<td>{esc(entry['rule'])}</td><td>{esc(entry['reason'], 600)}</td></tr>"
        for entry, finding in ((entry, entry["finding"]) for entry in entries)
    )
    return Html(
        '<section id="suppressed"><h2>Suppressed by policy</h2><table class="wide list"><thead><tr>'
        + "".join(
            f'<th scope="col">{head}</th>'
            for head in ("Severity", "Vulnerability", "Package", "Rule", "Reason")
        )
        + f"</tr></thead><tbody>{rows}</tbody></table></section>"
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


def scan(document: Mapping[str, Any]) -> Html:
    """What was scanned, with what, and what else is to be said."""
    image, database, coverage = (document[k] for k in ("image", "database", "coverage"))
    notes = [status for status in document["statuses"] if not status["partial"]]
    base = image["base"]
    kinds = ", ".join(
        f"{n:,} {esc(kind)}" for kind, n in sorted(coverage["packagesByType"].items())
    )
    unmatched = ", ".join(
        f"{esc(kind)} ({n:,})" for kind, n in sorted(coverage["unmatched"].items())
    )
    pairs = items(
        (
            (
                "Target",
                Html(
                    f"{esc(document['target']['name'])} ({esc(document['target']['kind'])})"
                ),
            ),
            ("Tags", esc(", ".join(image["tags"]), 400)),
            (
                "Manifest",
                Html(
                    f"<code>{esc(image['manifestDigest'])}</code>"
                    if image["manifestDigest"]
                    else ""
                ),
            ),
            (
                "Image id",
                Html(
                    f"<code>{esc(image['imageId'])}</code>" if image["imageId"] else ""
                ),
            ),
            (
                "Base image",
                esc(f"{base['name']} {base['digest']}".strip()) if base else Html(""),
            ),
            ("Built", esc(image["config"]["created"])),
            ("Runs as", esc(image["config"]["user"])),
            ("Packages", Html(kinds)),
            (
                "Not judged",
                Html(
                    f"{unmatched}: the database has no advisories for these"
                    if unmatched
                    else ""
                ),
            ),
            (
                "Files",
                Html(
                    f"{coverage['filesRead']:,} read, {coverage['filesFailed']:,} could not be read"
                ),
            ),
            (
                "Database",
                Html(
                    f"{esc(database['date'][:10]) or 'unknown'} <code>{esc(database['digest'])}</code>"
                ),
            ),
        )
    )
    feeds = "".join(
        f'<tr><th scope="row">{esc(feed["name"])}</th><td>{esc(feed["date"][:10])}</td>'
        f'<td class="n">{feed["records"]:,}</td><td class="n">{feed["skipped"]:,}</td></tr>'
        for feed in database["feeds"]
    )
    heads = '<th scope="col">Feed</th><th scope="col">Date</th><th scope="col" class="n">Records</th><th scope="col" class="n">Not understood</th>'
    table = f'<table class="wide list"><thead><tr>{heads}</tr></thead><tbody>{feeds}</tbody></table>'
    return Html(
        f'<section id="scan"><h2>This scan</h2><dl class="pairs">{pairs}</dl>'
        + (
            f'<h3>Notes</h3><div class="notes">{status_list(notes)}</div>'
            if notes
            else ""
        )
        + (f"<h3>What judged</h3>{table}" if feeds else "")
        + "</section>"
    )
