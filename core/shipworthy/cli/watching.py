"""
What is told while layers are read: bars on a terminal, elsewhere a line now and then, on stderr alone.

Lines hold numbers and no text of an image, so that a pipeline's log cannot be spoken to through them.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from shipworthy.cli.main import tell


if TYPE_CHECKING:
    from shipworthy.cli.reading import Display, Reading
    from shipworthy.images.access import Access
    from shipworthy.layers.progress import Waiting

PAUSE = 10.0
"""Seconds before the first line, and between two."""


class Lines:
    """
    A line of numbers every few seconds; a scan that is over before the first is due says nothing.

    Args:
        say: Writes a line.
        clock: Seconds that only go up.
    """

    def __init__(
        self,
        say: Callable[[str], None] = tell,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say = say
        self._clock = clock
        self._said = clock()
        self._reading: Reading | None = None

    def __call__(self, text: str, /) -> None:
        """What else is done is not told."""

    def begin(self, layers: Sequence[Waiting]) -> None:
        """Count anew."""
        from shipworthy.cli.reading import Reading

        self._reading = Reading(layers, self._clock())

    def update(self, counts: Sequence[int]) -> None:
        """Say how far it is, when the time has come."""
        now = self._clock()
        assert self._reading is not None
        self._reading.count(counts, now)
        if now - self._said >= PAUSE:
            self._said = now
            self._say(f"shipworthy: {self._reading.words}")

    def finish(self, at: int) -> None:
        """Take note."""
        assert self._reading is not None
        self._reading.finished.add(at)

    def end(self) -> None:
        """Say nothing: what comes of it is told by others."""

    def say(self, text: str) -> None:
        """Tell it."""
        self._say(text)

    def close(self) -> None:
        """Nothing is left."""


@contextmanager
def watched(*, quiet: bool) -> Iterator[Display | None]:
    """Whoever shows progress here, for as long as the context lasts; nobody where it is to be quiet."""
    if quiet:
        yield None
        return
    display = _display()
    try:
        yield display
    finally:
        display.close()


def heard(access: Access, display: Display | None) -> Access:
    """``access`` whose words do not run into what is shown meanwhile."""
    return replace(access, tell=display.say) if display else access


def _display() -> Display:
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return Lines()
    from shipworthy.cli.bars import Bars

    return Bars(sys.stderr)
