"""The records of all layers: from the cache where it has them, else read side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from shipworthy.layers.cache import LayerCache
from shipworthy.layers.read import LayerBlob, read_layer
from shipworthy.layers.record import LayerRecord
from shipworthy.layers.select import Selector
from shipworthy.streams.inflate import Stream


Progress = Callable[[str], None]
InOrder = Callable[[Collection[int]], Iterator[tuple[int, Stream]]]


def gather(
    blobs: Sequence[LayerBlob],
    selector: Selector,
    cache: LayerCache | None,
    *,
    sizes: Sequence[int],
    in_order: InOrder | None = None,
    progress: Progress | None = None,
) -> tuple[LayerRecord, ...]:
    """
    One record a layer, in the order of ``blobs``.

    A layer that occurs twice is read once. A record found in the cache under the diff ID that
    the image's configuration claims stands for the layer.

    Args:
        blobs: The layers, bottom first.
        selector: Which catalogers want which file.
        cache: Where records are kept; nothing is kept without one.
        sizes: Stored bytes of each layer: the largest is started first.
        in_order: For sources that must be read from front to back: streams the
            layers asked for in the cheapest order.
        progress: Told in one line about each layer that is read.

    Raises:
        ImageError: A layer cannot be read or is not what the image says.
    """
    records: dict[str, LayerRecord] = {}
    missing: dict[str, int] = {}
    for index, blob in enumerate(blobs):
        if blob.diff_id in records or blob.diff_id in missing:
            continue
        record = cache.get(blob.diff_id) if cache and blob.diff_id else None
        if record is not None:
            records[blob.diff_id] = record
        else:
            missing[blob.diff_id] = index

    def read(blob: LayerBlob) -> None:
        if progress:
            progress(f"reading {blob.name}")
        record = read_layer(blob, selector)
        if cache:
            cache.put(record)
        records[blob.diff_id] = record

    if in_order:
        _one_by_one(blobs, missing, in_order, read)
    else:
        order = sorted(missing.values(), key=lambda i: (-sizes[i], i))
        _side_by_side([blobs[index] for index in order], read)
    return tuple(records[blob.diff_id] for blob in blobs)


def _one_by_one(
    blobs: Sequence[LayerBlob],
    missing: dict[str, int],
    in_order: InOrder,
    read: Callable[[LayerBlob], None],
) -> None:
    left = set(missing.values())
    for index, stream in in_order(sorted(left)) if left else ():
        read(replace(blobs[index], open=_FirstThen(stream, blobs[index].open)))
        left.discard(index)
    for index in sorted(left):
        read(blobs[index])


class _FirstThen:
    """Opens the stream at hand the first time, and the layer anew after that."""

    def __init__(self, first: Stream, anew: Callable[[], Stream]) -> None:
        self._first: Stream | None = first
        self._anew = anew

    def __call__(self) -> Stream:
        first, self._first = self._first, None
        return first if first is not None else self._anew()


def _side_by_side(
    blobs: Sequence[LayerBlob], read: Callable[[LayerBlob], None]
) -> None:
    if len(blobs) < 2:
        for blob in blobs:
            read(blob)
        return
    with ThreadPoolExecutor(max_workers=_cores()) as pool:
        try:
            for future in [pool.submit(read, blob) for blob in blobs]:
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _cores() -> int:
    """The processors that this process may use, which a container may limit."""
    return (
        max(1, len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else 2
    )
