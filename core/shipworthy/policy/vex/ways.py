"""
The ways from a package up to the image, and which statement counts on each.

On one way the newest statement counts, and of equally new ones the most careful. A package is covered
where the statement that counts is one that takes out, on every way there is. Which ways there are is never listed:
a state is a package on the way together with the best statement so far, and each is
looked at once, so cycles end and a great many ways cost no more than the packages on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from shipworthy.policy.vex.parents import ROOT, Parents


MOST = 20_000
"""States looked at for one finding; beyond, it counts as not covered."""


class Rank(NamedTuple):
    """How much a statement counts; the greater one does."""

    precedence: int
    time: int
    careful: int
    statement: int


def outcomes(
    purl: str, said: Mapping[str, Rank], parents: Parents
) -> frozenset[Rank | None]:
    """
    What counts on the ways from the image to ``purl``; ``None`` is a way on which nothing is said.

    ``said`` is the statement that counts at each package, :data:`ROOT` for the image. Where no way
    leads from the image to the package at all, only what is said of the package itself counts.
    """
    first = said.get(purl)
    found: set[Rank | None] = set()
    seen: set[tuple[str, Rank | None]] = {(purl, first)}
    waiting = [(purl, first)]
    while waiting:
        at, best = waiting.pop()
        for parent in parents.of(at):
            state = (parent, _better(best, said.get(parent)))
            if parent == ROOT:
                found.add(state[1])
            elif state not in seen:
                seen.add(state)
                waiting.append(state)
        if len(seen) > MOST:
            return frozenset({None})
    return frozenset(found or {first})


def always_through(
    purl: str, is_holder: Callable[[str], bool], parents: Parents
) -> bool:
    """Whether every way from the image to ``purl`` leads through one of the holders, and there is one."""
    seen = {purl}
    waiting = [purl]
    held = False
    while waiting:
        for parent in parents.of(waiting.pop()):
            if parent == ROOT:
                return False
            if is_holder(parent):
                held = True
            elif parent not in seen:
                seen.add(parent)
                waiting.append(parent)
        if len(seen) > MOST:
            return False
    return held


def _better(one: Rank | None, other: Rank | None) -> Rank | None:
    if one is None or other is None:
        return one or other
    return max(one, other)
