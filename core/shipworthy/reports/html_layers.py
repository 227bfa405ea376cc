"""The layers of the image as it is built, drawn as the stack that they are, with what each brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from shipworthy.model.advisory import SEVERITIES
from shipworthy.reports import summary
from shipworthy.reports.markup import Html, bar, esc
from shipworthy.reports.text import instruction


_ORIGINS = {
    "base": ' <span class="tag">base image</span>',
    "own": ' <span class="tag own">own</span>',
}
_SLAB = (
    '<svg class="slab {}" width="84" height="44" viewBox="0 0 84 44" aria-hidden="true">'
    '<path class="top" d="M20 2h62l-18 18H2z"/><path class="side" d="M82 2v14L64 34V20z"/>'
    '<path class="front" d="M2 20h62v14H2z"/><text x="33" y="31">{}</text></svg>'
)


def layers(
    document: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    names: Sequence[str],
) -> Html:
    """Each layer, the last one on top as it lies in the image, with the findings that it brought."""
    stack = document["image"]["layers"]
    if not stack:
        return Html("")
    found: dict[int, Counter[str]] = {}
    worst: dict[int, str] = {}
    for finding, name in zip(findings, names, strict=True):
        if finding["layer"]:
            at = finding["layer"]["index"]
            if at not in found:
                found[at], worst[at] = Counter(), name
            found[at][finding["severity"]] += 1
    most = max((counts.total() for counts in found.values()), default=1)
    rows = "".join(
        _layer(layer, found.get(at, Counter()), most, worst.get(at, ""))
        for layer in reversed(stack)
        for at in (layer["index"],)
    )
    return Html(
        '<section id="layers"><h2>Layers</h2><p class="soft">As they lie on each other: built from the '
        f'bottom up, with the findings that each brought.{_about(document)}</p><ol class="stack" reversed>{rows}</ol></section>'
    )


def _about(document: Mapping[str, Any]) -> str:
    """Which of them are the base image's, in words."""
    origins = Counter(layer["origin"] for layer in document["image"]["layers"])
    base = document["image"]["base"]
    if not origins["base"]:
        return ""
    name = f" ({esc(base['name'])})" if base and base["name"] else ""
    return f" {origins['base']:,} of the base image{name}, {origins['own']:,} on top of it."


def _layer(
    layer: Mapping[str, Any], counts: Mapping[str, int], most: int, worst: str
) -> str:
    at, total = layer["index"], sum(counts.values())
    origin = layer["origin"] if layer["origin"] in _ORIGINS else "other"
    parts = [(f"f{rank}", counts.get(name, 0)) for rank, name in enumerate(SEVERITIES)]
    number = '<span class="n soft">none</span>'
    if total:
        # Without script it leads to the worst of them; with it, to all of them.
        number = f'<a class="n" href="#{worst}" data-layer="{at}">{summary.counted(total, "finding")}</a>'
    said = summary.in_words(summary.tally_of(counts))
    return (
        f'<li id="l{at}">{_SLAB.format(origin, at)}'
        f"<div><code>{esc(instruction(layer['instruction']), 300)}</code><span class=soft>"
        f"{_ORIGINS.get(origin, '')} {esc(_digest(layer))}</span></div>"
        f'<div class="bar">{bar(parts, most)}<span class="soft">{said if total else ""}</span></div>{number}</li>'
    )


def _digest(layer: Mapping[str, Any]) -> str:
    return str(layer["digest"] or layer["diffId"])
