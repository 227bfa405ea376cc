"""A database out of an artifact's blobs: shards inflated into the cache, as many at once as is sensible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

from shipworthy.advisories.distribute.artifact import (
    MAX_INDEX,
    Artifact,
    parse_manifest,
)
from shipworthy.advisories.distribute.cache import Cache
from shipworthy.advisories.distribute.pack import unpack
from shipworthy.advisories.index import Index, ShardInfo, parse_index
from shipworthy.errors import DatabaseError, UnreachableError
from shipworthy.remote.blob import Blob, blob_of
from shipworthy.remote.transfer import Reader
from shipworthy.values import dataclass


T = TypeVar("T")
Tell = Callable[[str], None]
Accept = Callable[[Index, str, str], None]
"""Raises ``DatabaseError`` where this index with this signature, of this name, must not be used."""

WORKERS = 6


class Origin(Protocol):
    """**Protocol:** where blobs come from."""

    @property
    def name(self) -> str:
        """What a person calls it."""
        ...

    def read(self, blob: Blob, take: Callable[[Reader], T]) -> T:
        """Hand a blob's bytes to ``take``, perhaps several times from the start; raises ``DatabaseError``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One published database: the manifest and the index that it names."""

    digest: str
    artifact: Artifact
    index: Index

    def missing(self, names: Iterable[str], cache: Cache) -> list[ShardInfo]:
        """Which of these shards are not in the cache, the largest first."""
        shards = self.index.shards
        wanted = [shards[name] for name in sorted({*names} & shards.keys())]
        lacking = [shard for shard in wanted if not cache.has(shard)]
        return sorted(lacking, key=lambda shard: (-shard.size, shard.name))


def load_published(
    digest: str, manifest: bytes, name: str, cache: Cache, origins: Sequence[Origin]
) -> Published:
    """
    What a manifest leads to, with the index out of the cache or from one of the origins.

    Raises:
        DatabaseError: It is no database, or its index is not what the manifest says.
    """
    artifact = parse_manifest(manifest, name)
    data = cache.document(artifact.index.digest)
    if not data:
        data = _first(origins, lambda origin: _index(origin, artifact.index))
        cache.put_document(artifact.index.digest, data)
    index = parse_index(data, name)
    absent = sorted(index.shards.keys() - artifact.shards.keys())
    if absent:
        raise DatabaseError(f"{name}: the artifact lacks the shard {absent[0]}")
    return Published(digest=digest, artifact=artifact, index=index)


def fetch(
    published: Published,
    shards: Sequence[ShardInfo],
    cache: Cache,
    origins: Sequence[Origin],
    tell: Tell,
) -> int:
    """
    Bring these shards into the cache; gives the bytes that travelled.

    Raises:
        DatabaseError: One of them cannot be had from any origin; the others are there.
    """
    blobs = [published.artifact.shards[shard.name] for shard in shards]

    def bring(shard: ShardInfo, blob: Blob) -> int:
        _first(origins, lambda origin: _store(origin, shard, blob, cache))
        tell(f"fetched {shard.name}, {_size(blob.size)}")
        return blob.size

    if len(shards) < 2:
        return sum(map(bring, shards, blobs))
    with ThreadPoolExecutor(min(WORKERS, len(shards))) as pool:
        jobs = [pool.submit(bring, *pair) for pair in zip(shards, blobs, strict=True)]
        return sum(job.result() for job in jobs)


def prune(cache: Cache) -> None:
    """Make room: keep every database that a reference in use names, and what is in use."""
    cache.prune(_needs)


def _needs(document: bytes) -> list[str]:
    """The digests that a manifest or an index names; none where it is neither."""
    try:
        return [parse_manifest(document, "").index.digest]
    except DatabaseError:
        pass
    try:
        return [shard.digest for shard in parse_index(document, "").shards.values()]
    except DatabaseError:
        return []


def _store(origin: Origin, shard: ShardInfo, blob: Blob, cache: Cache) -> Path:
    def take(reader: Reader) -> Path:
        return cache.store(shard, lambda file: unpack(reader, blob, shard, file))

    return origin.read(blob, take)


def _index(origin: Origin, blob: Blob) -> bytes:
    def take(reader: Reader) -> bytes:
        data = b""
        while len(data) <= MAX_INDEX and (part := reader.read(1 << 20)):
            data += part
        if blob_of(data) != blob:
            raise DatabaseError(
                f"{origin.name}: the index is not what the manifest says:"
                f" expected {blob.digest}, found {blob_of(data).digest}",
                hint="somebody changed it on its way, or it was not published whole",
            )
        return data

    return origin.read(blob, take)


def _first(origins: Sequence[Origin], ask: Callable[[Origin], T]) -> T:
    """The first answer; where nobody gives one, what is worse than silence is told before it."""
    errors: list[DatabaseError] = []
    for origin in origins:
        try:
            return ask(origin)
        except DatabaseError as error:
            errors.append(error)
    raise worst(errors)


def worst(errors: Sequence[DatabaseError]) -> DatabaseError:
    """Of several failures the one to raise: wrong bytes before no answer."""
    wrong = [e for e in errors if not isinstance(e, UnreachableError)]
    if not errors:
        return UnreachableError("nowhere to fetch the database from")
    return (wrong or list(errors))[0]


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size} bytes"
