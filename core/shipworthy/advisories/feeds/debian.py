"""
The Debian security tracker: ``debian/tracker.json``.

Source: https://security-tracker.debian.org/tracker/data/json, and the tracker's own
documentation for the states. The tracker has the last word on every (source package, CVE,
release) that it has; what it leaves undetermined is no finding.

A release without an entry is one that the tracker says nothing of, which is not the same as
not affected. Nothing is inferred for it from unstable: a version that was never in the
release may have brought the fault as well as the fix.

``repositories`` lists what the release's archives hold (main, ``-updates``, ``-security``). A
fix that is newer than all of them cannot be installed yet: it keeps its place as the end of
the range, so that whoever has it is not affected, and its channel says that it is to come.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read_object
from shipworthy.advisories.feeds.interface import (
    CVE_BUCKET,
    TRACKER,
    RecordRow,
    Row,
    Statement,
)
from shipworthy.advisories.feeds.tally import Tally
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
    selector,
    word,
)
from shipworthy.advisories.order import is_lower
from shipworthy.model.advisory import (
    UNRELEASED,
    Advisory,
    FixState,
    Range,
    Record,
)


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
        tally = Tally(FEED)
        for package, vulnerabilities in read_object(
            path, "the Debian tracker's export {package: {CVE: …}}"
        ).items():
            if not isinstance(vulnerabilities, dict):
                tally.skipped += 1
                continue
            for id_, entry in vulnerabilities.items():
                yield from tally.take(partial(_rows, package, id_, entry))
        yield tally.info([path], root)


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
    status = selector(state.get("status"))
    if status == "undetermined":
        return None
    if status not in {"open", "resolved"}:
        raise Broken
    fixed = state.get("fixed_version")
    if status == "resolved" and not fixed:
        raise Broken
    events = [("introduced", "0")]
    fix = plain(fixed, MAX_VERSION) if fixed else ""
    if fix:
        events.append(("fixed", fix))
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
            channel=UNRELEASED if _is_to_come(fix, state.get("repositories")) else "",
        ),
        authority=TRACKER,
    )


def _is_to_come(fix: str, repositories: object) -> bool:
    """Whether every archive of the release holds something older than the fix; false where none is listed."""
    if not fix or fix == "0" or not isinstance(repositories, dict):
        return False
    held = [v for v in repositories.values() if isinstance(v, str) and v]
    return bool(held) and all(is_lower("deb", version, fix) for version in held)


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
