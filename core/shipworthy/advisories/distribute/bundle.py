"""
The database as one file, for sites without a network: an OCI image layout in an uncompressed tar.

The layout (OCI image specification 1.1, "image layout") holds the same manifest and blobs as a
registry, so any tool that copies ``oci-archive:`` can also put a bundle into a registry. Members are
sorted and carry no dates: the same database gives the same bytes.
"""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO, TypeVar

import orjson

from shipworthy.advisories.distribute.artifact import ARTIFACT_TYPE
from shipworthy.advisories.distribute.cache import Cache
from shipworthy.advisories.distribute.fetched import (
    Accept,
    Published,
    Tell,
    fetch,
    load_published,
)
from shipworthy.advisories.distribute.packed import Packed
from shipworthy.advisories.index import Index
from shipworthy.errors import DatabaseError
from shipworthy.remote.blob import MANIFEST_TYPE, MAX_MANIFEST, Blob, blob_of
from shipworthy.remote.transfer import Reader


T = TypeVar("T")

_LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'
_MAX_MEMBERS = 20_000
_BLOBS = "blobs/sha256/"
_TAR_BROKEN = (tarfile.TarError, OSError, ValueError, OverflowError, MemoryError)


def write_bundle(packed: Packed, out: Path) -> str:
    """Write a bundle, whole or not at all; gives the manifest's digest. Raises ``DatabaseError``."""
    manifest = blob_of(packed.manifest)
    documents = {
        "oci-layout": _LAYOUT,
        "index.json": _layout_index(manifest),
        _member(manifest.digest): packed.manifest,
        _member(packed.artifact.index.digest): packed.index,
    }
    files = {_member(blob.digest): path for blob, path in packed.files.values()}
    try:
        handle, temporary = tempfile.mkstemp(dir=out.parent, prefix=".shipworthy-")
    except OSError as error:
        raise _unwritable(out, error) from None
    try:
        with os.fdopen(handle, "wb") as file:
            _write(file, documents, files)
            os.fchmod(file.fileno(), 0o644)
        Path(temporary).replace(out)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise _unwritable(out, error) from None
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return manifest.digest


def _write(
    file: BinaryIO, documents: Mapping[str, bytes], files: Mapping[str, Path]
) -> None:
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(documents.keys() | files.keys()):
            member = tarfile.TarInfo(name)
            member.mode = 0o644
            if name in documents:
                member.size = len(documents[name])
                archive.addfile(member, io.BytesIO(documents[name]))
                continue
            member.size = files[name].stat().st_size
            with files[name].open("rb") as content:
                archive.addfile(member, content)


class BundleSource:
    """
    A database in a bundle; shards are inflated into the cache as they are needed.

    Raises:
        DatabaseError: The file is not a bundle, or what is in it is not what it should be.
    """

    at_hand = False
    reference = ""
    notes: tuple[str, ...] = ()

    def __init__(self, path: Path, cache: Cache, *, accept: Accept, tell: Tell) -> None:
        self.name = str(path)
        self._cache = cache
        self._tell = tell
        self._origin = _Bundle(path)
        digest, manifest = self._origin.manifest()
        self._published: Published = load_published(
            digest, manifest, self.name, cache, (self._origin,)
        )
        accept(self.index, self.signature, self.name)

    @property
    def index(self) -> Index:
        """The index in the bundle."""
        return self._published.index

    @property
    def signature(self) -> str:
        """As the manifest carries it."""
        return self._published.artifact.signature

    def shard(self, name: str) -> Path:
        """The file of a shard, inflated now where it was not before."""
        self.prefetch([name])
        return self._cache.shard(self.index.shards[name])

    def prefetch(self, names: Iterable[str]) -> None:
        """Inflate what is missing of these."""
        lacking = self._published.missing(names, self._cache)
        fetch(self._published, lacking, self._cache, (self._origin,), self._tell)


class _Bundle:
    """The blobs of a bundle, by where they stand in the file; no name in it is ever a path."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        try:
            with tarfile.open(path, "r:") as archive:
                self._places = self._find(archive)
        except FileNotFoundError:
            raise DatabaseError(f"{path}: no such file or directory") from None
        except _TAR_BROKEN as error:
            raise self._broken(str(error)[:200]) from None

    def manifest(self) -> tuple[str, bytes]:
        """Digest and bytes of the one manifest."""
        try:
            layout = orjson.loads(self._whole("index.json"))
            (descriptor,) = layout["manifests"]
            digest = str(descriptor["digest"])
        except (KeyError, TypeError, ValueError):
            raise self._broken("its index.json does not name one manifest") from None
        data = self._whole(_member(digest))
        if blob_of(data).digest != digest:
            raise self._broken(f"the manifest is not {digest[:80]}")
        return digest, data

    def read(self, blob: Blob, take: Callable[[Reader], T]) -> T:
        """Hand the blob's bytes to ``take``."""
        start, size = self._place(_member(blob.digest))
        try:
            with self._path.open("rb") as file:
                file.seek(start)
                return take(_Part(file, size))
        except OSError as error:
            raise self._broken(error.strerror or "cannot be read") from None

    def _find(self, archive: tarfile.TarFile) -> dict[str, tuple[int, int]]:
        places: dict[str, tuple[int, int]] = {}
        for number, member in enumerate(archive):
            if number >= _MAX_MEMBERS:
                raise ValueError(f"more than the bound of {_MAX_MEMBERS} members")
            if member.type in {tarfile.REGTYPE, tarfile.AREGTYPE}:
                places[member.name] = (member.offset_data, member.size)
        return places

    def _place(self, name: str) -> tuple[int, int]:
        place = self._places.get(name)
        if place is None:
            raise self._broken(f"{name[:100]} is not in it")
        return place

    def _whole(self, name: str) -> bytes:
        start, size = self._place(name)
        if not 0 <= size <= MAX_MANIFEST:
            raise self._broken(
                f"{name[:100]} crosses the bound of {MAX_MANIFEST} bytes"
            )
        try:
            with self._path.open("rb") as file:
                file.seek(start)
                return file.read(size)
        except OSError as error:
            raise self._broken(error.strerror or "cannot be read") from None

    def _broken(self, reason: str) -> DatabaseError:
        return DatabaseError(
            f"{self._path}: expected a bundle of an advisory database: {reason}",
            hint="make one with: shipworthy db bundle OUT",
        )


class _Part:
    """So many bytes of a file from where it stands."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = max(size, 0)

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._file.read(wanted)
        self._left -= len(data)
        return data


def _layout_index(manifest: Blob) -> bytes:
    return orjson.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [
                {
                    "mediaType": MANIFEST_TYPE,
                    "artifactType": ARTIFACT_TYPE,
                    "digest": manifest.digest,
                    "size": manifest.size,
                }
            ],
        },
        option=orjson.OPT_SORT_KEYS,
    )


def _member(digest: str) -> str:
    return f"{_BLOBS}{digest.partition(':')[2]}"


def _unwritable(out: Path, error: OSError) -> DatabaseError:
    return DatabaseError(f"{out}: cannot be written ({error.strerror})")
