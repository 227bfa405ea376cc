"""
Finite automata that read each character once: what regular expressions of a policy become.

A pattern is a tree of :class:`Node`. Its automaton is walked as a set of places, and every set
that comes up is kept with where each character leads from it, so the time is linear in the text
whatever the pattern (R. Cox, "Regular Expression Matching Can Be Simple And Fast", 2007).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from shipworthy.values import dataclass


MAX_PLACES = 4_000
"""Places of one automaton; a pattern that needs more is refused."""
MAX_TEXT = 16_384
"""Characters of a text; longer ones are never met."""
_KEPT = 2_000

Takes = Callable[[str], bool]
"""Whether a place takes a character."""

Edge = Literal["begin", "end"]


@dataclass(frozen=True, slots=True)
class One:
    """One character."""

    takes: Takes


@dataclass(frozen=True, slots=True)
class At:
    """The beginning or the end of the text."""

    edge: Edge


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other; none is the empty text."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of them."""

    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Many:
    """As often as it comes, also never."""

    part: Node


Node = One | At | Row | Choice | Many


class TooLargeError(Exception):
    """A pattern needs more places than :data:`MAX_PLACES`."""


class Automaton:
    """
    Tells whether a whole text is met by a pattern.

    Raises:
        TooLargeError: The pattern needs more places than there may be.
    """

    def __init__(self, pattern: Node) -> None:
        self._steps: list[tuple[Takes, int]] = []
        self._free: list[list[tuple[int, Edge | None]]] = []
        start, self._last = self._place(), self._place()
        self._build(pattern, start, self._last)
        self._takes: dict[int, tuple[Takes, int]] = dict(self._steps_of())
        self._ways: dict[frozenset[int], dict[str, frozenset[int]]] = {}
        self._ends: dict[frozenset[int], bool] = {}
        self._start = self._closed({start}, "begin")

    def meets(self, text: str) -> bool:
        """Whether ``text`` as a whole is met."""
        if len(text) > MAX_TEXT:
            return False
        here = self._start
        ways = self._ways
        for character in text:
            known = ways.get(here)
            there = known.get(character) if known is not None else None
            if there is None:
                there = self._after(here, character)
            here = there
            if not here:
                return False
        found = self._ends.get(here)
        if found is None:
            edges: tuple[Edge, ...] = ("end",) if text else ("begin", "end")
            found = self._last in self._closed(here, *edges)
            if text:
                self._ends[here] = found
        return found

    def _after(self, here: frozenset[int], character: str) -> frozenset[int]:
        taken = {
            self._takes[place][1]
            for place in here
            if place in self._takes and self._takes[place][0](character)
        }
        there = self._closed(taken)
        if len(self._ways) >= _KEPT:
            self._ways.clear()
            self._ends.clear()
        ways = self._ways.setdefault(here, {})
        if len(ways) < _KEPT:
            ways[character] = there
        return there

    def _closed(
        self, places: set[int] | frozenset[int], *edges: Edge
    ) -> frozenset[int]:
        """The places with all that can be reached from them without a character."""
        found = set(places)
        open_ = list(places)
        while open_:
            for place, edge in self._free[open_.pop()]:
                if place not in found and (edge is None or edge in edges):
                    found.add(place)
                    open_.append(place)
        return frozenset(found)

    def _place(self) -> int:
        if len(self._free) >= MAX_PLACES:
            raise TooLargeError
        self._free.append([])
        self._steps.append((_nothing, -1))
        return len(self._free) - 1

    def _steps_of(self) -> dict[int, tuple[Takes, int]]:
        return {place: step for place, step in enumerate(self._steps) if step[1] >= 0}

    def _build(self, node: Node, start: int, end: int) -> None:
        """Lead from ``start`` to ``end`` by what ``node`` takes."""
        if isinstance(node, One):
            place = self._place()
            self._free[start].append((place, None))
            self._steps[place] = (node.takes, end)
        elif isinstance(node, At):
            self._free[start].append((end, node.edge))
        elif isinstance(node, Row):
            here = start
            for part in node.parts:
                there = self._place()
                self._build(part, here, there)
                here = there
            self._free[here].append((end, None))
        elif isinstance(node, Choice):
            for branch in node.branches:
                self._build(branch, start, end)
        else:
            loop = self._place()
            self._free[start].append((loop, None))
            self._free[loop].append((end, None))
            inner = self._place()
            self._free[loop].append((inner, None))
            self._build(node.part, inner, loop)


def _nothing(character: str) -> bool:
    del character
    return False
