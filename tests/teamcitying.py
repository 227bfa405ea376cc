"""
A build log as TeamCity's server reads it: service messages, by the grammar of its documentation, and all other lines.

Strict where the documentation is: a value is quoted and escaped, an attribute's name is a Java identifier, a message is
one line. Between ``disableServiceMessages`` and ``enableServiceMessages`` nothing else is a message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field


_MESSAGE = re.compile(r"##teamcity\[(?P<name>[A-Za-z][A-Za-z0-9-]*)(?P<rest>.*)\]")
_VALUE = r"'(?:[^|'\[\]\r\n]|\|[|'\[\]nrxlp]|\|0x[0-9A-Fa-f]{4})*'"
_SINGLE = re.compile(rf"[ \t]+({_VALUE})[ \t]*")
_ATTRIBUTE = re.compile(
    rf"[ \t]+([A-Za-z_$][A-Za-z0-9_$]*)[ \t]*=[ \t]*({_VALUE})[ \t]*?"
)
_ESCAPE = re.compile(r"((?:\|0x[0-9A-Fa-f]{4})+)|\|(.)")
_CHARS = {"n": "\n", "r": "\r", "x": "\x85", "l": "\u2028", "p": "\u2029"}
JAVA_ID = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


@dataclass(frozen=True, kw_only=True)
class Message:
    """One service message; ``value`` of those that have a single one."""

    name: str
    value: str | None
    attributes: dict[str, str]


@dataclass(kw_only=True)
class BuildLog:
    """What a server makes of the output of a step."""

    messages: list[Message] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    """Lines that are none."""

    def of(self, *names: str) -> list[Message]:
        """The messages of these names."""
        return [one for one in self.messages if one.name in names]

    def values(self, name: str, attribute: str) -> list[str]:
        """An attribute of all messages of a name."""
        return [one.attributes[attribute] for one in self.of(name)]

    @property
    def statistics(self) -> dict[str, int]:
        """The figures by their keys; no key may come twice."""
        found = [
            (m.attributes["key"], m.attributes["value"])
            for m in self.of("buildStatisticValue")
        ]
        assert len(dict(found)) == len(found)
        return {key: int(value) for key, value in found}

    @property
    def problems(self) -> dict[str, str]:
        """Descriptions by identity."""
        found = [
            (m.attributes["identity"], m.attributes["description"])
            for m in self.of("buildProblem")
        ]
        assert len(dict(found)) == len(found)
        return dict(found)


def parse(line: str) -> Message:
    """One line that is a message; anything else is an ``AssertionError``."""
    found = _MESSAGE.fullmatch(line)
    assert found is not None, f"no service message: {line!r}"
    rest = found["rest"]
    single = _SINGLE.fullmatch(rest)
    if single:
        return Message(
            name=found["name"], value=unescape(single[1][1:-1]), attributes={}
        )
    attributes: dict[str, str] = {}
    at = 0
    while at < len(rest) and rest[at:].strip(" \t"):
        one = _ATTRIBUTE.match(rest, at)
        assert one is not None, f"at {at} of {rest!r}"
        assert one[1] not in attributes, f"{one[1]} twice"
        attributes[one[1]] = unescape(one[2][1:-1])
        at = one.end()
    return Message(name=found["name"], value=None, attributes=attributes)


def unescape(text: str) -> str:
    """The text that an escaped value stands for."""

    def one(found: re.Match[str]) -> str:
        if found[1]:
            data = bytes.fromhex(found[1].replace("|0x", ""))
            return data.decode("utf-16-be", "surrogatepass")
        return _CHARS.get(found[2], found[2])

    return _ESCAPE.sub(one, text)


def read_log(output: str) -> BuildLog:
    """The log of a step; blocks and what is switched off must be closed again."""
    log, off = BuildLog(), False
    blocks: list[str] = []
    for line in re.split(r"\r?\n", output):
        if "##teamcity[" not in line or (off and "enableServiceMessages" not in line):
            log.text.append(line)
            continue
        told = parse(line)
        log.messages.append(told)
        off = {"disableServiceMessages": True, "enableServiceMessages": False}.get(
            told.name, off
        )
        if told.name == "blockOpened":
            blocks.append(told.attributes["name"])
        if told.name == "blockClosed":
            assert blocks.pop() == told.attributes["name"]
    assert not off
    assert not blocks
    _check(log.messages)
    return log


def _check(messages: Sequence[Message]) -> None:
    """What the documentation asks of single messages."""
    types: set[str] = set()
    for one in messages:
        told = one.attributes
        if one.name == "buildProblem":
            assert len(told["description"]) <= 4_000
            assert JAVA_ID.fullmatch(told["identity"])
            assert len(told["identity"]) <= 60
        if one.name == "buildStatisticValue":
            assert re.fullmatch(r"-?\d{1,13}", told["value"])
        if one.name == "inspectionType":
            assert set(told) == {"id", "name", "category", "description"}
            assert all(len(told[key]) <= 255 for key in ("id", "name", "category"))
            assert len(told["description"]) <= 4_000
            types.add(told["id"])
        if one.name == "inspection":
            assert told["typeId"] in types
            assert len(told["message"]) <= 4_000
            assert told["SEVERITY"] in {"INFO", "WARNING", "WEAK WARNING", "ERROR"}
            assert not told["file"].startswith("/")
            assert told.get("line", "1").isdecimal()
        if one.name == "message":
            assert told["status"] in {"NORMAL", "WARNING"}
        if one.name == "buildStatus":
            assert set(told) == {"text"}
