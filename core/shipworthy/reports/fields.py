"""
Fields of a JSON document that others wrote: what has the wrong type counts as absent.

So a document of an older release, or one that somebody edited, is read as far as it goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, TypeVar


Json = Mapping[str, Any]
Word = TypeVar("Word", bound=str)

_MOST = 2**53
"""What every reader of JSON holds exactly."""


def text(entry: Json, key: str) -> str:
    """The text under ``key``; nothing where it is none."""
    value = entry.get(key)
    return value if type(value) is str else ""


def texts(entry: Json, key: str) -> list[str]:
    """The texts in the list under ``key``."""
    value = entry.get(key)
    return [one for one in value if type(one) is str] if type(value) is list else []


def wholes(entry: Json, key: str) -> list[int]:
    """The whole numbers in the list under ``key``."""
    value = entry.get(key)
    return [one for one in value if type(one) is int] if type(value) is list else []


def mapping(entry: Json, key: str) -> Json:
    """The object under ``key``; an empty one where it is none."""
    value = entry.get(key)
    return value if type(value) is dict else {}


def items(entry: Json, key: str) -> list[Json]:
    """The objects in the list under ``key``."""
    value = entry.get(key)
    return [one for one in value if type(one) is dict] if type(value) is list else []


def flag(entry: Json, key: str) -> bool:
    """Whether ``key`` is true, and nothing that only looks so."""
    return entry.get(key) is True


def whole(entry: Json, key: str, default: int = 0) -> int:
    """The whole number under ``key``."""
    value = optional(entry, key)
    return default if value is None else value


def optional(entry: Json, key: str) -> int | None:
    """The whole number under ``key``; ``None`` where it is none."""
    value = entry.get(key)
    return value if type(value) is int and abs(value) <= _MOST else None


def number(entry: Json, key: str) -> float:
    """The number under ``key``; 0 where it is none."""
    value = entry.get(key)
    if type(value) is int and abs(value) <= _MOST:
        return float(value)
    return value if type(value) is float and isfinite(value) else 0.0


def index_of(entry: Json, key: str = "layer") -> int:
    """The index of a layer; -1 where none is told."""
    value = optional(entry, key)
    return -1 if value is None or value < 0 else value


def one_of(entry: Json, key: str, words: Sequence[Word], default: Word) -> Word:
    """The word under ``key`` where it is one of ``words``, else ``default``."""
    value = entry.get(key)
    for word in words:
        if word == value:
            return word
    return default


def counts(entry: Json, key: str) -> tuple[tuple[str, int], ...]:
    """The whole numbers of the object under ``key`` with their names, sorted."""
    held = mapping(entry, key)
    return tuple((name, whole(held, name)) for name in sorted(held))
