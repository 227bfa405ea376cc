"""What the result says of layers that are known by their tables of contents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shipworthy.images.interface import Image
from shipworthy.images.tables import Tabled
from shipworthy.layers.cache import LayerCache
from shipworthy.model.image import Layer
from shipworthy.model.package import Status


def keyed(
    image: Image, layers: Sequence[Layer], cache: LayerCache
) -> tuple[Layer, ...]:
    """
    The layers, with the table's key for a diff ID where the cache knows a layer by its table alone.

    So an inventory that was made of such layers is never taken for that of layers read to their ends.
    """
    return tuple(_keyed(image, layers, cache))


def _keyed(image: Image, layers: Sequence[Layer], cache: LayerCache) -> Iterator[Layer]:
    for layer in layers:
        offer = image.table(layer.index) if isinstance(image, Tabled) else None
        if offer and not cache.has(layer.diff_id) and cache.has(offer.key):
            yield replace(layer, diff_id=offer.key)
        else:
            yield layer


def claimed(
    read: Sequence[Layer], image: Image
) -> tuple[tuple[Layer, ...], tuple[Status, ...]]:
    """The layers with the diff IDs that the image claims for a key, and a status that says which they are."""
    told = image.info.layers
    by_table = [
        layer.index
        for layer, known in zip(read, told, strict=True)
        if known.diff_id and layer.diff_id != known.diff_id
    ]
    if not by_table:
        return tuple(read), ()
    layers = tuple(
        replace(layer, diff_id=told[layer.index].diff_id)
        if layer.index in by_table
        else layer
        for layer in read
    )
    named = ", ".join(str(index + 1) for index in by_table)
    status = Status(
        source="layers",
        subject=image.info.target,
        message=f"of layer {named} only the table of contents and the wanted files were read: these were verified,"
        " that the layer holds what its table says is its author's word; --registry-whole-layers reads all of it",
        partial=False,
    )
    return layers, (status,)
