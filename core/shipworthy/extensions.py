"""
The one way plug-ins come in: entry points, for the built-in ones as for anybody's.

A plug-in that cannot be loaded is a named status, never a silent hole. Entry points
(PyPA, "Entry points specification") are read from their files where every installed
distribution is plainly a directory on the path, because ``importlib.metadata`` takes as long to
load as a whole part of a scan; it is asked wherever there is anything else.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any, TypeVar

from shipworthy.model.package import Status
from shipworthy.values import dataclass


Plugin = TypeVar("Plugin")

_METADATA = (".dist-info", ".egg-info")
_FILE = "entry_points.txt"
_SEPARATORS = re.compile(r"[-_.]+")
_PLACE = re.compile(r"([\w.]+)\s*(?::\s*([\w.]+))?\s*(?:\[.*\])?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    """One entry point: a name, and where the object is."""

    name: str
    value: str

    def load(self) -> object:
        place = _PLACE.fullmatch(self.value)
        if place is None:
            raise ValueError("expected MODULE:ATTRIBUTE")
        found: Any = import_module(place[1])
        for name in filter(None, (place[2] or "").split(".")):
            found = getattr(found, name)
        return found


def load(
    group: str, make: Callable[[object], Plugin]
) -> tuple[tuple[Plugin, ...], tuple[Status, ...]]:
    """
    Every plug-in of ``shipworthy.<group>``, sorted by entry-point name.

    Args:
        group: ``catalogers``, ``feeds``, ``reports``, ``platforms`` or ``commands``.
        make: Turns the loaded object into a plug-in, usually by calling it.

    Returns:
        The plug-ins, and a status for each one that would not load.
    """
    plugins: list[Plugin] = []
    statuses: list[Status] = []
    for point in _by_name(group).values():
        try:
            plugins.append(make(point.load()))
        except Exception as error:  # noqa: BLE001  # a stranger's code may raise anything
            statuses.append(
                Status(
                    source=f"plug-in/{group}/{point.name}",
                    subject=point.value,
                    message=f"cannot be loaded: {type(error).__name__}: {error}",
                )
            )
    return tuple(plugins), tuple(statuses)


def places(group: str) -> dict[str, str]:
    """What :func:`load` would load, by entry-point name, without loading it: ``MODULE:ATTRIBUTE``."""
    return {name: point.value for name, point in _by_name(group).items()}


def _by_name(group: str) -> dict[str, _Point]:
    points = sorted(_points(f"shipworthy.{group}"), key=lambda p: p.name)
    return {point.name: point for point in points}


def _points(group: str) -> list[_Point]:
    """The entry points of ``group``, in the order of the path; one distribution a name counts."""
    if not _is_plain():
        from importlib.metadata import entry_points

        return [_Point(name=p.name, value=p.value) for p in entry_points(group=group)]
    seen: set[str] = set()
    points: list[_Point] = []
    for directory in sys.path:
        for name, metadata in _distributions(directory):
            if name not in seen:
                seen.add(name)
                points += _read(metadata, group)
    return points


def _is_plain() -> bool:
    """Whether nothing but directories on the path can hold distributions: no zip, egg or finder of somebody's own."""
    finders = [f for f in sys.meta_path if hasattr(f, "find_distributions")]
    return finders == [PathFinder] and not any(
        entry.endswith(".egg") or Path(entry).is_file() for entry in sys.path
    )


def _distributions(directory: str) -> Iterator[tuple[str, str]]:
    """Normalised name and metadata directory of each distribution in ``directory``."""
    try:
        names = os.listdir(directory or os.curdir)  # noqa: PTH208  # a hundred paths made for nothing
    except OSError:
        return
    for name in names:
        if name.endswith(_METADATA):
            stem = name[: name.rindex(".")].partition("-")[0]
            yield _SEPARATORS.sub("_", stem).lower(), f"{directory or os.curdir}/{name}"


def _read(metadata: str, group: str) -> Iterator[_Point]:
    """The entry points of ``group`` that a distribution tells in its file; none where it has none."""
    try:
        with open(f"{metadata}/{_FILE}", "rb") as file:  # noqa: PTH123  # as above
            text = file.read().decode()
    except (OSError, UnicodeDecodeError):
        return
    section = ""
    lines = text.splitlines() if f"[{group}]" in text else ()
    for line in map(str.strip, lines):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
        elif section == group and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield _Point(name=name.strip(), value=value.strip())
