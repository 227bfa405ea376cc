"""
The records of the layers of several images: a layer that they share is read once.

All layers of all images are read in one go. Where one of them cannot be read, the images are taken one by one with what is
known by then, so that only those fail which have that layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from shipworthy.errors import ImageError
from shipworthy.images.interface import Image
from shipworthy.images.several import FATAL, Several
from shipworthy.layers.blobs import blobs_of
from shipworthy.layers.cache import LayerCache
from shipworthy.layers.gather import gather
from shipworthy.layers.record import LayerRecord, load
from shipworthy.layers.select import Selector


Records = tuple[LayerRecord, ...]


class Part(NamedTuple):
    """One image to read."""

    platform: str
    image: Image


class Remembered(LayerCache):
    """
    Records for as long as one scan needs them, besides those that a cache keeps.

    Args:
        cache: The cache, or none.
        fingerprint: What made the records, see ``Selector.fingerprint``.
    """

    def __init__(self, cache: LayerCache | None, fingerprint: str) -> None:
        super().__init__(Path(), fingerprint)
        self._cache = cache
        self._records: dict[str, bytes] = {}

    def get(self, diff_id: str) -> LayerRecord | None:
        """The record of the layer with that diff ID, or nothing."""
        if diff_id in self._records:
            return load(self._records[diff_id])
        return self._cache.get(diff_id) if self._cache else None

    def put(self, diff_id: str, data: bytes) -> None:
        """Keep a dumped record under the diff ID that was computed from the layer's bytes."""
        self._records[diff_id] = data
        if self._cache:
            self._cache.put(diff_id, data)


def read_all(
    several: Several,
    parts: Sequence[Part],
    selector: Selector,
    cache: LayerCache | None,
    progress: Callable[[str], None] | None,
) -> list[Records | ImageError]:
    """
    The records of each image's layers, bottom first, or why they cannot be had.

    Raises ``ImageError`` where what is wrong is not about one platform: bytes that are not what their digest says, a registry
    that does not answer.
    """
    held = Remembered(cache, selector.fingerprint)

    def read(chosen: Sequence[Part]) -> Records:
        images = [part.image for part in chosen]
        return gather(
            [
                blob
                for platform, image in chosen
                for blob in blobs_of(
                    image, image.info.layers, f"{several.target} ({platform})"
                )
            ],
            selector,
            held,
            sizes=[size for image in images for size in image.sizes],
            in_order=None if several.parallel else partial(several.stream, images),
            progress=progress,
        )

    try:
        records = read(parts)
    except FATAL:
        raise
    except ImageError:
        return [_one(read, part) for part in parts]
    counts = [len(part.image.info.layers) for part in parts]
    ends = [sum(counts[: at + 1]) for at in range(len(counts))]
    return [records[end - count : end] for count, end in zip(counts, ends, strict=True)]


def _one(read: Callable[[Sequence[Part]], Records], part: Part) -> Records | ImageError:
    try:
        return read([part])
    except FATAL:
        raise
    except ImageError as error:
        return error
