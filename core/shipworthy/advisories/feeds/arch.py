"""
Arch Linux's security tracker: ``arch/all.json``.

Source: https://security.archlinux.org/all.json, one object a group (``AVG-…``): ``packages`` by
their own names, ``status``, ``severity``, the version known as ``affected``, the one that is
``fixed`` or null, the CVEs as ``issues`` and Arch's ``advisories`` (``ASA-…``). A version below the
fixed one is affected; without one, all are. A fix in ``Testing`` is not in the
repositories that everybody installs from.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read_array
from shipworthy.advisories.feeds.interface import TRACKER, Row, Statement
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import (
    CVE,
    MAX_NAME,
    MAX_VERSION,
    Broken,
    array,
    identifier,
    identifiers,
    mapping,
    plain,
    word,
)
from shipworthy.model.advisory import Advisory, FixState, Range


FEED = "arch/tracker"
BUCKET = "arch"
TESTING = "testing"
"""The channel of a fix that waits in Arch's testing repositories."""

_STATES: dict[str, FixState] = {
    "vulnerable": "affected",
    "fixed": "affected",
    "testing": "affected",
    "unknown": "under-investigation",
    "not affected": "affected",
}
"""What is said where no fix applies, by status."""


class ArchFeed:
    """Reads the tracker's list of groups."""

    name = "arch"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each group and package, on all CVEs of the group."""
        path = root / "arch" / "all.json"
        if not path.is_file():
            return
        tally = Tally(FEED)
        for group in read_array(path, "the tracker's list of groups"):
            yield from tally.take(partial(_rows, group))
        yield tally.info([path], root)


def _rows(value: object) -> Iterator[Statement]:
    group = mapping(value)
    id_ = identifier(group.get("name"))
    status = word(group.get("status"))
    if status not in _STATES:
        raise Broken
    fixed = _fixed(status, group.get("fixed"))
    events = (("introduced", "0"), *([("fixed", fixed)] if fixed else []))
    cves = [cve for cve in identifiers(group.get("issues")) if CVE.fullmatch(cve)]
    rating = word(group.get("severity"))
    for package in array(group.get("packages"), 1_000):
        yield Statement(
            advisory=Advisory(
                id=id_,
                aliases=tuple(cves) if len(cves) == 1 else (),
                bucket=BUCKET,
                package=plain(package, MAX_NAME),
                scheme="alpm",
                feed=FEED,
                ranges=(Range(events=events),),
                fix_state=_STATES[status],
                rating="" if rating == "unknown" else rating,
                also=tuple(identifiers(group.get("advisories"))),
                bulletin=True,
                channel=TESTING if status == "testing" else "",
            ),
            vulnerabilities=tuple((cve,) for cve in cves) if len(cves) > 1 else (),
            authority=TRACKER,
        )


def _fixed(status: str, value: object) -> str:
    """The fixed version; ``0`` where no version was ever affected."""
    if status == "not affected":
        return "0"
    if value is None or value == "":
        if status in {"fixed", "testing"}:
            raise Broken
        return ""
    return plain(value, MAX_VERSION)
