"""
A tar archive as a store of named members.

A plain archive is hopped through once by its headers and then read at any place. One
that is compressed as a whole is read from the start: once for the index and the small documents,
and once more for the layers, in the order in which they come.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

from shipworthy.errors import ImageError, ImageNotFoundError, LimitError
from shipworthy.model.limits import LIMITS
from shipworthy.streams.header import normal_path
from shipworthy.streams.inflate import Stream, compression_of, inflate
from shipworthy.streams.parts import Parts
from shipworthy.streams.tar import FILE, HARDLINK, SYMLINK, Entry, TarWalker


_STEP = 64 * 1024
_KEPT_TOTAL = 64 * 1024 * 1024
_MEMBERS = 100_000


class Archive:
    """
    The members of a tar file, by name; links between members are followed.

    Raises:
        ImageNotFoundError: There is no such file.
        ImageError: It is not a tar, or is damaged.
        LimitError: It has more members than any image archive.
    """

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        try:
            self._file = path.open("rb")
        except FileNotFoundError:
            raise ImageNotFoundError(f"{path}: no such file") from None
        except OSError as error:
            raise ImageError(f"{path}: cannot be read ({error.strerror})") from error
        self._size = os.fstat(self._file.fileno()).st_size
        self.compressed = compression_of(self._file.read(8)) != "none"
        self._entries: dict[str, Entry] = {}
        self._kept: dict[str, bytes] = {}
        try:
            self._index()
        except ImageError:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return self._find(name) is not None

    @property
    def names(self) -> tuple[str, ...]:
        """All members' names, sorted."""
        return tuple(sorted(self._entries))

    def size(self, name: str) -> int:
        """Bytes of a member."""
        return self._member(name).size

    def read(self, name: str, limit: int = LIMITS.document) -> bytes:
        """A whole member of at most ``limit`` bytes."""
        entry = self._member(name)
        if entry.size > limit:
            raise LimitError(
                f"{self.name}: {name} is {entry.size} bytes, the bound is {limit}"
            )
        if (kept := self._kept.get(entry.path)) is not None:
            return kept
        with closing(self.open(name)) as stream:
            parts = []
            while part := stream.read(_STEP):
                parts.append(part)
        return b"".join(parts)

    def open(self, name: str) -> Stream:
        """A member's bytes from its start."""
        entry = self._member(name)
        if not self.compressed:
            return Section(self._file.fileno(), entry.offset, entry.size, self.name)
        return next(stream for _, stream in self.stream([name]))

    def stream(self, names: Collection[str]) -> Iterator[tuple[str, Stream]]:
        """The members in the order in which the archive holds them; use each before the next."""
        if not self.compressed:
            for name in sorted(names, key=lambda n: (self._member(n).offset, n)):
                yield name, self.open(name)
            return
        wanted: dict[str, list[str]] = {}
        for name in names:
            wanted.setdefault(self._member(name).path, []).append(name)
        walker = self._walker()
        for entry in walker:
            for name in wanted.pop(entry.path, ())[:1] if entry.kind == FILE else ():
                yield name, Parts(walker.parts())
            if not wanted:
                return

    def _index(self) -> None:
        kept = 0
        walker = self._walker()
        for entry in walker:
            if entry.kind not in {FILE, SYMLINK, HARDLINK}:
                continue
            if len(self._entries) >= _MEMBERS:
                raise LimitError(f"{self.name}: more than {_MEMBERS} members")
            self._entries[entry.path] = entry
            if self.compressed and entry.kind == FILE and entry.size <= LIMITS.document:
                kept += entry.size
                if kept <= _KEPT_TOTAL:
                    self._kept[entry.path] = walker.body()
        if not self._entries:
            raise ImageError(
                f"{self.name}: an archive without files, expected an image"
            )

    def _walker(self) -> TarWalker:
        section = Section(self._file.fileno(), 0, self._size, self.name)
        if self.compressed:
            return TarWalker(inflate(section, name=self.name), name=self.name)
        return TarWalker(
            iter(lambda: section.read(_STEP), b""), name=self.name, seek=section.skip
        )

    def _find(self, name: str) -> Entry | None:
        """The member of that name, links followed inside the archive."""
        for _ in range(8):
            entry = self._entries.get(name)
            if entry is None or entry.kind == FILE:
                return entry
            base = "" if entry.kind == HARDLINK else name.rpartition("/")[0]
            name = normal_path(f"{base}/{entry.link}", self.name)
        return None

    def _member(self, name: str) -> Entry:
        entry = self._find(name)
        if entry is None:
            raise ImageError(f"{self.name}: {name[:200]} is missing from the archive")
        return entry


class Section:
    """A stretch of an open file; many may be read at once, from any thread."""

    def __init__(self, descriptor: int, offset: int, size: int, name: str) -> None:
        self._descriptor = descriptor
        self._at = offset
        self._end = offset + size
        self._name = name

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; empty at the end of the stretch."""
        left = self._end - self._at
        count = left if size < 0 else min(size, left)
        data = os.pread(self._descriptor, count, self._at) if count > 0 else b""
        if count > 0 and not data:
            raise ImageError(f"{self._name}: the file ends before its content does")
        self._at += len(data)
        return data

    def skip(self, count: int) -> None:
        """Pass over ``count`` bytes; raises ``ImageError`` beyond the end."""
        if count > self._end - self._at:
            raise ImageError(
                f"{self._name}: the tar ends in the middle of an entry, at byte {self._end}"
            )
        self._at += count

    def close(self) -> None:
        """Nothing: the file belongs to the archive."""
