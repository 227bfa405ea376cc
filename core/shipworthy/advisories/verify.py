"""Checking that every byte of a database is the one that its index names."""

from __future__ import annotations

from pathlib import Path

from shipworthy.advisories.shards import digest_of
from shipworthy.advisories.source import DirectorySource, ShardSource
from shipworthy.errors import DatabaseError
from shipworthy.model.advisory import DatabaseInfo


def verify(path: Path) -> DatabaseInfo:
    """Check the database in a directory as :func:`verify_source` does."""
    return verify_source(DirectorySource(path))


def verify_source(source: ShardSource) -> DatabaseInfo:
    """
    Check the digests of all shards; the time grows with the size of the database.

    Raises:
        DatabaseError: The database is missing or broken; all shards that are not what the
            index says are named.
    """
    source.prefetch(source.index.shards)
    index = source.index  # after it: an older database may have taken its place
    wrong = []
    for name, shard in sorted(index.shards.items()):
        path = source.shard(name)
        try:
            if digest_of(path) != shard.digest:
                wrong.append(f"{name} has another digest ({path})")
        except OSError as error:
            wrong.append(f"{name} cannot be read ({error.strerror})")
    if wrong:
        raise DatabaseError(
            f"{source.name}: not what its index says: {'; '.join(wrong)}",
            hint="build or fetch the database again; of a cache, remove the files named",
        )
    return index.info
