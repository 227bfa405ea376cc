"""Ranges and lists of versions of an OSV record (OSV schema, ``affected[].ranges[]``)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shipworthy.advisories.feeds.values import (
    MAX_VERSION,
    Broken,
    array,
    mapping,
    plain,
)
from shipworthy.model.advisory import Range


MAX_RANGES = 5_000
MAX_EVENTS = 20_000
MAX_VERSIONS = 200_000

_EVENTS = frozenset({"introduced", "fixed", "last_affected", "limit"})
_UNLIMITED = ("limit", "*")
_COMPARABLE = frozenset({"SEMVER", "ECOSYSTEM"})
_UP_TO = re.compile(r"<(=?) ?([^\s,<>=]{1,200})")
_MODULE = re.compile(r"\.module[_+]")
_PIECES = re.compile(r"\d+|[a-z]+", re.ASCII)


def ranges_of(entry: Mapping[str, object]) -> list[Range]:
    """
    The comparable ranges of one entry of ``affected``, events as they stand there.

    Where a range of the GitHub advisory database has no end because there is no fix,
    ``last_known_affected_version_range`` ends it. Raises ``Broken``.
    """
    found: list[Range] = []
    for item in array(entry.get("ranges"), MAX_RANGES):
        spec = mapping(item)
        kind = spec.get("type")
        if not isinstance(kind, str):
            raise Broken
        if kind not in _COMPARABLE:
            continue
        events: list[tuple[str, str]] = []
        for value in array(spec.get("events"), MAX_EVENTS):
            _add_event(events, value)
        if "introduced" not in [kind for kind, _ in events]:
            raise Broken
        found.append(Range(events=tuple(events)))
    if len(found) == 1 and len(found[0].events) == 1:
        found = _ended(found[0], entry)
    return found


def versions_of(entry: Mapping[str, object], *, strict: bool) -> list[str]:
    """
    The versions listed one by one; raises ``Broken``.

    Not ``strict``, which is where a range decides, something else than a list is no list:
    publishers have put the number of versions there.
    """
    if not strict and not isinstance(entry.get("versions"), list):
        return []
    return [plain(v, MAX_VERSION) for v in array(entry.get("versions"), MAX_VERSIONS)]


def is_modular(ranges: list[Range]) -> bool:
    """Whether the versions are those of a module stream (Fedora packaging, ``.module_el8…``)."""
    return any(_MODULE.search(v) for item in ranges for _, v in item.events)


def merge_rebuilds(ranges: list[Range]) -> tuple[Range, ...]:
    """
    The ranges, with those that differ only in the build of a module stream as one.

    AlmaLinux lists a module's package once for every minor release it was rebuilt for
    (``….module_el8.4.0+2496+…``, ``….module_el8.5.0+119+…``). All of them hold the fix, so
    whoever has the lowest is not affected.
    """
    lowest: dict[str, str] = {}
    rest: list[Range] = []
    for item in ranges:
        fixed = _only_fixed(item)
        match = _MODULE.search(fixed)
        if not match:
            rest.append(item)
            continue
        stem = fixed[: match.start()]
        if stem not in lowest or _build(fixed) < _build(lowest[stem]):
            lowest[stem] = fixed
    merged = [
        Range(events=(("introduced", "0"), ("fixed", fixed)))
        for _, fixed in sorted(lowest.items())
    ]
    return (*rest, *merged)


def _add_event(events: list[tuple[str, str]], value: object) -> None:
    """Each event is an object with one of four keys, the kind, and a version."""
    if not isinstance(value, dict):
        raise Broken
    found = None
    for kind, version in value.items():
        if kind in _EVENTS and version is not None:
            if found:
                raise Broken
            found = (kind, plain(version, MAX_VERSION))
    if found and found != _UNLIMITED:
        events.append(found)


def _ended(open_range: Range, entry: Mapping[str, object]) -> list[Range]:
    known = mapping(entry.get("database_specific")).get(
        "last_known_affected_version_range"
    )
    match = _UP_TO.fullmatch(known.strip()) if isinstance(known, str) else None
    if not match or not match[2].isprintable():
        return [open_range]
    end = ("last_affected" if match[1] else "limit", match[2])
    return [Range(events=(*open_range.events, end))]


def _only_fixed(item: Range) -> str:
    """The fixed version of a range that is nothing but ``introduced 0, fixed V``."""
    if len(item.events) == 2 and item.events[0] == ("introduced", "0"):
        kind, version = item.events[1]
        return version if kind == "fixed" else ""
    return ""


def _build(version: str) -> list[tuple[int, int, str]]:
    """Order of the builds of one version: numbers after letters, as rpm orders them."""
    return [
        (1, int(piece), "") if piece.isdigit() else (0, 0, piece)
        for piece in _PIECES.findall(version)
    ]
