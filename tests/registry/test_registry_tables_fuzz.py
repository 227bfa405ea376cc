"""Whatever a table says, what comes out is what is in the layer or an error of ours."""

from __future__ import annotations

import gzip
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scanning import BASE, OURS
from tabled import Tabled, closed, filler, written

from shipworthy.catalogers.interface import Cataloger
from shipworthy.errors import DigestMismatchError
from shipworthy.extensions import load
from shipworthy.images.tables import ESTARGZ, TableOffer, TablePlace
from shipworthy.layers.partial.read import read_by_table
from shipworthy.layers.record import LayerRecord
from shipworthy.layers.select import Selector
from shipworthy.model.limits import LIMITS


LAYER = written({**BASE, "x": filler(200_000), **OURS, "y": filler(200_000, 2)})
START = LAYER.blob.rindex(b"\x1f\x8b\x08\x00")
KEYS = ("name", "type", "size", "offset", "chunkSize", "chunkOffset", "innerOffset")
MORE = ("chunkDigest", "digest", "linkName", "mode", "endOffset", "chunkType")
VALUES = st.one_of(
    st.integers(-(1 << 63), 1 << 63),
    st.integers(0, len(LAYER.blob)),
    st.sampled_from(["reg", "chunk", "hardlink", "symlink", "dir", "zeros", ""]),
    st.sampled_from(["var/lib/dpkg/status", "x", "../x", "a/package.json"]),
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    st.lists(st.none(), max_size=1) | st.just({}),
)
CHANGES = st.lists(
    st.tuples(st.integers(0, 7), st.sampled_from(KEYS + MORE), VALUES),
    min_size=1,
    max_size=4,
)


class Held:
    """A blob in memory."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.asked = 0

    def read(self, start: int, length: int, /) -> bytes:
        """A part, which must lie in the blob."""
        assert start >= 0
        assert length > 0
        assert start + length <= len(self.data)
        self.asked += length
        return self.data[start : start + length]

    def leave(self) -> None:
        """Nothing is held for a thread."""


def selector() -> Selector:
    """All catalogers."""

    def made(plugin: object) -> Cataloger:
        assert callable(plugin)
        cataloger: Cataloger = plugin()
        return cataloger

    return Selector(load("catalogers", made)[0])


SELECTOR = selector()


def read(layer: Tabled) -> LayerRecord | None:
    """The record by the table."""
    place = TablePlace(
        kind="estargz", digest=layer.annotations[ESTARGZ], size=len(layer.blob)
    )
    held = Held(layer.blob)
    offer = TableOffer(place=place, blob=held)
    record = read_by_table(offer, SELECTOR, name="layer", limits=LIMITS)
    assert held.asked <= 3 * len(layer.blob)
    return record


def changed(changes: list[tuple[int, str, Any]]) -> Tabled:
    """The layer with members of its table's entries changed."""
    document = _document()
    entries = document["entries"]
    for index, key, value in changes:
        entries[index % len(entries)][key] = value
    try:
        data = orjson.dumps(document)
    except TypeError:  # a number that JSON has no place for
        data = b"{}"
    return closed(LAYER.blob[:START], data)


def _document() -> dict[str, Any]:
    tar = gzip.decompress(LAYER.blob[START:-51])
    size = int(tar[124:135], 8)
    document: dict[str, Any] = orjson.loads(tar[512 : 512 + size])
    return document


def test_the_layer_itself_is_read() -> None:
    """Unchanged, it is read by its table."""
    record = read(LAYER)
    assert record is not None
    assert len(BASE) + len(OURS) + 3 == record.entries


@pytest.mark.property
@settings(deadline=None, max_examples=150)
@given(changes=CHANGES)
def test_changed_tables(changes: list[tuple[int, str, Any]]) -> None:
    """A record, nothing, or a mismatch; and no more is asked for than there is."""
    with suppress(DigestMismatchError):
        read(changed(changes))


@pytest.mark.property
@settings(deadline=None, max_examples=150)
@given(
    at=st.integers(0, len(LAYER.blob) - 1),
    data=st.binary(min_size=1, max_size=20),
)
def test_changed_bytes(at: int, data: bytes) -> None:
    """Bytes written over others give the same record, nothing, or a mismatch."""
    blob = (LAYER.blob[:at] + data + LAYER.blob[at + len(data) :])[: len(LAYER.blob)]
    try:
        record = read(Tabled(blob=blob, annotations=LAYER.annotations))
    except DigestMismatchError:
        return
    assert record is None or record == read(LAYER)
