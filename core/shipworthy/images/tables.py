"""
Layers with a table of contents: where the table is, and reading parts of a layer.

A descriptor's annotations pin the table by its digest, and the manifest pins the descriptor:

- eStargz: ``containerd.io/snapshot/stargz/toc.digest``
  (https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md, "TOC JSON digest");
- zstd:chunked: ``io.github.containers.zstd-chunked.manifest-checksum`` and ``…manifest-position``, of older writers
  ``io.containers.zstd-chunked.…`` (https://github.com/containers/storage, ``pkg/chunked/internal/minimal``).
"""

from __future__ import annotations

import hashlib
import re
from typing import Literal, Protocol, runtime_checkable

from shipworthy.errors import ImageError
from shipworthy.images.documents import Descriptor
from shipworthy.values import dataclass


Kind = Literal["estargz", "zstd:chunked"]

ESTARGZ = "containerd.io/snapshot/stargz/toc.digest"
_CHUNKED = ("io.github.containers.zstd-chunked.", "io.containers.zstd-chunked.")
_CHECKSUM, _POSITION = "manifest-checksum", "manifest-position"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_PLACE = re.compile(r"([0-9]{1,15}):([0-9]{1,15}):([0-9]{1,15}):1", re.ASCII)
"""Offset, length, uncompressed length, and 1, the only type there is."""
_RECIPE = "layer by its table of contents, 1"
"""Raised whenever the same table would give another record."""


class NoRangesError(ImageError):
    """Parts cannot be had of a layer that may well be had whole."""


class Ranged(Protocol):
    """**Protocol:** a blob that can be read in parts, from several threads at once."""

    def read(self, start: int, length: int, /) -> bytes:
        """
        Exactly these bytes, verified by nobody yet.

        Raises ``NoRangesError`` where only the whole can be had, else as a layer's stream does.
        """
        ...

    def leave(self) -> None:
        """The calling thread reads no more."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePlace:
    """Where a layer's table of contents is, as its descriptor's annotations say."""

    kind: Kind
    digest: str
    """sha256 of the table: of eStargz the JSON document's, of zstd:chunked the compressed one's."""
    size: int
    """Bytes of the layer's blob."""
    start: int = 0
    length: int = 0
    """Where it lies compressed; 0 for eStargz, whose footer tells."""

    @property
    def key(self) -> str:
        """
        A digest that stands for the layer as its table describes it; nothing else gives the same.

        It is no diff ID: whoever wrote the manifest could claim that of any layer.
        """
        text = f"{_RECIPE}\n{self.kind}\n{self.digest}"
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOffer:
    """A layer's table and the layer to read parts of."""

    place: TablePlace
    blob: Ranged

    @property
    def key(self) -> str:
        """See :attr:`TablePlace.key`."""
        return self.place.key


@runtime_checkable
class Tabled(Protocol):
    """**Protocol:** an image whose layers may be read by their tables of contents."""

    def table(self, index: int) -> TableOffer | None:
        """The table of layer ``index``; none where it has none, or is to be read whole."""
        ...


def table_place(descriptor: Descriptor) -> TablePlace | None:
    """Where the table of a layer is; none where the annotations pin none by a digest."""
    annotations = dict(descriptor.annotations)
    digest = annotations.get(ESTARGZ, "")
    if _DIGEST.fullmatch(digest):
        return TablePlace(kind="estargz", digest=digest, size=descriptor.size)
    for prefix in _CHUNKED:
        digest = annotations.get(f"{prefix}{_CHECKSUM}", "")
        found = _PLACE.fullmatch(annotations.get(f"{prefix}{_POSITION}", ""))
        if found is None or not _DIGEST.fullmatch(digest):
            continue
        start, length = int(found[1]), int(found[2])
        if length > 0 and start + length <= descriptor.size:
            return TablePlace(
                kind="zstd:chunked",
                digest=digest,
                size=descriptor.size,
                start=start,
                length=length,
            )
    return None
