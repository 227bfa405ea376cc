"""Many records in one place: a zip or a directory of JSON files; nothing is unpacked."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

from shipworthy.advisories.feeds.files import read
from shipworthy.errors import FeedError


MAX_RECORD = 16 << 20
"""Bytes of one record in a zip or a directory."""
MAX_RECORDS = 4_000_000
"""Records in one zip or directory."""
MAX_ZIP = 16 << 30
"""Bytes of all records of one zip, inflated."""

_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    IndexError,
)


class Zip:
    """
    The JSON members of a zip by base name; nothing is unpacked, directories do not matter.

    Raises ``FeedError`` when the file is no zip; a member that cannot be read gives None.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise FeedError(f"{path}: cannot be read") from None
        except _BROKEN_ZIP as error:
            raise FeedError(
                f"{path}: expected a zip of OSV records ({_reason(error)})"
            ) from None
        members = self._zip.infolist()
        if len(members) > MAX_RECORDS:
            raise FeedError(f"{path}: more than the bound of {MAX_RECORDS} records")
        if sum(info.file_size for info in members) > MAX_ZIP:
            raise FeedError(
                f"{path}: inflates to more than the bound of {MAX_ZIP} bytes"
            )
        self._members = {
            info.filename.rpartition("/")[2]: info
            for info in members
            if info.filename.endswith(".json")
        }

    def __enter__(self) -> Zip:  # noqa: PYI034 - typing.Self is not in Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def names(self) -> list[str]:
        """Names of the members, sorted."""
        return sorted(self._members)

    def read(self, name: str) -> bytes | None:
        """The bytes of a member; None when it is broken or larger than a record may be."""
        info = self._members[name]
        if info.file_size > MAX_RECORD or info.compress_type not in {
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        }:
            return None
        try:
            with self._zip.open(info) as member:
                data = member.read(info.file_size + 1)
        except _BROKEN_ZIP:
            return None
        return data if len(data) == info.file_size else None


class Folder:
    """The JSON files directly in a directory, read like the members of a zip."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names = sorted(p.name for p in path.glob("*.json") if p.is_file())
        if len(self._names) > MAX_RECORDS:
            raise FeedError(f"{path}: more than the bound of {MAX_RECORDS} records")

    def __enter__(self) -> Folder:  # noqa: PYI034 - typing.Self is not in Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        return

    def names(self) -> list[str]:
        """Names of the files, sorted."""
        return self._names

    def paths(self) -> list[Path]:
        """The files themselves, sorted."""
        return [self._path / name for name in self._names]

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None when it cannot be read or is larger than a record may be."""
        try:
            return read(self._path / name, MAX_RECORD)
        except FeedError:
            return None


class Tree(Folder):
    """The JSON files in a directory and all below it, by their path; links are not followed."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        found = sorted(
            p.relative_to(path).as_posix()
            for p in path.rglob("*.json")
            if p.is_file() and not p.is_symlink()
        )
        if len(found) > MAX_RECORDS:
            raise FeedError(f"{path}: more than the bound of {MAX_RECORDS} records")
        self._names = found


def _reason(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
