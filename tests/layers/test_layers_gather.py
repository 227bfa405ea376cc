"""Gathering the records of an image: each layer once, from the cache where it can be."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import imagebuilder as ib
import pytest
from layers.fakes import SELECTOR, blob_of

from shipworthy.errors import ImageError
from shipworthy.layers.cache import LayerCache
from shipworthy.layers.gather import gather
from shipworthy.layers.read import LayerBlob
from shipworthy.streams.inflate import Stream


def blobs(count: int) -> list[LayerBlob]:
    """Layers with one package each."""
    return [blob_of({f"{i}.pkg": f"p {i}".encode()}) for i in range(count)]


def unreadable() -> Stream:
    """A layer that must not be opened."""
    raise ImageError("opened")


def test_records_come_in_the_order_of_the_layers() -> None:
    """Whatever is read first, bottom stays first."""
    layers = blobs(5)
    records = gather(layers, SELECTOR, None, sizes=[1, 5, 3, 2, 4])

    assert [blob.diff_id for blob in layers] == [record.diff_id for record in records]


def test_a_layer_that_occurs_twice_is_read_once() -> None:
    """The second occurrence is not opened."""
    (layer,) = blobs(1)
    told: list[str] = []
    records = gather(
        [layer, replace(layer, open=unreadable)],
        SELECTOR,
        None,
        sizes=[1, 1],
        progress=told.append,
    )

    assert (2, 1) == (len(records), len(told))


def test_cached_layers_are_not_opened(tmp_path: Path) -> None:
    """What one scan read, the next takes from the cache."""
    cache = LayerCache(tmp_path, SELECTOR.fingerprint)
    layers = blobs(3)
    first = gather(layers, SELECTOR, cache, sizes=[1, 1, 1])
    shut = [replace(layer, open=unreadable) for layer in layers]

    assert first == gather(shut, SELECTOR, cache, sizes=[1, 1, 1])


def test_a_layer_that_fails_ends_the_scan() -> None:
    """The error of any layer is the error of the whole."""
    layers = blobs(4)
    layers[2] = replace(layers[2], open=unreadable)

    with pytest.raises(ImageError, match="opened"):
        gather(layers, SELECTOR, None, sizes=[1, 1, 1, 1])


@pytest.mark.parametrize("linked", [False, True])
def test_a_source_read_in_order_is_streamed(*, linked: bool) -> None:
    """Layers come in the source's order; a second look at one opens it anew."""
    tree: ib.Tree = (
        {"x": b"one 1", "a.pkg": ib.Hardlink("x")} if linked else {"a.pkg": b"one 1"}
    )
    layers = [blob_of(tree), blob_of({"b.pkg": b"two 2"})]
    data = [layer.open() for layer in layers]
    opened: list[int] = []

    def in_order(wanted: Collection[int]) -> Iterator[tuple[int, Stream]]:
        yield from ((i, data[i]) for i in sorted(wanted, reverse=True))

    def anew(index: int) -> Stream:
        opened.append(index)
        return io.BytesIO(ib.layer_tar(tree))

    shut = [replace(layer, open=partial(anew, i)) for i, layer in enumerate(layers)]
    records = gather(shut, SELECTOR, None, sizes=[1, 1], in_order=in_order)

    assert ["one", "two"] == [r.found[0].evidence.packages[0].name for r in records]
    assert ([0] if linked else []) == opened
