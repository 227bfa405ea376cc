"""Where an OCI layout's files are: in a directory, or in an archive (:mod:`shipworthy.images.archive`)."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol

from shipworthy.errors import ImageError, LimitError
from shipworthy.images.documents import Descriptor, verify
from shipworthy.model.limits import LIMITS
from shipworthy.streams.inflate import Stream


class BlobStore(Protocol):
    """**Protocol:** where a layout's files are."""

    name: str
    compressed: bool

    def __contains__(self, name: str) -> bool:
        """Whether there is such a file."""
        ...

    def size(self, name: str) -> int:
        """Bytes of a file; raises ``ImageError`` when it is missing."""
        ...

    def read(self, name: str, limit: int = ...) -> bytes:
        """A whole file of at most ``limit`` bytes."""
        ...

    def open(self, name: str) -> Stream:
        """A file's bytes from its start."""
        ...

    def stream(self, names: Collection[str]) -> Iterator[tuple[str, Stream]]:
        """Files in the order that is cheapest to read."""
        ...

    def close(self) -> None:
        """Give back what is held."""
        ...


def path_of(digest: str) -> str:
    """Where the blob with that digest is in a layout."""
    return f"blobs/{digest.replace(':', '/')}"


def blob_in(store: BlobStore, descriptor: Descriptor) -> bytes:
    """A small blob whose digest is right; raises ``ImageError`` for any other, ``LimitError`` for a large one."""
    name = f"{store.name}: {descriptor.digest}"
    if descriptor.size > LIMITS.document:
        raise LimitError(
            f"{name} claims {descriptor.size} bytes, the bound is {LIMITS.document}"
        )
    data = store.read(path_of(descriptor.digest))
    verify(data, descriptor.digest, name)
    return data


class DirectoryStore:
    """A layout's directory; only regular files in it are opened."""

    compressed = False

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path

    def __contains__(self, name: str) -> bool:
        return (self._path / name).is_file()

    def size(self, name: str) -> int:
        """Bytes of a file."""
        with self._file(name) as file:
            return os.fstat(file.fileno()).st_size

    def read(self, name: str, limit: int = LIMITS.document) -> bytes:
        """A whole file of at most ``limit`` bytes."""
        with self._file(name) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise LimitError(f"{self.name}: {name} is over {limit} bytes, the bound")
        return data

    def open(self, name: str) -> Stream:
        """A file's bytes from its start."""
        return self._file(name)

    def stream(self, names: Collection[str]) -> Iterator[tuple[str, Stream]]:
        """The files in any order."""
        for name in sorted(names):
            yield name, self.open(name)

    def close(self) -> None:
        """Nothing is held."""

    def _file(self, name: str) -> _File:
        path = self._path / name
        try:
            # A pipe in the place of a blob must not make the scan wait for ever.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise ImageError(
                f"{self.name}: {name} is missing or cannot be read ({error.strerror})"
            ) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise ImageError(f"{self.name}: {name} is not a regular file")
        return _File(descriptor)


class _File:
    """A regular file opened for reading."""

    def __init__(self, descriptor: int) -> None:
        self._file = os.fdopen(descriptor, "rb", buffering=0)

    def __enter__(self) -> _File:  # noqa: PYI034  # typing.Self is not in Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fileno(self) -> int:
        return self._file.fileno()

    def read(self, size: int = -1, /) -> bytes:
        data = bytearray()
        while size < 0 or len(data) < size:
            part = self._file.read(size - len(data) if size >= 0 else -1)
            if not part:
                break
            data += part
        return bytes(data)

    def close(self) -> None:
        self._file.close()
