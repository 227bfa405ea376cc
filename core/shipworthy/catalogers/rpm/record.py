"""What the readers of the database formats share: the records they give and how they complain."""

from __future__ import annotations

from shipworthy.values import dataclass


MAX_BLOB = 64 * 1024 * 1024
"""Bytes of one record; the largest real ones, of packages with 100,000 files, have about 10 MB."""
MAX_RECORDS = 250_000
"""Records of one database, whether they can be read or not; a full desktop has about 5,000."""

_MAX_PROBLEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of a package database: an rpm header as the database stores it."""

    label: str
    """How to name the record in a message: ``record 12``."""
    blob: bytes


class Problems:
    """Collects what could not be read, one line each; after twenty it only counts."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._dropped = 0

    def add(self, line: str) -> None:
        """Keep ``line``, which names the place and what was expected there."""
        if len(self._lines) < _MAX_PROBLEMS:
            self._lines.append(line)
        else:
            self._dropped += 1

    def lines(self) -> tuple[str, ...]:
        """The lines in the order they came, the last one counting those left out."""
        if not self._dropped:
            return tuple(self._lines)
        return (*self._lines, f"{self._dropped} further problems of the same file")
