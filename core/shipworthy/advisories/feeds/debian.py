"""
The Debian security tracker: ``debian/tracker.json``.

Source: https://security-tracker.debian.org/tracker/data/json, and the tracker's own
documentation for the states. The tracker has the last word on every (source package, CVE,
release) that it has; what it leaves undetermined is no finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from shipworthy.advisories.feeds.files import digest, read_object
from shipworthy.advisories.feeds.interface import (
    CVE_BUCKET,
    TRACKER,
    RecordRow,
    Row,
    Statement,
)
from shipworthy.advisories.feeds.values import (
    CVE,
    MAX_DETAILS,
    MAX_NAME,
    MAX_VERSION,
    Broken,
    identifier,
    mapping,
    plain,
    prose,
    word,
)
from shipworthy.model.advisory import Advisory, FeedInfo, FixState, Range, Record


FEED = "debian/tracker"

RELEASES = {
    "wheezy": "7",
    "jessie": "8",
    "stretch": "9",
    "buster": "10",
    "bullseye": "11",
    "bookworm": "12",
    "trixie": "13",
    "forky": "14",
    "duke": "15",
}
"""Release by code name (https://wiki.debian.org/DebianReleases); others go by the name itself."""

_SUITE = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)
_URGENCIES = frozenset({"unimportant", "low", "medium", "high"})


class DebianTrackerFeed:
    """Reads the tracker's JSON export."""

    name = "debian"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each source package, CVE and release."""
        path = root / "debian" / "tracker.json"
        if not path.is_file():
            return
        records = skipped = 0
        for package, vulnerabilities in read_object(
            path, "the Debian tracker's export {package: {CVE: …}}"
        ).items():
            if not isinstance(vulnerabilities, dict):
                skipped += 1
                continue
            for id_, entry in vulnerabilities.items():
                try:
                    rows = list(_rows(package, id_, entry))
                except Broken:
                    skipped += 1
                    continue
                records += 1
                yield from rows
        yield FeedInfo(
            name=FEED,
            date="",
            records=records,
            skipped=skipped,
            digest=digest([path], root),
        )


def _rows(package: object, id_: object, value: object) -> Iterator[Row]:
    name = plain(package, MAX_NAME)
    vulnerability = identifier(id_)
    entry = mapping(value)
    for suite, state in mapping(entry.get("releases")).items():
        statement = _statement(name, vulnerability, suite, mapping(state))
        if statement:
            yield statement
    description = prose(entry.get("description"), MAX_DETAILS)
    if description and CVE.fullmatch(vulnerability):
        yield RecordRow(
            bucket=CVE_BUCKET,
            record=Record(id=vulnerability, source="debian", details=description),
        )


def _statement(
    package: str, id_: str, suite: str, state: Mapping[str, object]
) -> Statement | None:
    status = state.get("status")
    if status == "undetermined":
        return None
    if status not in {"open", "resolved"}:
        raise Broken
    fixed = state.get("fixed_version")
    if status == "resolved" and not fixed:
        raise Broken
    events = [("introduced", "0")]
    if fixed:
        events.append(("fixed", plain(fixed, MAX_VERSION)))
    if not _SUITE.fullmatch(suite):
        raise Broken
    return Statement(
        advisory=Advisory(
            id=id_,
            bucket=f"debian-{RELEASES.get(suite, suite)}",
            package=package,
            scheme="deb",
            feed=FEED,
            ranges=(Range(events=tuple(events)),),
            fix_state=_state(state),
            rating=_rating(state.get("urgency")),
        ),
        authority=TRACKER,
    )


def _state(state: Mapping[str, object]) -> FixState:
    """What the security team says of an open issue: ``nodsa`` with its reason, or end of life."""
    reason = state.get("nodsa_reason")
    if "end-of-life" in (state.get("urgency"), reason):
        return "end-of-life"
    if reason == "postponed":
        return "fix-deferred"
    if state.get("nodsa") is not None or reason is not None:
        return "will-not-fix"
    return "affected"


def _rating(urgency: object) -> str:
    """The urgency; ``not yet assigned`` and ratings marked ``**`` (taken from NVD) are none."""
    rating = word(urgency)
    return rating if rating in _URGENCIES else ""
