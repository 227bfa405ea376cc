"""What a policy file is made of, each part with the line it stands on."""

from __future__ import annotations

from typing import TypeAlias

from shipworthy.values import dataclass


Plain: TypeAlias = "str | int | float | bool | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A text, a number, true, false, or nothing."""

    value: Plain
    raw: str
    """As it is written, without quotes."""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """A mapping; no key is in it twice."""

    fields: tuple[tuple[Scalar, Node], ...]
    line: int


Node: TypeAlias = "Scalar | Items | Fields"


def plain(node: Node) -> object:
    """The same as texts, numbers, booleans, lists and dictionaries."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {key.raw: plain(value) for key, value in node.fields}


def shown(node: Node) -> str:
    """What was found there, for an error: ``'hgih'``, ``2.1``, ``a list``."""
    if isinstance(node, Items):
        return "a list" if node.items else "an empty list"
    if isinstance(node, Fields):
        return "a mapping" if node.fields else "an empty mapping"
    if node.value is None:
        return "nothing"
    if isinstance(node.value, str):
        return quoted(node.value) if node.value.strip() else "an empty text"
    return shortened(node.raw)


def quoted(text: str) -> str:
    """``text`` in quotes, cut where it is long."""
    return repr(shortened(text))


def shortened(text: str) -> str:
    """At most 40 characters of ``text``."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


_SHOWN = 40
