"""
Bars on a terminal: one a layer that is being read, and one of all of them; gone when they are done.

tqdm draws them, imported when the reading takes longer than a blink. It starts no thread here, so that the process
can still be forked. What an image says is written out harmlessly, and there is no colour.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TextIO

from shipworthy.cli.main import tell
from shipworthy.cli.reading import Reading, amount
from shipworthy.layers.progress import Waiting
from shipworthy.reports.text import fit, instruction, line


if TYPE_CHECKING:
    from shipworthy.cli.drawing import Bar


_BLINK: Final = 0.3
"""Seconds of reading that nothing is drawn for."""
_SMALLEST: Final = (8, 2)
"""Columns and lines of a terminal below which nothing is drawn."""
_MOST: Final = 8
"""Most bars of layers at a time."""


class Bars:
    """
    Shows progress on a terminal; where that fails, the scan goes on unseen.

    Args:
        terminal: What to write to.
        clock: Seconds that only go up.
    """

    def __init__(
        self, terminal: TextIO, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._terminal = terminal
        self._clock = clock
        self._began = clock()
        self._reading = Reading((), self._began)
        self._line = ""
        self._all: Bar | None = None
        self._shown: dict[int, Bar] = {}
        self._drawn_for = (0, 0)
        self._lost = False

    def __call__(self, text: str, /) -> None:
        """What is done besides, on one line that the next one takes the place of."""
        columns = self._size()[0] - 1
        self._line = fit(line(text), columns)
        self._write(f"\r{self._line}")

    def begin(self, layers: Sequence[Waiting]) -> None:
        """Count anew."""
        self._began = self._clock()
        self._reading = Reading(layers, self._began)

    def update(self, counts: Sequence[int]) -> None:
        """Draw how far each layer is."""
        now = self._clock()
        self._reading.count(counts, now)
        if now - self._began < _BLINK or self._lost:
            return
        try:
            self._draw()
        except (OSError, ValueError):  # the terminal has gone
            self._lost = True

    def finish(self, at: int) -> None:
        """Take the layer's bar away."""
        self._reading.finished.add(at)
        if at in self._shown:
            self._remove(self._shown.pop(at))

    def end(self) -> None:
        """Take all bars away."""
        drawn = [*self._shown.values(), *filter(None, [self._all])]
        for bar in drawn:
            bar.forget()
        self._shown, self._all = {}, None
        if drawn:
            self._write("\r\x1b[J")

    def say(self, text: str) -> None:
        """Tell a line that stays; bars come anew below it."""
        self.end()
        self._wipe()
        tell(text)

    def close(self) -> None:
        """Leave an empty line to whatever comes next."""
        self.end()
        self._wipe()

    def _draw(self) -> None:
        from shipworthy.cli.drawing import Bar

        self._wipe()
        reading = self._reading
        columns, rows = self._fitted()
        if columns < _SMALLEST[0] or rows < _SMALLEST[1]:
            return
        several = len(reading.layers) > 1
        if several and self._all is None:
            self._all = Bar(self._terminal, at=0, size=reading.whole, rows=rows)
        if self._all is not None:
            name = f"{len(reading.finished)} of {len(reading.layers)} layers"
            told = _told(reading.bytes, reading.whole, reading.speed())
            self._all.show(name, reading.bytes, told, columns)
        self._place(range(several, several + min(_MOST, rows - 2)), rows)
        for at, bar in self._shown.items():
            count, size = reading.counts[at], _size(reading.layers, at)
            told = _told(count, size, reading.speed(at))
            bar.show(_name(reading.layers, at), count, told, columns)

    def _place(self, lines: Sequence[int], rows: int) -> None:
        """A bar for every layer that is read, on these lines as far as they go, without gaps."""
        reading = self._reading
        for at in [at for at in self._shown if not reading.counts[at]]:
            self._remove(self._shown.pop(at))  # its bytes told which layer it was
        for at, count in enumerate(reading.counts):
            if count and at not in reading.finished and at not in self._shown:
                self._add(at, lines, rows)
        for at in sorted(self._shown, key=lambda one: -self._shown[one].at):
            if self._shown[at].at not in lines[: len(self._shown)]:
                self._remove(self._shown.pop(at))
                self._add(at, lines, rows)

    def _add(self, at: int, lines: Sequence[int], rows: int) -> None:
        """A bar on the first of these lines that is free, if there is one."""
        from shipworthy.cli.drawing import Bar

        taken = {bar.at for bar in self._shown.values()}
        free = [line for line in lines if line not in taken]
        if free:
            size = _size(self._reading.layers, at)
            self._shown[at] = Bar(self._terminal, at=free[0], size=size, rows=rows)

    def _remove(self, bar: Bar) -> None:
        try:
            bar.close()
        except (OSError, ValueError):
            self._lost = True

    def _wipe(self) -> None:
        """Take away the line of what was done besides."""
        if self._line:
            self._write("\r\x1b[J")
        self._line = ""

    def _write(self, text: str) -> None:
        try:
            self._terminal.write(text)
            self._terminal.flush()
        except (OSError, ValueError):
            self._lost = True

    def _fitted(self) -> tuple[int, int]:
        """Columns and rows, with nothing left of bars that were drawn for others."""
        size = self._size()
        if size != self._drawn_for:
            self.end()
        self._drawn_for = size
        return size

    def _size(self) -> tuple[int, int]:
        """Columns and rows; a terminal that does not know has 80 and 24."""
        try:
            columns, rows = os.get_terminal_size(self._terminal.fileno())
        except (OSError, ValueError):
            columns, rows = 0, 0
        return columns or 80, rows or 24


def _size(layers: Sequence[Waiting], at: int) -> int:
    return layers[at].size if at < len(layers) else 0


def _name(layers: Sequence[Waiting], at: int) -> str:
    """What a bar is called: the layer's number, and what made it."""
    if at >= len(layers):
        return "a layer"
    layer = layers[at]
    number = f"{layer.number:>{len(str(layer.count))}}/{layer.count}"
    made = line(instruction(layer.instruction)) if layer.instruction else ""
    return f"{number} {made or layer.digest[:19]}"


def _told(size: int, whole: int, speed: float) -> str:
    """Sizes and speed, as wide as the next time."""
    sizes = f"{amount(size, whole)} of {amount(whole)}" if whole else amount(size)
    return f"{sizes:>13}, {amount(int(speed))}/s".ljust(24)
