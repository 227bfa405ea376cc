"""
One OSV record as rows.

Source: OSV schema 1.7 (https://ossf.github.io/osv-schema/). The ranges that count are those of
type ``SEMVER`` and ``ECOSYSTEM``; commits cannot be compared with a package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from shipworthy.advisories.feeds.ecosystem import is_language
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
)
from shipworthy.advisories.feeds.osv_targets import UNRATED, Key, Target, targets_of
from shipworthy.advisories.feeds.osv_text import is_rejected, record_of, says_something
from shipworthy.advisories.feeds.values import (
    array,
    date,
    identifier,
    identifiers,
    mapping,
    prose,
    word,
)
from shipworthy.model.advisory import Advisory
from shipworthy.model.bucket import GENERIC, scheme_of


_STREAM = re.compile(r"(?<![\w:.+-])([A-Za-z][\w.+-]*:[A-Za-z0-9][\w.+-]*)", re.ASCII)
_RATED = re.compile(r"(Low|Moderate|Important|Critical): ")


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
    targets, unknown = targets_of(record, id_)
    if sets and targets:
        yield from _statements(record, id_, sets, targets, summary)
    yield from _records(record, id_, sets, {key.bucket for key in targets})
    if unknown and not targets:
        raise Foreign


def _statements(
    record: Mapping[str, object],
    id_: str,
    sets: tuple[tuple[str, ...], ...],
    targets: Mapping[Key, Target],
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


def _severity_of_distro(record: Mapping[str, object]) -> str:
    """Ubuntu's priority stands among the severities: ``{"type": "Ubuntu", "score": "low"}``."""
    for item in array(record.get("severity"), 100):
        entry = mapping(item)
        if entry.get("type") == "Ubuntu":
            rating = word(entry.get("score"))
            return "" if rating in UNRATED else rating
    return ""


def _rated(summary: str) -> str:
    """AlmaLinux's rating stands before the summary: ``Important: kernel security update``."""
    match = _RATED.match(summary)
    return match[1].lower() if match else ""
