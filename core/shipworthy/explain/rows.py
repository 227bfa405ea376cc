"""One line of an explanation: a label and what it says, harmless to a terminal."""

from __future__ import annotations

from shipworthy.reports.text import TEXT_LIMIT, line


LINE = 2 * TEXT_LIMIT
"""Longest line of an explanation, in characters."""

_LABEL = 12


def labelled(label: str, words: object, *, indent: str = "  ") -> str:
    """A label and its words on one line, every acting character written out."""
    return f"{indent}{label:{_LABEL}}{line(str(words), LINE)}".rstrip()
