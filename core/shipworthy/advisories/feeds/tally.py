"""The account that a feed gives of itself: what was read, what was left out, and how new it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from pathlib import Path
from typing import TypeVar

from shipworthy.advisories.feeds.files import digest, newest
from shipworthy.advisories.feeds.values import Broken
from shipworthy.model.advisory import FeedInfo
from shipworthy.values import dataclass


_Row = TypeVar("_Row")


@dataclass(slots=True)
class Tally:
    """Counts the records of one feed and remembers their dates."""

    name: str
    records: int = 0
    skipped: int = 0
    dates: list[str] = field(default_factory=list)

    def take(
        self, rows_of: Callable[[], Iterable[_Row]], *, date: str = ""
    ) -> Sequence[_Row]:
        """
        The rows of one record, counted; none, and counted as skipped, where it is :class:`Broken`.

        All of a record's rows or none of them are taken.
        """
        try:
            rows = list(rows_of())
        except (Broken, RecursionError):
            self.skipped += 1
            return ()
        self.records += 1
        if date:
            self.dates.append(date)
        return rows

    def part(self, rows_of: Callable[[], Iterable[_Row]]) -> Sequence[_Row]:
        """The rows of a part that its record can do without; none, and counted as skipped, where it is :class:`Broken`."""
        try:
            return list(rows_of())
        except (Broken, RecursionError):
            self.skipped += 1
            return ()

    def info(self, paths: Iterable[Path], root: Path, *, date: str = "") -> FeedInfo:
        """The account; ``date`` is the feed's own where it has one, else that of its newest record."""
        return FeedInfo(
            name=self.name,
            date=date or newest(self.dates),
            records=self.records,
            skipped=self.skipped,
            digest=digest(paths, root),
        )


def refused(name: str, why: str, root: Path) -> FeedInfo:
    """The account of a feed that is not read, or not to its end; ``why`` is told without naming ``root``."""
    reason = why.replace(f"{root}/", "")
    return FeedInfo(name=name, date="", records=0, refused=reason)
