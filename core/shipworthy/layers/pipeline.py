"""Work in another thread, a bounded number of chunks ahead: inflating and hashing release the GIL."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Final


_DONE: Final = object()


class Prefetch:
    """
    Iterates over ``chunks`` while a thread of its own makes the next ones.

    What the maker raises is raised where the chunk would have come. ``close`` it, so that
    the thread ends when the reader stops early.
    """

    def __init__(self, chunks: Iterator[bytes], *, ahead: int = 4) -> None:
        self._chunks = chunks
        self._queue: queue.Queue[object] = queue.Queue(maxsize=ahead)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._make, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread, wherever it is."""
        self._stopped.set()
        while self._thread.is_alive():
            try:
                self._queue.get(timeout=0.01)
            except queue.Empty:
                continue
        self._thread.join()

    def __iter__(self) -> Iterator[bytes]:
        while True:
            item = self._queue.get()
            if isinstance(item, bytes):
                yield item
            elif isinstance(item, BaseException):
                raise item
            else:
                return

    def _make(self) -> None:
        last: object = _DONE
        try:
            for chunk in self._chunks:
                if self._stopped.is_set():
                    return
                self._queue.put(chunk)
        except BaseException as error:  # noqa: BLE001  # handed to the reader, who raises it
            last = error
        self._queue.put(last)
