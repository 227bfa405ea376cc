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
from shipworthy.streams.tar import Entry, TarWalker


UNKNOWN = -1
"""The index of a layer that only its bytes can tell."""


class Memory(Protocol):
    """**Protocol:** where a source keeps small things that it need not ask for again."""

    def read(self, key: str) -> bytes:
        """What was written under a digest; empty when there is nothing."""
        ...

    def write(self, key: str, data: bytes) -> None:
        """Keep ``data`` under a digest."""
        ...


@runtime_checkable
class Settling(Protocol):
    """**Protocol:** an image all of whose configuration may be known only once its layers were read."""

    def settle(self) -> ImageInfo:
        """What is known of the image, with nothing left out."""
        ...


@runtime_checkable
class Changing(Protocol):
    """**Protocol:** an image whose top layer is what a container changed."""

    def changes(self) -> Changes:
        """The top layer's entries."""
        ...

    def everything(self) -> TarWalker:
        """The whole file system, where bodies of hard links are found."""
        ...


class Changes(Protocol):
    """**Protocol:** entries of changes, deletions as whiteouts."""

    entries: int
    problems: list[tuple[str, str]]

    def __iter__(self) -> Iterator[Entry]:
        """Every entry."""
        ...

    def peek(self, count: int, /) -> bytes:
        """The first bytes of the entry just given."""
        ...

    def body(self) -> bytes:
        """The whole entry just given."""
        ...

    def parts(self) -> Iterator[bytes]:
        """The entry just given in portions."""
        ...


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
        """
        The wanted layers in the order that is cheapest to read; use each before the next.

        A source that cannot tell which layer comes by gives it as ``UNKNOWN``.
        """
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
