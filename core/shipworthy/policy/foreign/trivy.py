"""
``.trivyignore`` (trivy.dev, "Filtering", "By Finding IDs"; aquasecurity/trivy ``pkg/result/ignore.go``).

An id a line, for vulnerabilities, misconfigurations, secrets and licences alike; of the words behind
it ``exp:YYYY-MM-DD`` counts and the others do not. A line whose date is none is no entry, as in Trivy.
"""

from __future__ import annotations

from shipworthy.policy.foreign.dates import parse_day
from shipworthy.policy.foreign.interface import ForeignFile, Reading, shown
from shipworthy.policy.foreign.lines import split_lines
from shipworthy.policy.suppressions.entry import About, Suppression


FORMAT = "trivy"

EVERYTHING: tuple[About, ...] = ("vulnerability", "config", "secret", "licence")
"""What a line may be about: the file does not say."""

_EXPIRY = "exp:"


def read(name: str, text: str) -> ForeignFile:
    """The entries of a ``.trivyignore``; raises :class:`UsageError` for what crosses a bound."""
    reading = Reading(name)
    for line in split_lines(text):
        dates = [word for word in line.words[1:] if word.startswith(_EXPIRY)]
        try:
            expires = parse_day(dates[0].removeprefix(_EXPIRY)) if dates else ""
        except ValueError:
            reading.note(
                line.number,
                f"{line.words[0][:60]} is left out: {shown(dates[0])} is no day, and Trivy passes over such a line",
            )
            continue
        reading.add(
            Suppression(
                ids=(reading.word(line.words[0], line.number, "an id"),),
                reason=reading.reason(line.comment),
                about=EVERYTHING,
                expires=expires,
                source=reading.at(line.number),
            )
        )
    return reading.done(FORMAT)
