"""
Which day it is: the database's, so that the same image and database give the same result on any day.

ADR 0013. A caller can name another day; the machine's clock is never asked.
"""

from __future__ import annotations

import datetime as dt
import re

from shipworthy.errors import UsageError


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_of(at: str, database: str) -> str:
    """
    The day that ends of life are counted from, ``YYYY-MM-DD``.

    ``at`` if it is given, else the day of ``database``, the newest date of any feed; empty
    where that is none. Raises :class:`UsageError` when ``at`` is no day.
    """
    if at:
        day = _valid(at)
        if not day:
            raise UsageError(
                f"--at: {at[:40]!r} is not a day", hint="write YYYY-MM-DD: 2026-11-26"
            )
        return day
    return _valid(database[:10])


def days_between(start: str, end: str) -> int | None:
    """Days from ``start`` to ``end``, negative where that is earlier; ``None`` where one of them is no day."""
    if not (_valid(start) and _valid(end)):
        return None
    return (dt.date.fromisoformat(end) - dt.date.fromisoformat(start)).days


def _valid(text: str) -> str:
    if not _DAY.fullmatch(text):
        return ""
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
