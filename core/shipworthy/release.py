"""
Which code it is that makes something to be remembered.

An installed release is what its number says, on every machine. In a checkout the code changes without the number, so there its
files' times are asked too; what a developer sees is never what the code of an hour ago made.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from shipworthy import __version__


_HOME = Path(__file__).parent
_PROJECT = "pyproject.toml"
_TELLING = frozenset({"cli", "fleet", "notify", "reports"})
"""Rooms that only tell of what was found."""


def made_by() -> str:
    """The release; in a checkout with how many files find things and when the last of them was changed."""
    if not (_HOME.parents[1] / _PROJECT).is_file():
        return __version__
    times = list(_changed(_HOME))
    return f"{__version__} {len(times)} {max(times)}"


def _changed(directory: str | Path) -> Iterator[int]:
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry.stat().st_mtime_ns
            elif entry.name not in _TELLING and entry.is_dir():
                yield from _changed(entry.path)
