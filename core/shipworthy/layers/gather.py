"""The records of all layers: from the cache where it has them, else read side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from shipworthy.layers.cache import LayerCache
from shipworthy.layers.progress import Progress
from shipworthy.layers.read import LayerBlob, read_layer
from shipworthy.layers.record import LayerRecord, dump, load
from shipworthy.layers.select import Selector
from shipworthy.layers.streamed import InOrder, one_by_one
from shipworthy.layers.watch import Unwatched, watch
from shipworthy.layers.workers import can_fork, cores, in_processes


_WORTH_FORKING = 16 * 1024 * 1024
"""Stored bytes below which processes cost more than they bring."""


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
    the image's configuration claims stands for the layer, or else one under its table's key.

    Args:
        blobs: The layers, bottom first.
        selector: Which catalogers want which file.
        cache: Where records are kept; nothing is kept without one.
        sizes: Stored bytes of each layer: the largest is started first.
        in_order: For sources that must be read from front to back: streams the
            layers asked for in the cheapest order.
        progress: Told in one line about each layer that is read, or shown its bytes where it is
            :class:`~shipworthy.layers.progress.Watching`.

    Raises:
        ImageError: A layer cannot be read or is not what the image says.
    """
    records: dict[str, LayerRecord] = {}
    missing: dict[str, int] = {}
    for index, blob in enumerate(blobs):
        if blob.diff_id in records or blob.diff_id in missing:
            continue
        record = _known(blob, cache) if cache else None
        if record is not None:
            records[blob.diff_id] = record
        else:
            missing[blob.diff_id] = index

    def keep(index: int, record: LayerRecord, data: bytes) -> None:
        watched.done(blobs[index], index)
        if cache:
            cache.put(record.diff_id, data)
        records[blobs[index].diff_id] = record

    with watch(progress, blobs, sorted(missing.values()), sizes) as watched:
        if in_order:
            for index, data in one_by_one(blobs, missing, in_order, selector, watched):
                keep(index, load(data), data)
        else:
            order = sorted(missing.values(), key=lambda i: (-sizes[i], i))
            whole = sum(sizes[index] for index in order)
            for index, data in _side_by_side(blobs, order, whole, selector, watched):
                keep(index, load(data), data)
    return tuple(records[blob.diff_id] for blob in blobs)


def _known(blob: LayerBlob, cache: LayerCache) -> LayerRecord | None:
    """The record of the whole layer if there is one, or else that by its table of contents."""
    record = cache.get(blob.diff_id) if blob.diff_id else None
    if record is None and blob.table is not None:
        record = cache.get(blob.table.key)
    return record


def _side_by_side(
    blobs: Sequence[LayerBlob],
    order: Sequence[int],
    whole: int,
    selector: Selector,
    watched: Unwatched,
) -> Iterator[tuple[int, bytes]]:
    """The records as bytes, in the order in which they get done."""
    usable = cores()
    # With a layer for every core each is best read in one go; else inflate ahead.
    ahead = len(order) < usable or usable == 1
    few = len(order) < 2 or usable < 2 or whole < _WORTH_FORKING
    alone = few or not can_fork()

    def read(index: int) -> bytes:
        blob = watched.counted(blobs[index], index, alone=alone)
        return dump(read_layer(blob, selector, ahead=ahead))

    if alone:
        yield from _in_threads(order, read, usable)
    else:
        yield from in_processes(order, read, count=usable, meanwhile=watched.meanwhile)


def _in_threads(
    order: Sequence[int], read: Callable[[int], bytes], count: int
) -> Iterator[tuple[int, bytes]]:
    if len(order) < 2 or count < 2:
        for index in order:
            yield index, read(index)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=count) as pool:
        try:
            yield from zip(order, pool.map(read, order), strict=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
