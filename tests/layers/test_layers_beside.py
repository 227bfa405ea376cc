"""Several requests at once: all of them, or an end to waiting."""

from __future__ import annotations

import threading
import time

import pytest

from shipworthy.errors import UnreachableError
from shipworthy.layers.shared.beside import THREADS, beside
from shipworthy.layers.workers import can_fork


def test_everything_gets_done() -> None:
    """Each item once, several at a time, and afterwards the process may be forked again."""
    meeting = threading.Barrier(THREADS)

    def work(item: str) -> str:
        meeting.wait(20)
        return item * 2

    alone = can_fork()
    items = [str(number) for number in range(THREADS * 2)]
    done = dict(beside(items, work, name="x", idle=20))
    assert {item: item * 2 for item in items} == done
    assert alone == can_fork()
    assert [] == list(beside([], work, name="x", idle=20))


def test_whoever_hangs_is_not_waited_for() -> None:
    """What came before is had; then the wait ends, and the threads are none that an exit waits for."""
    held = threading.Event()

    def work(item: str) -> str:
        if item != "good":
            held.wait(60)
        return item

    begun = time.monotonic()
    done = beside(["good", "a", "b"], work, name="x", idle=0.3)
    try:
        assert ("good", "good") == next(done)
        with pytest.raises(UnreachableError, match="x: did not answer in time"):
            next(done)
        assert time.monotonic() - begun < 20
        left = [one for one in threading.enumerate() if "serve" in one.name]
        assert left
        assert all(one.daemon for one in left)
    finally:
        held.set()


def test_the_first_error_ends_the_rest() -> None:
    """What one request met is raised, and no further one begins."""
    begun: list[str] = []

    def work(item: str) -> str:
        begun.append(item)
        time.sleep(0.001)
        raise UnreachableError(item)

    items = [str(number) for number in range(1000)]
    with pytest.raises(UnreachableError):
        list(beside(items, work, name="x", idle=20))
    assert len(begun) < len(items)


def test_a_mistake_of_ours_is_not_swallowed() -> None:
    """What is no error of ours comes out as it is."""
    with pytest.raises(ZeroDivisionError):
        list(beside(["a"], lambda _: str(1 // 0), name="x", idle=20))
