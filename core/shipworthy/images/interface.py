"""
The seam between where images are kept and reading them.

A source says what the image is and gives each layer's stored bytes; it verifies manifests and
configurations itself, while the reader of a layer verifies the layer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Protocol, runtime_checkable

from shipworthy.images.attached import Attachment
from shipworthy.model.image import ImageInfo
from shipworthy.streams.inflate import Stream


class Image(Protocol):
    """**Protocol:** one opened image."""

    @property
    def info(self) -> ImageInfo:
        """What is known of the image; diff IDs as the configuration claims them."""
        ...

    @property
    def sizes(self) -> tuple[int, ...]:
        """Stored bytes of each layer, bottom first."""
        ...

    @property
    def parallel(self) -> bool:
        """Whether several layers can be read at once without reading anything twice."""
        ...

    def open(self, index: int) -> Stream:
        """The stored bytes of layer ``index`` from their start."""
        ...

    def stream(self, wanted: Collection[int]) -> Iterator[tuple[int, Stream]]:
        """The wanted layers in the order that is cheapest to read; use each before the next."""
        ...

    def close(self) -> None:
        """Give back what the image holds."""
        ...


@runtime_checkable
class Attaching(Protocol):
    """**Protocol:** an image whose source may hold documents attached to it."""

    def attached(self, wanted: Callable[[str], bool]) -> tuple[Attachment, ...]:
        """The documents whose type is ``wanted``."""
        ...
