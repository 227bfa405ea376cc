"""
What Alpine's security tracker holds for unfixed: ``alpine/security/<branch>-<repository>.json``.

Source: https://security.alpinelinux.org/branch/<branch>-<repository> as ``application/ld+json``
(the tracker's code: gitlab.alpinelinux.org/alpine/security/secfixes-tracker): ``items``, one a
vulnerability, each with its ``state`` in every repository: ``fixed``, ``repo`` and
``packageVersion``, an address that ends in ``/srcpkg/<package>/<version>``. The tracker
finds candidates by NVD's product names, so an unfixed one is a guess until a packager
looks; it holds up to the version it is told of. secdb decides wherever it speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read_object
from shipworthy.advisories.feeds.interface import PER_VULNERABILITY, Row, Statement
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import (
    MAX_NAME,
    MAX_VERSION,
    Broken,
    array,
    identifier,
    mapping,
    plain,
    selector,
)
from shipworthy.errors import FeedError
from shipworthy.model.advisory import Advisory, Range


FEED = "alpine/tracker"
MAX_ITEMS = 200_000
MAX_STATES = 5_000

_REPOSITORY = re.compile(r"(edge|\d{1,3}\.\d{1,3})-(?:main|community)", re.ASCII)
_VULNERABILITY = re.compile(r"https://[^/\s]{1,100}/vuln/([^/\s]{1,200})")
_VERSION = re.compile(r"https://[^/\s]{1,100}/srcpkg/([^/\s]{1,300})/([^/\s]{1,200})")


class AlpineTrackerFeed:
    """Reads the tracker's lists of potentially vulnerable packages."""

    name = "alpinetracker"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement without a fix for each package and vulnerability of a branch that nothing fixed there."""
        files = [
            path
            for path in sorted((root / "alpine" / "security").glob("*.json"))
            if _REPOSITORY.fullmatch(path.stem)
        ]
        if not files:
            return
        tally = Tally(FEED)
        for path in files:
            document = read_object(path, "a branch of Alpine's security tracker")
            items = document.get("items")
            if not isinstance(items, list) or len(items) > MAX_ITEMS:
                raise FeedError(
                    f"{path}: expected a branch of Alpine's security tracker,"
                    " found no list of items"
                )
            for item in items:
                yield from tally.take(partial(_rows, path.stem, item))
        yield tally.info(files, root)


def _rows(repository: str, value: object) -> Iterator[Statement]:
    """Only states of the file's own repository: each has a file."""
    item = mapping(value)
    found = _VULNERABILITY.fullmatch(plain(item.get("id"), 400))
    if not found:
        raise Broken
    id_ = identifier(found[1])
    branch = _REPOSITORY.fullmatch(repository)
    assert branch is not None
    states = [mapping(s) for s in array(item.get("state"), MAX_STATES)]
    own = [_place(s) for s in states if selector(s.get("repo")) == repository]
    settled = {name for name, _, fixed in own if fixed}
    for name, version, _ in own:
        if name in settled:
            continue
        events = (("introduced", "0"), ("last_affected", version))
        yield Statement(
            advisory=Advisory(
                id=id_,
                bucket=f"alpine-{branch[1]}",
                package=name,
                scheme="apk",
                feed=FEED,
                ranges=(Range(events=events),),
                fix_state="affected",
            ),
            authority=PER_VULNERABILITY,
        )


def _place(state: Mapping[str, object]) -> tuple[str, str, bool]:
    """Package, version and whether it is fixed there."""
    found = _VERSION.fullmatch(plain(state.get("packageVersion"), 700))
    fixed = state.get("fixed")
    if not found or not isinstance(fixed, bool):
        raise Broken
    return plain(found[1], MAX_NAME), plain(found[2], MAX_VERSION), fixed
