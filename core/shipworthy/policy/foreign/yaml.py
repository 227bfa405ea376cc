"""
YAML as plain values that know their lines, within bounds.

Made from the parser's events, so nothing is constructed from tags and no nesting can exhaust the
stack. Scalars stay the text that was written: a version ``1.10`` is no number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

import yaml

from shipworthy.errors import UsageError
from shipworthy.values import dataclass


MAX_DEPTH = 16
MAX_NODES = 200_000
"""Values of a document, those behind an alias counted each time."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML was built with it: ten times as fast."""
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_MERGE = "<<"


@dataclass(frozen=True, slots=True)
class Node:
    """One value: ``null``, a text, a list or a mapping."""

    kind: Literal["null", "text", "list", "mapping"]
    line: int
    text: str = ""
    items: tuple[Node, ...] = ()
    fields: Mapping[str, Node] = field(default_factory=dict)
    """By key, in the order of the file."""
    key_lines: Mapping[str, int] = field(default_factory=dict)
    size: int = 1

    @property
    def words(self) -> str:
        """What it is, for a message."""
        return {
            "null": "nothing",
            "text": "a text",
            "list": "a list",
            "mapping": "a mapping",
        }[self.kind]


@dataclass(slots=True)
class _Open:
    line: int
    mapping: bool
    anchor: str | None
    items: list[Node] = field(default_factory=list)


def read(name: str, text: str) -> Node:
    """
    The first document of ``text``; null where there is none.

    Raises:
        UsageError: It is not YAML, a key is there twice or is no text, or a bound is crossed; naming file and line.
    """
    composer = _Composer(name)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.DocumentEndEvent):
                break
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise UsageError(f"{name}:{line}: is not YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError) as error:
        problem = str(error).partition("\n")[0]
        raise UsageError(f"{name}:1: is not YAML: {problem}") from None
    return composer.root


class _Composer:
    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._nodes = 0
        self.root = Node("null", 1)

    def take(self, event: yaml.Event) -> None:
        mark = event.start_mark
        line = mark.line + 1 if mark else 1
        if isinstance(event, yaml.ScalarEvent):
            null = event.implicit[0] and event.value in _NULLS
            kind: Literal["null", "text"] = "null" if null else "text"
            self._put(Node(kind, line, text=event.value), event.anchor, 1)
        elif isinstance(event, yaml.AliasEvent):
            anchor = event.anchor or ""
            found = self._anchors.get(anchor)
            if found is None:
                raise UsageError(
                    f"{self._name}:{line}: expected a name given before, not *{anchor[:40]}"
                )
            self._put(found, None, found.size)
        elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            if len(self._open) >= MAX_DEPTH:
                raise UsageError(
                    f"{self._name}:{line}: nested more than {MAX_DEPTH} deep"
                )
            mapping = isinstance(event, yaml.MappingStartEvent)
            self._open.append(_Open(line, mapping, event.anchor))
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            done = self._open.pop()
            self._put(self._closed(done), done.anchor, 1)

    def _put(self, node: Node, anchor: str | None, cost: int) -> None:
        self._nodes += cost
        if self._nodes > MAX_NODES:
            raise UsageError(f"{self._name}:{node.line}: more than {MAX_NODES} values")
        if anchor is not None:
            self._anchors[anchor] = node
        if self._open:
            self._open[-1].items.append(node)
        else:
            self.root = node

    def _closed(self, done: _Open) -> Node:
        size = 1 + sum(item.size for item in done.items)
        if not done.mapping:
            return Node("list", done.line, items=tuple(done.items), size=size)
        fields: dict[str, Node] = {}
        lines: dict[str, int] = {}
        merged: list[Node] = []
        for key, value in zip(done.items[::2], done.items[1::2], strict=True):
            if key.kind not in {"text", "null"}:
                raise UsageError(
                    f"{self._name}:{key.line}: expected a text as key, not {key.words}"
                )
            if key.text == _MERGE:
                merged.extend(value.items if value.kind == "list" else (value,))
                continue
            if key.text in fields:
                raise UsageError(
                    f"{self._name}:{key.line}: {key.text[:60]!r} is there twice,"
                    f" first in line {lines[key.text]}"
                )
            fields[key.text] = value
            lines[key.text] = key.line
        for other in merged:
            for text, value in other.fields.items():
                fields.setdefault(text, value)
                lines.setdefault(text, done.line)
        return Node("mapping", done.line, fields=fields, key_lines=lines, size=size)
