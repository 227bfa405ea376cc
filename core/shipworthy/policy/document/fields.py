"""Values of known kinds out of nodes; what is none is noted as a problem and read as ``None``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from typing import TypeVar

from shipworthy.policy.document.nodes import (
    Fields,
    Items,
    Node,
    Scalar,
    quoted,
    shown,
)
from shipworthy.policy.document.problems import Problems, nearest
from shipworthy.values import dataclass


MOST = 1_000_000_000
"""The largest number that is read."""
_MOST_DAYS = 36_500

_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DAYS = re.compile(r"([0-9]{1,5})\s*(d|days?|w|weeks?)?", re.ASCII | re.IGNORECASE)

C = TypeVar("C", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What stands under a key."""

    key: str
    node: Node
    problems: Problems

    @property
    def source(self) -> str:
        """``FILE:LINE``."""
        return self.problems.at(self.node.line)

    def wrong(self, expected: str, *, near: str = "", hint: str = "") -> None:
        """Note that something else was expected."""
        self.problems.add(
            self.node.line,
            f"{self.key}: found {shown(self.node)}, expected {expected}",
            near=near,
            hint=hint,
        )

    def text(self, expected: str = "text") -> str | None:
        """A text that is not blank, without blanks around it."""
        value = self.node.value if isinstance(self.node, Scalar) else None
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.wrong(expected, hint=unquoted(self.node))
        return None

    def texts(self, expected: str = "text or a list of texts") -> tuple[str, ...]:
        """One text, or a list of at least one; empty where it is wrong."""
        if not isinstance(self.node, Items):
            text = self.text(expected)
            return (text,) if text is not None else ()
        if not self.node.items:
            self.wrong(expected)
        found = [item.text() for item in self.items()]
        return tuple(dict.fromkeys(text for text in found if text is not None))

    def listed(self, expected: str) -> tuple[Value, ...]:
        """The items of a list."""
        if isinstance(self.node, Items):
            return self.items()
        self.wrong(expected)
        return ()

    def items(self) -> tuple[Value, ...]:
        """The items of a list, or the value itself where it is none."""
        nodes: Sequence[Node] = (
            self.node.items if isinstance(self.node, Items) else (self.node,)
        )
        return tuple(
            Value(key=self.key, node=node, problems=self.problems) for node in nodes
        )

    def whole(self, expected: str, most: int = MOST) -> int | None:
        """A whole number from 0 to ``most``."""
        value = self.node.value if isinstance(self.node, Scalar) else None
        if (
            isinstance(value, int)
            and not isinstance(value, bool)
            and 0 <= value <= most
        ):
            return value
        self.wrong(expected)
        return None

    def flag(self) -> bool | None:
        """``true`` or ``false``."""
        value = self.node.value if isinstance(self.node, Scalar) else None
        if isinstance(value, bool):
            return value
        near = _FLAGS.get(value.lower(), "") if isinstance(value, str) else ""
        self.wrong("true or false", near=near)
        return None

    def choice(self, known: Collection[C]) -> C | None:
        """One of ``known``."""
        value = self.node.value if isinstance(self.node, Scalar) else None
        for word in known:
            if value == word:
                return word
        near = nearest(value, known) if isinstance(value, str) else ""
        words = list(known)
        expected = words[0] if len(words) == 1 else f"one of {', '.join(words)}"
        self.wrong(expected, near=near)
        return None

    def choices(self, known: Collection[C]) -> tuple[C, ...]:
        """One of ``known`` or a list of them, in the order of ``known``."""
        if isinstance(self.node, Items) and not self.node.items:
            self.wrong(f"one or several of {', '.join(known)}")
        found = {item.choice(known) for item in self.items()}
        return tuple(word for word in known if word in found)

    def day(self) -> str | None:
        """A day of the calendar, ``YYYY-MM-DD``."""
        value = self.node.value if isinstance(self.node, Scalar) else None
        match = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            self.wrong("a day written as YYYY-MM-DD, such as 2027-01-31")
            return None
        try:
            day = dt.date(*map(int, match.groups())).isoformat()
        except ValueError:
            self.wrong("a day that the calendar has, such as 2027-01-31")
            return None
        if day == value:
            return day
        self.wrong("a day written as YYYY-MM-DD", near=day)
        return None

    def days(self) -> int | None:
        """A number of days: ``14``, ``14d`` or ``2w``."""
        value = self.node.value if isinstance(self.node, Scalar) else None
        is_plain = isinstance(value, (str, int)) and not isinstance(value, bool)
        match = _DAYS.fullmatch(str(value).strip()) if is_plain else None
        if match:
            days = int(match[1]) * (7 if (match[2] or "d")[0] in "wW" else 1)
            if days <= _MOST_DAYS:
                return days
        self.wrong(f"days or weeks, at most {_MOST_DAYS} days, such as 14d")
        return None

    def fields(self, known: Collection[str], what: str) -> dict[str, Value]:
        """The values under the keys of ``known``; every other key is noted."""
        if not isinstance(self.node, Fields):
            self.wrong(what)
            return {}
        found: dict[str, Value] = {}
        for key, node in self.node.fields:
            if key.raw in known:
                found[key.raw] = Value(key=key.raw, node=node, problems=self.problems)
            else:
                unknown(self.problems, key, known)
        return found


def unknown(problems: Problems, key: Scalar, known: Collection[str]) -> None:
    """Note a key that is not among ``known``."""
    near = nearest(key.raw, known)
    problems.add(
        key.line,
        f"unknown key {quoted(key.raw)}",
        near=near,
        hint=f"expected one of {', '.join(known)}",
    )


def unquoted(node: Node) -> str:
    """What to do where a number or a word of YAML's stands for a text."""
    if isinstance(node, Scalar) and node.raw and not isinstance(node.value, str):
        return f"quote it: '{quoted(node.raw)[1:-1]}'"
    return ""


_FLAGS = {
    **dict.fromkeys(("yes", "on", "y", "true"), "true"),
    **dict.fromkeys(("no", "off", "n", "false"), "false"),
}
