"""
From bytes to nodes with lines: the part of YAML 1.2 (https://yaml.org/spec/1.2.2/) that a policy needs.

Text, numbers, ``true``, ``false``, ``null``, lists and mappings; JSON is a part of it. Plain words
are read by YAML 1.2's core schema: ``no``, ``on``, ``12:30`` and ``1_000`` are texts. Anchors, aliases,
tags, several documents and a key that is there twice are refused. PyYAML turns the text into
events; they are put together here, so that depth and number are bounded before anything is built.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import yaml

from shipworthy.policy.document.nodes import (
    Fields,
    Items,
    Node,
    Plain,
    Scalar,
    quoted,
    shortened,
)
from shipworthy.policy.document.problems import Problems


MOST_BYTES = 1024 * 1024
_MOST_NODES = 50_000
_DEEPEST = 64
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,14})")
_FLOAT = re.compile(r"[-+]?(?:[0-9]{1,15})?\.?[0-9]{1,15}(?:[eE][-+]?[0-9]{1,3})?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_WORDS: dict[str, Plain] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# What YAML allows in a text (1.2.2, production 1), turned around.
_FORBIDDEN = re.compile(
    "[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


class _Refused(Exception):  # noqa: N818  # becomes a problem with its line
    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line
        self.words = words


def parse(data: bytes, problems: Problems) -> Node | None:
    """
    The document in ``data``, ``None`` for one without content or one that cannot be read.

    What is wrong is noted in ``problems``; nothing is raised.
    """
    try:
        text = _text(data)
        events = _events(text)
        root = _Composer(events, problems).document()
    except _Refused as refused:
        problems.add(refused.line, refused.words)
        return None
    if isinstance(root, Scalar) and root.value is None:
        return None
    return root


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise _Refused(
            1, f"the file has {len(data):,} bytes, expected at most {MOST_BYTES:,}"
        )
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Refused(line, "found bytes that are not UTF-8 text") from None
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        line = text.count("\n", 0, forbidden.start()) + 1
        raise _Refused(
            line, f"found the control character {forbidden[0]!a}, expected text"
        )
    return text


def _events(text: str) -> Iterator[yaml.Event]:
    """The events of ``text``; what is no YAML is refused with its line."""
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        told = ", ".join(part for part in (error.context, error.problem) if part)
        last = text.rstrip("\n").count("\n") + 1
        line = min(mark.line + 1, last) if mark else last
        raise _Refused(line, f"this is not YAML: {_one_line(told)}") from None
    except (yaml.YAMLError, ValueError, OverflowError):
        # PyYAML in Python does not catch what chr() says of "\UFFFFFFFF".
        raise _Refused(1, "this is not YAML") from None


def _one_line(text: str) -> str:
    """One line of at most 200 characters."""
    return " ".join(text.split())[:200]


class _Composer:
    """Puts events together to nodes."""

    def __init__(self, events: Iterator[yaml.Event], problems: Problems) -> None:
        self._events = events
        self._problems = problems
        self._count = 0

    def document(self) -> Node | None:
        """The one document of the stream."""
        root: Node | None = None
        started = False
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if started:
                    raise _Refused(
                        _line(event), "found a second document, expected one in a file"
                    )
                started = True
                root = self._node(next(self._events), 0)
        return root

    def _node(self, event: yaml.Event, depth: int) -> Node:
        line = _line(event)
        self._count += 1
        if self._count > _MOST_NODES:
            raise _Refused(line, f"the file has more than {_MOST_NODES:,} values")
        if depth > _DEEPEST:
            raise _Refused(
                line, f"lists and mappings are more than {_DEEPEST} deep in each other"
            )
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(
                line,
                f"found the alias *{shortened(str(event.anchor))}; write its value out",
            )
        assert isinstance(event, yaml.NodeEvent)
        if event.anchor is not None:
            raise _Refused(
                line, f"found the anchor &{shortened(event.anchor)}; leave it out"
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise _Refused(line, f"found the tag {shortened(tag)}; leave it out")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(line, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._fields(line, depth)
        assert isinstance(event, yaml.ScalarEvent)
        return _scalar(event, line)

    def _items(self, line: int, depth: int) -> Items:
        items: list[Node] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, depth + 1))
        return Items(items=tuple(items), line=line)

    def _fields(self, line: int, depth: int) -> Fields:
        fields: dict[str, tuple[Scalar, Node]] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Scalar):
                self._problems.add(key.line, "found a list or mapping as a key")
            elif key.raw in fields:
                first = fields[key.raw][0].line
                self._problems.add(
                    key.line,
                    f"the key {quoted(key.raw)} is there twice, first in line {first}",
                )
            else:
                fields[key.raw] = (key, value)
        return Fields(fields=tuple(fields.values()), line=line)


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark is not None else 1


def _scalar(event: yaml.ScalarEvent, line: int) -> Scalar:
    raw = str(event.value)
    if _NO_TEXT.search(raw):
        raise _Refused(line, "found NUL or half a character, expected text")
    value: Plain = raw
    if event.style is None or event.style == "":
        value = _plain(raw, line)
    return Scalar(value=value, raw=raw, line=line)


def _plain(raw: str, line: int) -> Plain:
    """What a word without quotes is."""
    if raw in _WORDS:
        return _WORDS[raw]
    if _INTEGER.fullmatch(raw):
        return int(raw)
    if _LEADING_ZERO.fullmatch(raw):
        raise _Refused(
            line,
            f"found {shortened(raw)}, which readers of YAML take for different numbers; quote it or leave the zero out",
        )
    if _FLOAT.fullmatch(raw):
        number = float(raw)
        return number if math.isfinite(number) else raw
    return raw
