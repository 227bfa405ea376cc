"""
The seam between an ignore file of another tool and our entries.

A reader is a pure function of a file's name and text. It never makes an entry wider than the file's
owner would: what cannot be told of a finding in an image leaves the entry out, with a note.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from shipworthy.errors import UsageError
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.values import dataclass


MAX_BYTES = 512 * 1024
"""Bytes of an ignore file; larger ones are refused."""

MAX_ENTRIES = 20_000
MAX_WORD = 1_000
"""Characters of an id, a name, a glob or an expression."""

MAX_REASON = 4_000
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignFile:
    """What an ignore file of another tool says, in our words."""

    name: str
    """The path as it was given."""
    format: str
    """``trivy``, ``trivy-yaml``, ``grype``, ``osv-scanner``, ``snyk`` or ``inspector``."""
    entries: tuple[Suppression, ...]
    """In the order of the file."""
    notes: tuple[str, ...]
    """What was not taken over or only in part, and why, each with file and line."""
    digest: str = ""
    """sha256 of the file's bytes, where it was read from one."""


@dataclass(slots=True)
class Reading:
    """What a reader has found so far; it keeps the bounds and words the notes."""

    name: str
    entries: list[Suppression] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def at(self, line: int) -> str:
        """``FILE:LINE``."""
        return f"{self.name}:{line}"

    def add(self, entry: Suppression) -> None:
        """Take one more entry; raises :class:`UsageError` where there are too many."""
        if len(self.entries) >= MAX_ENTRIES:
            raise UsageError(
                f"{entry.source}: more than {MAX_ENTRIES} entries in one ignore file"
            )
        self.entries.append(entry)

    def note(self, line: int, text: str) -> None:
        """Tell of something that was not taken over."""
        if len(self.notes) < MAX_ENTRIES:
            self.notes.append(f"{self.at(line)}: {text}")

    def reason(self, text: str) -> str:
        """The owner's words, or that there are none."""
        words = " ".join(text.split())
        if len(words) > MAX_REASON:
            words = f"{words[: MAX_REASON - 1]}…"
        return words or f"no reason given in {self.name}"

    def word(self, text: str, line: int, what: str) -> str:
        """``text`` where it is short enough to be ``what``; raises :class:`UsageError` where not."""
        if len(text) > MAX_WORD:
            raise self.wrong(line, f"{what} of at most {MAX_WORD} characters", text)
        return text

    def wrong(
        self, line: int, expected: str, found: str = "", *, hint: str = ""
    ) -> UsageError:
        """The error for something that the file's format does not allow."""
        but = f", not {shown(found)}" if found else ""
        return UsageError(f"{self.at(line)}: expected {expected}{but}", hint=hint)

    def done(self, format_: str) -> ForeignFile:
        """What was read."""
        return ForeignFile(
            name=self.name,
            format=format_,
            entries=tuple(self.entries),
            notes=tuple(self.notes),
        )


Reader = Callable[[str, str], ForeignFile]
"""From a file's name and text to what it says; raises :class:`UsageError` naming file and line."""


def shown(text: str) -> str:
    """``text`` in quotes, short enough for a message of one line."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
