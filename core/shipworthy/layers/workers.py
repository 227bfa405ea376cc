"""
Work in processes of its own, where that can be done safely.

Parsing holds the interpreter's lock, so threads hardly gain anything over reading one layer after
the other; forked processes use every core. A process with other threads must not be forked, so a
program that has some gets threads instead.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from shipworthy import errors
from shipworthy.errors import ScanError, ShipworthyError


if TYPE_CHECKING:
    from multiprocessing.connection import Connection


_TICK = 0.05


def can_fork() -> bool:
    """Whether this process may be forked: on Linux, and with no thread but this one."""
    return sys.platform == "linux" and threading.active_count() == 1


def cores() -> int:
    """The processors that this process may use, which a container may limit."""
    return (
        max(1, len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else 2
    )


def can_share() -> bool:
    """Whether another process would have a core of its own, and may be forked."""
    return cores() > 1 and can_fork()


def in_processes(
    items: Sequence[int],
    work: Callable[[int], bytes],
    *,
    count: int,
    meanwhile: Callable[[], None] | None = None,
) -> Iterator[tuple[int, bytes]]:
    """
    ``work`` done on each item in ``count`` forked processes, in the order in which it gets done.

    Items are started in the order given. ``meanwhile`` is called several times a second as long as work is
    done. An error that it or ``work`` raises is raised here, and ends the others.
    """
    from multiprocessing.connection import Connection, wait

    waiting = list(reversed(items))
    tick = _TICK if meanwhile else None
    busy: dict[Connection, int] = {}
    workers = []
    try:
        for _ in range(min(count, len(items))):
            workers.append(worker := Worker(work))
            busy[worker.line] = waiting.pop()
            worker.line.send(busy[worker.line])
        while busy:
            if meanwhile:
                meanwhile()
            for ready in wait(list(busy), tick):
                assert isinstance(ready, Connection)
                item = busy.pop(ready)
                yield item, _receive(ready)
                if waiting:
                    busy[ready] = waiting.pop()
                    ready.send(busy[ready])
    finally:
        for worker in workers:
            worker.end()


class Worker:
    """
    A forked process that does ``work`` on each item that is sent over ``line``, one at a time.

    ``first`` is called in it before anything else. Whoever makes it ends it.
    """

    def __init__(
        self, work: Callable[[int], bytes], first: Callable[[], None] | None = None
    ) -> None:
        import multiprocessing

        fork = multiprocessing.get_context("fork")
        self.line, there = fork.Pipe()
        self._process = fork.Process(
            target=_serve, args=(there, self.line, work, first), daemon=True
        )
        self._process.start()
        there.close()

    def result(self, meanwhile: Callable[[], None] | None = None) -> bytes:
        """What it made of the item sent last, waited for; raises the error that it met."""
        while meanwhile and not self.line.poll(_TICK):
            meanwhile()
        return _receive(self.line)

    def end(self) -> None:
        """End the process, wherever it is."""
        self._process.kill()
        self._process.join()
        self.line.close()


def _receive(connection: Connection) -> bytes:
    """The bytes that a worker made; raises the error that it met."""
    try:
        kind, name, text, hint = connection.recv()
        if kind == "done":
            return connection.recv_bytes()
    except (EOFError, OSError) as error:
        raise without_result() from error
    raise met_elsewhere(name, text, hint)


def without_result() -> ScanError:
    """The error for a process that ended before it had told anything."""
    return ScanError(
        "a process that did part of the work ended without a result",
        hint="it may have run out of memory",
    )


def met_elsewhere(name: str, message: str, hint: str) -> ShipworthyError:
    """The error that another process met, from what it told of it."""
    error_type = getattr(errors, name, ScanError)
    assert issubclass(error_type, ShipworthyError)
    return error_type(message, hint=hint)


def _serve(
    connection: Connection,
    asking: Connection,
    work: Callable[[int], bytes],
    first: Callable[[], None] | None,
) -> None:
    """Do what is asked until nobody asks any more."""
    # A copy of the other end would keep the line open after a parent that was killed.
    asking.close()
    if first:
        first()
    try:
        _answer(connection, work)
    except BrokenPipeError:
        return


def _answer(connection: Connection, work: Callable[[int], bytes]) -> None:
    while True:
        try:
            item = connection.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        try:
            data = work(item)
        except ShipworthyError as error:
            connection.send(("failed", type(error).__name__, error.message, error.hint))
        except MemoryError:
            connection.send(("failed", "ScanError", "out of memory", ""))
        except KeyboardInterrupt:
            return
        else:
            connection.send(("done", "", "", ""))
            connection.send_bytes(data)
