"""The layers of several images as those of one: bottom first, image by image, a shared one once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from shipworthy.model.image import Layer, Origin


Places = tuple[int, ...]
"""The index in the whole of each layer of one image."""


def united(images: Sequence[Sequence[Layer]]) -> tuple[tuple[Layer, ...], list[Places]]:
    """
    All layers of ``images``, and for each image where its own are among them.

    A layer is shared where its diff ID is the same; one that an image has twice stays two.
    """
    whole: list[Layer] = []
    known: dict[tuple[str, int], int] = {}
    places: list[Places] = []
    for layers in images:
        seen: Counter[str] = Counter()
        own: list[int] = []
        for layer in layers:
            key = layer.diff_id, seen[layer.diff_id]
            seen[layer.diff_id] += 1
            at = known.setdefault(key, len(whole))
            if at == len(whole):
                whole.append(replace(layer, index=at))
            else:
                whole[at] = _joined(whole[at], layer)
            own.append(at)
        places.append(tuple(own))
    return tuple(whole), places


def joined_origin(origins: Sequence[Origin]) -> Origin:
    """Ours as soon as one is, the base image's only where all are."""
    if "own" in origins:
        return "own"
    return "base" if set(origins) == {"base"} else "unknown"


def _joined(one: Layer, other: Layer) -> Layer:
    """A shared layer with all that either image knows of it."""
    known = [origin for origin in (one.origin, other.origin) if origin != "unknown"]
    return replace(
        one,
        digest=one.digest or other.digest,
        instruction=one.instruction or other.instruction,
        origin=joined_origin(known),
    )
