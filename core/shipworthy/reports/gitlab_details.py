"""What shipworthy knows of a finding beyond GitLab's own fields: the named details of schema 15.1.4."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from shipworthy.reports.gitlab_members import detail, inner_run, named
from shipworthy.reports.identity import Document
from shipworthy.reports.policy_words import vex
from shipworthy.reports.text import NAME_LIMIT, instruction, line, printable


PLACES = 10
"""Most places of a package listed; the rest is counted."""

_EPSS = named("epss", "EPSS")
_EXPLOITS = named("exploits", "Public exploits")
_FIX_AVAILABLE = named("fix_available", "Fix available since")
_INSTRUCTION = named("instruction", "Instruction")
_KEV = named("kev", "Known to be exploited")
_LAYER = named("layer", "Layer")
_ORIGIN = named("origin", "Origin")
_PATH = named("path", "Path")
_PLATFORMS = named("platforms", "Platforms")
_PURL = named("purl", "Package URL")
_RISK = named("risk", "Risk")
_RATED_BY = named("severity_source", "Severity by")
_STATE = named("state", "Compared with the baseline")
_VEX = named("vex", "VEX")

_of_judgement = itemgetter(
    "origin", "severitySource", "state", "stateReason", "vexStatus"
)
_of_layer = itemgetter("index", "diffId", "instruction")


class Likelihood(NamedTuple):
    """How likely a vulnerability is exploited, as details."""

    likely: bytes
    """EPSS, and public exploits."""
    exploited: bytes
    """Since when it is known to be."""


class Whereabouts(NamedTuple):
    """Where a package is and how it is called, as details."""

    path: bytes
    purl: bytes


def details_written(
    finding: Document, likelihood: Likelihood, whereabouts: Whereabouts
) -> bytes:
    """All details of the finding, as a member of it."""
    layer, since = finding["layer"], finding["fixAvailable"]
    brought_by = _layer(*_of_layer(layer)) if layer else _UNKNOWN
    judged = _judged(*_of_judgement(finding))
    platforms = finding.get("platforms")
    return b'"details": {\n        %b\n      }' % inner_run(
        likelihood.likely,
        _fix_available(since["date"]) if since else b"",
        brought_by.instruction,
        likelihood.exploited,
        brought_by.layer,
        judged.origin,
        whereabouts.path,
        _platforms(tuple(platforms)) if platforms else b"",
        whereabouts.purl,
        _risk(finding["risk"]["score"]),
        judged.others,
    )


def likelihood_of(finding: Document) -> Likelihood:
    """How likely it is exploited."""
    epss, kev, exploits = finding["epss"], finding["kev"], finding["exploits"]
    scored = f"{epss['score']:.2%} on {epss['date']}" if epss else ""
    return Likelihood(
        likely=inner_run(
            detail(_EPSS, scored) if epss else b"",
            detail(_EXPLOITS, _called(exploits)) if exploits else b"",
        ),
        exploited=detail(_KEV, _exploited(kev)) if kev else b"",
    )


def whereabouts_of(package: Document) -> Whereabouts:
    """Where it is and how it is called."""
    places, purl = package["locations"], package["purl"]
    return Whereabouts(
        path=detail(_PATH, _places(places)) if places else b"",
        purl=detail(_PURL, purl) if purl else b"",
    )


class _Judged(NamedTuple):
    """How a finding is judged, as details."""

    origin: bytes
    others: bytes
    """Who rated it, how it compares, and what was stated."""


@lru_cache(maxsize=1 << 8)
def _judged(
    origin: str, source: str, state: str | None, reason: str, stated: str
) -> _Judged:
    """Of which there are few."""
    words = ": ".join(filter(None, (state, reason))) if state else ""
    said = vex(stated, "", str).removeprefix("VEX: ")
    return _Judged(
        origin=detail(_ORIGIN, origin),
        others=inner_run(
            detail(_RATED_BY, source) if source else b"",
            detail(_STATE, words) if state else b"",
            detail(_VEX, said) if stated else b"",
        ),
    )


class _Layer(NamedTuple):
    """What brought a finding, as details; empty where nobody knows."""

    instruction: bytes = b""
    layer: bytes = b""


_UNKNOWN = _Layer()


@lru_cache(maxsize=1 << 8)
def _layer(index: int, diff_id: str, created_by: str) -> _Layer:
    return _Layer(
        instruction=detail(_INSTRUCTION, instruction(created_by)),
        layer=detail(_LAYER, f"{index}: {diff_id}"),
    )


@lru_cache(maxsize=1 << 12)
def _fix_available(date: str) -> bytes:
    return detail(_FIX_AVAILABLE, date)


@lru_cache(maxsize=1 << 8)
def _platforms(found: tuple[str, ...]) -> bytes:
    return detail(_PLATFORMS, ", ".join(found))


@lru_cache(maxsize=1 << 10)
def _risk(score: float) -> bytes:
    return detail(_RISK, f"{score:g} of 100")


def _places(locations: list[Document]) -> str:
    paths = [place["path"] for place in locations[:PLACES]]
    shown = " | ".join(paths)
    if len(shown) > NAME_LIMIT or not printable(shown):
        shown = " | ".join(map(line, paths))
    more = len(locations) - PLACES
    return f"{shown} | and {more:,} more" if more > 0 else shown


def _exploited(kev: Document) -> str:
    words = f"since {kev['dateAdded']}"
    if kev["dueDate"]:
        words += f", to be fixed by {kev['dueDate']}"
    return f"{words}, used by ransomware" if kev["ransomware"] else words


def _called(exploits: Iterable[Document]) -> str:
    return " | ".join(line(one["url"] or one["name"]) for one in exploits)
