"""
Where apt installs from: the binary sources that are switched on, in both forms of sources.list(5).

``deb [arch=amd64] https://archive.example/debian bookworm main`` is one line of a ``.list``; a
``.sources`` file holds stanzas of deb822(5) with ``Types``, ``URIs``, ``Suites`` and perhaps
``Enabled: no``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from shipworthy.catalogers.interface import Body
from shipworthy.values import dataclass


SOURCES = "etc/apt/sources.list"
SOURCES_DIR = "etc/apt/sources.list.d"

_ONE_LINE = re.compile(r"deb\s+(?:\[[^\]]{0,500}\]\s+)?(\S{1,500})\s+(\S{1,200})")
_FIELD = re.compile(r"([A-Za-z-]{1,40}):[ \t]*(.{0,4000})")
_OFF = frozenset({"no", "false", "without", "off", "disable"})
_MAX_LINES = 10_000
_MAX_FIELD = 4_000


@dataclass(frozen=True, slots=True)
class Source:
    """One archive of binary packages."""

    address: str
    suites: tuple[str, ...]


def sources_of(path: str, data: Body) -> list[Source]:
    """The sources that a file switches on; none where the name is not one that apt reads."""
    if path.endswith(".sources"):
        return list(_stanzas(_lines(data)))
    if path == SOURCES or path.endswith(".list"):
        return list(_one_liners(_lines(data)))
    return []


def _lines(data: Body) -> list[str]:
    text = bytes(data).decode("utf-8", "replace")
    return [line.rstrip("\r") for line in text.split("\n", _MAX_LINES)[:_MAX_LINES]]


def _one_liners(lines: Iterable[str]) -> Iterator[Source]:
    for line in lines:
        found = _ONE_LINE.match(line.strip())
        if found:
            yield Source(found[1], (found[2],))


def _stanzas(lines: Iterable[str]) -> Iterator[Source]:
    fields: dict[str, str] = {}
    last = ""
    for line in (*lines, ""):
        if line.startswith("#"):
            continue
        found = _FIELD.fullmatch(line)
        if found:
            last = found[1].lower()
            fields[last] = found[2]
        elif line[:1] in {" ", "\t"} and line.strip() and last:
            fields[last] = f"{fields[last]} {line.strip()}"[:_MAX_FIELD]
        elif not line.strip():
            yield from _of_stanza(fields)
            fields, last = {}, ""


def _of_stanza(fields: dict[str, str]) -> Iterator[Source]:
    if "deb" not in fields.get("types", "").split():
        return
    if fields.get("enabled", "yes").strip().lower() in _OFF:
        return
    suites = tuple(fields.get("suites", "").split())
    for address in fields.get("uris", "").split():
        yield Source(address, suites)
