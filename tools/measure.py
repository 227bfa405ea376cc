"""What all benchmarks share: one process timed whole, medians, and a table to print."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".bench"
FEEDS = ROOT.parent / "shared" / "feeds"
DATABASE = WORK / "db"
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name != "PYTHONDONTWRITEBYTECODE"
}
"""What is installed has its bytecode beside it; in a checkout the first run, which does not count, writes it."""

Figures = tuple[float, float]
"""Seconds and MiB."""
Row = tuple[str, str, str]
"""What was measured, the figure, and what is wanted at most."""


def run(*arguments: str) -> Figures:
    """One shipworthy process of its own: wall-clock seconds and peak memory."""
    return run_python("-m", "shipworthy", *arguments)


def run_python(*arguments: str) -> Figures:
    """One Python process of its own: wall-clock seconds and peak memory."""
    start = time.perf_counter()
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, *arguments],
        _ENVIRONMENT,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in {0, 1}:
        raise SystemExit(f"bench: python {' '.join(arguments)} failed")
    return seconds, usage.ru_maxrss / 1024


def median(once: Callable[[], Figures], runs: int = RUNS) -> Figures:
    """The median of several runs after a first one that does not count."""
    return in_turn(once, runs=runs)[0]


def in_turn(*each: Callable[[], Figures], runs: int = RUNS) -> list[Figures]:
    """
    As :func:`median`, of several things that are compared: one run of each after the other.

    A machine whose speed changes by the minute then changes it for all of them.
    """
    if runs > 1:
        for once in each:
            once()
    results = [[once() for once in each] for _ in range(runs)]
    return [
        (
            statistics.median(seconds for seconds, _ in column),
            statistics.median(mib for _, mib in column),
        )
        for column in zip(*results, strict=True)
    ]


def show(figures: Figures) -> str:
    """Seconds, and memory where it was measured."""
    seconds, mib = figures
    return f"{seconds:8.3f} s" + (f"{mib:8.0f} MiB" if mib else "")


def table(title: str, rows: Sequence[Row]) -> None:
    """Print the rows under their title."""
    print(f"\n{title:44}{'measured':>24}   wanted at most")
    for name, figure, wanted in rows:
        print(f"{name:44}{figure:>24}   {wanted}")
