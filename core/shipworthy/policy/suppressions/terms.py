"""How long an entry holds: to the end of its last day, counted from the day of judging."""

from __future__ import annotations

import re
from datetime import date


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def days_left(expires: str, day: str) -> int | None:
    """Days from ``day`` to ``expires``, both ``YYYY-MM-DD``; ``None`` where either is no such date."""
    last, now = _date(expires), _date(day)
    return None if last is None or now is None else (last - now).days


def has_ended(expires: str, day: str) -> bool:
    """
    Whether an entry holds no more.

    One whose end cannot be told does not hold: what might have ended must not take anything out.
    """
    if not expires:
        return False
    left = days_left(expires, day)
    return left is None or left < 0


def _date(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
