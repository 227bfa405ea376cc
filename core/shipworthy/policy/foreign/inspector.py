"""
``.inspector-ignore`` of Amazon Inspector's GitHub action (since 1.5.0, its pull request 154).

An id a line, ``#`` comments; any id that a finding can have: CVE, GHSA, and Inspector's own of its checks.
"""

from __future__ import annotations

from shipworthy.policy.foreign.interface import ForeignFile, Reading
from shipworthy.policy.foreign.lines import split_lines
from shipworthy.policy.suppressions.entry import About, Suppression


FORMAT = "inspector"

_ABOUT: tuple[About, ...] = ("vulnerability", "config", "secret")


def read(name: str, text: str) -> ForeignFile:
    """The entries of a ``.inspector-ignore``; raises :class:`UsageError` for what crosses a bound."""
    reading = Reading(name)
    for line in split_lines(text):
        if len(line.words) > 1:
            reading.note(
                line.number,
                f"{' '.join(line.words)[:60]!r} is left out: a line holds one id and nothing else",
            )
            continue
        reading.add(
            Suppression(
                ids=(reading.word(line.words[0], line.number, "an id"),),
                reason=reading.reason(line.comment),
                about=_ABOUT,
                source=reading.at(line.number),
            )
        )
    return reading.done(FORMAT)
