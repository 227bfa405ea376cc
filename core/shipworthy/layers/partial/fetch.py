"""
The parts of a blob that were planned, fetched by a few threads a little ahead of who reads them.

A part is kept until the reader is past it. What was not planned, or is wanted once more, is fetched when it is asked for; whoever
wrote the table decides how often that is, so it may come to as many bytes as the blob has and no more.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from shipworthy.images.tables import Ranged
from shipworthy.layers.partial.plan import STEP, Range
from shipworthy.layers.partial.toc import Unfit


_THREADS = 3
_AHEAD = 4
"""Parts that are fetched before they are asked for."""
_BEHIND = 1
"""Parts that are kept after the reader has gone on to the next."""
_PATIENCE = 1.0
"""Seconds that a thread gets to end in; what it fetches then goes nowhere."""


class Fetcher:
    """
    Reads a blob by its parts; close it, so that the threads end.

    Args:
        blob: What is read.
        parts: The parts to fetch ahead, sorted and apart from each other.
        spare: Bytes that may be fetched besides.
    """

    def __init__(self, blob: Ranged, parts: Sequence[Range], *, spare: int) -> None:
        self._blob = blob
        self._parts = parts
        self._starts = [start for start, _ in parts]
        self._spare = spare
        self._fetched: dict[int, bytes | BaseException] = {}
        self._kept = 0, b""
        self._next = 0
        self._at = 0
        self._stopped = False
        self._changed = threading.Condition()
        count = min(_THREADS, len(parts)) if len(parts) > 1 else 0
        self._threads = [
            threading.Thread(target=self._work, daemon=True) for _ in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def read(self, start: int, end: int, until: int = 0) -> Iterator[bytes]:
        """
        These bytes in portions; those up to ``until`` are wanted next.

        Raises:
            Unfit: More was asked for besides the plan than the blob has bytes.
            ImageError: They cannot be had, or not alone.
        """
        while start < end:
            index = bisect_right(self._starts, start) - 1
            if index >= 0 and start < self._parts[index][1]:
                first, data = self._starts[index], self._part(index)
            else:
                after = self._starts[index + 1 : index + 2]
                stop = min(max(end, until), start + STEP, *after)
                first, data = self._besides(start, stop)
            piece = data[start - first : end - first]
            start += len(piece)
            yield piece

    def close(self) -> None:
        """End the threads."""
        with self._changed:
            self._stopped = True
            self._fetched.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(_PATIENCE)

    def _part(self, index: int) -> bytes:
        with self._changed:
            is_coming = self._threads and index < self._next + _AHEAD
            if is_coming and index >= self._at - _BEHIND:
                self._at = max(self._at, index)
                for old in [i for i in self._fetched if i < self._at - _BEHIND]:
                    del self._fetched[old]
                self._changed.notify_all()
                self._changed.wait_for(lambda: index in self._fetched)
                found = self._fetched[index]
                if isinstance(found, BaseException):
                    raise found
                return found
        start, end = self._parts[index]
        first, data = self._besides(start, end)
        return data[start - first :]

    def _besides(self, start: int, end: int) -> tuple[int, bytes]:
        """Where the bytes fetched last begin, and these, which hold the one at ``start``; of a part all of it."""
        first, data = self._kept
        if not first <= start < first + len(data):
            self._spare -= end - start
            if self._spare < 0:
                raise Unfit("parts in an order that needs most of them twice")
            self._kept = start, self._blob.read(start, end - start)
        return self._kept

    def _work(self) -> None:
        try:
            while (index := self._claimed()) is not None:
                start, end = self._parts[index]
                found: bytes | BaseException
                try:
                    found = self._blob.read(start, end - start)
                except BaseException as error:  # noqa: BLE001  # handed to the reader, who raises it
                    found = error
                with self._changed:
                    if not self._stopped:
                        self._fetched[index] = found
                        self._changed.notify_all()
        finally:
            self._blob.leave()

    def _claimed(self) -> int | None:
        """The next part to fetch, once the reader is near; none at the end."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._stopped
                    or self._next >= len(self._parts)
                    or self._next <= self._at + _AHEAD
                )
            )
            if self._stopped or self._next >= len(self._parts):
                return None
            self._next += 1
            return self._next - 1
