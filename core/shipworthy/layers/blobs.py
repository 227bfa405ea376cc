"""The layers of an opened image, as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from shipworthy.images.interface import Image
from shipworthy.images.tables import Tabled
from shipworthy.layers.read import LayerBlob
from shipworthy.model.image import Layer


def blobs_of(image: Image, layers: Sequence[Layer], name: str) -> list[LayerBlob]:
    """``layers`` of the image; ``name`` is what messages call it."""
    return [
        LayerBlob(
            name=f"{name}: layer {layer.index + 1} of {len(layers)}",
            open=partial(image.open, layer.index),
            instruction=layer.instruction,
            diff_id=layer.diff_id,
            digest=layer.digest,
            table=image.table(layer.index) if isinstance(image, Tabled) else None,
        )
        for layer in layers
    ]
