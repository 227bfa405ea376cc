"""
``osv-scanner.toml`` as OSV-Scanner's decoder takes it (BurntSushi/toml, ``decode.go``): keys in any case, types strictly, no key too many.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from shipworthy.errors import UsageError
from shipworthy.policy.foreign.dates import last_day, parse_instant
from shipworthy.policy.foreign.interface import MAX_WORD, Reading, shown
from shipworthy.values import dataclass


if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


Table = Mapping[str, Any]
"""A table of the file under the owner's spelling of its keys, complete with empty values."""

Shape = Mapping[str, Any]
"""Key to ``"text"``, ``"flag"``, ``"time"``, ``"texts"``, a shape, or a list with the shape of its tables."""

FILE: Shape = {
    "IgnoredVulns": [{"id": "text", "ignoreUntil": "time", "reason": "text"}],
    "PackageOverrides": [
        {
            "name": "text",
            "version": "text",
            "ecosystem": "text",
            "group": "text",
            "nameIsRegex": "flag",
            "ignore": "flag",
            "vulnerability": {"ignore": "flag"},
            "license": {"override": "texts", "ignore": "flag"},
            "effectiveUntil": "time",
            "reason": "text",
        }
    ],
    "GoVersionOverride": "text",
    "ScanGoModVersion": "flag",
}
"""``internal/config/config.go``."""

_EMPTY: Mapping[str, Any] = {"text": "", "flag": False, "time": "", "texts": ()}
_WORDS = {
    "text": "a string",
    "flag": "true or false",
    "time": "a date",
    "texts": "an array of strings",
}
_MAX_UNKNOWN = 10
_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_HEADER = re.compile(r"""\s*\[\[\s*["']?(\w+)["']?\s*\]\]""")


@dataclass(slots=True)
class Document:
    """The file's tables, and where the tables of an array begin."""

    fields: Table
    lines: Mapping[str, list[int]]

    def line(self, key: str, index: int) -> int:
        """The line of the header of the table ``index`` of ``key``; 0 where it has none of its own."""
        found = self.lines.get(key, [])
        return found[index] if len(found) == len(self.fields[key]) else 0


def parse(reading: Reading, text: str) -> Document:
    """The file's tables; raises :class:`UsageError` for what is no TOML, an unknown key and a wrong type."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        words = _LINE.sub("", str(error)).strip()
        raise UsageError(f"{reading.at(line)}: is not TOML: {words}") from None
    except (RecursionError, ValueError, OverflowError):
        raise UsageError(f"{reading.at(1)}: is not TOML that can be read") from None
    decoder = _Decoder(reading, text, _headers(text))
    fields = decoder.table(raw, FILE, "")
    if decoder.unknown:
        line = next(iter(decoder.unknown.values()))
        raise UsageError(
            f"{reading.at(line)}: unknown keys: {', '.join(decoder.unknown)[:200]}",
            hint=decoder.hint,
        )
    return Document(fields=fields, lines=decoder.headers)


@dataclass(slots=True)
class _Decoder:
    reading: Reading
    text: str
    headers: Mapping[str, list[int]]
    unknown: dict[str, int] = field(default_factory=dict)
    """Paths of keys that nobody knows, the first with its line."""
    hint: str = ""
    _from: int = 1
    """The line of the header of the table that is being read."""

    def table(self, raw: object, shape: Shape, path: str) -> Table:
        if not isinstance(raw, dict):
            raise self._wrong(path, "a table", raw)
        found: dict[str, Any] = {}
        for key, value in raw.items():
            where = f"{path}.{key}" if path else key
            name = _named(key, shape)
            if name is None:
                self._unknown(where, key, shape)
            elif name in found:
                raise self._wrong(where, f"{name} once, in one spelling", key)
            else:
                found[name] = self._value(value, shape[name], where)
        for name, kind in shape.items():
            if name not in found:
                found[name] = self._absent(kind)
        return found

    def _absent(self, kind: Any) -> Any:
        if isinstance(kind, str):
            return _EMPTY[kind]
        return () if isinstance(kind, list) else self.table({}, kind, "")

    def _value(self, value: object, kind: Any, path: str) -> Any:
        if isinstance(kind, dict):
            return self.table(value, kind, path)
        if isinstance(kind, list):
            if not isinstance(value, list):
                raise self._wrong(path, "tables [[…]]", value)
            return tuple(self._tables(value, kind[0], path))
        if kind == "text" and isinstance(value, str):
            if len(value) <= MAX_WORD or path.lower().endswith("reason"):
                return value
            raise self._wrong(path, f"at most {MAX_WORD} characters", value)
        if kind == "flag" and isinstance(value, bool):
            return value
        if kind == "texts" and isinstance(value, list):
            if all(isinstance(item, str) for item in value):
                return tuple(value)
        elif kind == "time" and (time := _time(value)):
            return time
        raise self._wrong(path, _WORDS[kind], value)

    def _tables(self, value: list[object], shape: Shape, path: str) -> Iterator[Table]:
        lines = self.headers.get(_named(path, FILE) or "", [])
        for index, item in enumerate(value):
            self._from = lines[index] if len(lines) == len(value) else 1
            yield self.table(item, shape, path)
        self._from = 1

    def _wrong(self, path: str, expected: str, value: object) -> UsageError:
        return UsageError(
            f"{self.reading.at(self.line_of(path))}: {path}: expected {expected}, not {shown(str(value))}"
        )

    def line_of(self, path: str) -> int:
        """The first line of the table being read that begins with the last part of ``path``; its header's where none does."""
        key = re.escape(path.rpartition(".")[2])
        begins = re.compile(rf"""[^#=\n]*?["']?\b{key}\b["']?\s*(?:=|\.|\])""")
        lines = self.text.split("\n")
        for number, line in enumerate(lines[self._from - 1 :], self._from):
            if begins.match(line):
                return number
        return self._from

    def _unknown(self, path: str, key: str, shape: Shape) -> None:
        """Keep the first few; the line of the first is told."""
        if path in self.unknown or len(self.unknown) >= _MAX_UNKNOWN:
            return
        self.unknown[path] = 0 if self.unknown else self.line_of(path)
        near = get_close_matches(key[:100], list(shape), n=1, cutoff=0.7)
        if near and not self.hint:
            self.hint = f"did you mean {near[0]}?"


def _named(key: str, shape: Shape) -> str | None:
    if key in shape:
        return key
    folded = key.casefold()
    return next((name for name in shape if name.casefold() == folded), None)


def _time(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return last_day(value)
    if isinstance(value, str) and len(value) > len("YYYY-MM-DD"):
        try:
            return parse_instant(value)
        except ValueError:
            return ""
    return ""


def _headers(text: str) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            name = _named(header[1], FILE)
            if name is not None:
                found.setdefault(name, []).append(number)
    return found
