"""
Work shared out over this process and forks of it, each taking the next piece when it is done with one.

The forks see all that this process has made and hand back nothing but bytes. This process does its share too: what it
has read is then copied for one process less.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import orjson

from shipworthy.layers.workers import without_result


MOST = 255
"""Pieces of work at a time."""

Work = Callable[[int], bytes]


def share_out(pieces: int, work: Work, processes: int) -> dict[int, bytes]:
    """
    What ``work`` gives for each piece of which it gives anything, by the piece's number.

    Pieces are begun in their order. Only a process without other threads may be forked
    (:func:`shipworthy.layers.workers.can_fork`).

    Raises:
        ScanError: A process ended without a result.
        Exception: Whatever ``work`` raises in this process.
    """
    assert pieces <= MOST
    # A byte in a pipe is read by one process alone, which makes it a queue.
    queue, entry = os.pipe()
    os.write(entry, bytes(range(pieces)))
    os.close(entry)
    forks: dict[int, int] = {}
    try:
        for _ in range(min(processes, pieces) - 1):
            pid, told = _fork(queue, work)
            forks[pid] = told
        given = _do(queue, work)
        for pid in list(forks):
            given |= _result(pid, forks.pop(pid))
    finally:
        os.close(queue)
        for pid, told in forks.items():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(told)
    return given


def _do(queue: int, work: Work) -> dict[int, bytes]:
    """The share of one process."""
    given: dict[int, bytes] = {}
    while piece := os.read(queue, 1):
        if data := work(piece[0]):
            given[piece[0]] = data
    return given


def _fork(queue: int, work: Work) -> tuple[int, int]:
    """A process that does its share, and where it tells what it gave."""
    told, telling = os.pipe()
    pid = os.fork()
    if pid:
        os.close(telling)
        return pid, told
    code = 1
    try:
        given = _do(queue, work)
        with os.fdopen(telling, "wb") as pipe:
            for piece, data in given.items():
                pipe.write(orjson.dumps([piece, data.decode()]) + b"\n")
        code = 0
    finally:
        os._exit(code)  # what this process would do at its end is the other's to do


def _result(pid: int, told: int) -> dict[int, bytes]:
    """What a fork gave, once it has ended."""
    with os.fdopen(told, "rb") as pipe:
        lines = pipe.read().splitlines()
    _, status = os.waitpid(pid, 0)
    if status:
        raise without_result()
    return {piece: text.encode() for piece, text in map(orjson.loads, lines)}
