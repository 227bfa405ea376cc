"""Whose the layers of an image are: the base image's, or of those who built on it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from shipworthy.images.access import Access
from shipworthy.images.interface import Image
from shipworthy.images.target import open_image
from shipworthy.model.image import Layer
from shipworthy.model.package import Status


def with_origins(
    image: Image, base: str, access: Access | None
) -> tuple[tuple[Layer, ...], tuple[Status, ...]]:
    """The layers, and whose they are where that is known."""
    layers = image.info.layers
    known = _base_diff_ids(image, base, access)
    if not known:
        return layers, ()
    shared = 0
    for layer, diff_id in zip(layers, known, strict=False):
        if layer.diff_id != diff_id:
            break
        shared += 1
    if shared < len(known):
        status = Status(
            source="base",
            subject=base or image.info.base_name or image.info.base_digest,
            message=f"is not the base of this image: {shared} of its {len(known)} layers are in it,"
            " so what is ours and what is the base's stays unknown",
            partial=False,
        )
        return layers, (status,)
    return (
        tuple(
            replace(layer, origin="base" if layer.index < shared else "own")
            for layer in layers
        ),
        (),
    )


def _base_diff_ids(image: Image, base: str, access: Access | None) -> tuple[str, ...]:
    """The base image's diff IDs, from the caller's base or from what the annotations lead to."""
    if base:
        opened = open_image(base, platform=image.info.platform, access=access)
        with closing(opened):
            return tuple(layer.diff_id for layer in opened.info.layers)
    from shipworthy.images.layout import LayoutImage

    return image.base_diff_ids() if isinstance(image, LayoutImage) else ()
