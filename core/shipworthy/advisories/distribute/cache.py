"""
What was fetched, by its digest: shared by any number of processes, without locks.

A file appears by an atomic rename after its digest was checked, so it is there whole or not at
all and is not hashed again. What a reference named last is a small file of digests, newest first,
replaced in one step once everything it needs is there: a fetch that is killed leaves the database
before it in place.

What is removed: files that no database needs which a reference in use names, once nobody has
asked for them for two days; references once nobody has for ninety. So the cache is
bounded by the references in use, :data:`KEPT` databases each, and by what two days bring.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from shipworthy.advisories.index import ShardInfo
from shipworthy.errors import DatabaseError


KEPT = 4
"""Databases that a reference named before and that may have to do when nobody answers."""

_UNUSED = 2 * 86400.0
_FORGOTTEN = 90 * 86400.0
_HOUR = 3600.0
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
        _touch(path)  # before it is looked at: what is there afterwards stays
        try:
            return path.stat().st_size == shard.size
        except OSError:
            return False

    def store(self, shard: ShardInfo, fill: Callable[[BinaryIO], None]) -> Path:
        """Put a shard there that ``fill`` writes and checks; if it raises, nothing is there."""
        path = self.shard(shard)
        with self._writing(path) as file:
            fill(file)
        return path

    def document(self, digest: str) -> bytes:
        """A manifest or an index by its digest; empty where it is not there or not itself."""
        path = self._document(digest)
        _touch(path)
        data = self._peek(digest)
        return data if f"sha256:{hashlib.sha256(data).hexdigest()}" == digest else b""

    def put_document(self, digest: str, data: bytes) -> None:
        """Keep a manifest or an index, whose digest was checked."""
        path = self._document(digest)
        if self.document(digest) != data:
            with self._writing(path) as file:
                file.write(data)

    def named(self, reference: str) -> tuple[str, ...]:
        """Digests of the manifests that ``reference`` stood for, newest first; counts as use."""
        _touch(self._pointer(reference))
        return _digests(self._pointer(reference))

    def name(self, reference: str, digest: str) -> None:
        """Say that ``reference`` stands for this manifest now."""
        before = self.named(reference)
        if before[:1] == (digest,):
            return
        digests = [digest, *(other for other in before if other != digest)][:KEPT]
        with self._writing(self._pointer(reference)) as file:
            file.write("".join(f"{line}\n" for line in digests).encode())

    def prune(self, needs: Callable[[bytes], Iterable[str]]) -> int:
        """
        Remove what nobody needs any more, and what killed fetches left; gives the bytes.

        Args:
            needs: The digests that a manifest or an index names.
        """
        freed = 0
        now = time.time()
        for path in self._directory.glob("names/*"):
            freed += _remove(path, now - _FORGOTTEN)
        kept = self._needed(needs)
        for path in self._directory.glob("*/*"):
            is_pointer = path.parent.name == "names" and path.name[0] != "."
            if not is_pointer and path.stem.replace("-", ":") not in kept:
                freed += _remove(path, now - _UNUSED)
        return freed

    def _needed(self, needs: Callable[[bytes], Iterable[str]]) -> set[str]:
        """The digests of everything that a named database consists of."""
        kept: set[str] = set()
        for pointer in self._directory.glob("names/*"):
            for manifest in {*_digests(pointer)} - kept:
                kept.add(manifest)
                for name in needs(self._peek(manifest)):
                    kept.update({name, *needs(self._peek(name))})
        return kept

    def _document(self, digest: str) -> Path:
        return self._directory / "documents" / f"{_name(digest)}.json"

    def _peek(self, digest: str) -> bytes:
        try:
            with self._document(digest).open("rb") as file:
                return file.read(_MAX_DOCUMENT)
        except OSError:
            return b""

    def _pointer(self, reference: str) -> Path:
        key = hashlib.sha256(reference.encode()).hexdigest()
        return self._directory / "names" / key

    @contextmanager
    def _writing(self, path: Path) -> Iterator[BinaryIO]:
        import tempfile

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


def _digests(pointer: Path) -> tuple[str, ...]:
    try:
        lines = pointer.read_text("ascii", "replace").split()
    except OSError:
        return ()
    return tuple(line for line in lines[:KEPT] if _DIGEST.fullmatch(line))


def _remove(path: Path, before: float) -> int:
    """Remove a file that was not used since; gives its bytes."""
    try:
        stat = path.stat()
        if stat.st_mtime >= before:
            return 0
        path.unlink()
    except OSError:
        return 0  # another process was faster
    return stat.st_size


def _touch(path: Path) -> None:
    """Say that a file is in use, once an hour; a cache that cannot be written is only not pruned."""
    try:
        if time.time() - path.stat().st_mtime > _HOUR:
            os.utime(path)
    except OSError:
        return


def _name(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise DatabaseError(f"{digest[:100]!r} is not a digest")
    return digest.replace(":", "-")
