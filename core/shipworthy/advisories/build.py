"""Building the database: feeds in, shards out, a pure function of the feeds' bytes."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from shipworthy.advisories.collect import (
    Bucket,
    Collected,
    buckets,
    cve_records,
    cves_named,
)
from shipworthy.advisories.feeds.ecosystem import is_language
from shipworthy.advisories.feeds.interface import Feed
from shipworthy.advisories.index import (
    INDEX,
    SHARDS,
    SIGNATURE,
    ShardInfo,
    dump_index,
    load_index,
    shard_path,
)
from shipworthy.advisories.schema import (
    CVE_SHARD,
    EOL_SHARD,
    INTEL_SHARD,
    dump_advisories,
    dump_record,
)
from shipworthy.advisories.schema_shared import dump_intel
from shipworthy.advisories.shards import Content, Rows, write_shard
from shipworthy.collector import without_collector
from shipworthy.errors import DatabaseError, FeedError
from shipworthy.model.advisory import DatabaseInfo, Epss, Record
from shipworthy.model.bucket import scheme_of


Progress = Callable[[str], None]


def build(
    feeds: Path,
    out: Path,
    *,
    progress: Progress | None = None,
    importers: Sequence[Feed] | None = None,
) -> DatabaseInfo:
    """
    Build a database in ``out`` from the feed files under ``feeds``.

    The same files give the same bytes. ``out`` gets its content in one step at the end: it
    holds the whole new database, or what it held before. A feed that is not in its format does
    not end the build: its ``FeedInfo`` in the database says why it was refused.

    Args:
        feeds: A directory laid out as publishers publish; feeds that are not there are
            left out.
        out: The database's directory. What is there is replaced if it is a
            database or an empty directory.
        progress: Told in one line each what is being done.
        importers: The feeds' importers; by default all that are installed.

    Raises:
        FeedError: There is no such directory, no feed in it, or none that could be read.
        DatabaseError: ``out`` cannot be written or holds something else.
    """
    tell = progress or (lambda _: None)
    if not feeds.is_dir():
        raise FeedError(f"{feeds}: expected a directory of feeds")
    out = out.resolve()
    try:
        _check_replaceable(out)
    except OSError as error:
        raise _unwritable(out, error) from None
    with without_collector():
        collected = Collected()
        for importer in _installed() if importers is None else importers:
            tell(f"reading {importer.name}")
            try:
                collected.add(importer.read(feeds))
            except FeedError as error:
                tell(f"refused {importer.name}: {error.message}")
                collected.refuse(importer.name, str(error.message), feeds)
        _replace(out, feeds, collected, tell)
    return load_index(out).info


def _replace(out: Path, feeds: Path, collected: Collected, tell: Progress) -> None:
    """Write beside ``out`` and put it there in one step."""
    if all(feed.refused for feed in collected.feeds):
        refused = "; ".join(feed.refused for feed in collected.feeds)
        raise FeedError(
            f"{feeds}: {refused or 'no feed found there'}",
            hint="expected osv/<ecosystem>/all.zip, debian/tracker.json, alpine/<branch>/*.json, …",
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
        try:
            _write(collected, staging, tell)
            _put_in_place(staging, out)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(out, error) from None


def _unwritable(out: Path, error: Exception) -> DatabaseError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return DatabaseError(f"{out}: cannot be written ({reason})")


def _installed() -> tuple[Feed, ...]:
    """All importers by entry point; one that does not load would be a hole in the database."""
    from shipworthy.extensions import load

    importers, statuses = load("feeds", _feed)
    for status in statuses:
        raise FeedError(f"{status.source} {status.message}")
    return importers


def _feed(plugin: object) -> Feed:
    if not callable(plugin):
        raise TypeError("expected a class without arguments")
    made: Feed = plugin()
    return made


def _check_replaceable(out: Path) -> None:
    if out.is_dir():
        names = {path.name for path in out.iterdir()}
        if names and not {INDEX, SHARDS, SIGNATURE} >= names:
            raise DatabaseError(
                f"{out}: holds something else than a database and is not replaced",
                hint="name a directory of the database's own",
            )
    elif out.exists():
        raise DatabaseError(f"{out}: expected a directory, found a file")


def _put_in_place(staging: Path, out: Path) -> None:
    staging.chmod(0o755)
    if not out.exists():
        staging.rename(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        out.rename(old / "old")
        staging.rename(out)
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _write(collected: Collected, directory: Path, tell: Progress) -> None:
    (directory / SHARDS).mkdir()
    shards: list[ShardInfo] = []
    named: set[str] = set()
    by_distros: set[str] = set()
    for bucket in buckets(collected):
        tell(f"writing {bucket.name}")
        cves = cves_named(bucket)
        named |= cves
        if not is_language(bucket.name):
            by_distros |= cves
        shards.append(_write_content(directory, _bucket_content(bucket)))
    tell(f"writing {CVE_SHARD} and {INTEL_SHARD}")
    records = _dump(cve_records(collected, named, by_distros))
    content = Content(name=CVE_SHARD, advisories=0, records=records)
    shards.append(_write_content(directory, content))
    shards.append(_write_content(directory, _intel_content(collected, named)))
    if collected.lifecycles:
        tell(f"writing {EOL_SHARD}")
        content = collected.lifecycles.content()
        shards.append(_write_content(directory, content))
    infos = tuple(sorted(collected.feeds, key=lambda info: info.name))
    ordered = tuple(sorted(shards, key=lambda shard: shard.name))
    (directory / INDEX).write_bytes(dump_index(infos, ordered))


def _write_content(directory: Path, content: Content) -> ShardInfo:
    return write_shard(shard_path(directory, content.name), content)


def _bucket_content(bucket: Bucket) -> Content:
    feeds = tuple(
        sorted({advisory.feed for _, rows in bucket.packages for advisory, _ in rows})
    )
    return Content(
        name=bucket.name,
        advisories=sum(
            len(sets) for _, settled in bucket.packages for _, sets in settled
        ),
        scheme=scheme_of(bucket.name),
        feeds=feeds,
        packages=(
            (package, dump_advisories(settled, feeds))
            for package, settled in bucket.packages
        ),
        records=_dump(bucket.records),
    )


def _intel_content(collected: Collected, named: set[str]) -> Content:
    kinds = (collected.epss, collected.kev, collected.exploits)
    known = sorted(named & {cve for kind in kinds for cve in kind})
    scores: Iterable[Epss] = collected.epss.values()
    return Content(
        name=INTEL_SHARD,
        advisories=0,
        date=max((epss.date for epss in scores), default=""),
        records=(
            (
                cve,
                dump_intel(
                    collected.epss.get(cve),
                    collected.kev.get(cve),
                    collected.exploits.get(cve, ()),
                ),
            )
            for cve in known
        ),
    )


def _dump(records: Iterable[Record]) -> Rows:
    return ((record.id, dump_record(record)) for record in records)
