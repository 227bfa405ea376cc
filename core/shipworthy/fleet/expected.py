"""A list of images that should have been scanned: a name a line, ``#`` begins a comment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from shipworthy.errors import UsageError
from shipworthy.fleet.model import Fleet, Scan
from shipworthy.fleet.summarise import called
from shipworthy.model.limits import MIB
from shipworthy.reports.image_purl import name_from_target


MAX_BYTES = MIB
MAX_NAMES = 20_000
_LONGEST = 1_000


def read_expected(path: Path) -> tuple[str, ...]:
    """
    The names in the file at ``path``, each once, sorted.

    Raises ``UsageError`` where it cannot be read, is no text or beyond the bounds of this module.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path}: cannot be read: {error}", hint="give a text file, a name a line"
        ) from None
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    names = sorted({line for line in lines if line})
    if len(data) > MAX_BYTES or len(names) > MAX_NAMES:
        raise UsageError(
            f"{path}: more than {MAX_NAMES:,} names or {MAX_BYTES:,} bytes"
        )
    if any(len(name) > _LONGEST for name in names):
        raise UsageError(f"{path}: a name is longer than {_LONGEST:,} characters")
    return tuple(names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An image that should have been scanned and was not."""

    name: str
    reason: str
    file: str = ""
    """The file that seems to be its result and cannot be read."""


def missing(expected: Iterable[str], fleet: Fleet) -> list[Missing]:
    """
    The names that no result is of, each with why.

    A name without a tag is met by any result of its repository, one with a tag by results with this tag.
    """
    held: set[str] = set()
    for image in fleet.images:
        held.update((image.label, image.newest.name))
        for scan in image.scans:
            held.update(_spellings(scan))
    broken = {name_from_target(one.file): one for one in reversed(fleet.unreadable)}
    told: list[Missing] = []
    for name in expected:
        if held.isdisjoint((name, called(name), called(f"{name}:latest"))):
            other = broken.get(name_from_target(name))
            told.append(
                Missing(
                    name=name,
                    reason=f"{other.file} cannot be read: {other.error}",
                    file=other.file,
                )
                if other
                else Missing(name=name, reason="no result")
            )
    return told


def _spellings(scan: Scan) -> set[str]:
    """What a result's image may be called: its tags, and their repositories."""
    names = set(scan.names)
    for name in scan.names:
        whole = called(name)
        repository, colon, _ = whole.rpartition(":")
        names.update((whole, repository if colon and "/" in repository else whole))
    return names - {""}
