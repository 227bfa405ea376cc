"""
Fetching a layer's table of contents and holding it against its digest.

- eStargz: the last 51 bytes of the blob are an empty gzip member whose extra field ``SG`` says in hexadecimal where the last
  member but one begins; that is a tar with the one file ``stargz.index.json``, and part of the layer
  (https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md, "Footer").
- zstd:chunked: a zstd frame where the annotation says, inside a skippable frame and so no part of the layer
  (containers/storage, ``pkg/chunked/internal/minimal``, ``ManifestInfoKey``).
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import orjson

from shipworthy.errors import ImageError
from shipworthy.images.tables import Ranged, TableOffer, TablePlace
from shipworthy.layers.partial.toc import Chunk, Item, Unfit, items_of
from shipworthy.model.limits import MIB, Limits
from shipworthy.streams.header import BLOCK
from shipworthy.streams.inflate import inflate
from shipworthy.streams.tar import FILE, Entry, TarWalker


_INDEX = "stargz.index.json"
_FOOTER = re.compile(
    rb"\x1f\x8b\x08\x04.{6}\x1a\x00SG\x16\x00([0-9a-f]{16})STARGZ.{13}", re.DOTALL
)
_FOOTER_SIZE = 51
_TAIL = 64 * 1024
"""Fetched at once from the end of an eStargz, because the table is often in it."""
_TAR_OVERHEAD = MIB


def read_table(offer: TableOffer, *, name: str, limits: Limits) -> list[Item]:
    """
    The entries of the layer in their order.

    Raises:
        Unfit: It is no table, not the one that the manifest names, or crosses a bound.
        ImageError: The registry gives no part of the layer, or no answer.
    """
    place = offer.place
    if place.kind == "estargz":
        return _estargz(place, offer.blob, name, limits)
    if place.length > limits.table:
        raise Unfit("a large table")
    packed = offer.blob.read(place.start, place.length)
    if _sha256(packed) != place.digest:
        raise Unfit("not the table that the manifest names")
    data = b"".join(_inflated(packed, name, limits))
    return items_of(_decoded(data), end=place.start, name=name, limits=limits)


def _estargz(place: TablePlace, blob: Ranged, name: str, limits: Limits) -> list[Item]:
    tail_size = min(place.size, _TAIL)
    tail = blob.read(place.size - tail_size, tail_size)
    found = _FOOTER.fullmatch(tail[-_FOOTER_SIZE:])
    start, end = int(found[1], 16) if found else 0, place.size - _FOOTER_SIZE
    if not 0 < start < end or end - start > limits.table:
        raise Unfit("no place of a table")
    missing = place.size - tail_size - start
    if missing > 0:
        tail = blob.read(start, missing) + tail
    packed = tail[start - place.size : -_FOOTER_SIZE]
    data = _first_file(packed, name, limits)
    if _sha256(data) != place.digest:
        raise Unfit("not the table that the manifest names")
    items = items_of(_decoded(data), end=start, name=name, limits=limits)
    # The layer's tar holds the table too, behind a header of its own.
    itself = Chunk(start, end, BLOCK, len(data), place.digest)
    items.append(Item(Entry(_INDEX, FILE, len(data), 0o444, "", 0), (itself,)))
    return items


def _first_file(packed: bytes, name: str, limits: Limits) -> bytes:
    """The table out of its tar."""
    walker = TarWalker(_inflated(packed, name, limits), name=name, limits=limits)
    try:
        entry = next(iter(walker), None)
        if entry is None or entry.path != _INDEX or entry.size > limits.table:
            raise Unfit("no table in its place")
        return walker.body()
    except ImageError as error:
        raise Unfit(error.message) from None


def _inflated(packed: bytes, name: str, limits: Limits) -> Iterator[bytes]:
    """At most as many bytes as a table may have."""
    bounded = replace(limits, layer_bytes=limits.table + _TAR_OVERHEAD)
    try:
        yield from inflate(io.BytesIO(packed), name=name, limits=bounded)
    except ImageError as error:
        raise Unfit(error.message) from None


def _decoded(data: bytes) -> object:
    try:
        document: object = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Unfit(f"not JSON: {error}") from None
    return document


def _sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
