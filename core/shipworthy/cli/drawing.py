"""One bar of tqdm's on a line of its own, drawn when it is told to and by nobody else."""

from __future__ import annotations

import threading
from typing import Any, Final, TextIO

from tqdm.std import tqdm

from shipworthy.reports.text import fit


_OF_A_WHOLE: Final = "{desc} {percentage:3.0f}% |{bar}| {told}"
_OPEN: Final = "{desc} {told}"
_REST: Final = 45
"""Columns of all but the name: share, ten of bar, sizes and speed."""
_NAME: Final = (8, 40)
"""Columns of a name, at least and at most."""


class _Plain(tqdm):  # type: ignore[type-arg]  # no class to subscribe when it runs
    """Bars that start no thread to watch them, share no lock with other processes, and are told what stands behind them."""

    monitor_interval = 0
    told = ""

    @property
    def format_dict(self) -> dict[str, Any]:
        return {**super().format_dict, "told": self.told}


_Plain.set_lock(threading.RLock())


class Bar:
    """
    A bar on the line ``at`` below the cursor.

    Args:
        terminal: What to write to; raises ``OSError`` or ``ValueError`` when it has gone.
        at: The line, from 0.
        size: Bytes of the whole; 0 where that is not known.
        rows: Lines of the terminal.
    """

    def __init__(self, terminal: TextIO, *, at: int, size: int, rows: int) -> None:
        self.at = at
        self._bar = _Plain(
            file=terminal,
            total=size or None,
            position=at,
            leave=False,
            ncols=1,
            nrows=rows,
            bar_format=_OF_A_WHOLE if size else _OPEN,
            delay=1e-9,  # nothing is drawn before there is a name
        )

    def show(self, name: str, size: int, told: str, columns: int) -> None:
        """Draw it with so many bytes done; ``told`` stands behind it."""
        bar = self._bar
        width = min(max(columns - _REST, _NAME[0]), _NAME[1])
        bar.desc = fit(name, width)
        bar.told = told
        bar.n = min(size, bar.total) if bar.total else size
        bar.ncols = (
            columns - 1
        )  # the last column would break the line in some terminals
        bar.last_print_t = bar.start_t + 1
        bar.refresh()

    def close(self) -> None:
        """Take it away, and leave the cursor where it was."""
        self._bar.close()

    def forget(self) -> None:
        """Draw it no more; what is there is taken away by others."""
        self._bar.disable = True
