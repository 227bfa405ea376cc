"""Which files are read: those that were named, and the results below directories, within bounds."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shipworthy.errors import UsageError
from shipworthy.fleet.model import Unreadable
from shipworthy.model.limits import MIB


MAX_DEPTH = 8
"""Directories below one that was named."""
MAX_FILES = 5_000
"""Results, in all."""
MAX_ENTRIES = 200_000
"""Files and directories looked at in search of results."""
MAX_TOTAL = 16 * 1024 * MIB
"""Bytes of all results together, as they lie on the disk."""

SUFFIXES = (".json", ".json.gz")
"""How the files below a directory end that may be results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file to read."""

    path: Path
    named: bool
    """The caller named the file itself, so it must be a result."""
    root: Path
    """The directory that was named, or the file's own."""


@dataclass(slots=True, kw_only=True)
class _Count:
    files: int = 0
    entries: int = 0
    size: int = 0


def sources(places: Sequence[str | Path]) -> Iterator[Source | Unreadable]:
    """
    The files of ``places``, which are files and directories; each file once, symbolic links not followed.

    Raises ``UsageError`` where there are more than the bounds of this module allow.
    """
    count = _Count()
    seen: set[Path] = set()
    for place in map(Path, places):
        found = (
            _below(place, place, 0, count)
            if place.is_dir()
            else iter((Source(path=place, named=True, root=place.parent),))
        )
        for source in found:
            if isinstance(source, Source):
                whole = source.path.absolute()
                if whole in seen:
                    continue
                seen.add(whole)
                _weigh(source.path, count)
            yield source


def _below(
    directory: Path, root: Path, depth: int, count: _Count
) -> Iterator[Source | Unreadable]:
    if depth > MAX_DEPTH:
        yield Unreadable(
            file=str(directory),
            error=f"more than {MAX_DEPTH} directories below {root}, not looked into",
        )
        return
    try:
        with os.scandir(directory) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
    except OSError as error:
        yield Unreadable(file=str(directory), error=f"cannot be read: {error.strerror}")
        return
    count.entries += len(entries)
    if count.entries > MAX_ENTRIES:
        raise UsageError(
            f"{root}: more than {MAX_ENTRIES:,} files and directories to look at",
            hint="name the directory that holds the results, or the results themselves",
        )
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path), root, depth + 1, count)
        elif entry.is_file(follow_symlinks=False) and entry.name.endswith(SUFFIXES):
            yield Source(path=Path(entry.path), named=False, root=root)


def _weigh(path: Path, count: _Count) -> None:
    count.files += 1
    try:
        count.size += path.stat().st_size
    except OSError:
        return  # reading it tells why
    if count.files > MAX_FILES or count.size > MAX_TOTAL:
        raise UsageError(
            f"more than {MAX_FILES:,} results or {MAX_TOTAL:,} bytes of them",
            hint="name fewer directories, such as those of the last weeks",
        )
