"""Everything that is wrong with a file, gathered and told at once."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from shipworthy.errors import UsageError


_TOLD = 50


class Problems:
    """
    What is wrong with the file called ``name``.

    Args:
        name: As the caller named it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._found: list[tuple[int, str]] = []

    def add(self, line: int, words: str, *, near: str = "", hint: str = "") -> None:
        """Note what is wrong on a line, with the right word where there is one near it."""
        told = f"did you mean {near}?" if near else hint
        self._found.append((line, f"{words}; {told}" if told else words))

    def at(self, line: int) -> str:
        """``FILE:LINE``."""
        return f"{self.name}:{line}"

    def raise_any(self) -> None:
        """Raise a :class:`UsageError` with a line for everything that was found, if anything was."""
        found = dict.fromkeys(sorted(self._found, key=lambda item: item[0]))
        raise_all([f"{self.at(line)}: {words}" for line, words in found])


def raise_all(told: list[str]) -> None:
    """Raise a :class:`UsageError` of these lines, if there are any."""
    if len(told) > _TOLD:
        told = [*told[:_TOLD], f"and {len(told) - _TOLD} more that are wrong"]
    if told:
        raise UsageError(told[0], more=told[1:])


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of ``known`` that ``word`` is most like, or nothing."""
    asked = word.strip().lower().replace("_", "-")[:80]
    near = get_close_matches(asked, list(known), n=1, cutoff=0.6)
    return near[0] if near else ""
