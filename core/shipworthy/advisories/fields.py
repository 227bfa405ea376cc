"""The types of values in a shard's rows: what was written, or :data:`MALFORMED`."""

from __future__ import annotations


MALFORMED = (TypeError, ValueError, KeyError, IndexError, RecursionError)
"""Whatever reading a row that is not ours can raise; its reader makes a ``DatabaseError`` of it."""

_TEXT = {str}


def text(value: object) -> str:
    """``value`` if it is text; else raises ``TypeError``."""
    if type(value) is not str:
        raise TypeError
    return value


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list; none where there is none; else raises ``TypeError``."""
    if not value:
        return ()
    if type(value) is not list or set(map(type, value)) != _TEXT:
        raise TypeError
    return tuple(value)


def share(value: object) -> float:
    """``value`` if it is a number from 0 to 1; else raises ``TypeError``."""
    if not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise TypeError
    return float(value)


def trimmed(row: list[object], least: int) -> list[object]:
    """``row`` without the empty values at its end, of which ``least`` stay."""
    while len(row) > least and not row[-1]:
        row.pop()
    return row
