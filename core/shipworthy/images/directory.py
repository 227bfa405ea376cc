"""
A root file system in a directory (``dir:PATH``): unpacked images, chroots, build results.

The walk follows no symbolic link but the root itself, opens only regular files, and leaves out the directories that a
running system fills itself (``/proc``, ``/sys``, ``/dev``).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from shipworthy.errors import ImageError, ImageNotFoundError, LimitError, ParseError
from shipworthy.model.image import ImageInfo, Layer
from shipworthy.model.limits import LIMITS
from shipworthy.streams.header import normal_path
from shipworthy.streams.inflate import Stream
from shipworthy.streams.tar import DIRECTORY, FILE, OTHER, SYMLINK, Entry


_RUNTIME = frozenset({"proc", "sys", "dev"})
_STEP = 1024 * 1024


class DirectoryWalk:
    """
    The entries of a directory in sorted order, in the shape in which a layer's come.

    What cannot be opened or listed is kept in ``problems`` as path and reason.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._name = ""
        self._path = ""
        self._fd = -1
        self._size = 0
        self.entries = 0
        self.problems: list[tuple[str, str]] = []

    def __iter__(self) -> Iterator[Entry]:
        """
        Every entry.

        Raises ``ImageError`` when the root itself cannot be listed, ``LimitError`` when there
        are absurdly many entries.
        """
        try:
            yield from self._walk()
        except OSError as error:
            raise ImageError(
                f"{self._root}: cannot be listed ({error.strerror})"
            ) from error

    def _walk(self) -> Iterator[Entry]:
        # Only the root may be a link: its owner named it.
        top = os.path.realpath(self._root)
        for here, names, files, fd in os.fwalk(top, onerror=self._unlisted):
            inside = os.path.relpath(here, top)
            prefix = "" if inside == "." else f"{_shown(inside)}/"
            if not prefix:
                names[:] = [name for name in names if name not in _RUNTIME]
            names.sort()
            self._fd = fd
            for name in sorted([*names, *files]):
                self.entries += 1
                if self.entries > LIMITS.entries:
                    raise LimitError(
                        f"{self._root}: more than {LIMITS.entries} entries"
                    )
                entry = self._entry(name, prefix)
                if entry is not None:
                    yield entry
            names[:] = [name for name in names if self._can_enter(name, prefix, fd)]

    def peek(self, count: int) -> bytes:
        """The first bytes of the entry just given; empty, and a problem, when it cannot be opened."""
        try:
            with self._open() as file:
                return file.read(count)
        except OSError as error:
            self.problems.append((self._path, f"cannot be read ({error.strerror})"))
            return b""

    def body(self) -> bytes:
        """The whole entry just given; raises ``ParseError`` when it cannot be read."""
        return b"".join(self.parts())

    def parts(self) -> Iterator[bytes]:
        """The entry just given in portions; raises ``ParseError`` when it cannot be read."""
        try:
            with self._open() as file:
                left = self._size
                while left > 0 and (part := file.read(min(_STEP, left))):
                    left -= len(part)
                    yield part
        except OSError as error:
            raise ParseError(f"cannot be read ({error.strerror})") from error

    def _open(self) -> _Closing:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        return _Closing(os.open(self._name, flags, dir_fd=self._fd))

    def _entry(self, name: str, prefix: str) -> Entry | None:
        path = prefix + _shown(name)
        try:
            info = os.stat(name, dir_fd=self._fd, follow_symlinks=False)
            mode = info.st_mode
            link = ""
            if stat.S_ISLNK(mode):
                link = _shown(os.readlink(name, dir_fd=self._fd))
        except OSError as error:
            self.problems.append((path, f"cannot be looked at ({error.strerror})"))
            return None
        self._name, self._path, self._size = name, path, info.st_size
        if stat.S_ISDIR(mode):
            kind = DIRECTORY
        elif stat.S_ISLNK(mode):
            kind = SYMLINK
        else:
            kind = FILE if stat.S_ISREG(mode) else OTHER
        size = info.st_size if kind == FILE else 0
        return Entry(
            normal_path(path, str(self._root)), kind, size, mode & 0o7777, link, 0
        )

    def _can_enter(self, name: str, prefix: str, fd: int) -> bool:
        """Whether ``name`` is a directory that can be listed, and no link to one."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            if stat.S_ISDIR(os.stat(name, dir_fd=fd, follow_symlinks=False).st_mode):
                os.close(os.open(name, flags, dir_fd=fd))
                return True
        except OSError as error:
            reason = f"cannot be listed ({error.strerror})"
            self.problems.append((prefix + _shown(name), reason))
        return False

    def _unlisted(self, error: OSError) -> None:
        """A directory that went away since it was found; ``os.fwalk`` tells no more than its name."""
        name = _shown(Path(str(error.filename or ".")).name)
        self.problems.append((name, f"cannot be listed ({error.strerror})"))


class _Closing:
    """A file opened for reading that closes itself."""

    def __init__(self, descriptor: int) -> None:
        self._file = os.fdopen(descriptor, "rb", buffering=0)

    def __enter__(self) -> _Closing:  # noqa: PYI034  # typing.Self is not in Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        return self._file.read(size) or b""


class DirectoryImage:
    """
    A directory as an image of one layer without a digest.

    Raises ``ImageNotFoundError`` when there is no such directory.
    """

    sizes: tuple[int, ...] = ()
    parallel = True

    def __init__(self, path: Path, *, target: str) -> None:
        try:
            mode = path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ImageNotFoundError(f"{path}: no such directory") from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ImageError(f"{path}: cannot be opened ({reason})") from error
        if not stat.S_ISDIR(mode):
            raise ImageError(f"{path}: not a directory, expected a root file system")
        self._path = path
        self.info = ImageInfo(
            target=target, kind="dir", layers=(Layer(index=0, diff_id=""),)
        )

    def walk(self) -> DirectoryWalk:
        """The directory's entries."""
        return DirectoryWalk(self._path)

    def open(self, index: int) -> Stream:
        """Nothing to open: a directory is walked."""
        raise ImageError(f"{self._path}: a directory has no layer {index}")

    def stream(self, wanted: Collection[int]) -> Iterator[tuple[int, Stream]]:
        """Nothing: a directory is walked."""
        return iter([(index, self.open(index)) for index in wanted])

    def close(self) -> None:
        """Nothing is held."""


def _shown(name: str) -> str:
    """A file system's name as layers write it."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
