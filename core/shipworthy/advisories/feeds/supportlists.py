"""
Packages whose security support a Debian release ended or limits: ``debian/security-support/security-support.deb<N>``.

Source: the package debian-security-support. A line has the source package (``golang.*`` means
all that begin so), ``non-supported``, ``limited`` or ``supported``, for the first also the last
version with support and the day it ends, and words for people. ``supported`` makes an
exception from a wider line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

from shipworthy.advisories.feeds.files import read
from shipworthy.advisories.feeds.interface import Row, SupportRow
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import Broken, date, prose
from shipworthy.errors import FeedError
from shipworthy.model.lifecycle import SupportLimit, SupportState


MAX_LIST = 4 << 20
MAX_LINES = 20_000

_FILE = re.compile(r"security-support\.deb([1-9][0-9]{0,2})", re.ASCII)
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]{0,99}(?:\.\*)?", re.ASCII)
_ENDED = re.compile(r"(\S{1,100})\s+([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\s+(.*))?", re.ASCII)
_STATES: dict[str, SupportState] = {
    "non-supported": "ended",
    "limited": "limited",
    "supported": "supported",
}


class SupportListsFeed:
    """Reads the lists of all releases."""

    name = "debian/security-support"

    def read(self, root: Path) -> Iterator[Row]:
        """Give the packages of each release."""
        directory = root / "debian" / "security-support"
        tally = Tally(self.name)
        paths = []
        for path in sorted(directory.glob("security-support.deb*")):
            match = _FILE.fullmatch(path.name)
            if not match or not path.is_file():
                continue
            paths.append(path)
            limits = _limits(path, tally)
            yield SupportRow(bucket=f"debian-{match[1]}", limits=limits)
        if paths:
            yield tally.info(paths, root)


def _limits(path: Path, tally: Tally) -> tuple[SupportLimit, ...]:
    text = read(path, MAX_LIST).decode("utf-8", "replace")
    lines = [
        line
        for line in text.splitlines()[:MAX_LINES]
        if line.strip() and not line.startswith("#")
    ]
    found: list[SupportLimit] = []
    for line in lines:
        found += tally.take(lambda line=line: [_limit(line)])  # type: ignore[misc]  # bound now
    if not found and (lines or not text):
        raise FeedError(
            f"{path}: expected a list of Debian's security support, found no such line"
        )
    return tuple(sorted(set(found), key=astuple))


def _limit(line: str) -> SupportLimit:
    package, state, *rest = (*line.split(None, 2), "")
    if not _PACKAGE.fullmatch(package) or state not in _STATES:
        raise Broken
    words = rest[0] if rest else ""
    version = day = ""
    match = _ENDED.fullmatch(words.strip()) if state == "non-supported" else None
    if match and date(match[2]):
        version, day, words = match[1], match[2], match[3] or ""
    return SupportLimit(
        package=package,
        state=_STATES[state],
        last_version=version,
        ends=day,
        why=prose(words, 500),
    )
