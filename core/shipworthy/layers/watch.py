"""
Counting the stored bytes of layers where they are read, in forked processes too.

The counts stand in anonymous memory that is shared with processes forked later, eight bytes a layer, each
written by one reader alone. Whoever waits for the readers looks at them; where the reading itself is all that goes
on, it looks every now and then. Where nobody watches there is no counting at all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from mmap import mmap

from shipworthy.images.interface import UNKNOWN
from shipworthy.layers.progress import Progress, Waiting, Watching
from shipworthy.layers.read import LayerBlob
from shipworthy.streams.inflate import Readable


EVERY = 0.2
"""Seconds between two looks."""


class Unwatched:
    """Where nobody asks for bytes: a line a layer at most, and nothing in the way of its bytes."""

    meanwhile: Callable[[], None] | None = None
    """What to call several times a second while waiting for readers, if anything."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress

    def counted(self, blob: LayerBlob, index: int, *, alone: bool) -> LayerBlob:
        """``blob`` as it is to be read; ``alone`` says that nobody calls ``meanwhile``."""
        del index, alone
        return blob

    def identify(self, index: int) -> None:
        """What was counted of a layer not known is that of the layer ``index``."""

    def done(self, blob: LayerBlob, index: int) -> None:
        """The layer is read."""
        del index
        if self._progress:
            self._progress(f"read {blob.name}")


class Watched(Unwatched):
    """
    Where somebody watches.

    Args:
        watching: Who; told of the layers at once.
        layers: The layers that will be read.
        indexes: Their indexes, in the same order.
        clock: Seconds that only go up.
    """

    def __init__(
        self,
        watching: Watching,
        layers: Sequence[Waiting],
        indexes: Sequence[int],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(watching)
        self.meanwhile = self._look
        self._watching = watching
        # The last place is that of layers that only their bytes tell.
        self._places = {index: at for at, index in enumerate((*indexes, UNKNOWN))}
        self._counts = memoryview(mmap(-1, 8 * len(self._places))).cast("Q")
        self._clock = clock
        self._next = clock() + EVERY
        self._looking = threading.Lock()
        watching.begin(layers)

    def counted(self, blob: LayerBlob, index: int, *, alone: bool) -> LayerBlob:
        """``blob`` whose bytes are counted; where nobody else looks, the reading does."""
        look = self._look if alone else None
        through = partial(_Counted, self._counts, self._places[index], look)
        return replace(blob, through=through)

    def identify(self, index: int) -> None:
        """Take what was counted of a layer not known for the layer ``index``; nothing where it is none of these."""
        counts = self._counts
        if index in self._places:
            counts[self._places[index]] = counts[-1]
        counts[-1] = 0

    def done(self, blob: LayerBlob, index: int) -> None:
        """Show the last count of the layer and that it is the last."""
        del blob
        with self._looking:
            self._watching.update(tuple(self._counts))
            self._watching.finish(self._places[index])

    def _look(self) -> None:
        """Show the counts, if the time has come and nobody else is at it."""
        if self._clock() < self._next or not self._looking.acquire(blocking=False):
            return
        try:
            self._watching.update(tuple(self._counts))
            self._next = self._clock() + EVERY
        finally:
            self._looking.release()


class _Counted:
    """A reader that writes down how far it came; one that starts anew counts from where the last one ended."""

    def __init__(
        self,
        counts: memoryview,
        at: int,
        look: Callable[[], None] | None,
        source: Readable,
    ) -> None:
        self._counts = counts
        self._at = at
        self._look = look
        self._source = source
        self._size = 0

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; empty at the end."""
        data = self._source.read(size)
        self._size += len(data)
        self._counts[self._at] = max(self._size, self._counts[self._at])
        if self._look is not None:
            self._look()
        return data


@contextmanager
def watch(
    progress: Progress | None,
    blobs: Sequence[LayerBlob],
    indexes: Sequence[int],
    sizes: Sequence[int],
) -> Iterator[Unwatched]:
    """Watch the layers ``indexes`` of ``blobs`` as ``progress`` asks for, until all are read or one fails."""
    if not indexes or not isinstance(progress, Watching):
        yield Unwatched(progress)
        return
    layers = [
        Waiting(
            number=index + 1,
            count=len(blobs),
            digest=blobs[index].digest or blobs[index].diff_id,
            instruction=blobs[index].instruction,
            size=max(sizes[index], 0),
        )
        for index in indexes
    ]
    try:
        yield Watched(progress, layers, indexes)
    finally:
        progress.end()
