"""Checking that every byte of a database is the one that its index names."""

from __future__ import annotations

from pathlib import Path

from shipworthy.advisories.index import load_index, shard_path
from shipworthy.advisories.shards import digest_of
from shipworthy.errors import DatabaseError
from shipworthy.model.advisory import DatabaseInfo


def verify(path: Path) -> DatabaseInfo:
    """
    Check the digests of all shards; the time grows with the size of the database.

    Raises:
        DatabaseError: The database is missing or broken; all shards that are not what the
            index says are named.
    """
    index = load_index(path)
    wrong = []
    for name, shard in sorted(index.shards.items()):
        try:
            if digest_of(shard_path(path, name)) != shard.digest:
                wrong.append(f"{name} has another digest")
        except OSError as error:
            wrong.append(f"{name} cannot be read ({error.strerror})")
    if wrong:
        raise DatabaseError(
            f"{path}: not what its index says: {'; '.join(wrong)}",
            hint="build or fetch the database again",
        )
    return index.info
