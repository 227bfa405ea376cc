"""
Publishing a database: blobs first, the dated tag, then the tag that moves.

The dated tag is the date of the database (``2026-08-15``), and once it is there it is not written
again: another database of the same date becomes ``2026-08-15-2``. Registries cannot write "only if
absent", so two publishers at the same moment are the publisher's own business.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from tempfile import NamedTemporaryFile

from shipworthy.advisories.distribute.fetched import WORKERS, Tell
from shipworthy.advisories.distribute.packed import packing
from shipworthy.advisories.distribute.signing import sign
from shipworthy.advisories.source import ShardSource
from shipworthy.errors import DatabaseError, UsageError
from shipworthy.remote.blob import Blob, blob_of
from shipworthy.remote.connection import Connection
from shipworthy.remote.reference import LATEST, RegistryPlace
from shipworthy.remote.registry import Registry
from shipworthy.values import dataclass


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOST = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What was published."""

    digest: str
    tags: tuple[str, ...]
    uploaded: int
    """Blobs that were not there yet."""
    size: int
    """Bytes of all blobs."""


def publish(
    source: ShardSource,
    place: RegistryPlace,
    *,
    connection: Connection,
    sign_key: Path | None,
    tell: Tell,
) -> Publication:
    """
    Push a database to a repository under its date and under the place's tag, or ``latest``.

    Raises:
        DatabaseError: The database is broken or has no date, or the registry refuses it.
        UsageError: The place names a digest or a date as its tag, or the key is none.
    """
    moving = place.tag or LATEST
    if place.digest or _DATE.match(moving):
        raise UsageError(f"{place}: expected a repository or a tag that may move")
    source.prefetch(source.index.shards)  # first: an older one may take its place
    date = source.index.info.date[:10]
    if not _DATE.fullmatch(date):
        raise DatabaseError(f"{source.name}: the database has no date to publish it by")
    signature = sign(source.index.data, sign_key) if sign_key else source.signature
    registry = Registry(place=place, connection=connection)
    # Packing takes a while: know before it that one may come in.
    registry.resolve(moving)
    with packing(source, signature, tell) as packed, closing(registry):
        with NamedTemporaryFile(prefix="shipworthy-") as index:
            index.write(packed.index)
            index.flush()
            blobs = [(packed.artifact.index, Path(index.name)), *packed.files.values()]
            uploaded = _upload(registry, blobs, tell)
        digest = blob_of(packed.manifest).digest
        dated = _dated(registry, date, digest)
        for tag in (dated, moving):
            if registry.resolve(tag) != digest:
                registry.push_manifest(packed.manifest, tag)
            tell(f"tagged {tag}")
    size = sum(blob.size for blob, _ in blobs)
    return Publication(
        digest=digest, tags=(dated, moving), uploaded=uploaded, size=size
    )


def _upload(registry: Registry, blobs: list[tuple[Blob, Path]], tell: Tell) -> int:
    def push(pair: tuple[Blob, Path]) -> bool:
        blob, path = pair
        is_new = registry.push(path, blob)
        tell(f"{'pushed' if is_new else 'there already:'} {blob.digest[:19]}")
        return is_new

    with ThreadPoolExecutor(WORKERS) as pool:
        return sum(pool.map(push, blobs))


def _dated(registry: Registry, date: str, digest: str) -> str:
    """The first tag of that date that is free, or that holds this very database."""
    for number in range(1, _MOST + 1):
        tag = date if number == 1 else f"{date}-{number}"
        if registry.resolve(tag) in {"", digest}:
            return tag
    raise DatabaseError(
        f"{registry.name}: {_MOST} databases of {date} are there already"
    )
