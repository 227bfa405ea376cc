"""
What a message in a chat says of a result, before it is written as one chat or the other wants it.

Few lines that fit on a telephone: the verdict and why, the counts, what is worst, what to do first. Everything else is a link away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from shipworthy.reports import policy_words as policy
from shipworthy.reports import summary
from shipworthy.reports.identity import reference
from shipworthy.reports.policy_words import Shown
from shipworthy.reports.summary import Document, counted
from shipworthy.reports.text import line
from shipworthy.values import dataclass


RULES = 5
"""Rules told that did not pass."""
FINDINGS = 5
"""Findings told, the worst."""
ACTIONS = 3
"""Actions told, the first."""

Told = TypeVar("Told")

_SHORT = 80
_SENTENCE = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How a chat writes what others said."""

    name: Shown
    """A short text: an id, a name, a version."""
    words: Shown
    """A running text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a message."""

    title: str
    """Ours; empty for the first and the last."""
    lines: Sequence[str]


def title(document: Mapping[str, Any], limit: int) -> str:
    """The verdict and the image, in at most ``limit`` characters; not escaped."""
    told = f"{summary.headline(document['verdict']).words}: {reference(document)}"
    return told if len(told) <= limit else f"{told[: limit - 1]}…"


def sections(document: Mapping[str, Any], voice: Voice) -> list[Section]:
    """The parts of a message below its title, none empty."""
    findings = summary.ranked(document["findings"])
    head = [voice.words(_sentence(document["verdict"]["summary"]))]
    head.append(f"{summary.counts(document['findings'])}.")
    if policy.earlier(document):
        head.append(
            policy.compared(document, lambda name: voice.name(line(name, _SHORT)))
        )
    rulings = policy.rulings(document["verdict"])
    told = [ruling for ruling in rulings if ruling.mark != "pass"]
    actions, _ = policy.plan(document)
    parts = [
        Section(title="", lines=head),
        _section("Rules", told, RULES, lambda one: _rule(one, voice)),
        _section("Worst", findings, FINDINGS, lambda one: _finding(one, voice)),
        _section("What to do first", actions, ACTIONS, lambda one: _action(one, voice)),
        Section(title="", lines=[_foot(document, voice)]),
    ]
    return [part for part in parts if part.lines]


def _section(
    name: str, told: Sequence[Told], most: int, said: Callable[[Told], str]
) -> Section:
    """The first of what is told, as they are ``said``, and how many more there are."""
    lines = list(map(said, told[:most]))
    if len(told) > most:
        lines.append(f"… and {len(told) - most:,} more")
    return Section(title=name, lines=lines)


def _rule(ruling: policy.Ruling, voice: Voice) -> str:
    name = voice.name(line(ruling.rule["name"], _SHORT))
    return f"{ruling.mark}: {name}: {voice.words(_sentence(ruling.said))}"


def _finding(finding: Document, voice: Voice) -> str:
    package = finding["package"]
    parts = (finding["id"], package["name"], package["version"])
    named = " ".join(voice.name(line(part, _SHORT)) for part in parts if part)
    best = summary.fixed_in(finding)[0]
    fix = (
        f"fixed in {voice.name(line(best, _SHORT))}"
        if best
        else summary.fix_words(finding)
    )
    known = ", known to be exploited" if finding["kev"] is not None else ""
    new = "new, " if finding["state"] == "new" else ""
    return f"{new}{finding['severity']}: {named}, {fix}{known}"


def _action(action: Document, voice: Voice) -> str:
    whose = policy.origin(action)
    told = f"{voice.words(_sentence(action['title']))}: {policy.closes(action)}"
    return f"{told}; {whose}" if whose else told


def _foot(document: Document, voice: Voice) -> str:
    image, database = document["image"], document["database"]
    digest = image["manifestDigest"] or image["imageId"]
    told = [f"Image {voice.name(line(digest, _SHORT))}"] if digest else []
    if database["date"]:
        told.append(f"database of {voice.name(database['date'][:10])}")
    told.append(counted(len(document["packages"]), "package"))
    return ", ".join(told)


def _sentence(text: str) -> str:
    return line(text, _SENTENCE)
