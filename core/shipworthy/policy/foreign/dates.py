"""
When an entry of another tool ends, as the last day that it holds.

The tools compare an instant with the present one: an entry that ends on ``2027-01-01`` ends as that
day begins. Here a day is judged as a whole, so the last day is the last one that the entry covers
to its end.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[Tt]|[ \t]+)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d*)?)?"
    r"[ \t]*(Z|z|[+-]\d{1,2}(?::?\d{2})?)?"
)
_A_SECOND = timedelta(seconds=1)
_LONGEST = 64


def last_day(end: date | datetime) -> str:
    """
    The last day that is over before ``end``, ``YYYY-MM-DD``; an instant without a zone is of UTC.

    A day that ends within the next second counts as over: ``23:59:59`` is meant as its end.
    """
    if not isinstance(end, datetime):
        end = datetime.combine(end, time())
    if end.tzinfo is not None and end.utcoffset() is not None:
        try:
            end = end.astimezone(timezone.utc).replace(tzinfo=None)
        except OverflowError:
            end = end.replace(tzinfo=None)
    try:
        return ((end + _A_SECOND).date() - timedelta(days=1)).isoformat()
    except OverflowError:
        return (date.min if end.year == 1 else date.max).isoformat()


def parse_day(text: str) -> str:
    """The last day of what ends on the day ``YYYY-MM-DD``; raises ``ValueError``."""
    if not _DAY.fullmatch(text):
        raise ValueError("a day YYYY-MM-DD")
    return last_day(date.fromisoformat(text))


def parse_instant(text: str, *, rfc2822: bool = False) -> str:
    """The last day of what ends at an ISO 8601 day or instant, or at an RFC 2822 date; raises ``ValueError``."""
    text = text.strip()
    if len(text) > _LONGEST:
        raise ValueError("a date")
    if _DAY.fullmatch(text):
        return parse_day(text)
    found = _INSTANT.fullmatch(text)
    if found is not None:
        return last_day(_instant(found))
    if not rfc2822:
        raise ValueError("a date")
    try:
        return last_day(parsedate_to_datetime(text))
    except (TypeError, ValueError, IndexError, OverflowError):
        raise ValueError("a date") from None


def _instant(found: re.Match[str]) -> datetime:
    day, hour, minute, second, zone = found.groups()
    moment = datetime.combine(
        date.fromisoformat(day), time(int(hour), int(minute), int(second or 0))
    )
    if zone is None:
        return moment
    return moment.replace(tzinfo=_zone(zone))


def _zone(text: str) -> timezone:
    if text in {"Z", "z"}:
        return timezone.utc
    digits = text[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-ahead if text[0] == "-" else ahead)
