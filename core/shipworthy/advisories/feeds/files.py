"""Reading feed files with bounds, whatever is in them."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import orjson

from shipworthy.errors import FeedError


MAX_FILE = 1 << 30
"""Bytes of one feed file, inflated."""
MAX_RECORD = 16 << 20
"""Bytes of one record in a zip or a directory."""
MAX_RECORDS = 4_000_000
"""Records in one zip or directory."""
MAX_ZIP = 16 << 30
"""Bytes of all records of one zip, inflated."""
MAX_GZIP_MEMBERS = 1_000

_CHUNK = 1 << 20
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


def digest(paths: Iterable[Path], root: Path) -> str:
    """sha256 over the files: of the one file, or of the sorted list of names and digests."""
    found: list[tuple[str, str]] = []
    for path in paths:
        sha = hashlib.sha256()
        with _open(path) as file:
            while chunk := file.read(_CHUNK):
                sha.update(chunk)
        found.append((path.relative_to(root).as_posix(), sha.hexdigest()))
    if not found:
        return ""
    if len(found) == 1:
        return f"sha256:{found[0][1]}"
    lines = "".join(f"{sha}  {name}\n" for name, sha in sorted(found))
    return f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}"


def read(path: Path, limit: int = MAX_FILE) -> bytes:
    """The bytes of a file, inflated when it is gzip; raises ``FeedError``."""
    with _open(path) as file:
        data = file.read(limit + 1)
    if data[:2] == b"\x1f\x8b":
        data = _gunzip(path, data, limit)
    if len(data) > limit:
        raise FeedError(f"{path}: larger than the bound of {limit} bytes")
    return data


def read_object(path: Path, expected: str) -> dict[str, object]:
    """The JSON object in a file; raises ``FeedError`` saying that ``expected`` was expected."""
    try:
        value: object = orjson.loads(read(path))
    except orjson.JSONDecodeError as error:
        raise FeedError(
            f"{path}: expected {expected}, found no JSON ({error})"
        ) from None
    if not isinstance(value, dict):
        raise FeedError(f"{path}: expected {expected}, found no JSON object")
    return value


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


def newest(dates: list[str]) -> str:
    """
    The newest of the dates of a feed's records, sure of a single wrong one.

    Of every full thousand the newest one is left out: publishers do date records into
    the future by mistake, and a database must not seem fresher than it is.
    """
    dates = sorted(d for d in dates if d)
    return dates[-1 - len(dates) // 1000] if dates else ""


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise FeedError(f"{path}: cannot be read ({error.strerror})") from None
    with file:
        try:
            yield file
        except OSError as error:
            raise FeedError(f"{path}: cannot be read ({error.strerror})") from None


def _gunzip(path: Path, data: bytes, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in _members(path, data):
        size += len(part)
        if size > limit:
            raise FeedError(f"{path}: inflates to more than the bound of {limit} bytes")
        parts.append(part)
    return b"".join(parts)


def _members(path: Path, data: bytes) -> Iterator[bytes]:
    rest = data
    for _ in range(MAX_GZIP_MEMBERS):
        if not rest:
            return
        inflater = zlib.decompressobj(wbits=31)
        try:
            while not inflater.eof:
                part = inflater.decompress(rest, 16 * _CHUNK)
                rest = inflater.unconsumed_tail
                yield part
                if not (rest or part or inflater.eof):
                    raise FeedError(f"{path}: the gzip stream ends too early")
        except zlib.error as error:
            raise FeedError(f"{path}: broken gzip stream ({error})") from None
        rest = inflater.unused_data.lstrip(b"\0")
    raise FeedError(f"{path}: more than the bound of {MAX_GZIP_MEMBERS} gzip members")


def _reason(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
