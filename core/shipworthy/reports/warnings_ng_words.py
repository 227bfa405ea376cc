"""
The parts of a warning for :mod:`shipworthy.reports.warnings_ng` that have few values: how a finding is judged.

They are rows of HTML and pieces of its additional properties, as they stand in a text of JSON. Each is harmless by
itself, and begins or ends with signs of ours, so that no two of them together make a command of a pipeline.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import orjson

from shipworthy.reports.markup import esc
from shipworthy.reports.policy_words import vex
from shipworthy.reports.text import instruction, line, quiet


SEVERITIES: Mapping[str, str] = {
    "critical": "ERROR",
    "high": "HIGH",
    "medium": "NORMAL",
    "low": "LOW",
    "negligible": "LOW",
    "none": "LOW",
    "unknown": "LOW",
}
"""Severities as the plug-in calls them; the description has our own word."""

NEXT = "</li><li>"
"""Between two rows."""


class Words(NamedTuple):
    """How a finding is judged, in what has few values."""

    severity: str
    before: bytes
    """The additional properties before the risk."""
    after: bytes
    """Those behind it."""
    rated: bytes
    """The severity, and the beginning of the next row."""
    source: bytes
    """A row of who rated; empty where nobody is named."""
    judged: bytes
    """Rows of how it stands to the baseline and what others state; empty where nothing is known."""


@lru_cache(maxsize=1 << 10)
def words_of(
    severity: str,
    source: str,
    fix_state: str,
    state: str | None,
    stated: str,
    kind: str,
    exploited: bool,
) -> Words:
    """The parts of all findings that are judged alike."""
    judged = row("State", esc(state)) if state else ""
    if stated:
        judged += quiet(f"{NEXT}{esc(vex(stated, '', str))}")
    more = inner({"fixState": fix_state, "kev": exploited, "kind": line(kind)})
    return Words(
        severity=SEVERITIES[severity],
        before=part(f'{more},"risk":'),
        after=part(f",{inner({'severity': severity, 'state': state})}}}") + b'"',
        rated=part(f"{severity}{NEXT}Fix: "),
        source=part(row("Severity by", esc(source)) if source else ""),
        judged=part(judged),
    )


class Risk(NamedTuple):
    """A score, of which there are few."""

    score: bytes
    """As a number of JSON."""
    row: bytes


@lru_cache(maxsize=1 << 10, typed=True)
def risk_of(score: float) -> Risk:
    """The parts that tell a score."""
    told = part(f"{NEXT}Risk: {score:g} of 100")
    return Risk(score=orjson.dumps(score), row=told)


@lru_cache(maxsize=1 << 10)
def fix_told(words: str) -> bytes:
    """What helps, as the content of its row."""
    return part(quiet(esc(words)))


@lru_cache(maxsize=1 << 8)
def layer_rows(index: int, created_by: str) -> bytes:
    """Rows of the layer and the instruction that made it."""
    made = row("Instruction", esc(instruction(created_by)))
    return part(f"{NEXT}Layer: {index}{made}")


def row(name: str, value: str) -> str:
    """One more row; it begins with markup, so that what follows another cannot make a command with it."""
    return quiet(f"{NEXT}{name}: {value}")


def part(text: str) -> bytes:
    """A part of a text of JSON, as it stands there."""
    return orjson.dumps(text)[1:-1]


def inner(told: Mapping[str, object]) -> str:
    """What stands within the braces of an object."""
    return quiet(orjson.dumps(told)[1:-1].decode())
