"""
A publisher of feeds: where it publishes, and where its files lie below the feeds' directory.

Every address is relative to the publisher's base, so that a mirror is another base. What a
publisher's list names is text of a stranger's: a path or an address that is not a plain one
below its base is refused here, whoever made it of what.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from shipworthy.values import dataclass


MAX_FILE = 1 << 30
"""Bytes of one file, unless its source says otherwise; importers read no more."""
MAX_ARCHIVE = 8 << 30
"""Bytes of an archive that its importer reads as a stream."""

_PART = re.compile(r"[A-Za-z0-9\[][A-Za-z0-9 ._+\[\]-]{0,199}", re.ASCII)
_URL = re.compile(r"[A-Za-z0-9_.~%][A-Za-z0-9_.~%/?=&+,-]{0,999}|", re.ASCII)
_DEEPEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One file to have."""

    path: str
    """Below the feeds' directory, parted by slashes."""
    url: str
    """Below the source's base."""
    optional: bool = False
    """Whether it may be missing where it is published."""
    accept: str = "*/*"
    name: Callable[[Path], str] | None = None
    """The path that the content asks for, where ``path`` is only what it is known by."""


class Listing(Protocol):
    """What a source may ask to find out which files there are."""

    @property
    def year(self) -> int:
        """The year it is."""
        ...

    def text(self, url: str, *, optional: bool = False) -> str:
        """
        A page below the source's index; empty where an optional one is missing.

        Raises ``UnreachableError`` when it cannot be had or is too large for a list.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What one publisher publishes in one place."""

    name: str
    base: str
    targets: Callable[[Listing], Iterable[Target]]
    index: str = ""
    """The base of its lists, where it is another."""
    limit: int = MAX_FILE
    key: str = ""
    """The environment's variable with the key that the publisher asks for."""


def fixed(*targets: Target) -> Callable[[Listing], Iterable[Target]]:
    """The files of a source that needs no list."""
    return lambda _: targets


def fault_of(target: Target) -> str:
    """Why a target is not to be followed; empty when it is a plain one."""
    if not is_plain_path(target.path):
        return f"a list names {target.path[:100]!r}, which is no plain file name"
    if not _URL.fullmatch(target.url) or is_climbing(target.url):
        return f"a list names the address {target.url[:100]!r}, which is no plain one"
    return ""


def is_plain_path(path: str) -> bool:
    """Whether it is relative, of ordinary characters, and stays below where it starts."""
    parts = path.split("/")
    return len(parts) <= _DEEPEST and all(
        _PART.fullmatch(part) and not part.endswith((" ", ".", ".part"))
        for part in parts
    )


def is_climbing(url: str) -> bool:
    """Whether an address names a step up or another host, written plainly or not."""
    lowered = url.lower().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/")
    return ".." in lowered or "//" in lowered
