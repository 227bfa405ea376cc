"""How the plain text is laid out and painted, and how words of others are written in it."""

from __future__ import annotations

from collections.abc import Callable

from shipworthy.reports import text
from shipworthy.values import dataclass


_STYLES = {
    "critical": "1;97;41",
    "high": "1;31",
    "medium": "33",
    "low": "36",
    "negligible": "2",
    "none": "2",
    "unknown": "35",
    "pass": "1;32",
    "fail": "1;31",
    "warn": "1;33",
    "partial": "1;33",
    "undecided": "1;33",
    "note": "1",
    "head": "1",
    "open": "1",
    "soft": "2",
}

Paint = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How the text is laid out."""

    paint: Paint
    width: int
    """Columns that running text is broken at."""
    table_width: int
    """Columns that the list of findings may take."""
    limit: int
    """Most findings listed."""


def plain(words: str, _style: str) -> str:
    """The words as they are."""
    return words


def coloured(words: str, style: str) -> str:
    """The words in the colour of a style (ECMA-48 SGR)."""
    return f"\x1b[{_STYLES[style]}m{words}\x1b[0m" if words else words


def say(words: str, limit: int = text.NAME_LIMIT) -> str:
    """Text of others, fit to be printed behind words of ours."""
    return text.harmless(words, limit)
