"""Work in processes: what is done arrives, what fails is told, and no process is left."""

from __future__ import annotations

import multiprocessing
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shipworthy import errors
from shipworthy.errors import ScanError, ShipworthyError
from shipworthy.layers.workers import can_fork, in_processes


pytestmark = pytest.mark.skipif(not can_fork(), reason="needs a system that may fork")

ERRORS = sorted(
    (
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, ShipworthyError)
    ),
    key=lambda c: c.__name__,
)


@pytest.fixture(autouse=True)
def _no_process_is_left() -> Iterator[None]:
    """Whatever a test does, its workers end with it."""
    yield

    assert [] == multiprocessing.active_children()


def text_of(item: int) -> bytes:
    """Work that is done at once."""
    return str(item).encode()


@pytest.mark.parametrize("count", [1, 2, 3, 50])
@pytest.mark.parametrize("items", [[], [7], list(range(20))])
def test_every_item_is_done_once(items: list[int], count: int) -> None:
    """With more items than processes and with fewer, each item gives its own result."""
    done = list(in_processes(items, text_of, count=count))

    assert [(item, text_of(item)) for item in items] == sorted(done)


def test_results_come_as_they_get_done(tmp_path: Path) -> None:
    """A slow item does not hold up the others."""
    gate = tmp_path / "gate"

    def work(item: int) -> bytes:
        deadline = time.monotonic() + 10
        while item == 0 and not gate.exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        return text_of(item)

    order = []
    for item, _ in in_processes([0, 1, 2, 3], work, count=2):
        order.append(item)
        if item == 3:
            gate.touch()

    assert [1, 2, 3, 0] == order


def test_large_results_arrive_whole() -> None:
    """A result may be larger than what a pipe holds."""
    results = in_processes([1, 2, 3], lambda item: bytes(item * 3_000_000), count=3)
    sizes = {item: len(data) for item, data in results}

    assert {1: 3_000_000, 2: 6_000_000, 3: 9_000_000} == sizes


def test_work_is_done_in_other_processes() -> None:
    """What a worker changes, it changes for itself."""
    pids = {int(data) for _, data in in_processes([1, 2], _pid, count=2)}

    assert os.getpid() not in pids
    assert 2 == len(pids)


def _pid(_: int) -> bytes:
    time.sleep(0.05)
    return text_of(os.getpid())


@pytest.mark.parametrize("kind", ERRORS, ids=lambda c: c.__name__)
def test_an_error_arrives_as_it_was_raised(kind: type[ShipworthyError]) -> None:
    """Class, message and hint are those of the worker's error."""

    def work(_: int) -> bytes:
        raise kind("layer 1: is odd", hint="build it again")

    with pytest.raises(ShipworthyError) as caught:
        list(in_processes([1, 2, 3], work, count=2))

    assert (kind, "layer 1: is odd", "build it again") == (
        type(caught.value),
        caught.value.message,
        caught.value.hint,
    )


def test_an_error_of_a_stranger_is_a_scan_error() -> None:
    """A class that only a plug-in knows keeps its message."""

    class OddError(ScanError):
        """Not among shipworthy's own."""

    def work(_: int) -> bytes:
        raise OddError("is odd", hint="h")

    with pytest.raises(ScanError, match="is odd") as caught:
        list(in_processes([1], work, count=1))

    assert (ScanError, "h") == (type(caught.value), caught.value.hint)


def test_want_of_memory_is_told() -> None:
    """A worker that runs out of memory says so."""

    def work(_: int) -> bytes:
        raise MemoryError

    with pytest.raises(ScanError, match="out of memory"):
        list(in_processes([1], work, count=1))


@pytest.mark.parametrize(
    "die",
    [lambda: os._exit(0), lambda: os.kill(os.getpid(), signal.SIGKILL)],
    ids=["exit", "killed"],
)
def test_a_worker_that_dies_ends_the_scan(die: Callable[[], None]) -> None:
    """As by the kernel's memory killer: an error in words, and no waiting for ever."""

    def work(item: int) -> bytes:
        if item == 2:
            die()
        return text_of(item)

    with pytest.raises(ScanError, match="ended without a result") as caught:
        list(in_processes([1, 2, 3, 4], work, count=2))

    assert "memory" in caught.value.hint


def test_a_bug_in_the_work_ends_the_scan(capfd: pytest.CaptureFixture[str]) -> None:
    """An error that nobody foresaw is an end in words, with the trace on stderr."""

    def work(_: int) -> bytes:
        raise KeyError("oops")

    with pytest.raises(ScanError, match="ended without a result"):
        list(in_processes([1], work, count=1))

    assert "oops" in capfd.readouterr().err


def test_stopping_early_ends_every_worker() -> None:
    """Whoever wants no more results leaves no process behind, busy or not."""

    def work(item: int) -> bytes:
        time.sleep(0 if item == 0 else 60)
        return text_of(item)

    started = time.monotonic()
    results = in_processes([0, 1, 2], work, count=3)
    assert isinstance(results, Generator)
    with closing(results) as running:
        assert (0, b"0") == next(running)
        assert 3 == len(multiprocessing.active_children())

    assert [] == multiprocessing.active_children()
    assert time.monotonic() - started < 10


KILLED = """
import os, sys, time
from shipworthy.layers.workers import in_processes
def work(item):
    os.write(1, b"%d\\n" % os.getpid())  # whole, whoever else writes
    if item > 1:
        time.sleep(0.5)
    return b""
for _ in in_processes([0, 1, 2, 3], work, count=4):
    time.sleep(60)
"""


def test_workers_end_after_a_parent_that_was_killed() -> None:
    """Nobody is left to ask, so idle and busy workers go, without a word."""
    with subprocess.Popen(
        [sys.executable, "-c", KILLED],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        workers = [int(parent.stdout.readline()) for _ in range(4)]
        parent.kill()
        _, err = parent.communicate(timeout=15)  # ends when the last worker does

    assert "" == err
    # The last worker's end of the pipe closes a moment before the worker is gone.
    deadline = time.monotonic() + 10
    while any(map(_is_running, workers)) and time.monotonic() < deadline:
        select.select([], [], [], 0.05)
    assert [] == [pid for pid in workers if _is_running(pid)]


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
    except OSError:
        return False
    return state.split()[0] not in {"Z", "X"}


WITH_A_THREAD = """
import threading
from shipworthy.layers.workers import can_fork
end = threading.Event()
thread = threading.Thread(target=end.wait)
print(can_fork())
thread.start()
print(can_fork())
end.set()
thread.join()
print(can_fork())
"""


def test_a_process_with_other_threads_is_not_forked() -> None:
    """
    A lock that another thread holds would stay locked in the child for ever.

    Asked in a process of its own, for that of the tests may have threads of other tests.
    """
    done = subprocess.run(
        [sys.executable, "-c", WITH_A_THREAD],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ["True", "False", "True"] == done.stdout.split()


def test_other_systems_are_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forking is safe enough on Linux only."""
    monkeypatch.setattr(sys, "platform", "darwin")

    assert not can_fork()
