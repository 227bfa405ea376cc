"""Reading feed files with bounds, whatever is in them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import orjson

from shipworthy.advisories.feeds.inflate import (
    inflated,
    inflating,
    is_compressed,
)
from shipworthy.errors import FeedError


MAX_FILE = 1 << 30
"""Bytes of one feed file, inflated."""

_CHUNK = 1 << 20


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
    """The bytes of a file, inflated when it is gzip, bzip2, xz or zstd; raises ``FeedError``."""
    with _open(path) as file:
        data = _all(file, limit)
    if len(data) > limit:
        raise FeedError(f"{path}: larger than the bound of {limit} bytes")
    return inflated(data, limit, str(path))


def pieces(path: Path, limit: int = MAX_FILE) -> Iterator[bytes]:
    """The same bytes one piece after the other, so that a large file is never held inflated; raises ``FeedError``."""
    with _open(path) as file:
        first = file.read(_CHUNK)
        if not is_compressed(first):
            size = 0
            while first:
                size += len(first)
                if size > limit:
                    raise FeedError(f"{path}: larger than the bound of {limit} bytes")
                yield first
                first = file.read(_CHUNK)
            return
        data = first + _all(file, limit)
    if len(data) > limit:
        raise FeedError(f"{path}: larger than the bound of {limit} bytes")
    yield from filter(None, inflating(data, limit, str(path)))


def read_object(path: Path, expected: str) -> dict[str, object]:
    """The JSON object in a file; raises ``FeedError`` saying that ``expected`` was expected."""
    value = read_json(path, expected)
    if not isinstance(value, dict):
        raise FeedError(f"{path}: expected {expected}, found no JSON object")
    return value


def read_array(path: Path, expected: str) -> list[object]:
    """The JSON array in a file; raises ``FeedError`` as :func:`read_object` does."""
    value = read_json(path, expected)
    if not isinstance(value, list):
        raise FeedError(f"{path}: expected {expected}, found no list")
    return value


def read_json(path: Path, expected: str) -> object:
    """Whatever JSON is in a file; raises ``FeedError`` as :func:`read_object` does."""
    try:
        value: object = orjson.loads(read(path))
    except orjson.JSONDecodeError as error:
        raise FeedError(
            f"{path}: expected {expected}, found no JSON ({error})"
        ) from None
    return value


def newest(dates: list[str]) -> str:
    """
    The newest of the dates of a feed's records, sure of a single wrong one.

    Of every full thousand the newest one is left out: publishers do date records into
    the future by mistake, and a database must not seem fresher than it is.
    """
    dates = sorted(d for d in dates if d)
    return dates[-1 - len(dates) // 1000] if dates else ""


def _all(file: BinaryIO, limit: int) -> bytes:
    """What is left of a file, or a byte more than the limit; no more memory is asked for than it has bytes."""
    return file.read(min(os.fstat(file.fileno()).st_size, limit) + 1)


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
