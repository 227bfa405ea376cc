"""The rows of all feeds, gathered by bucket and settled: what the shards will hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import astuple, field, replace
from pathlib import Path

from shipworthy.advisories.feeds.interface import (
    BORROWED,
    CVE_BUCKET,
    IntelRow,
    ProductRow,
    RecordRow,
    Rejected,
    Row,
    Statement,
    SupportRow,
)
from shipworthy.advisories.feeds.tally import refused
from shipworthy.advisories.feeds.values import CVE, MAX_REFERENCES
from shipworthy.advisories.lifecycles import Lifecycles
from shipworthy.advisories.order import told_order, uncovered
from shipworthy.advisories.schema import SHARED
from shipworthy.advisories.settle import Settled, alias_sets, current, settle
from shipworthy.errors import FeedError
from shipworthy.model.advisory import Epss, Exploit, FeedInfo, Kev, Record
from shipworthy.model.bucket import BY_SOURCE
from shipworthy.values import dataclass


MAX_BUCKETS = 20_000

_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{0,119}", re.ASCII)


@dataclass(slots=True)
class Collected:
    """
    Everything the feeds brought, in no order that matters.

    Of two entries on the exploitation of one CVE the earlier one stands, of two scores the
    higher one.
    """

    statements: dict[str, dict[str, list[Statement]]] = field(default_factory=dict)
    """By bucket and package."""
    records: dict[str, dict[str, list[RecordRow]]] = field(default_factory=dict)
    """By bucket and id."""
    epss: dict[str, Epss] = field(default_factory=dict)
    kev: dict[str, Kev] = field(default_factory=dict)
    exploits: dict[str, list[Exploit]] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    lifecycles: Lifecycles = field(default_factory=Lifecycles)
    feeds: list[FeedInfo] = field(default_factory=list)

    def add(self, rows: Iterable[Row]) -> None:
        """Take the rows of one feed."""
        for row in rows:
            if isinstance(row, Statement):
                bucket = self.statements.get(row.advisory.bucket)
                if bucket is None:
                    bucket = self._new_bucket(row.advisory.bucket)
                bucket.setdefault(row.advisory.package, []).append(row)
            elif isinstance(row, RecordRow):
                held = self.records.setdefault(row.bucket, {})
                held.setdefault(row.record.id, []).append(row)
            elif isinstance(row, IntelRow):
                self._know(row)
            elif isinstance(row, Rejected):
                self.rejected.add(row.cve)
            elif isinstance(row, (ProductRow, SupportRow)):
                self.lifecycles.add(row)
            else:
                self.feeds.append(row)

    def _know(self, row: IntelRow) -> None:
        if row.epss:
            held = self.epss.get(row.cve, row.epss)
            self.epss[row.cve] = max(held, row.epss, key=astuple)
        if row.kev:
            entry = self.kev.get(row.cve, row.kev)
            self.kev[row.cve] = min(entry, row.kev, key=astuple)
        if row.exploits:
            self.exploits.setdefault(row.cve, []).extend(row.exploits)

    def refuse(self, name: str, why: str, root: Path) -> None:
        """Note that a feed ended before its time; what it gave until then stays."""
        self.feeds.append(refused(name, why, root))

    def _new_bucket(self, name: str) -> dict[str, list[Statement]]:
        """A bucket's name becomes a file's: whatever a feed says, it stays a plain one."""
        if not _BUCKET.fullmatch(name) or name in SHARED:
            raise FeedError(
                f"a feed names the bucket {name[:120]!r}, which none can be"
            )
        if len(self.statements) == MAX_BUCKETS:
            raise FeedError(
                f"the feeds name more than the bound of {MAX_BUCKETS} buckets"
            )
        return self.statements.setdefault(name, {})


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket, ready to be written."""

    name: str
    packages: tuple[tuple[str, tuple[Settled, ...]], ...]
    records: tuple[Record, ...]


def buckets(collected: Collected) -> Iterator[Bucket]:
    """
    Settle and give one bucket after the other, in the order of their names.

    Statements and records of a bucket are let go of with it.
    """
    known = _same_as(collected)
    rejected = frozenset(collected.rejected)
    for name in sorted(collected.statements):
        by_source = name.partition("-")[0] in BY_SOURCE
        packages = []
        named: set[str] = set()
        for package, rows in sorted(collected.statements.pop(name).items()):
            latest = current(rows)
            settled = (
                settle(latest, known, rejected)
                if by_source
                else [
                    (row.advisory, sets)
                    for row in latest
                    if (sets := alias_sets(row, rejected))
                ]
            )
            ordered = tuple(sorted(map(_slim, settled), key=_order))
            if ordered:
                packages.append((package, ordered))
                named.update(i for a, _ in ordered for i in (a.id, *a.also))
        records = collected.records.pop(name, {})
        yield Bucket(
            name=name,
            packages=tuple(packages),
            records=tuple(
                _latest(rows) for id_, rows in sorted(records.items()) if id_ in named
            ),
        )


def cves_named(bucket: Bucket) -> set[str]:
    """The CVEs that a bucket's advisories are about."""
    return {
        name
        for _, settled in bucket.packages
        for advisory, sets in settled
        for name in (advisory.id, *(n for names in sets for n in names))
        if CVE.fullmatch(name)
    }


def cve_records(
    collected: Collected, named: set[str], by_distros: set[str]
) -> Iterator[Record]:
    """
    What is told of the CVEs named anywhere, one record each; nobody else would ask.

    An ecosystem's own words are in its bucket; they are repeated here only for CVEs that a
    distribution names, whose packages nobody else describes or scores.
    """
    records = collected.records.get(CVE_BUCKET, {})
    for cve in sorted(named & records.keys()):
        rows = records[cve]
        if cve not in by_distros:
            rows = [row for row in rows if row.authority < BORROWED]
        if rows:
            yield _united(rows)


def _same_as(collected: Collected) -> dict[str, str]:
    """CVE by GHSA, wherever a record on one vulnerability names exactly one of each kind."""
    known: dict[str, str] = {}
    for packages in collected.statements.values():
        for rows in packages.values():
            for row in rows:
                advisory = row.advisory
                if advisory.bulletin or row.vulnerabilities or not advisory.aliases:
                    continue
                names = {advisory.id, *advisory.aliases}
                cves = [name for name in names if CVE.fullmatch(name)]
                if len(cves) == 1:
                    for name in names:
                        if name.startswith("GHSA-"):
                            known[name] = min(cves[0], known.get(name, cves[0]))
    return known


def _slim(settled: Settled) -> Settled:
    advisory, sets = settled
    if not advisory.versions:
        return settled
    kept = uncovered(advisory.scheme, advisory.ranges, advisory.versions)
    return replace(advisory, versions=kept), sets


def _order(settled: Settled) -> tuple[object, ...]:
    """Whole, so that what a publisher says twice and differently has one order whatever the order it came in."""
    advisory, sets = settled
    return (
        advisory.id,
        sets,
        advisory.channel,
        advisory.modularity,
        advisory.arches,
        *told_order(advisory),
    )


def _latest(rows: list[RecordRow]) -> Record:
    """The newest version of a record; of equals the one that sorts first."""
    best = sorted((row.record for row in rows), key=_text_order)
    return max(best, key=lambda record: record.modified)


def _text_order(record: Record) -> tuple[object, ...]:
    """Whole, like that of advisories."""
    return (
        record.source,
        record.summary,
        record.details,
        record.references,
        tuple((one.source, one.vector) for one in record.cvss),
        record.cwes,
        record.rating,
        record.published,
        record.disputed,
    )


def _united(rows: list[RecordRow]) -> Record:
    """
    One record of a CVE: the first source speaks, the others fill its gaps and add their scores.

    Of what one source says several times its newest speaks first.
    """
    if len(rows) == 1:
        return rows[0].record
    told = sorted(rows, key=lambda row: _text_order(row.record))
    told.sort(key=lambda row: row.record.modified, reverse=True)
    told.sort(key=lambda row: (row.authority, row.record.source))
    ordered = [row.record for row in told]
    first = next((r for r in ordered if r.details or r.summary), ordered[0])
    return replace(
        ordered[0],
        source=ordered[0].source,
        summary=next((r.summary for r in ordered if r.summary), ""),
        details=first.details,
        cvss=tuple(dict.fromkeys(c for r in ordered for c in r.cvss)),
        cwes=next((r.cwes for r in ordered if r.cwes), ()),
        references=tuple(dict.fromkeys(u for r in ordered for u in r.references))[
            :MAX_REFERENCES
        ],
        published=next((r.published for r in ordered if r.published), ""),
        modified=next((r.modified for r in ordered if r.modified), ""),
    )
