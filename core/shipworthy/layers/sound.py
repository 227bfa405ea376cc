"""
Records that others made: the right layer's, and every part of the type and within the bounds that our own have.

A record read from a layer is sound by the way it is made. One that comes over a network or in a file may be anything that parses,
and what would fail long after it was taken in must not be taken in. Whether it is true nobody can tell without the layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields

from shipworthy.catalogers.interface import PackageSeen
from shipworthy.errors import ParseError
from shipworthy.layers.record import Found, LayerRecord, load
from shipworthy.model.limits import LIMITS


_LISTS = frozenset({"licences", "notes"})
_TEXTS = tuple(f.name for f in fields(PackageSeen) if f.name not in _LISTS)


def sound(data: bytes, diff_id: str) -> LayerRecord:
    """The record of the layer ``diff_id`` that somebody dumped; raises ``ParseError`` for anything else."""
    record = load(data)
    if record.diff_id != diff_id:
        raise ParseError(f"the record {diff_id} is of another layer")
    if not (_are_numbers(record) and _are_texts(_texts(record))):
        raise ParseError(f"the record {diff_id} has a part of another type")
    if not all(map(_is_path, _paths(record))):
        raise ParseError(f"the record {diff_id} has a path that no layer can have")
    return record


def _are_numbers(record: LayerRecord) -> bool:
    numbers: tuple[object, ...] = (record.size, record.entries, record.files_read)
    return all(
        type(number) is int and 0 <= number <= LIMITS.layer_bytes for number in numbers
    )


def _are_texts(values: Iterable[object]) -> bool:
    return all(type(value) is str for value in values)


def _texts(record: LayerRecord) -> Iterator[object]:
    """Everything that must be text."""
    yield record.paths
    yield record.directories
    yield from record.whiteouts
    yield from record.opaque
    for link in record.symlinks:
        yield from link
    for found in record.found:
        yield from _evidence(found)


def _evidence(found: Found) -> Iterator[object]:
    evidence = found.evidence
    yield found.cataloger
    yield evidence.path
    yield evidence.files_of
    yield evidence.file_list
    yield from evidence.problems
    for fact in evidence.facts:
        yield from fact
    for seen in evidence.packages:
        for name in _TEXTS:
            yield getattr(seen, name)
        yield from seen.licences
        yield from seen.notes


def _paths(record: LayerRecord) -> Iterator[str]:
    """The paths that are followed, directory by directory."""
    yield from record.whiteouts
    yield from record.opaque
    for link in record.symlinks:
        yield from link
    for found in record.found:
        yield found.evidence.path


def _is_path(path: str) -> bool:
    return len(path) <= LIMITS.path and path.count("/") <= LIMITS.depth
