"""
How old a database may be: the age of its newest feed, held against what the caller allows.

The date is the feeds' own, never that of the build, so building old feeds anew does not make
them fresh. A result speaks of age only where a limit was set: without one the same image and
database give the same bytes on any day.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from shipworthy.errors import DatabaseError, UsageError
from shipworthy.values import dataclass


TOLD = timedelta(days=7)
"""The age from which the command line speaks of it when no limit was set."""

_AGE = re.compile(r"([1-9][0-9]{0,5})([hdw])(?:,(warn|fail))?", re.ASCII)
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxAge:
    """The limit, and what happens beyond it."""

    limit: timedelta
    text: str
    fail: bool = False


def parse_max_age(text: str) -> MaxAge | None:
    """What ``7d``, ``36h,warn`` or ``2w,fail`` says; ``None`` for nothing. Raises ``UsageError``."""
    if not text.strip():
        return None
    found = _AGE.fullmatch(text.strip().lower())
    if found is None:
        raise UsageError(
            f"{text[:100]!r} is not an age", hint="7d, 36h or 2w; with ,warn or ,fail"
        )
    number, unit, action = found.groups()
    return MaxAge(
        limit=timedelta(**{_UNITS[unit]: int(number)}),
        text=f"{number} {_UNITS[unit] if number != '1' else _UNITS[unit][:-1]}",
        fail=action == "fail",
    )


def age_of(date: str, now: datetime) -> timedelta | None:
    """How old a database of that date is; ``None`` where the date cannot be read."""
    try:
        made = datetime.fromisoformat(date.replace("Z", "+00:00"))
    except ValueError:
        try:
            made = datetime.strptime(date[:10], "%Y-%m-%d")  # noqa: DTZ007  # set below
        except ValueError:
            return None
    return now - (made if made.tzinfo else made.replace(tzinfo=timezone.utc))


def stale(date: str, limit: MaxAge | None, now: datetime) -> str:
    """
    What is to be told of a database's age; empty where it is fresh enough or no limit was set.

    Raises:
        DatabaseError: It is too old, and the limit says to fail.
    """
    if limit is None:
        return ""
    age = age_of(date, now)
    if age is not None and age <= limit.limit:
        return ""
    said = f"is {words(age)} old" if age is not None else "does not say how old it is"
    why = f"the database {said}, the limit is {limit.text} (newest feed: {date or 'unknown'})"
    if limit.fail:
        raise DatabaseError(
            why, hint="build or fetch a newer one, or allow more with --db-max-age"
        )
    return why


def words(age: timedelta) -> str:
    """An age as people say it."""
    hours = int(age.total_seconds() // 3600)
    if hours < 48:
        return f"{max(hours, 0)} hour{'' if hours == 1 else 's'}"
    return f"{hours // 24} days"
