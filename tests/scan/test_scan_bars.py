"""Bars drawn on a terminal: what is shown of layers, in whatever terminal, and that nothing of it stays."""

from __future__ import annotations

import fcntl
import struct
import termios
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from terminals import Terminal

from shipworthy.cli.bars import Bars
from shipworthy.cli.watching import heard
from shipworthy.images.access import Access
from shipworthy.layers.progress import Waiting, Watching


HOSTILE = (
    "RUN echo \x1b]0;owned\x07\x1b[2J\u202eevil\r\n##[error]x {bar} {0} %s " + "y" * 300
)
LAYERS = tuple(
    Waiting(
        number=at + 1,
        count=12,
        digest=f"sha256:{at:064x}",
        instruction=f"/bin/sh -c step {at}",
        size=(at + 1) * 10_000_000,
    )
    for at in range(12)
)


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@contextmanager
def drawing(
    layers: Sequence[Waiting], columns: int = 100, lines: int = 24
) -> Iterator[tuple[Terminal, Bars, Clock]]:
    """A terminal, bars on it, and their time; a second is over since they began."""
    clock, terminal = Clock(), Terminal(columns, lines)
    with terminal.open() as file:
        bars = Bars(file, clock)
        bars.begin(layers)
        clock.now += 1
        yield terminal, bars, clock


def counts(layers: Sequence[Waiting], *some: int) -> list[int]:
    """Bytes of the first layers, none of the others, and none of a layer not known."""
    return [*some, *(0,) * (len(layers) - len(some) + 1)]


def test_each_layer_that_is_read_has_a_bar() -> None:
    """With its number, what made it, share, sizes and speed; above them all together, which counts finished ones."""
    with drawing(LAYERS) as (terminal, bars, clock):
        assert isinstance(bars, Watching)
        bars.update(counts(LAYERS, 0, 1_000_000, 3_000_000))
        clock.now += 1
        bars.update(counts(LAYERS, 0, 2_000_000, 15_000_000))
        whole, second, third = terminal.look()

        assert whole.split() == [
            *("0", "of", "12", "layers", "2%", "|▌", "|"),
            *("17", "of", "780", "MB,", "8.5", "MB/s"),
        ]
        assert second.startswith(" 2/12 RUN step 1 ")
        assert " 10% |" in second
        assert second.endswith("|    2 of 20 MB, 1.0 MB/s")
        assert third.endswith("|   15 of 30 MB, 7.5 MB/s")
        assert 1 == threading.active_count()
        bars.finish(2)
        bars.update(counts(LAYERS, 5_000_000, 2_000_000, 30_000_000))
        whole, second, first = terminal.look()
        assert whole.startswith("1 of 12 layers ")
        assert second.startswith(" 2/12 RUN step 1 ")
        assert first.startswith(" 1/12 RUN step 0 ")
        bars.end()
        assert [] == terminal.look()
        assert (0, 0) == terminal.cursor


def test_bars_leave_no_gaps() -> None:
    """What is read takes the line of what was finished, or the last bar does."""
    with drawing(LAYERS) as (terminal, bars, _):
        bars.update(counts(LAYERS, 1, 1, 1))
        bars.finish(0)
        bars.update(counts(LAYERS, 1, 1, 1, 1))
        assert [" 4", " 2", " 3"] == [line[:2] for line in terminal.look()[1:]]
        bars.finish(3)
        bars.update(counts(LAYERS, 1, 1, 1, 1))
        assert [" 3", " 2"] == [line[:2] for line in terminal.look()[1:]]


def test_a_layer_that_stands_still_is_seen_to() -> None:
    """Speed is that of the last seconds."""
    with drawing(LAYERS[:1]) as (terminal, bars, clock):
        for _ in range(10):
            clock.now += 1
            bars.update([1_000_000, 0])

        assert [line[-7:] for line in terminal.look()] == [", 0 B/s"]


def test_a_single_layer_needs_no_bar_of_all() -> None:
    """It is the whole."""
    with drawing(LAYERS[:1]) as (terminal, bars, _):
        bars.update([1_000_000, 0])

        assert [" 1/12 RUN step 0"] == [line[:16] for line in terminal.look()]


def test_nothing_is_drawn_in_the_blink_of_an_eye() -> None:
    """What is over at once leaves the terminal alone."""
    with drawing(LAYERS) as (terminal, bars, clock):
        clock.now -= 0.8
        bars.update(counts(LAYERS, 1))
        bars.finish(0)
        bars.end()
        bars.close()
        terminal.look()

        assert b"" == terminal.written


def test_unknown_sizes_have_no_share() -> None:
    """Of an engine's export only what came is known; a layer that its bytes will tell has a bar as well."""
    layers = [replace(layer, size=0) for layer in LAYERS]
    with drawing(layers) as (terminal, bars, _):
        bars.update([2_500_000, *(0,) * 11, 4_000])
        lines = terminal.look()

        assert not any("%" in line or "|" in line for line in lines)
        assert lines[0].endswith("2.5 MB, 2.5 MB/s")
        assert " 1/12 RUN step 0" == lines[1][:16]
        assert lines[2].startswith("a layer ")
        assert lines[2].endswith("4.0 kB, 4.0 kB/s")
        bars.update([2_500_000, *(0,) * 10, 4_000, 0])
        named = [line[:16] for line in terminal.look()[1:]]
        assert [" 1/12 RUN step 0", "12/12 RUN step 1"] == named


def test_what_an_image_says_is_harmless() -> None:
    """Control characters are written out; what comes to the terminal is text, and moves of the cursor."""
    layers = [replace(layer, instruction=HOSTILE) for layer in LAYERS]
    layers[1] = replace(LAYERS[1], instruction="", digest="sha256:4f1c" + "0" * 60)
    layers[2] = replace(LAYERS[2], instruction="RUN 日本語" * 30)
    with drawing(layers, 160) as (terminal, bars, _):
        bars.update(counts(layers, 1, 1, 1))
        lines = terminal.look()
        bars.end()
        terminal.look()

    assert lines[1].startswith(r" 1/12 RUN echo \x1b]0;owned\x07\x1b[2J")
    assert lines[2].startswith(" 2/12 sha256:4f1c00000000 ")
    assert 1 == len(
        {line[-20:].index("|") for line in lines if "|" in line[-20:]} | {0}
    )
    assert "" == terminal.title
    text = terminal.written.replace(b"\x1b[A", b"").replace(b"\x1b[J", b"")
    assert b"\x1b" not in text
    assert "\u202e".encode() not in text


@pytest.mark.parametrize(
    ("columns", "lines", "most"),
    [(100, 24, 9), (200, 60, 9), (40, 6, 5), (20, 3, 2), (8, 2, 1), (1, 1, 1)],
)
def test_bars_fit_the_terminal(columns: int, lines: int, most: int) -> None:
    """At most eight layers, and no more than fit above the last line; nothing scrolls or stays."""
    with drawing(LAYERS, columns, lines) as (terminal, bars, clock):
        for size in (1_000_000, 5_000_000):
            clock.now += 1
            bars.update([size] * 12 + [0])
            assert len(terminal.look()) <= most
        for at in range(6):
            bars.finish(at)
        bars.update([5_000_000] * 12 + [0])
        assert len(terminal.look()) <= most
        bars.end()
        bars.close()

        assert [] == terminal.look()
        assert not terminal.scrolled


def test_a_terminal_may_change_its_size() -> None:
    """The next bars fit the new one, and nothing is left of the old ones."""
    with drawing(LAYERS) as (terminal, bars, clock):
        bars.update(counts(LAYERS, 1_000_000, 1_000_000))
        assert 99 > max(len(line) for line in terminal.look()) > 60
        for columns in (50, 120, 30):
            terminal.resize(columns, 24)
            clock.now += 1
            bars.update(counts(LAYERS, 2_000_000, 2_000_000))
            assert 3 == len(terminal.look())
        bars.end()
        assert [] == terminal.look()


def test_a_terminal_that_does_not_know_its_size_has_eighty_columns() -> None:
    """As one that a container was given may be."""
    with drawing(LAYERS, 80) as (terminal, bars, _):
        size = struct.pack("HHHH", 0, 0, 0, 0)
        fcntl.ioctl(bars._terminal.fileno(), termios.TIOCSWINSZ, size)
        bars.update(counts(LAYERS, 1_000_000))

        assert "0 of 12 layers" == terminal.look()[0][:14]
        assert 79 >= max(map(len, terminal.last)) > 70


def test_a_line_of_what_else_is_done_makes_way() -> None:
    """As long as no layer is read each takes the place of the one before, and none stays."""
    with drawing(LAYERS) as (terminal, bars, _):
        bars("fetching \x1b[31mdebian-12")
        assert [r"fetching \x1b[31mdebian-12"] == terminal.look()
        bars("checking 日本語")
        assert ["checking 日本語"] == terminal.look()
        bars.update(counts(LAYERS, 1_000_000))
        assert "0 of 12 layers" == terminal.look()[0][:14]
        bars.end()
        bars("matching")
        assert ["matching"] == terminal.look()
        bars.close()
        assert [] == terminal.look()


def test_what_is_said_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a line of its own, harmless, with the bars below it."""
    with drawing(LAYERS) as (terminal, bars, _):
        monkeypatch.setattr("sys.stderr", bars._terminal)
        bars("fetching")
        bars.say("shipworthy: app: taken from docker\x1b[2J")
        bars.update(counts(LAYERS, 1_000_000))
        bars.say("shipworthy: slow down")
        bars.update(counts(LAYERS, 2_000_000))
        said = [r"shipworthy: app: taken from docker\x1b[2J", "shipworthy: slow down"]
        assert said == terminal.look()[:2]
        assert 4 == len(terminal.last)
        bars.close()
        assert said == terminal.look()
        access = heard(Access(), bars)
        access.tell("later")
        assert [*said, "later"] == terminal.look()


def test_a_terminal_that_has_gone_ends_nothing() -> None:
    """Nothing is drawn any more, and nothing raised."""
    clock, terminal = Clock(), Terminal()
    file = terminal.open()
    bars = Bars(file, clock)
    bars.begin(LAYERS)
    for size in (1_000_000, 2_000_000, 3_000_000):
        clock.now += 1
        bars.update(counts(LAYERS, size))
        if size == 1_000_000:
            terminal.look()
            terminal.hang_up()
    bars("text")
    bars.finish(0)
    bars.end()
    bars.close()
    with suppress(OSError):
        file.close()
