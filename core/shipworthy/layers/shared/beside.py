"""
Several requests at once, and an end to waiting for them whatever they wait for.

A time limit of one request does not end a server that sends a byte now and then, a name that is not resolved, or a credential helper
that asks a question. So the threads are nobody's to wait for: who waits has a limit of his own, and what is still busy then ends with the process.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

from shipworthy.errors import UnreachableError


T = TypeVar("T")

THREADS = 6
WHOLE = 60.0
"""Seconds that everything together may take."""
_GRACE = 0.5
"""Seconds that threads which have nothing to do any more may take to end: nothing forks beside one."""


def beside(
    items: Sequence[str], work: Callable[[str], T], *, name: str, idle: float
) -> Iterator[tuple[str, T]]:
    """
    ``work`` done on every item, in the order in which it gets done.

    Args:
        items: What to work on.
        work: Called in threads.
        name: Whom all are asking, for messages.
        idle: Seconds that may pass without anything done.

    Raises:
        UnreachableError: Nothing came in time. What ``work`` raises is raised as well, and ends the rest.
    """
    todo: SimpleQueue[str] = SimpleQueue()
    done: SimpleQueue[tuple[str, Future[T]]] = SimpleQueue()
    ended = threading.Event()
    for item in items:
        todo.put(item)

    def serve() -> None:
        while not ended.is_set():
            try:
                item = todo.get_nowait()
            except Empty:
                return
            made: Future[T] = Future()
            try:
                made.set_result(work(item))
            except BaseException as error:  # noqa: BLE001  # raised again by who waits for it
                made.set_exception(error)
                ended.set()
            done.put((item, made))

    threads = [
        threading.Thread(target=serve, daemon=True)
        for _ in range(min(THREADS, len(items)))
    ]
    until = time.monotonic() + WHOLE
    try:
        for thread in threads:
            thread.start()
        for _ in items:
            left = min(idle, until - time.monotonic())
            try:
                item, made = done.get(timeout=max(left, 0.0))
            except Empty:
                raise UnreachableError(f"{name}: did not answer in time") from None
            yield item, made.result()
    finally:
        ended.set()
        until = time.monotonic() + _GRACE
        for thread in threads:
            thread.join(max(until - time.monotonic(), 0.0))
