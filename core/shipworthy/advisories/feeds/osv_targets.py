"""
What an OSV record's ``affected`` says, gathered by package.

Source: OSV schema 1.7 (https://ossf.github.io/osv-schema/) and what publishers add to it under
``ecosystem_specific`` and ``database_specific``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import NamedTuple

from shipworthy.advisories.feeds.channels import channel_of
from shipworthy.advisories.feeds.ecosystem import bucket_of, feed_of
from shipworthy.advisories.feeds.osv_ranges import ranges_of, versions_of
from shipworthy.advisories.feeds.osv_rpm import filed_under
from shipworthy.advisories.feeds.values import (
    MAX_NAME,
    Broken,
    array,
    identifiers,
    mapping,
    plain,
    word,
)
from shipworthy.model.advisory import FixState, Range
from shipworthy.model.bucket import GENERIC, normal_name
from shipworthy.values import dataclass


MAX_AFFECTED = 50_000
UNRATED = frozenset(
    {"not yet assigned", "untriaged", "unknown", "none", "n/a", "undefined"}
)
"""Words for a severity that say that there is none."""

_PROJECTS = (("CURL-CVE-", "curl"), ("PSF-", "python"))
"""Ids of projects whose records name no package, and the package they are on."""
_GO_ITSELF = frozenset({"stdlib", "toolchain"})


@dataclass(slots=True)
class Target:
    """What the entries of ``affected`` say together about one package."""

    ranges: list[Range] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    rating: str = ""
    arches: set[str] = field(default_factory=set)
    cves: set[str] = field(default_factory=set)
    """Which of a bulletin's CVEs are meant here (Ubuntu's notices); empty means all."""
    state: FixState = "affected"


class Key(NamedTuple):
    """What a statement is on."""

    bucket: str
    feed: str
    package: str
    channel: str = ""


def targets_of(
    record: Mapping[str, object], id_: str
) -> tuple[dict[Key, Target], bool]:
    """The packages affected, and whether any was of an ecosystem not known here; raises ``Broken``."""
    targets: dict[Key, Target] = {}
    unknown = False
    for item in array(record.get("affected"), MAX_AFFECTED):
        entry = mapping(item)
        package = mapping(entry.get("package"))
        ecosystem = package.get("ecosystem")
        if ecosystem is None:
            _take(targets, _outside(record.get("id")), entry)
            continue
        if not isinstance(ecosystem, str):
            raise Broken
        bucket = bucket_of(ecosystem)
        if not bucket:
            unknown = True
            continue
        name = normal_name(bucket, plain(package.get("name"), MAX_NAME))
        key = Key(bucket, feed_of(ecosystem), name, channel_of(id_, ecosystem, entry))
        _take(targets, key, entry)
        if bucket == "golang" and name in _GO_ITSELF:
            _take(targets, Key(GENERIC, key.feed, "go"), entry)
    return targets, unknown


def _outside(id_: object) -> Key | None:
    """What an entry without a package is on, where a project's own ids tell."""
    for prefix, package in _PROJECTS:
        if isinstance(id_, str) and id_.startswith(prefix):
            return Key(GENERIC, package, package)
    return None


def _take(
    targets: dict[Key, Target], key: Key | None, entry: Mapping[str, object]
) -> None:
    """Add what ``entry`` says of ``key``; nothing where it says nothing that compares."""
    if key is None:
        return
    ranges = ranges_of(entry)
    versions = versions_of(entry, strict=not ranges and key.bucket != GENERIC)
    if ranges and key.feed == "osv/Ubuntu":
        versions = []  # every build below the fix, hundreds of them: the range has it all
    if not ranges and not versions:
        return
    for filed, own in filed_under(key.bucket, key.package, entry, ranges).items():
        target = targets.setdefault(key._replace(package=filed), Target())
        _merge(target, entry, own, versions)


def _merge(
    target: Target,
    entry: Mapping[str, object],
    ranges: list[Range],
    versions: list[str],
) -> None:
    target.ranges += [r for r in ranges if r not in target.ranges]
    target.versions += versions
    specific = entry.get("ecosystem_specific")
    own = entry.get("database_specific")
    if isinstance(own, dict):
        _rate(target, own.get("severity"))
        target.cves |= _mapped(own.get("cves_map"))
    if not isinstance(specific, dict):
        return
    for name in ("urgency", "severity", "ubuntu_priority"):
        _rate(target, specific.get(name))
    if any(
        mapping(c).get("status") == "under_investigation"
        for c in array(specific.get("components"), 10_000)
    ):
        target.state = "under-investigation"
    target.arches |= set(identifiers(specific.get("arches"))) - {"noarch"}


def _mapped(value: object) -> set[str]:
    """The CVEs of ``cves_map``: ``{"ecosystem": …, "cves": [{"id": "CVE-…"}]}``."""
    listed = value.get("cves") if isinstance(value, dict) else None
    items = listed[:2_000] if isinstance(listed, list) else ()
    return set(identifiers([c.get("id") for c in items if isinstance(c, dict)]))


def _rate(target: Target, value: object) -> None:
    """Take a publisher's word for one package; the first that rates stands."""
    rating = word(value)
    if rating == "end-of-life":
        target.state = "end-of-life"
    elif rating and rating not in UNRATED and not rating.endswith("**"):
        # Debian marks a rating taken over from NVD with two asterisks
        target.rating = target.rating or rating
