"""
A walk over a tar stream that reads every header and only the bodies asked for.

Understands ustar (POSIX.1-1988), pax (POSIX.1-2001, including sizes, paths and links over
the old limits), GNU long names, GNU base-256 numbers and the old V7 form. Every header's checksum is
verified. Sparse files are walked over but their bodies are not given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from zlib import adler32

from shipworthy.errors import ImageError, LimitError
from shipworthy.model.limits import LIMITS, Limits
from shipworthy.streams.header import (
    BLOCK,
    checked_size,
    normal_path,
    number,
    pax_records,
    pax_size,
    text_of,
)
from shipworthy.values import dataclass


_ZERO = bytes(BLOCK)

FILE = "file"
DIRECTORY = "directory"
SYMLINK = "symlink"
HARDLINK = "hardlink"
OTHER = "other"

_KINDS = {
    0x00: FILE,
    0x30: FILE,
    0x37: FILE,
    0x31: HARDLINK,
    0x32: SYMLINK,
    0x33: OTHER,
    0x34: OTHER,
    0x35: DIRECTORY,
    0x36: OTHER,
    0x53: OTHER,
}
_GNU_LONGNAME, _GNU_LONGLINK, _PAX, _PAX_GLOBAL, _SPARSE = 0x4C, 0x4B, 0x78, 0x67, 0x53
_QUICK = {0x30: FILE, 0x32: SYMLINK, 0x35: DIRECTORY}
_EXTENSIONS = frozenset({_GNU_LONGNAME, _GNU_LONGLINK, _PAX, _PAX_GLOBAL})


@dataclass(slots=True)
class Entry:
    """
    One entry of a tar stream.

    ``path`` is normalised: no leading slash, no ``.`` or ``..``, never outside the
    root; the root itself is empty. ``offset`` is where the body starts in the stream.
    """

    path: str
    kind: str
    size: int
    mode: int
    link: str
    offset: int
    sparse: bool = False


class _CutShort(ImageError):  # noqa: N818 - it says what the stream is
    """The stream ends; whatever else its source raises is no end."""


class TarWalker:
    """
    Walks the entries of a tar that arrives in chunks.

    Iterate over it; between two steps :meth:`peek` and :meth:`body` look at the body of the
    entry just given. A body not asked for is skipped without being copied.

    Args:
        chunks: The uncompressed bytes in any portions.
        name: What is walked, for messages.
        limits: The bounds on counts and sizes.
        seek: Passes over that many bytes of the source without reading them, where that can be done.
    """

    def __init__(
        self,
        chunks: Iterable[bytes],
        *,
        name: str,
        limits: Limits = LIMITS,
        seek: Callable[[int], None] | None = None,
    ) -> None:
        self._chunks = iter(chunks)
        self._seek = seek
        self._name = name
        self._limits = limits
        self._buffer = b""
        self._at = 0
        self._base = 0
        self._body = 0
        self._padding = 0
        self.entries = 0

    @property
    def position(self) -> int:
        """How many bytes of the stream were walked over."""
        return self._base + self._at

    def __iter__(self) -> Iterator[Entry]:
        """
        Every entry in order.

        Raises:
            ImageError: The stream is not a tar, is cut short, or a path leaves the root.
            LimitError: A bound on counts or sizes is crossed.
        """
        while True:
            entry = self._quick()
            if entry is None:
                self._skip(self._body + self._padding)
                self._body = self._padding = 0
                entry = self._next()
            if entry is None:
                return
            self.entries += 1
            if self.entries > self._limits.entries:
                raise LimitError(
                    f"{self._name}: more than {self._limits.entries} entries, the bound for one layer"
                )
            yield entry

    def peek(self, count: int) -> bytes:
        """The first ``count`` bytes of the body, fewer if it is shorter; the body stays unread."""
        count = min(count, self._body)
        self._fill(count)
        return self._buffer[self._at : self._at + count]

    def body(self) -> bytes:
        """The whole body of the entry; may be called once, and only for a size the caller has checked."""
        size = self._body
        left = len(self._buffer) - self._at
        if left >= size:
            data = self._buffer[self._at : self._at + size]
            self._at += size
        else:
            data = b"".join(self.parts())
        self._body = 0
        return data

    def parts(self) -> Iterator[bytes]:
        """The body of the entry in portions, for bodies too large to hold twice; may be called once."""
        while self._body > 0:
            if self._at >= len(self._buffer):
                self._fill(1)
            part = self._buffer[self._at : self._at + self._body]
            self._at += len(part)
            self._body -= len(part)
            yield part

    def drain(self) -> None:
        """Read the stream to its end, so that all of it is hashed."""
        self._base += len(self._buffer)
        self._buffer, self._at = b"", 0
        for chunk in self._chunks:
            self._base += len(chunk)

    def _fill(self, count: int) -> None:
        """Have ``count`` bytes ready in the buffer."""
        if len(self._buffer) - self._at >= count:
            return
        rest = self._buffer[self._at :]
        parts = [rest] if rest else []  # of one part alone nothing is copied
        have = len(rest)
        self._base += self._at
        while have < count:
            chunk = next(self._chunks, b"")
            if not chunk:
                self._buffer, self._at = b"".join(parts), 0
                raise _CutShort(
                    f"{self._name}: the tar ends in the middle of an entry, at byte {self._base + have}"
                )
            parts.append(chunk)
            have += len(chunk)
        self._buffer, self._at = b"".join(parts), 0

    def _skip(self, count: int) -> None:
        left = len(self._buffer) - self._at
        if count <= left:
            self._at += count
            return
        count -= left
        self._base += len(self._buffer)
        self._buffer, self._at = b"", 0
        if self._seek is not None:
            self._seek(count)
            self._base += count
            return
        for chunk in self._chunks:
            if len(chunk) >= count:
                self._buffer, self._at = chunk, count
                return
            count -= len(chunk)
            self._base += len(chunk)
        if count:
            raise ImageError(
                f"{self._name}: the tar ends in the middle of an entry, at byte {self._base}"
            )

    def _header(self) -> bytes:
        """The next header block; empty at the end of the archive."""
        if len(self._buffer) - self._at < BLOCK:
            try:
                self._fill(BLOCK)
            except _CutShort:
                if not self._buffer:
                    return b""  # some writers leave the closing blocks out
                raise
        block = self._buffer[self._at : self._at + BLOCK]
        self._at += BLOCK
        return b"" if block == _ZERO else block

    def _quick(self) -> Entry | None:
        """
        The next entry when its header is whole, plain and of the usual form, as most are.

        Nothing is moved and nothing raised otherwise: the long way then tells what it is.
        """
        at = self._at + self._body + self._padding
        block = self._buffer[at : at + BLOCK]
        kind = _QUICK.get(block[156]) if len(block) == BLOCK else None
        if kind is None or block[345]:
            return None
        total = adler32(block[156:], adler32(block[:148])) & 0xFFFF
        try:
            if (int(block[148:154], 8) + 1 - 256) % 65521 != total:
                return None
            size = int(block[124:135], 8)
            mode = int(block[100:107], 8)
            path = block[:100].partition(b"\0")[0].decode()
            link = block[157:257].partition(b"\0")[0].decode() if block[157] else ""
        except ValueError:
            return None
        if path[-1:] == "/" and kind is DIRECTORY:
            path = path[:-1]
        if not path or size < 0 or mode < 0 or "./" in path or "//" in path:
            return None
        if path[0] == "/" or path[-1] in "./":
            return None
        self._at = at + BLOCK
        self._body = size if kind is FILE else 0
        self._padding = -self._body % BLOCK
        return Entry(path, kind, self._body, mode, link, self._base + self._at)

    def _next(self) -> Entry | None:
        """The next real entry with the extensions before it applied."""
        pax: dict[str, str] = {}
        longname = longlink = ""
        extra = 0
        while block := self._header():
            typeflag = block[156]
            size = checked_size(block, self._name, self.position - BLOCK)
            if typeflag not in _EXTENSIONS:
                return self._entry(block, typeflag, size, pax, longname, longlink)
            extra += size
            if extra > self._limits.tar_header:
                raise LimitError(
                    f"{self._name}: extended headers over {self._limits.tar_header} bytes, the bound for one entry"
                )
            data = self._extension(size)
            if typeflag == _PAX:
                pax |= pax_records(data, self._name)
            elif typeflag == _GNU_LONGNAME:
                longname = text_of(data)
            elif typeflag == _GNU_LONGLINK:
                longlink = text_of(data)
        if pax or longname or longlink:
            raise ImageError(f"{self._name}: the tar ends after an extended header")
        return None

    def _extension(self, size: int) -> bytes:
        padded = (size + BLOCK - 1) // BLOCK * BLOCK
        self._fill(padded)
        data = self._buffer[self._at : self._at + size]
        self._at += padded
        return data

    def _entry(
        self,
        block: bytes,
        typeflag: int,
        size: int,
        pax: dict[str, str],
        longname: str,
        longlink: str,
    ) -> Entry:
        kind = _KINDS.get(typeflag, FILE)
        name = longname or text_of(block[:100])
        if not longname and block[345] and block[257:263] == b"ustar\0":
            name = f"{text_of(block[345:500])}/{name}"
        link = longlink or (text_of(block[157:257]) if block[157] else "")
        sparse = typeflag == _SPARSE
        if pax:
            name = pax.get("path", name)
            link = pax.get("linkpath", link)
            if "size" in pax:
                size = pax_size(pax["size"], self._name)
            if "GNU.sparse.major" in pax or "GNU.sparse.map" in pax:
                sparse = True
                name = pax.get("GNU.sparse.name", name)
        if sparse and typeflag == _SPARSE and block[482]:
            while self._extension(BLOCK)[504]:
                pass
        if kind == FILE and name.endswith("/"):
            kind = DIRECTORY  # V7 tars have no other way to say so
        if kind in {HARDLINK, SYMLINK, DIRECTORY}:
            size = 0
        self._body = size
        self._padding = -size % BLOCK
        path = normal_path(name, self._name, self._limits)
        if len(link) > self._limits.path:
            raise LimitError(
                f"{self._name}: a link target of {len(link)} characters, the bound is {self._limits.path}"
            )
        mode = number(block[100:108], "mode", self._name)
        return Entry(path, kind, size, mode, link, self.position, sparse)
