"""
One OSV record as rows.

Source: OSV schema 1.7 (https://ossf.github.io/osv-schema/). The ranges that count are those of
type ``SEMVER`` and ``ECOSYSTEM``; commits cannot be compared with a package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from shipworthy.advisories.feeds.channels import channel_of
from shipworthy.advisories.feeds.ecosystem import bucket_of, feed_of, is_language
from shipworthy.advisories.feeds.identity import (
    authority_of,
    cve_of,
    is_bulletin,
    is_dated_by_fix,
    is_livepatch,
    source_of,
    vulnerabilities,
)
from shipworthy.advisories.feeds.interface import (
    BORROWED,
    CVE_BUCKET,
    RecordRow,
    Rejected,
    Row,
    Statement,
)
from shipworthy.advisories.feeds.osv_ranges import (
    is_modular,
    merge_rebuilds,
    ranges_of,
    versions_of,
)
from shipworthy.advisories.feeds.osv_rpm import filed_under
from shipworthy.advisories.feeds.osv_text import is_rejected, record_of, says_something
from shipworthy.advisories.feeds.values import (
    MAX_NAME,
    Broken,
    array,
    date,
    identifier,
    identifiers,
    mapping,
    plain,
    prose,
    word,
)
from shipworthy.model.advisory import Advisory, FixState, Range
from shipworthy.model.bucket import GENERIC, normal_name, scheme_of


MAX_AFFECTED = 50_000

_STREAM = re.compile(r"(?<![\w:.+-])([A-Za-z][\w.+-]*:[A-Za-z0-9][\w.+-]*)", re.ASCII)
_RATED = re.compile(r"(Low|Moderate|Important|Critical): ")
_PROJECTS = (("CURL-CVE-", "curl"), ("PSF-", "python"))
"""Ids of projects whose records name no package, and the package they are on."""
_GO_ITSELF = frozenset({"stdlib", "toolchain"})
_UNRATED = {"not yet assigned", "untriaged", "unknown", "none", "n/a", "undefined"}


@dataclass(slots=True)
class _Target:
    """What the entries of ``affected`` say together about one package."""

    ranges: list[Range] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    rating: str = ""
    arches: set[str] = field(default_factory=set)
    cves: set[str] = field(default_factory=set)
    """Which of a bulletin's CVEs are meant here (Ubuntu's notices); empty means all."""
    state: FixState = "affected"


class _Key(NamedTuple):
    bucket: str
    feed: str
    package: str
    channel: str = ""


class Foreign(Exception):  # noqa: N818 - not an error: the record is about something else
    """Every package of a record is of an ecosystem that no bucket is for."""


def rows_of(record: Mapping[str, object]) -> Iterator[Row]:
    """
    The rows of one record; none for a withdrawn one.

    Raises:
        Broken: What decides a match is not as the schema has it.
        Foreign: Nothing in it is of an ecosystem known here.
    """
    id_ = identifier(record.get("id"))
    if is_rejected(record):
        yield Rejected(cve=cve_of(id_))
    if is_rejected(record) or record.get("withdrawn") or is_livepatch(id_):
        return
    summary = prose(record.get("summary"), 1_000)
    aliases = identifiers(record.get("aliases"))
    sets = vulnerabilities(
        id_,
        aliases=aliases,
        upstream=identifiers(record.get("upstream")),
        related=identifiers(record.get("related")),
        summary=summary,
    )
    targets, unknown = _targets(record, id_)
    if sets and targets:
        yield from _statements(record, id_, sets, targets, summary)
    yield from _records(record, id_, sets, {key.bucket for key in targets})
    if unknown and not targets:
        raise Foreign


def _statements(
    record: Mapping[str, object],
    id_: str,
    sets: tuple[tuple[str, ...], ...],
    targets: Mapping[_Key, _Target],
    summary: str,
) -> Iterator[Statement]:
    modified = date(record.get("modified"))
    rating = _severity_of_distro(record) or _rated(summary)
    streams = sorted(set(_STREAM.findall(_RATED.sub("", summary)))) or [""]
    bulletin = is_bulletin(id_) or len(sets) > 1
    fixed_on = date(record.get("published")) if is_dated_by_fix(id_) else ""
    for key, target in targets.items():
        meant = _meant(sets, target.cves)
        scheme = scheme_of(key.bucket)
        modular = scheme == "rpm" and is_modular(target.ranges)
        for stream in (streams if modular else ("",)) if meant else ():
            yield Statement(
                advisory=Advisory(
                    id=id_,
                    aliases=meant[0] if len(meant) == 1 else (),
                    bucket=key.bucket,
                    package=key.package,
                    scheme=scheme,
                    feed=key.feed,
                    ranges=merge_rebuilds(target.ranges)
                    if modular
                    else tuple(target.ranges),
                    versions=tuple(sorted(set(target.versions))),
                    fix_state=target.state,
                    rating=target.rating or rating,
                    arches=tuple(sorted(target.arches)),
                    modularity=stream,
                    bulletin=bulletin,
                    channel=key.channel,
                    fixed_on=fixed_on,
                ),
                vulnerabilities=meant if len(meant) > 1 else (),
                authority=authority_of(id_),
                modified=modified,
            )


def _meant(
    sets: tuple[tuple[str, ...], ...], cves: set[str]
) -> tuple[tuple[str, ...], ...]:
    """The alias sets of those CVEs; all where none are named."""
    return (
        tuple(names for names in sets if not cves.isdisjoint(names)) if cves else sets
    )


def _records(
    record: Mapping[str, object],
    id_: str,
    sets: tuple[tuple[str, ...], ...],
    buckets: set[str],
) -> Iterator[RecordRow]:
    """
    The prose: filed under the CVE where the record is that CVE in a distribution's words.

    So a description stands once and not in every release of every distribution. An
    ecosystem's own record is filed under its id, and offered for its CVE.
    """
    if not sets:
        return
    cve = cve_of(id_)
    if not cve and not buckets and len(sets) == 1:
        cve = next((name for name in sets[0] if cve_of(name) == name), "")
    if cve and not any(is_language(b) or b == GENERIC for b in buckets):
        told = record_of(record, cve, "osv")
        if says_something(told):
            yield RecordRow(bucket=CVE_BUCKET, record=told)
        return
    told = record_of(record, id_, source_of(id_))
    if not says_something(told):
        return
    for bucket in sorted(buckets):
        yield RecordRow(bucket=bucket, record=told)
    cves = [name for names in sets for name in names if cve_of(name) == name]
    if len(cves) == 1 and not is_bulletin(id_):
        yield RecordRow(
            bucket=CVE_BUCKET, record=replace(told, id=cves[0]), authority=BORROWED
        )


def _targets(
    record: Mapping[str, object], id_: str
) -> tuple[dict[_Key, _Target], bool]:
    """The packages affected, and whether any was of an ecosystem not known here."""
    targets: dict[_Key, _Target] = {}
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
        key = _Key(bucket, feed_of(ecosystem), name, channel_of(id_, ecosystem, entry))
        _take(targets, key, entry)
        if bucket == "golang" and name in _GO_ITSELF:
            _take(targets, _Key(GENERIC, key.feed, "go"), entry)
    return targets, unknown


def _outside(id_: object) -> _Key | None:
    """What an entry without a package is on, where a project's own ids tell."""
    for prefix, package in _PROJECTS:
        if isinstance(id_, str) and id_.startswith(prefix):
            return _Key(GENERIC, package, package)
    return None


def _take(
    targets: dict[_Key, _Target], key: _Key | None, entry: Mapping[str, object]
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
        target = targets.setdefault(key._replace(package=filed), _Target())
        _merge(target, entry, own, versions)


def _merge(
    target: _Target,
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


def _rate(target: _Target, value: object) -> None:
    """Take a publisher's word for one package; the first that rates stands."""
    rating = word(value)
    if rating == "end-of-life":
        target.state = "end-of-life"
    elif rating and rating not in _UNRATED and not rating.endswith("**"):
        # Debian marks a rating taken over from NVD with two asterisks
        target.rating = target.rating or rating


def _severity_of_distro(record: Mapping[str, object]) -> str:
    """Ubuntu's priority stands among the severities: ``{"type": "Ubuntu", "score": "low"}``."""
    for item in array(record.get("severity"), 100):
        entry = mapping(item)
        if entry.get("type") == "Ubuntu":
            rating = word(entry.get("score"))
            return "" if rating in _UNRATED else rating
    return ""


def _rated(summary: str) -> str:
    """AlmaLinux's rating stands before the summary: ``Important: kernel security update``."""
    match = _RATED.match(summary)
    return match[1].lower() if match else ""
