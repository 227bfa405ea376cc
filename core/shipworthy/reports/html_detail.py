"""
All that is known of one finding, below its row on the HTML page.

What holds for the vulnerability is written once, with the first finding that has it; the others
point there, and the page's script brings it when one of them is opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from shipworthy.reports.html_facts import several
from shipworthy.reports.markup import NAMES, Html, esc, joined
from shipworthy.reports.policy_words import VEX_WORDS
from shipworthy.reports.several import found_on
from shipworthy.reports.sharing import common


SYSTEM_DATABASES = frozenset(
    {"var/lib/dpkg/status", "lib/apk/db/installed", "usr/lib/apk/db/installed"}
)
"""Files that list what is installed; what they list lies elsewhere."""

_ORIGINS = {
    "base": ", from the base image",
    "own": ", added on top of the base image",
}


class Software(NamedTuple):
    """What the page says of a package in the rows and the details of its findings."""

    name: Html
    cells: str
    """Its name and version, in the row."""
    place: str
    """Where it comes from and lies, as entries of a list."""


def software(finding: Mapping[str, Any]) -> Software:
    """What the page says of a finding's package."""
    layer, evidence = finding["layer"], finding["evidence"]
    return _software(
        finding["package"],
        tuple([one["matchedName"] for one in evidence]),
        layer["index"] if layer else None,
        finding["origin"],
    )


def here(finding: Mapping[str, Any], best: str, others: Sequence[str]) -> str:
    """
    What holds for this package in this image, as entries of a list.

    ``best`` and ``others`` are what :func:`shipworthy.reports.summary.fixed_in` says.
    """
    advisories = finding["advisories"]
    # The reader sees that it speaks.
    only = advisories[0]["id"] if len(advisories) == 1 else None
    text = _fix(finding["fixAvailable"], others, only) if best else ""
    if finding["state"]:
        text += _state(finding["state"], finding["stateReason"])
    if finding["vexStatus"] and (vex := _vex(finding["vexStatus"])):
        text += f"<dt>VEX<dd>{vex}"
    evidence = finding["evidence"]
    if len(evidence) == 1:
        text += f"<dt>Why<dd>{_why(evidence[0], finding['package'], only)}"
    elif evidence:
        why = partial(_why, package=finding["package"], only=only)
        text += f"<dt>Why<dd>{several(why, evidence)}"
    if "platforms" in finding and (found := ", ".join(found_on(finding))):
        text += f"<dt>Platforms<dd>{esc(found, 600)}"
    return text


@common
def _software(
    package: Mapping[str, Any], matched: tuple[str, ...], layer: int | None, origin: str
) -> Software:
    name = esc(package["name"])
    kind, version = NAMES[package["type"]], NAMES[package["version"]]
    place = ""
    if told := _package(package, matched):
        place = f"<dt>Package<dd>{told}"
    if told := _found(package["locations"], layer, origin):
        place += f"<dt>Found in<dd>{told}"
    breaking = name.replace(":", ":<wbr>")
    return Software(name, f"<td>{breaking} <i>{kind}</i><td>{version}", place)


def _fix(
    since: Mapping[str, Any] | None, others: Sequence[str], only: str | None
) -> str:
    """What the row does not say already; who told the day is said unless that is the only advisory."""
    text = f"<dt>Fix<dd>also fixed in {esc(', '.join(others))}" if others else ""
    if not since:
        return text
    text += f"{', ' if others else '<dt>Fix<dd>'}since {NAMES[since['date']]}"
    source = since["source"]
    return text if source == only else f"{text} ({esc(source)})"


@lru_cache(maxsize=1 << 10)
def _state(state: str, reason: str) -> str:
    """How it compares with the baseline, and why."""
    told = f"{esc(state)}: {esc(reason, 300)}" if reason else esc(state)
    return f"<dt>State<dd>{told}" if told else ""


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


def _why(
    evidence: Mapping[str, Any], package: Mapping[str, Any], only: str | None
) -> str:
    """What was compared, where it is not what the row says; the range; and who says so, where that is not the only advisory."""
    told = ""
    if evidence["matchedName"] != package["name"]:
        told = f"{NAMES[evidence['matchedName']]} "
    if evidence["matchedVersion"] != package["version"]:
        told += f"{NAMES[evidence['matchedVersion']]} "
    if told:
        told += "is "
    source: str = NAMES[evidence["feed"]]
    if evidence["advisory"] != only:
        source = f"{NAMES[evidence['advisory']]} of {source}"
    if evidence["scheme"] != package["type"]:
        source += f", {esc(evidence['scheme'])} order"
    if evidence["confidence"] != "high":
        source += f", {esc(evidence['confidence'])} confidence"
    for note in evidence["notes"]:
        source += f"; {esc(note)}"
    return f"{told}{NAMES[evidence['constraint']]} ({source})"
