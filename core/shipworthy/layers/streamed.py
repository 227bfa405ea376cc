"""The layers of a source that must be read from front to back: an engine's export, an archive compressed as a whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Protocol, runtime_checkable

from shipworthy.images.interface import UNKNOWN
from shipworthy.layers.read import LayerBlob, read_layer
from shipworthy.layers.record import dump, load
from shipworthy.layers.relay import Take, relay
from shipworthy.layers.select import Selector
from shipworthy.layers.watch import Unwatched
from shipworthy.streams.inflate import Stream


InOrder = Callable[[Collection[int]], Iterator[tuple[int, Stream]]]
"""Streams the layers asked for in the cheapest order, with their indexes; use each before the next."""


def one_by_one(
    blobs: Sequence[LayerBlob],
    missing: Mapping[str, int],
    in_order: InOrder,
    selector: Selector,
    watched: Unwatched,
) -> Iterator[tuple[int, bytes]]:
    """
    The records of the ``missing`` layers as bytes, with their indexes, by diff ID.

    What comes first is still parsed while the next is received. A layer whose stream does not come is opened by itself.

    Raises:
        ImageError: A layer cannot be read or is not what the image says.
    """
    left = set(missing.values())

    def told(index: int, stream: Stream, take: Take) -> Iterator[tuple[int, bytes]]:
        data = take()
        if index == UNKNOWN:
            index = _identified(stream, load(data).diff_id, missing)
            watched.identify(index if index in left else UNKNOWN)
        if index in left:
            left.discard(index)
            yield index, data

    def read(blob: LayerBlob, index: int, alone: bool) -> bytes:
        return dump(read_layer(watched.counted(blob, index, alone=alone), selector))

    def work(index: int, stream: Stream, first: Stream, alone: bool) -> bytes:
        return read(_blob(blobs, index, stream, first), index, alone)

    with closing(relay(watched.meanwhile)) as readers:
        before: tuple[int, Stream, Take] | None = None
        for index, stream in in_order(sorted(left)) if left else ():
            if index == UNKNOWN and not left:
                continue
            if before and before[0] == index == UNKNOWN:
                # Two of these would be counted as one.
                yield from told(*before)
                before = None
            take = readers.read(stream, partial(work, index, stream))
            if before:
                yield from told(*before)
            before = index, stream, take
        if before:
            yield from told(*before)
    for index in sorted(left):
        yield index, read(blobs[index], index, True)


def _blob(
    blobs: Sequence[LayerBlob], index: int, stream: Stream, first: Stream
) -> LayerBlob:
    """The layer that ``stream`` brings, its bytes being read from ``first`` the first time."""
    if index == UNKNOWN:
        assert isinstance(stream, _Again)
        image = blobs[0].name.rpartition(": ")[0]
        return LayerBlob(
            name=f"{image}: a layer",
            open=_FirstThen(first, stream.again),
            digest=stream.digest,
        )
    anew = stream.again if isinstance(stream, _Again) else blobs[index].open
    return replace(blobs[index], open=_FirstThen(first, anew))


def _identified(stream: Stream, diff_id: str, missing: Mapping[str, int]) -> int:
    """Which layer it was that only its bytes tell from the others."""
    assert isinstance(stream, _Again)
    stream.identify(diff_id)
    return missing.get(diff_id, UNKNOWN)


@runtime_checkable
class _Again(Protocol):
    """**Protocol:** a stream that can be had once more, and told what it was."""

    digest: str

    def again(self) -> Stream:
        """The same bytes from their start."""
        ...

    def identify(self, diff_id: str) -> None:
        """Take note of the diff ID, found from verified bytes."""
        ...


class _FirstThen:
    """Opens the stream at hand the first time, and the layer anew after that."""

    def __init__(self, first: Stream, anew: Callable[[], Stream]) -> None:
        self._first: Stream | None = first
        self._anew = anew

    def __call__(self) -> Stream:
        first, self._first = self._first, None
        return first if first is not None else self._anew()
