"""Terminals, and what is to be seen on them: one to draw on from here, and one for a command's stderr."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Callable, Mapping
from pathlib import Path
from select import select

import pyte


_SECONDS = 60
_SWITCHES = frozenset({"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES"})


class Terminal:
    """
    A terminal of this size.

    Args:
        columns: How wide it is.
        lines: How long.
    """

    def __init__(self, columns: int = 100, lines: int = 24) -> None:
        self._ours, self._theirs = pty.openpty()
        self._screen = pyte.HistoryScreen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""
        """All that came."""
        self.frames: list[list[str]] = []
        """Every screen that was different from the one before, without what is blank at its end."""
        self.resize(columns, lines)

    @property
    def last(self) -> list[str]:
        """The screen as it is; empty while nothing is on it."""
        return self.frames[-1] if self.frames else []

    @property
    def bars(self) -> list[str]:
        """Every line that was a bar at some time."""
        return [line for frame in self.frames for line in frame if "%" in line]

    @property
    def scrolled(self) -> bool:
        """Whether anything went off the top of the screen."""
        rows = self._screen.history.top
        return any(char.data != " " for row in rows for char in row.values())

    @property
    def title(self) -> str:
        """What the window is called."""
        return str(self._screen.title)

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and line."""
        return (self._screen.cursor.x, self._screen.cursor.y)

    def resize(self, columns: int, lines: int) -> None:
        """Give it another size, as its user may."""
        size = struct.pack("HHHH", lines, columns, 0, 0)
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, size)
        self._screen.resize(lines, columns)

    def open(self) -> io.TextIOWrapper:
        """The end to draw on from this process."""
        return os.fdopen(self._theirs, "w", encoding="utf-8")

    def look(self) -> list[str]:
        """The screen with all that was drawn by now."""
        while select([self._ours], [], [], 0)[0]:
            self._take(os.read(self._ours, 1 << 16))
        return self.last

    def hang_up(self) -> None:
        """Close it, whoever draws on it."""
        os.close(self._ours)

    def _take(self, data: bytes) -> None:
        self.written += data
        self._stream.feed(data)
        lines = [line.rstrip() for line in self._screen.display]
        while lines and not lines[-1]:
            lines.pop()
        if lines != self.last:
            self.frames.append(lines)


class Watched(Terminal):
    """
    The command with its stderr on a terminal.

    Args:
        arguments: Those of the command.
        out: Where stdout goes.
        environment: Variables that it gets beside those around.
    """

    def __init__(
        self,
        *arguments: str | Path,
        out: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        inherited = {k: v for k, v in os.environ.items() if k not in _SWITCHES}
        tty.setcbreak(self._theirs)
        with out.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "shipworthy", *map(str, arguments)],
                stdin=self._theirs,
                stdout=file,
                stderr=self._theirs,
                start_new_session=True,
                env={**inherited, "TERM": "xterm", **(environment or {})},
            )
        os.close(self._theirs)

    def interrupt(self) -> None:
        """Press Ctrl-C: the command and its workers get the signal."""
        os.killpg(self.process.pid, signal.SIGINT)

    def wait(self, until: Callable[[], bool] = lambda: False) -> int:
        """See what comes, to the end or until something is so; gives the exit code, or -1 before the end."""
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            if not select([self._ours], [], [], 0.05)[0]:
                continue
            try:
                data = os.read(self._ours, 1 << 16)
            except OSError:  # nobody has the other end open any more
                data = b""
            if not data:
                os.close(self._ours)
                return self.process.wait(_SECONDS)
            self._take(data)
            if until():
                return -1
        self.process.kill()
        raise TimeoutError(f"nothing in {_SECONDS} seconds: {self.last}")
