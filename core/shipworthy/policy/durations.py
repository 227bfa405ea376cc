"""Durations as a policy writes them, and days between two dates; no clock is asked (ADR 0013)."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from shipworthy.policy.conditions.interface import Expected


_DURATION = re.compile(r"([0-9]{1,5})\s*(d|days?|w|weeks?)", re.ASCII | re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

SCHEMA = {"type": "string", "pattern": "^[0-9]{1,5} *([dw]|days?|weeks?)$"}
"""The JSON Schema of a duration."""


def days(value: object) -> int:
    """
    The days in ``7d`` or ``2w``.

    Raises:
        Expected: It is nothing of the kind.
    """
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        number = isinstance(value, int) and not isinstance(value, bool)
        raise Expected(
            "a duration in days or weeks, such as 7d or 2w",
            near=f"{value}d" if number else "",
        )
    return int(found[1]) * (7 if found[2][0] in "wW" else 1)


def in_days(number: int) -> str:
    """``1 day``, ``7 days``."""
    return f"{number} day" if number == 1 else f"{number} days"


@lru_cache(maxsize=1 << 16)
def days_between(start: str, end: str) -> int | None:
    """
    Days from ``start`` to ``end``, negative where that is earlier; ``None`` where one of them is no day.

    Of a time stamp the day counts, as it is written.
    """
    first, last = _day(start[:10]), _day(end[:10])
    return None if first is None or last is None else (last - first).days


def _day(text: str) -> dt.date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
