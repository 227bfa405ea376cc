"""
All that is known of one finding, below its row on the HTML page.

What holds for the vulnerability is written once, with the first finding that has it; the others
point there, and the page's script brings it when one of them is opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from shipworthy.reports import summary
from shipworthy.reports.html_facts import about, several
from shipworthy.reports.markup import Html, esc, items, joined
from shipworthy.reports.policy_words import VEX_WORDS
from shipworthy.reports.several import found_on
from shipworthy.reports.sharing import common


Shared = dict[str, tuple[str, str]]
"""Facts as they are written, to the first finding that has them and its package."""

SYSTEM_DATABASES = frozenset(
    {"var/lib/dpkg/status", "lib/apk/db/installed", "usr/lib/apk/db/installed"}
)
"""Files that list what is installed; what they list lies elsewhere."""

_ORIGINS = {
    "base": ", from the base image",
    "own": ", added on top of the base image",
}


def detail(
    finding: Mapping[str, Any], name: str, shared: Shared, hoisted: Mapping[str, str]
) -> str:
    """The whole of it; ``name`` is the finding's own on the page."""
    what = about(finding, hoisted)
    first, package = shared.setdefault(what, (name, finding["package"]["name"]))
    if first != name:
        what = Html(f"<p><a href=#{first}>As in {esc(package)}</a>")
    return f"<div class=x>{what}<dl>{_here(finding)}</dl></div>"


def _here(finding: Mapping[str, Any]) -> Html:
    """What holds for this package in this image."""
    package, layer = finding["package"], finding["layer"]
    matched = tuple(one["matchedName"] for one in finding["evidence"])
    told = items(
        (
            ("Fix", _fix(finding)),
            ("State", _state(finding)),
            ("VEX", _vex(finding["vexStatus"])),
            ("Why", several(partial(_why, finding), finding["evidence"])),
            ("Platforms", esc(", ".join(found_on(finding)), 600)),
        )
    )
    index = layer["index"] if layer else None
    return Html(told + _place_of(package, matched, index, finding["origin"]))


@common
def _place_of(
    package: Mapping[str, Any], matched: tuple[str, ...], layer: int | None, origin: str
) -> Html:
    """Where the package comes from and lies."""
    return items(
        (
            ("Package", _package(package, matched)),
            ("Found in", _found(package["locations"], layer, origin)),
        )
    )


def _fix(finding: Mapping[str, Any]) -> Html:
    """What the row does not say already."""
    best, others = summary.fixed_in(finding)
    if not best:
        return Html("")
    parts = [Html(f"also fixed in {esc(', '.join(others))}")] if others else []
    since = finding["fixAvailable"]
    if since:
        source = (
            "" if _known(finding, since["source"]) else f" ({esc(since['source'])})"
        )
        parts.append(Html(f"since {esc(since['date'])}{source}"))
    return joined(parts)


def _known(finding: Mapping[str, Any], name: str) -> bool:
    """Whether the reader sees that this advisory speaks: it is the only one."""
    advisories = finding["advisories"]
    return len(advisories) == 1 and advisories[0]["id"] == name


def _state(finding: Mapping[str, Any]) -> Html:
    """How it compares with the baseline, and why."""
    reason = finding["stateReason"]
    why = f": {esc(reason, 300)}" if reason else ""
    return Html(f"{esc(finding['state'])}{why}" if finding["state"] else "")


def _vex(status: str) -> Html:
    return Html(VEX_WORDS.get(status) or esc(status))


def _package(package: Mapping[str, Any], matched: Sequence[str]) -> Html:
    """Where it comes from, where that is neither its own name nor what was looked up."""
    told = {package["name"], *matched}
    words: list[Html] = []
    if package["source"] and package["source"] not in told:
        source = f"{esc(package['source'])} {esc(package['sourceVersion'])}".rstrip()
        words.append(Html(f"built from {source}"))
    if package["owner"]:
        words.append(Html(f"installed by <code>{esc(package['owner'])}</code>"))
    return joined(words)


def _found(places: Sequence[Mapping[str, Any]], layer: int | None, origin: str) -> Html:
    """The layer that brought the package, and the places; the database of a system's packages is none."""
    places = [place for place in places if place["path"] not in SYSTEM_DATABASES]
    where = Html("")
    if layer is not None:
        words = _ORIGINS.get(origin, "")
        where = Html(f"<a href=#l{layer}>layer {layer}</a>{words}")
    between = ": " if len(places) == 1 else "<dd>"
    return joined(filter(None, (where, several(_place, places))), between)


def _place(place: Mapping[str, Any]) -> Html:
    return esc(place["path"])


def _why(finding: Mapping[str, Any], evidence: Mapping[str, Any]) -> Html:
    """What was compared, where it is not what the row says; the range; and who says so."""
    package = finding["package"]
    pairs = (
        (evidence["matchedName"], package["name"]),
        (evidence["matchedVersion"], package["version"]),
    )
    what = [esc(matched) for matched, shown in pairs if matched != shown]
    words = f"{joined(what, ' ')} is " if what else ""
    words += f"{esc(evidence['constraint'])} ("
    if not _known(finding, evidence["advisory"]):
        words += f"{esc(evidence['advisory'])} of "
    words += str(esc(evidence["feed"]))
    if evidence["scheme"] != package["type"]:
        words += f", {esc(evidence['scheme'])} order"
    if evidence["confidence"] != "high":
        words += f", {esc(evidence['confidence'])} confidence"
    return Html(words + "".join(f"; {esc(note)}" for note in evidence["notes"]) + ")")
