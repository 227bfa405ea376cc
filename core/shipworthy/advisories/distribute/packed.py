"""A database made ready to travel: its shards compressed and its manifest written, in a directory of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from shipworthy.advisories.distribute.artifact import Artifact, dump_manifest
from shipworthy.advisories.distribute.fetched import Tell
from shipworthy.advisories.distribute.pack import pack
from shipworthy.advisories.source import ShardSource
from shipworthy.errors import DatabaseError
from shipworthy.remote.blob import Blob, blob_of
from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Everything that is uploaded or bundled."""

    artifact: Artifact
    manifest: bytes
    index: bytes
    files: Mapping[str, tuple[Blob, Path]]
    """Each shard's blob and the file that holds it, by the shard's name."""


@contextmanager
def packing(source: ShardSource, signature: str, tell: Tell) -> Iterator[Packed]:
    """
    Pack all of a database; the files are gone afterwards.

    Raises:
        DatabaseError: A shard is not what the index says; nothing broken is passed on.
    """
    source.prefetch(source.index.shards)
    index = source.index
    with TemporaryDirectory(prefix="shipworthy-") as directory:

        def make(name: str) -> tuple[Blob, Path]:
            out = Path(directory) / f"{name}.zst"
            shard = source.shard(name)
            try:
                blob, digest = pack(shard, out)
            except OSError as error:
                raise DatabaseError(
                    f"{error.filename or out}: {error.strerror}"
                ) from None
            if digest != index.shards[name].digest:
                raise DatabaseError(
                    f"{shard}: expected {index.shards[name].digest}, found {digest}",
                    hint="build the database again",
                )
            tell(f"packed {name}")
            return blob, out

        names = sorted(index.shards, key=lambda n: (-index.shards[n].size, n))
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            files = dict(zip(names, pool.map(make, names), strict=True))
        artifact = Artifact(
            index=blob_of(index.data),
            shards={name: blob for name, (blob, _) in files.items()},
            date=index.info.date,
            signature=signature,
        )
        yield Packed(
            artifact=artifact,
            manifest=dump_manifest(artifact),
            index=index.data,
            files=files,
        )
