"""What questions have in common, and how the values of their keys are read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from shipworthy.policy.conditions.interface import Expected
from shipworthy.policy.facts import Facts, Kind


FINDING: frozenset[Kind] = frozenset({"finding"})
SOFTWARE: frozenset[Kind] = frozenset({"finding", "package"})
NO_CHECKS = "checks of the configuration or for secrets, which were not made"
"""What is lacking where a rule counts checks and none was made."""
MOST = 1000
"""Values that one key may list."""
_LONGEST = 1000
_SHOWN = 8

BOOLEAN: Mapping[str, Any] = {"type": "boolean"}
TEXTS: Mapping[str, Any] = {
    "oneOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
    ]
}
"""The JSON Schema of one text or a list of them."""


class Question:
    """
    What most conditions are: about findings, lacking nothing, and in doubt about nothing.

    Conditions that differ say so; each must have ``select`` and ``words`` of its own.
    """

    __slots__ = ()
    kinds: ClassVar[frozenset[Kind]] = FINDING
    natural: ClassVar[Kind] = "finding"

    @property
    def evident(self) -> bool:
        """No."""
        return False

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """Nothing."""
        del facts
        return ()

    def unseen(self, facts: Facts, *, denied: bool) -> tuple[str, ...]:
        """Nothing."""
        del facts, denied
        return ()

    def doubt(self) -> str:
        """What a subject is of which it cannot be told."""
        return "of which too little is known"

    def denied(self) -> str:
        """``not`` and what it asks."""
        return f"not {self.words()}"

    def seen(self, facts: Facts) -> str:
        """Nothing to add."""
        del facts
        return ""

    def words(self) -> str:
        """What follows the noun."""
        raise NotImplementedError


def flag(value: object) -> bool:
    """``true`` or ``false``; raises :class:`Expected`."""
    if not isinstance(value, bool):
        text = str(value).lower() if isinstance(value, str) else ""
        near = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(text)
        raise Expected("true or false", near=near or "")
    return value


def texts(value: object, what: str) -> tuple[str, ...]:
    """
    One text or a list of texts, in order and each once.

    Raises:
        Expected: There is none, or something else is among them; ``what`` says what is expected.
    """
    given = value if isinstance(value, list) else [value]
    if not given or len(given) > MOST:
        raise Expected(f"{what}, or a list of 1 to {MOST} of them")
    found: dict[str, None] = {}
    for text in given:
        if not isinstance(text, str) or not text.strip():
            raise Expected(f"{what}, or a list of them")
        if len(text) > _LONGEST:
            raise Expected(f"{what}, of at most {_LONGEST} characters")
        found[text.strip()] = None
    return tuple(found)


def number(value: object, least: float, most: float, what: str) -> float:
    """A number from ``least`` to ``most``; raises :class:`Expected`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Expected(what)
    if not (math.isfinite(value) and least <= value <= most):
        raise Expected(what)
    return float(value)


def among(value: object, allowed: Sequence[str], what: str) -> tuple[str, ...]:
    """
    One or several of the words ``allowed``, in their order.

    Raises:
        Expected: Another word is among them; with the nearest right one.
    """
    given = {text.lower() for text in texts(value, what)}
    for text in sorted(given):
        if text not in allowed:
            raise Expected(
                f"{what} (one of {', '.join(allowed)})", near=nearest(text, allowed)
            )
    return tuple(word for word in allowed if word in given)


def nearest(text: str, allowed: Iterable[str]) -> str:
    """The word that was probably meant; empty where none is like it."""
    from difflib import get_close_matches

    near = get_close_matches(text[:100].lower(), list(allowed), n=1, cutoff=0.6)
    return near[0] if near else ""


def one_or_many(words: Sequence[str], last: str = "or") -> str:
    """``a``, ``a or b``, ``a, b or c``; of very many the first and how many more."""
    if len(words) > _SHOWN:
        words = [*words[: _SHOWN - 1], f"{len(words) - _SHOWN + 1} more"]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def one_of(allowed: Sequence[str]) -> Mapping[str, Any]:
    """The JSON Schema of one of these words or a list of them."""
    word = {"enum": list(allowed)}
    return {"oneOf": [word, {"type": "array", "items": word, "minItems": 1}]}


def held(matches: Callable[[str], bool], values: Iterable[str]) -> bool:
    """Whether one of ``values`` matches."""
    return any(map(matches, values))
