"""
One finding as a vulnerability of GitLab's container scanning report (schema 15.1.4).

GitLab reads description and solution as its Markdown, so what would act there is escaped; the other fields are plain
text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

import orjson

from shipworthy.reports.gitlab_details import (
    Likelihood,
    Whereabouts,
    details_written,
    likelihood_of,
    whereabouts_of,
)
from shipworthy.reports.gitlab_identifiers import Advisories, addresses, identifiers
from shipworthy.reports.gitlab_markdown import fenced, plain
from shipworthy.reports.gitlab_members import (
    NAME_MOST,
    bounded,
    list_member,
    run,
    text_member,
)
from shipworthy.reports.gitlab_vectors import vectors
from shipworthy.reports.identity import Document, label
from shipworthy.reports.json import written_at
from shipworthy.reports.sharing import common
from shipworthy.reports.summary import fix_words, fixed_in
from shipworthy.reports.text import line


SEVERITIES: Mapping[str, str] = {
    "critical": "Critical",
    "high": "High",
    "medium": "Medium",
    "low": "Low",
    "negligible": "Info",
    "none": "Info",
    "unknown": "Unknown",
}
"""Severities as GitLab calls them."""

SOLUTION_MOST = 7000
DESCRIPTION_MOST = 100_000

_of_advisory = itemgetter("id", "url")
_LOCATION = b"""\
"location": {
        "dependency": {
          "package": {
            "name": %b
          },
          "version": %b
        },
        %b
      }"""
_SEVERITIES = {
    name: text_member(b"severity", told) for name, told in SEVERITIES.items()
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scanned:
    """What all vulnerabilities of a report share; the same as itself alone."""

    place: bytes
    """The image and its operating system, as members of a vulnerability's location."""
    actions: Mapping[str, Document]
    """What to do, by the fingerprint of the finding that it closes."""
    hopeless: Mapping[str, Document]
    """Why nothing can be done, by the finding's label."""


def vulnerability(finding: Document, id_: str, scanned: Scanned) -> bytes:
    """The finding with the ``id_`` that GitLab follows it by, as it stands in the report."""
    told = tuple(map(_of_advisory, finding["advisories"]))
    known = _known(finding, tuple(finding["cwes"]), told)
    package = _package(finding["package"], scanned)
    return b"{\n      %b\n    }" % run(
        known.described,
        details_written(finding, known.likelihood, package.whereabouts),
        _flags(finding["evidence"]),
        b'"id": "%b"' % id_.encode(),
        known.named,
        package.location,
        known.name,
        _SEVERITIES[finding["severity"]],
        _solution(finding, scanned),
    )


class _Known(NamedTuple):
    """What is known of a vulnerability, wherever it is, as members of it."""

    described: bytes
    """Its vectors and its description."""
    likelihood: Likelihood
    named: bytes
    """What it is called and where it is told of."""
    name: bytes


@common
def _known(finding: Document, weaknesses: tuple[str, ...], told: Advisories) -> _Known:
    """What is known of it, with what its findings nearly always agree on."""
    id_, title, text = finding["id"], finding["title"], finding["description"]
    name = bounded(title, NAME_MOST) or bounded(id_, NAME_MOST) or "unknown"
    return _Known(
        described=run(
            vectors(finding["cvss"]),
            text_member(b"description", plain(text or title, DESCRIPTION_MOST)),
        ),
        likelihood=likelihood_of(finding),
        named=run(
            identifiers((id_, *finding["aliases"], *weaknesses), told),
            addresses(told, finding["references"]),
        ),
        name=text_member(b"name", name),
    )


class _Package(NamedTuple):
    """What is known of a package."""

    location: bytes
    """A member of the vulnerability."""
    whereabouts: Whereabouts


@common
def _package(package: Document, scanned: Scanned) -> _Package:
    name = orjson.dumps(bounded(package["name"], NAME_MOST))
    version = orjson.dumps(bounded(package["version"], NAME_MOST))
    return _Package(
        location=_LOCATION % (name, version, scanned.place),
        whereabouts=whereabouts_of(package),
    )


def _solution(finding: Document, scanned: Scanned) -> bytes:
    """The action of the plan that closes it, else the fixed version, else why there is none."""
    mark = finding["fingerprint"]
    action = scanned.actions.get(mark) if mark else None
    if action is None and scanned.hopeless:
        action = scanned.hopeless.get(label(finding))
    if action:
        return _action(action["title"], action["detail"], action["command"])
    if best := fixed_in(finding)[0]:
        return _upgrade(finding["package"]["name"], best)
    return _as_it_is(fix_words(finding))


@lru_cache(maxsize=1 << 11)
def _action(title: str, detail: str, command: str) -> bytes:
    parts = [plain(text, SOLUTION_MOST // 7) for text in (title, detail)]
    told = "\n\n".join(filter(None, (*parts, fenced(command, SOLUTION_MOST // 2))))
    if len(told) > SOLUTION_MOST:
        told = f"{told[: SOLUTION_MOST - 1]}…"
    return text_member(b"solution", told)


@lru_cache(maxsize=1 << 11)
def _upgrade(name: str, best: str) -> bytes:
    told = plain(f"Upgrade {line(name)} to {line(best)}", 999)
    return text_member(b"solution", told)


@lru_cache(maxsize=1 << 8)
def _as_it_is(words: str) -> bytes:
    return text_member(b"solution", f"{words[0].upper()}{words[1:]}")


def _flags(evidence: Sequence[Document]) -> bytes:
    """A mark on what matched with low confidence by every piece of evidence; nothing on others."""
    if not evidence or evidence[0]["confidence"] != "low":
        return b""
    if {piece["confidence"] for piece in evidence} != {"low"}:
        return b""
    notes = dict.fromkeys(note for piece in evidence for note in piece["notes"])
    words = ": ".join(filter(None, ("Low confidence in the match", ", ".join(notes))))
    flag = {
        "type": "flagged-as-likely-false-positive",
        "origin": "shipworthy",
        "description": bounded(words, NAME_MOST * 2),
    }
    return list_member(b"flags", [written_at(flag, 4)])
