"""
Looking things up in a built database.

Opening reads the index alone; a shard is opened when it is first asked for. Files are
opened read-only and taken as they are, so any number of processes can share a
database, and nothing is written beside it. What comes back is checked as it is read:
a shard that was tampered with gives a ``DatabaseError``, never wrong types.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from shipworthy.advisories.schema import (
    CVE_SHARD,
    EOL_SHARD,
    INTEL_SHARD,
    SHARED,
    load_advisories,
    load_record,
)
from shipworthy.advisories.schema_shared import (
    load_intel,
    load_limits,
    load_name,
    load_product,
)
from shipworthy.advisories.source import DirectorySource, ShardSource
from shipworthy.model.advisory import Advisory, DatabaseInfo, Intel, Record
from shipworthy.model.bucket import is_covered
from shipworthy.model.lifecycle import Product, SupportLimit


if TYPE_CHECKING:
    from shipworthy.advisories.shardfile import Shard


class AdvisoryStore:
    """
    A database, open for look-ups; a context manager that closes what was opened.

    Not to be shared between threads.
    """

    def __init__(self, source: ShardSource) -> None:
        self._source = source
        self._open: dict[str, Shard] = {}

    @classmethod
    def open(cls, path: Path) -> AdvisoryStore:
        """
        Open the database in the directory ``path``; the time does not grow with its size.

        Raises:
            DatabaseError: Nothing is there, it is broken, or it is of another schema.
        """
        return cls(DirectorySource(path))

    def __enter__(self) -> AdvisoryStore:  # noqa: PYI034  # typing.Self is not in Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every shard; a store can be asked again afterwards and opens them anew."""
        while self._open:
            self._open.popitem()[1].close()

    @property
    def info(self) -> DatabaseInfo:
        """Which database this is."""
        info = self._source.index.info
        reference = self._source.reference
        return replace(info, source=reference) if reference else info

    @property
    def at_hand(self) -> bool:
        """Whether every shard is there already; otherwise :meth:`prefetch` saves time."""
        return self._source.at_hand

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader of a result must know of how the database was come by."""
        return self._source.notes

    def prefetch(self, buckets: Iterable[str]) -> None:
        """
        Bring the shards of these buckets, and those that every scan needs, side by side.

        Where they cannot be had, a database that was fetched before takes the place of this
        one, and :attr:`notes` says so.

        Raises:
            DatabaseError: The shards cannot be had at all.
        """
        self._source.prefetch([*buckets, *SHARED])

    def has(self, bucket: str) -> bool:
        """Whether ``bucket`` can be judged by: something is there, and a feed that tells all of it was read."""
        if not self._holds(bucket):
            return False
        feeds = self._source.index.info.feeds
        return is_covered(bucket, {f.name: f.records for f in feeds if not f.refused})

    def _holds(self, bucket: str) -> bool:
        return bucket in self._source.index.shards and bucket not in SHARED

    def advisories(
        self, bucket: str, names: Iterable[str]
    ) -> dict[str, list[Advisory]]:
        """
        The advisories of ``bucket`` on packages of these names, by name; only names that have any.

        Names are looked up as they are, see :func:`shipworthy.model.bucket.normal_name`.

        Raises:
            DatabaseError: The bucket's shard is missing or broken.
        """
        if not self._holds(bucket):
            return {}
        shard = self._shard(bucket)
        return {
            name: load_advisories(
                body,
                bucket=bucket,
                package=name,
                scheme=shard.scheme,
                feeds=shard.feeds,
            )
            for name, body in shard.find("packages", names)
        }

    def records(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Record]:
        """The records of these (bucket, id); those that are not held are left out."""
        wanted: dict[str, list[str]] = {}
        for bucket, id_ in keys:
            wanted.setdefault(bucket, []).append(id_)
        return {
            (bucket, id_): load_record(body, id_)
            for bucket, ids in wanted.items()
            if self._holds(bucket)
            for id_, body in self._shard(bucket).find("records", ids)
        }

    def cves(self, ids: Iterable[str]) -> dict[str, Record]:
        """What NVD, or where it is silent another source, says of these CVEs themselves."""
        if CVE_SHARD not in self._source.index.shards:
            return {}
        shard = self._shard(CVE_SHARD)
        return {id_: load_record(body, id_) for id_, body in shard.find("records", ids)}

    def intel(self, cves: Iterable[str]) -> dict[str, Intel]:
        """What is known of the exploitation of these CVEs; those of which nothing is are left out."""
        if INTEL_SHARD not in self._source.index.shards:
            return {}
        shard = self._shard(INTEL_SHARD)
        return {
            cve: load_intel(body, cve, shard.date)
            for cve, body in shard.find("records", cves)
        }

    def products(self, keys: Iterable[str]) -> dict[str, Product]:
        """The products that these keys lead to, by key; those that lead to none are left out."""
        if EOL_SHARD not in self._source.index.shards:
            return {}
        shard = self._shard(EOL_SHARD)
        names = {k: load_name(body, k) for k, body in shard.find("packages", keys)}
        rows = {f"product/{name}": name for name in names.values()}
        found = {
            rows[key]: load_product(body, rows[key])
            for key, body in shard.find("records", rows)
        }
        return {key: found[name] for key, name in names.items() if name in found}

    def support(self, bucket: str) -> tuple[SupportLimit, ...]:
        """What the distribution says of the support of its packages in the release ``bucket``."""
        if EOL_SHARD not in self._source.index.shards:
            return ()
        key = f"support/{bucket}"
        rows = dict(self._shard(EOL_SHARD).find("records", [key]))
        return load_limits(rows[key], bucket) if rows else ()

    def _shard(self, name: str) -> Shard:
        shard = self._open.get(name)
        if shard is None:
            from shipworthy.advisories.shardfile import Shard

            info = self._source.index.shards[name]
            shard = self._open[name] = Shard(self._source.shard(name), info)
        return shard
