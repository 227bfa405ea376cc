"""
Layer records on their way from one machine to another: one file, as CI caches keep them.

The file is a tar (ustar) in zstd with a member a record, ``<fingerprint>/<diff ID's hex>``, sorted, without dates or owners, and at
its end how many there are: the same records give the same bytes. A record says what a layer holds without anybody looking at the layer again, so a file is
to be trusted like the machine that wrote it; what is not a record never gets into a cache.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from shipworthy.errors import ImageError, LimitError, ParseError, UsageError
from shipworthy.layers.cache import LayerCache
from shipworthy.layers.record import load
from shipworthy.layers.sound import sound
from shipworthy.model.limits import GIB, MIB, Limits
from shipworthy.streams.inflate import inflate
from shipworthy.streams.tar import FILE, TarWalker


MAX_RECORD = 256 * MIB
"""One record as it is stored."""
MAX_RECORDS = 100_000
_LIMITS = Limits(layer_bytes=4 * GIB, entries=MAX_RECORDS)
_LAST, _DIGITS = "records", 12
"""The last member says how many there are."""
_MEMBER = re.compile(r"([A-Za-z0-9]+)/([0-9a-f]{64})", re.ASCII)


def export_records(cache: LayerCache, file: BinaryIO) -> int:
    """Write every record of this release's catalogers; gives how many."""
    import zstandard

    count = 0
    compressor = zstandard.ZstdCompressor(level=3, write_checksum=True)
    with (
        compressor.stream_writer(file, closefd=False) as packed,
        tarfile.open(
            fileobj=packed,
            mode="w|",
            format=tarfile.USTAR_FORMAT,
        ) as tar,
    ):
        for key, data in _records(cache):
            _add(tar, f"{cache.fingerprint}/{key.partition(':')[2]}", data)
            count += 1
        _add(tar, _LAST, str(count).encode())
    return count


def import_records(cache: LayerCache, path: Path) -> tuple[int, int]:
    """
    Take the records of a file in; gives how many, and how many were made by other catalogers.

    Raises:
        UsageError: The file cannot be read, or is not one that :func:`export_records` wrote.
    """
    taken = others = 0
    name = str(path)
    try:
        with path.open("rb") as file:
            walker = TarWalker(
                inflate(file, name=name, limits=_LIMITS), name=name, limits=_LIMITS
            )
            for key, fingerprint in _members(walker):
                if fingerprint != cache.fingerprint:
                    others += 1
                    continue
                cache.put(key, _record(walker.body(), key))
                taken += 1
    except OSError as error:
        raise UsageError(f"{name}: cannot be read ({error.strerror})") from error
    except (ImageError, ParseError) as error:
        reason = error.message.removeprefix(f"{name}: ")
        raise UsageError(
            f"{name}: not a file of layer records: {reason}",
            hint="shipworthy cache export writes them",
        ) from error
    return taken, others


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def _members(walker: TarWalker) -> Iterator[tuple[str, str]]:
    """(diff ID, fingerprint) of every record; raises ``ImageError`` for anything else, and for an end that is not the end."""
    for count, entry in enumerate(walker):
        if entry.path == _LAST and entry.size < _DIGITS:
            if walker.body() != str(count).encode():
                break
            return
        found = _MEMBER.fullmatch(entry.path)
        if found is None or entry.kind != FILE:
            raise ImageError(f"{entry.path[:200]!r} is no layer record")
        if entry.size > MAX_RECORD:
            raise LimitError(f"a record of more than {MAX_RECORD} bytes")
        yield f"sha256:{found[2]}", found[1]
    raise ImageError("it is cut short")


def _record(data: bytes, key: str) -> bytes:
    """The record, which must be of that layer."""
    sound(data, key)
    return data


def _records(cache: LayerCache) -> Iterator[tuple[str, bytes]]:
    """The layers' own records; what else is kept is made of them again."""
    for key in cache.digests():
        data = cache.read(key)
        try:
            is_record = bool(data) and load(data).diff_id == key
        except ParseError:
            is_record = False
        if is_record:
            yield key, data
