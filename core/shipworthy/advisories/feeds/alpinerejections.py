"""
What Alpine has looked at and found not to concern its packages: ``alpine/security-rejections/{main,community}.yaml``.

Source: https://gitlab.alpinelinux.org/alpine/infra/security-rejections, a mapping of origin
packages to lists of CVEs, in YAML of one form only: ``name:`` on a line, then ``- CVE-…`` on
lines of their own, with comments. It is read line by line; anything else is left out and
counted, so no YAML library has to be trusted with it. A rejection holds in every
branch whose secdb is beside it; where secdb names a fix all the same, the fix stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read
from shipworthy.advisories.feeds.interface import TRACKER, Row, Statement
from shipworthy.advisories.feeds.secdb import branches, names_in
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import Broken
from shipworthy.errors import FeedError
from shipworthy.model.advisory import Advisory, Range


FEED = "alpine/rejections"
MAX_SIZE = 16 << 20
MAX_LINES = 400_000

_PACKAGE = re.compile(r"([\"']?)([A-Za-z0-9_][A-Za-z0-9+._-]{0,199})\1\s*:", re.ASCII)
_ITEM = re.compile(r"\s*-\s+([\"']?)([^\"'#]{1,300}?)\1", re.ASCII)
_COMMENT = re.compile(r"(?:^|\s)#.*")
_NOTHING = frozenset({"", "---", "...", "{}"})


class AlpineRejectionsFeed:
    """Reads the lists of main and community."""

    name = "alpinerejections"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement, never affected, for each package and CVE in each branch."""
        place = root / "alpine" / "security-rejections"
        files = [
            path
            for name in ("community", "main")
            if (path := place / f"{name}.yaml").is_file()
        ]
        if not files:
            return
        buckets = [bucket for bucket, _ in branches(root)]
        tally = Tally(FEED)
        for path in files:
            package = ""
            for line in _lines(path):
                if found := _PACKAGE.fullmatch(line):
                    package = found[2]
                else:
                    yield from tally.take(partial(_rows, buckets, package, line))
        yield tally.info(files, root)


def _lines(path: Path) -> Iterator[str]:
    """The lines that say something, without comments."""
    try:
        text = read(path, MAX_SIZE).decode("utf-8")
    except UnicodeDecodeError:
        raise FeedError(
            f"{path}: expected Alpine's list of rejections, found no text"
        ) from None
    if not text:
        raise FeedError(f"{path}: expected Alpine's list of rejections, found nothing")
    lines = text.split("\n", MAX_LINES)
    if len(lines) > MAX_LINES:
        raise FeedError(f"{path}: more than the bound of {MAX_LINES} lines")
    for line in lines:
        said = _COMMENT.sub("", line).rstrip()
        if said not in _NOTHING:
            yield said


def _rows(buckets: list[str], package: str, line: str) -> Iterator[Statement]:
    found = _ITEM.fullmatch(line)
    ids, also = names_in(found[2]) if found else ((), ())
    if not ids or not package:
        raise Broken
    for bucket in buckets:
        for id_ in ids:
            yield Statement(
                advisory=Advisory(
                    id=id_,
                    bucket=bucket,
                    package=package,
                    scheme="apk",
                    feed=FEED,
                    ranges=(Range(events=(("introduced", "0"), ("fixed", "0"))),),
                    also=also,
                ),
                authority=TRACKER,
            )
