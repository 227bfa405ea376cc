"""
What one layer adds and hides, as it is kept in the cache and laid on the layers below.

A record depends on nothing but the layer's bytes and the catalogers' versions.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from shipworthy.catalogers.interface import Evidence, PackageSeen
from shipworthy.errors import ParseError
from shipworthy.values import dataclass


RECORD_VERSION = 1
"""Raised whenever the form or the meaning of a record changes."""

_SEEN = tuple(field.name for field in fields(PackageSeen))
_MAX_RECORD = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Evidence with the name of the cataloger that gave it."""

    cataloger: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRecord:
    """One layer's own content; paths are normalised and without a leading slash."""

    diff_id: str
    """sha256 of the uncompressed bytes, computed; of a layer read by its table of contents the table's key; empty for a directory."""
    size: int = 0
    """Uncompressed bytes; 0 where they were not counted."""
    entries: int = 0
    files_read: int = 0
    paths: str = ""
    """Everything but directories, NUL-separated."""
    directories: str = ""
    """Directories that the layer names itself, NUL-separated."""
    symlinks: tuple[tuple[str, str], ...] = ()
    whiteouts: tuple[str, ...] = ()
    """Paths that the layer removes from those below."""
    opaque: tuple[str, ...] = ()
    """Directories whose content below is hidden."""
    found: tuple[Found, ...] = ()


def dump(record: LayerRecord) -> bytes:
    """The record as bytes for the cache; the same record gives the same bytes."""
    import orjson
    import zstandard

    document = [
        RECORD_VERSION,
        record.diff_id,
        record.size,
        record.entries,
        record.files_read,
        record.paths,
        record.directories,
        record.symlinks,
        record.whiteouts,
        record.opaque,
        [
            [
                item.cataloger,
                item.evidence.path,
                [
                    [getattr(seen, name) for name in _SEEN]
                    for seen in item.evidence.packages
                ],
                item.evidence.files_of,
                item.evidence.file_list,
                item.evidence.facts,
                item.evidence.problems,
            ]
            for item in record.found
        ],
    ]
    compressor = zstandard.ZstdCompressor(level=3, write_checksum=True)
    return compressor.compress(orjson.dumps(document))


def load(data: bytes) -> LayerRecord:
    """The record that ``dump`` wrote; raises ``ParseError`` for anything else."""
    import orjson
    import zstandard

    try:
        # A frame that states its size would be given it, whatever the bound.
        if not 0 <= zstandard.frame_content_size(data) <= _MAX_RECORD:
            raise ParseError(
                f"a record of no size, or of more than {_MAX_RECORD} bytes"
            )
        raw = zstandard.ZstdDecompressor().decompress(data, max_output_size=_MAX_RECORD)
        document = orjson.loads(raw)
        return _record(document)
    except (zstandard.ZstdError, ValueError, TypeError, IndexError) as error:
        raise ParseError(
            f"not a layer record of version {RECORD_VERSION}: {error}"
        ) from error


def _record(document: list[Any]) -> LayerRecord:
    version, diff_id, size, entries, files_read, *rest = document
    if version != RECORD_VERSION:
        raise ParseError(
            f"a layer record of version {version}, expected {RECORD_VERSION}"
        )
    paths, directories, symlinks, whiteouts, opaque, found = rest
    return LayerRecord(
        diff_id=diff_id,
        size=size,
        entries=entries,
        files_read=files_read,
        paths=paths,
        directories=directories,
        symlinks=tuple((path, target) for path, target in symlinks),
        whiteouts=tuple(whiteouts),
        opaque=tuple(opaque),
        found=tuple(_found(*row) for row in found),
    )


def _found(
    cataloger: str,
    path: str,
    packages: list[list[Any]],
    files_of: str,
    file_list: str,
    facts: list[list[str]],
    problems: list[str],
) -> Found:
    return Found(
        cataloger=cataloger,
        evidence=Evidence(
            path=path,
            packages=tuple(_seen(row) for row in packages),
            files_of=files_of,
            file_list=file_list,
            facts=tuple((key, value) for key, value in facts),
            problems=tuple(problems),
        ),
    )


def _seen(row: list[Any]) -> PackageSeen:
    values = dict(zip(_SEEN, row, strict=True))
    values["licences"] = tuple(values["licences"])
    values["notes"] = tuple(values["notes"])
    return PackageSeen(**values)
