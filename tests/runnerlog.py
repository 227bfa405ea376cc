"""
A log as the runner of GitHub Actions reads it: commands, what is between them, and what is masked.

Written from actions/runner: a line that begins with ``::`` (blanks before it do not matter) is a command of the form
``::name key=value,…::data``, ``##[name key=value;…]data`` is one wherever it stands, and between ``stop-commands`` and its
token nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field


_V2 = re.compile(
    r"\s*::(?P<name>[^\s:]+)(?: (?P<properties>.*?))?::(?P<data>.*)", re.DOTALL
)
_V1 = re.compile(r"##\[(?P<name>[^\s\]]+)(?: (?P<properties>[^\]]*))?\](?P<data>.*)")


@dataclass(frozen=True, kw_only=True)
class Command:
    """One order to the runner."""

    name: str
    properties: dict[str, str]
    data: str


@dataclass(kw_only=True)
class Log:
    """What a runner makes of the lines."""

    commands: list[Command] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    """Lines that are none."""

    def of(self, *names: str) -> list[Command]:
        """The commands of these names."""
        return [one for one in self.commands if one.name in names]

    @property
    def titles(self) -> list[str]:
        """The titles of all annotations."""
        return [
            one.properties.get("title", "")
            for one in self.of("error", "warning", "notice")
        ]


def read_log(text: str) -> Log:
    """The log, read as a runner reads it."""
    log, stopped = Log(), ""
    for line in re.split(r"\r?\n", text):
        found = _V2.fullmatch(line) or _V1.search(line)
        if stopped:
            if found and found["name"] == stopped:
                stopped = ""
            else:
                log.text.append(line)
            continue
        if found is None:
            log.text.append(line)
            continue
        command = Command(
            name=found["name"],
            properties=dict(_properties(found["properties"] or "")),
            data=_unescaped(found["data"]),
        )
        if command.name == "stop-commands":
            stopped = command.data
        log.commands.append(command)
    assert not stopped, "commands were stopped and never began again"
    return log


def read_outputs(text: str) -> dict[str, str]:
    """The file of a step's outputs, as the runner reads it: ``name=value``, or between delimiters."""
    values: dict[str, str] = {}
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not line:
            continue
        name, heredoc, delimiter = line.partition("<<")
        if not heredoc or "=" in name:
            name, equals, value = line.partition("=")
            assert equals, f"neither form: {line!r}"
            values[name] = value
            continue
        end = lines.index(delimiter, at)
        values[name] = "\n".join(lines[at:end])
        at = end + 1
    return values


def _properties(text: str) -> Iterable[tuple[str, str]]:
    for part in text.split(","):
        key, equals, value = part.partition("=")
        if equals:
            told = value.replace("%3A", ":").replace("%2C", ",")
            yield key.strip(), _unescaped(told)


def _unescaped(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
