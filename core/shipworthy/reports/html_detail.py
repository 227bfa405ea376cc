"""
All that is known of one finding, below its row on the HTML page.

What holds for the vulnerability is written once, with the first finding that has it; the others
point there, and the page's script brings it when one of them is opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from shipworthy.reports.html_facts import several
from shipworthy.reports.markup import Html, esc, in_turn, items, joined
from shipworthy.reports.policy_words import VEX_WORDS
from shipworthy.reports.several import found_on
from shipworthy.reports.sharing import common


Shared = dict[str, tuple[str, str]]
"""Facts as they are written, to the first finding that has them and its package."""

Fixed = tuple[str, tuple[str, ...]]
"""What :func:`shipworthy.reports.summary.fixed_in` says."""

SYSTEM_DATABASES = frozenset(
    {"var/lib/dpkg/status", "lib/apk/db/installed", "usr/lib/apk/db/installed"}
)
"""Files that list what is installed; what they list lies elsewhere."""

_MATCHED = itemgetter("matchedName")
_ORIGINS = {
    "base": ", from the base image",
    "own": ", added on top of the base image",
}


def detail(
    finding: Mapping[str, Any],
    name: str,
    shared: Shared,
    facts: Html,
    fixed: Fixed,
    place: Html,
) -> str:
    """The whole of it; ``name`` is the finding's own on the page, ``facts`` are the vulnerability's, ``place`` the package's."""
    first, package = shared.setdefault(facts, (name, finding["package"]["name"]))
    if first != name:
        facts = Html(f"<p><a href=#{first}>As in {esc(package)}</a>")
    return f"<div class=x>{facts}<dl>{_here(finding, fixed)}{place}</dl></div>"


def software(finding: Mapping[str, Any]) -> tuple[str, Html]:
    """The cells of its package's name and version, and where that comes from and lies."""
    layer = finding["layer"]
    return _software(
        finding["package"],
        tuple(map(_MATCHED, finding["evidence"])),
        layer["index"] if layer else None,
        finding["origin"],
    )


def _here(finding: Mapping[str, Any], fixed: Fixed) -> Html:
    """What holds for this package in this image."""
    return items(
        (
            ("Fix", _fix(finding, *fixed)),
            ("State", _state(finding)),
            ("VEX", _vex(finding["vexStatus"])),
            ("Why", several(partial(_why, finding), finding["evidence"])),
            ("Platforms", esc(", ".join(found_on(finding)), 600)),
        )
    )


@common
def _software(
    package: Mapping[str, Any], matched: tuple[str, ...], layer: int | None, origin: str
) -> tuple[str, Html]:
    name = esc(package["name"]).replace(":", ":<wbr>")
    kind, version = esc(package["type"]), esc(package["version"])
    place = items(
        (
            ("Package", _package(package, matched)),
            ("Found in", _found(package["locations"], layer, origin)),
        )
    )
    return f"<td>{name} <i>{kind}</i><td>{version}", place


def _fix(finding: Mapping[str, Any], best: str, others: Sequence[str]) -> Html:
    """What the row does not say already."""
    since = finding["fixAvailable"]
    if not best or not (since or others):
        return Html("")
    parts = [Html(f"also fixed in {esc(', '.join(others))}")] if others else []
    if since:
        told = ["since ", since["date"]]
        if not _known(finding, since["source"]):
            told += (" (", since["source"], ")")
        parts.append(in_turn(told))
    return joined(parts)


def _known(finding: Mapping[str, Any], name: str) -> bool:
    """Whether the reader sees that this advisory speaks: it is the only one."""
    advisories = finding["advisories"]
    return len(advisories) == 1 and advisories[0]["id"] == name


def _state(finding: Mapping[str, Any]) -> Html:
    """How it compares with the baseline, and why."""
    state, reason = finding["state"], finding["stateReason"]
    if not state:
        return Html("")
    return Html(f"{esc(state)}: {esc(reason, 300)}") if reason else esc(state)


def _vex(status: str) -> Html:
    return Html(VEX_WORDS.get(status) or esc(status)) if status else Html("")


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
    words: list[str] = []
    if evidence["matchedName"] != package["name"]:
        words += (evidence["matchedName"], " ")
    if evidence["matchedVersion"] != package["version"]:
        words += (evidence["matchedVersion"], " ")
    if words:
        words.append("is ")
    words += (evidence["constraint"], " (")
    if not _known(finding, evidence["advisory"]):
        words += (evidence["advisory"], " of ")
    words.append(evidence["feed"])
    if evidence["scheme"] != package["type"]:
        words += (", ", evidence["scheme"], " order")
    if evidence["confidence"] != "high":
        words += (", ", evidence["confidence"], " confidence")
    for note in evidence["notes"]:
        words += ("; ", note)
    words.append(")")
    return in_turn(words)
