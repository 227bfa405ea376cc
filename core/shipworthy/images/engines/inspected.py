"""
An image's configuration from what an engine says of the image, without an export.

Podman's own ``GET /libpod/images/NAME/json`` holds all of it. Docker's ``GET /images/NAME/json`` lacks the history; ``GET
/images/NAME/history`` has the steps, but not which of them made no layer. A step with a size made one; where these are
as many as the layers, all is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shipworthy.errors import ImageError
from shipworthy.images.documents import Json, parse_config
from shipworthy.model.image import HistoryEntry, ImageConfig


_NEVER = "0001-01-01T00:00:00Z"
"""What Docker says of an image that does not tell when it was made."""


def configuration_of(said: Json, name: str) -> ImageConfig:
    """
    The configuration, its history only where the engine tells it.

    Raises ``ImageError`` where the answer is not an image's.
    """
    import orjson

    root = said.get("RootFS")
    layers = root.get("Layers") if isinstance(root, dict) else None
    document = {
        "os": said.get("Os"),
        "architecture": said.get("Architecture"),
        "variant": said.get("Variant"),
        "created": None if said.get("Created") == _NEVER else said.get("Created"),
        "config": said.get("Config"),
        "rootfs": {"diff_ids": layers},
        "history": said.get("History"),
    }
    if not isinstance(layers, list):
        raise ImageError(f"{name}: the engine names no layers of it")
    try:
        data = orjson.dumps(document)
    except TypeError:  # it writes less depth than it reads
        raise ImageError(f"{name}: the engine's answer is nested too deep") from None
    return parse_config(data, name)


def with_history(config: ImageConfig, steps: Sequence[Json]) -> ImageConfig | None:
    """The configuration with its history, or nothing where the engine's does not tell which steps made layers."""
    made = [step for step in steps if _size(step) > 0]
    if len(made) != len(config.diff_ids):
        return None
    history = tuple(
        HistoryEntry(
            created_by=_text(step.get("CreatedBy")),
            empty_layer=_size(step) == 0,
            comment=_text(step.get("Comment")),
        )
        for step in reversed(steps)
    )
    return replace(config, history=history)


def _size(step: Json) -> int:
    size = step.get("Size")
    return size if isinstance(size, int) else 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
