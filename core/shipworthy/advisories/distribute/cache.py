"""
What was fetched, by its digest: shared by any number of processes, without locks.

A file appears by an atomic rename after its digest was checked, so it is there whole or not at
all and is not hashed again. What a reference named last is a small file of digests, newest first,
replaced in one step once everything it needs is there: a fetch that is killed leaves the database
before it in place.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from shipworthy.advisories.index import ShardInfo
from shipworthy.errors import DatabaseError


KEPT = 4
"""Databases that a reference named before and that may have to do when nobody answers."""

_UNUSED = 14 * 86400.0
_ABANDONED = 86400.0
_DAY = 86400.0
_MAX_DOCUMENT = 32 << 20
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Cache:
    """
    The files under one directory.

    Args:
        directory: Made when the first file is stored.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def shard(self, shard: ShardInfo) -> Path:
        """Where a shard is, or will be."""
        return self._directory / "shards" / f"{_name(shard.digest)}.sqlite"

    def has(self, shard: ShardInfo) -> bool:
        """Whether a shard is there; counts as use."""
        path = self.shard(shard)
        try:
            size = path.stat().st_size
        except OSError:
            return False
        _touch(path)
        return size == shard.size

    def store(self, shard: ShardInfo, fill: Callable[[BinaryIO], None]) -> Path:
        """Put a shard there that ``fill`` writes and checks; if it raises, nothing is there."""
        path = self.shard(shard)
        with self._writing(path) as file:
            fill(file)
        return path

    def document(self, digest: str) -> bytes:
        """A manifest or an index by its digest; empty where it is not there or not itself."""
        path = self._directory / "documents" / f"{_name(digest)}.json"
        try:
            with path.open("rb") as file:
                data = file.read(_MAX_DOCUMENT)
        except OSError:
            return b""
        _touch(path)
        return data if f"sha256:{hashlib.sha256(data).hexdigest()}" == digest else b""

    def put_document(self, digest: str, data: bytes) -> None:
        """Keep a manifest or an index, whose digest was checked."""
        path = self._directory / "documents" / f"{_name(digest)}.json"
        if self.document(digest) != data:
            with self._writing(path) as file:
                file.write(data)

    def named(self, reference: str) -> tuple[str, ...]:
        """Digests of the manifests that ``reference`` stood for, newest first."""
        try:
            lines = self._pointer(reference).read_text("ascii", "replace").split()
        except OSError:
            return ()
        return tuple(line for line in lines[:KEPT] if _DIGEST.fullmatch(line))

    def name(self, reference: str, digest: str) -> None:
        """Say that ``reference`` stands for this manifest now."""
        before = self.named(reference)
        if before[:1] == (digest,):
            return
        digests = [digest, *(other for other in before if other != digest)][:KEPT]
        with self._writing(self._pointer(reference)) as file:
            file.write("".join(f"{line}\n" for line in digests).encode())

    def prune(self) -> int:
        """Remove what nobody used for two weeks, and what a killed fetch left; gives the bytes."""
        freed = 0
        now = time.time()
        for path in self._directory.glob("*/*"):
            kept = _ABANDONED if path.name.startswith(".new-") else _UNUSED
            if path.parent.name == "names" and not path.name.startswith("."):
                continue
            try:
                stat = path.stat()
                if now - stat.st_mtime > kept:
                    path.unlink()
                    freed += stat.st_size
            except OSError:
                continue  # another process was faster
        return freed

    def _pointer(self, reference: str) -> Path:
        key = hashlib.sha256(reference.encode()).hexdigest()
        return self._directory / "names" / key

    @contextmanager
    def _writing(self, path: Path) -> Iterator[BinaryIO]:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fchmod(file.fileno(), 0o644)
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except OSError as error:
            Path(temporary).unlink(missing_ok=True)
            raise self._unwritable(error) from None
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _unwritable(self, error: OSError) -> DatabaseError:
        return DatabaseError(
            f"{self._directory}: cannot be written ({error.strerror})",
            hint="name another place with --cache-dir",
        )


def _touch(path: Path) -> None:
    """Say that a file is in use, once a day; a cache that cannot be written is only not pruned."""
    try:
        if time.time() - path.stat().st_mtime > _DAY:
            os.utime(path)
    except OSError:
        return


def _name(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise DatabaseError(f"{digest[:100]!r} is not a digest")
    return digest.replace(":", "-")
