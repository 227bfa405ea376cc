"""
The layer cache: one file a record, shared by any number of processes.

A record is stored under the diff ID that was computed from the layer's bytes and the
fingerprint of the catalogers that read it, or under the key of the table of contents that the layer was
read by (:mod:`shipworthy.images.tables`). It appears by an atomic rename, so a reader sees a
whole record or none. A record that cannot be read is a miss. The size is bounded: when a
write crosses the bound, the records not used for the longest time go first.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from shipworthy.errors import ParseError


if TYPE_CHECKING:
    from shipworthy.layers.record import LayerRecord


DEFAULT_BOUND = 1024 * 1024 * 1024
_SUFFIX = ".layer"
_FRESH = 3600.0
"""A record used within this many seconds is not touched again."""


def default_directory() -> Path:
    """The user's cache directory (XDG Base Directory Specification) for shipworthy."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(base) if base.startswith("/") else Path.home() / ".cache"
    return root / "shipworthy"


class LayerCache:
    """
    Layer records on disk.

    A cache that cannot be written (a read-only disk) only costs time: ``put`` then keeps nothing.

    Args:
        directory: Where records live; made when the first one is stored.
        fingerprint: What made them, see ``Selector.fingerprint``.
        bound: The most bytes that all records together may take.
    """

    def __init__(
        self, directory: Path, fingerprint: str, *, bound: int = DEFAULT_BOUND
    ) -> None:
        self._directory = directory / "layers"
        self.fingerprint = fingerprint
        self._bound = bound

    def get(self, diff_id: str) -> LayerRecord | None:
        """The record of the layer with that diff ID, or nothing."""
        from shipworthy.layers.record import load

        data = self.read(diff_id)
        try:
            record = load(data) if data else None
        except ParseError:
            return None
        return record if record is not None and record.diff_id == diff_id else None

    def put(self, diff_id: str, data: bytes) -> None:
        """Store a dumped record under the diff ID that was computed from the layer's bytes, or its table's key."""
        self.write(diff_id, data)

    def has(self, diff_id: str) -> bool:
        """Whether something is kept under the diff ID, good or not."""
        return self._path(diff_id).is_file()

    def expect(self, diff_ids: Iterable[str]) -> None:
        """Take note of which records are going to be asked for; those that are not on this disk are nowhere."""

    def share(self) -> None:
        """Hand on what was stored since the last time; to nobody, from here."""

    def read(self, key: str) -> bytes:
        """What was written under ``key``, a digest; empty when there is nothing. Counts as use."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            now = _now()
            if now - path.stat().st_mtime > _FRESH:
                os.utime(path, (now, now))
        except OSError:
            return b""
        return data

    def write(self, key: str, data: bytes) -> None:
        """Store ``data`` under ``key``, a digest of all that it depends on besides the catalogers."""
        import tempfile

        path = self._path(key)
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._directory, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(temporary).replace(path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
            self._evict()
        except OSError:
            return

    def digests(self) -> list[str]:
        """The digests under which something of this fingerprint is kept, sorted."""
        end = f".{self.fingerprint}{_SUFFIX}"
        names = [path.name for path in self._files() if path.name.endswith(end)]
        return sorted(name[: -len(end)].replace("-", ":", 1) for name in names)

    def clear(self) -> int:
        """Remove every record of every version; gives how many there were."""
        count = 0
        for path in self._files():
            path.unlink(missing_ok=True)
            count += path.name.endswith(_SUFFIX)
        return count

    def _path(self, diff_id: str) -> Path:
        name = diff_id.replace(":", "-")
        if not name.replace("-", "").isalnum():
            raise ParseError(f"{diff_id[:100]!r} is not a diff ID")
        return self._directory / f"{name}.{self.fingerprint}{_SUFFIX}"

    def _files(self) -> list[Path]:
        if not self._directory.is_dir():
            return []
        return [
            path
            for path in self._directory.iterdir()
            if path.name.endswith(_SUFFIX) or path.name.startswith(".new-")
        ]

    def _evict(self) -> None:
        """Bring the records under the bound, oldest use first; other processes may do the same."""
        known: list[tuple[float, int, Path]] = []
        for path in self._files():
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            if path.name.startswith(".new-") and _now() - stat.st_mtime < _FRESH:
                continue  # another process is writing it
            known.append((stat.st_mtime, stat.st_size, path))
        total = sum(size for _, size, _ in known)
        for _, size, path in sorted(known):
            if total <= self._bound:
                return
            path.unlink(missing_ok=True)
            total -= size


def _now() -> float:
    """The clock decides only which record goes first, never what a result says."""
    import time

    return time.time()
