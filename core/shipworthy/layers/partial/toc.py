"""
What a layer's table of contents says: its entries, and where in the blob the bytes of each file are.

eStargz and zstd:chunked share the form, that of CRFS: ``{"version": 1, "entries": […]}`` with an entry of type ``reg`` followed by
``chunk`` entries for the rest of a large file
(https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md, "TOC"; containers/storage,
``pkg/chunked/internal/minimal``, ``FileMetadata``). A chunk ends where
the next one begins, or where zstd:chunked says that its file ends.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from shipworthy.errors import ImageError
from shipworthy.model.limits import MIB, Limits
from shipworthy.streams.header import normal_path
from shipworthy.streams.tar import (
    DIRECTORY,
    FILE,
    HARDLINK,
    OTHER,
    SYMLINK,
    Entry,
)
from shipworthy.values import dataclass


_KINDS = {
    "reg": FILE,
    "dir": DIRECTORY,
    "symlink": SYMLINK,
    "hardlink": HARDLINK,
    "char": OTHER,
    "block": OTHER,
    "fifo": OTHER,
}
_CHUNK, _ZEROS = "chunk", "zeros"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_MAX_INNER = 64 * MIB
"""Bytes that may stand before a file in the compressed part that it shares with others."""
_MAX_MODE = 1 << 32


class Unfit(Exception):  # noqa: N818  # a signal between two functions, not an error of ours
    """The layer is to be read whole instead; nothing is wrong with it for all that is known."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a file, as long as the whole or not."""

    start: int
    """Where in the blob its compressed part begins."""
    end: int
    """Where that ends at the latest."""
    inner: int
    """Bytes of the uncompressed part before it."""
    size: int
    digest: str
    """``sha256:<hex>``; empty where the table gives none."""
    zeros: bool = False
    """Whether it is nothing but zeros, which need not be fetched."""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry, and the chunks that make up its body."""

    entry: Entry
    chunks: tuple[Chunk, ...] = ()


def items_of(document: object, *, end: int, name: str, limits: Limits) -> list[Item]:
    """
    The entries of a table, in its order.

    ``end`` is where in the blob the files end. Raises ``Unfit`` for whatever is no such table.
    """
    entries = document.get("entries") if isinstance(document, dict) else None
    if not isinstance(entries, list) or len(entries) > limits.entries:
        raise Unfit("no table of contents")
    items = [
        Item(_entry(group[0], name, limits), _chunks(group, end, limits))
        for group in _groups(entries)
    ]
    places = {chunk.start for item in items for chunk in item.chunks}
    # Where zstd:chunked tells the end of a file, the next file's header begins.
    told = [entry.get("endOffset") for entry in entries]
    places.update(at for at in told if type(at) is int and 0 < at < end)
    starts = [*sorted(places), end]
    return [
        Item(
            item.entry,
            tuple(
                replace(chunk, end=starts[bisect_right(starts, chunk.start)])
                for chunk in item.chunks
            ),
        )
        for item in items
    ]


def _groups(entries: list[object]) -> Iterator[list[Mapping[str, Any]]]:
    """Each entry with the chunks that follow it."""
    group: list[Mapping[str, Any]] = []
    for entry in entries:
        if not isinstance(entry, dict):
            raise Unfit("an entry is no object")
        if entry.get("type") != _CHUNK:
            if group:
                yield group
            group = [entry]
        elif group and group[0].get("type") == "reg":
            group.append(entry)
        else:
            raise Unfit("a chunk of no file")
    if group:
        yield group


def _entry(given: Mapping[str, Any], name: str, limits: Limits) -> Entry:
    type_, link = given.get("type"), given.get("linkName", "")
    path = given.get("name")
    kind = _KINDS.get(type_) if isinstance(type_, str) else None
    if kind is None or not isinstance(path, str) or not isinstance(link, str):
        raise Unfit("an entry of no known type")
    if len(link) > limits.path:
        raise Unfit("a long link")
    try:
        path = normal_path(path, name, limits)
        if kind == HARDLINK:
            normal_path(link, name, limits)
    except ImageError as error:
        raise Unfit(error.message) from None
    size = _number(given, "size", limits.layer_bytes) if kind == FILE else 0
    mode = _number(given, "mode", _MAX_MODE)
    return Entry(path, kind, size, mode, link, 0)


def _chunks(
    group: list[Mapping[str, Any]], end: int, limits: Limits
) -> tuple[Chunk, ...]:
    """The chunks of one file, which must follow each other from its first byte to its last."""
    first = group[0]
    size = _number(first, "size", limits.layer_bytes)
    if first.get("type") != "reg" or not size:
        if len(group) > 1:
            raise Unfit("chunks of an empty file")
        return ()
    chunks, at = [], 0
    for given in group:
        length = _number(given, "chunkSize", size) or size - at
        if _number(given, "chunkOffset", size) != at or not 0 < length <= size - at:
            raise Unfit("chunks that do not follow each other")
        digest = given.get("chunkDigest") or ""
        if len(group) == 1:
            digest = digest or given.get("digest")
        start = _number(given, "offset", end)
        if start >= end:
            raise Unfit("a chunk outside the files")
        is_digest = isinstance(digest, str) and _DIGEST.fullmatch(digest)
        chunks.append(
            Chunk(
                start=start,
                end=0,
                inner=_number(given, "innerOffset", _MAX_INNER),
                size=length,
                digest=str(digest) if is_digest else "",
                zeros=given.get("chunkType") == _ZEROS,
            )
        )
        at += length
    if at != size:
        raise Unfit("chunks that are not the whole file")
    return tuple(chunks)


def _number(given: Mapping[str, Any], key: str, most: int) -> int:
    value = given.get(key, 0)
    if type(value) is not int or not 0 <= value <= most:
        raise Unfit(f"{key} is no number that can be")
    return value
