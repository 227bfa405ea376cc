"""Work shared out over this process and its forks."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from shipworthy.cli.shares import share_out
from shipworthy.errors import ScanError


pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")


def test_each_piece_is_done_once(tmp_path: Path) -> None:
    """Whoever does it, every piece is done, and what it gave comes under its number."""

    def work(piece: int) -> bytes:
        with (tmp_path / str(piece)).open("x") as file:  # a second time would fail
            file.write(str(os.getpid()))
        return f"é{piece}".encode() if piece % 2 else b""

    given = share_out(9, work, 3)

    assert {piece: f"é{piece}".encode() for piece in (1, 3, 5, 7)} == given
    assert {str(piece) for piece in range(9)} == {
        one.name for one in tmp_path.iterdir()
    }


def test_this_process_does_its_share(tmp_path: Path) -> None:
    """Where pieces take their time, all processes work, this one among them."""

    def work(piece: int) -> bytes:
        time.sleep(0.2)
        (tmp_path / str(piece)).write_text(str(os.getpid()))
        return b""

    share_out(4, work, 2)

    done = {one.read_text() for one in tmp_path.iterdir()}
    assert str(os.getpid()) in done
    assert 2 == len(done)


def test_no_more_processes_than_pieces() -> None:
    """A single piece is done without any fork."""
    assert {0: str(os.getpid()).encode()} == share_out(
        1, lambda _: str(os.getpid()).encode(), 8
    )


def test_a_process_that_dies_is_told() -> None:
    """A fork that is killed, or fails in a way that nobody foresaw, is an error in words."""
    own = os.getpid()

    def work(_: int) -> bytes:
        if os.getpid() != own:
            os._exit(9)
        time.sleep(0.3)
        return b""

    with pytest.raises(ScanError, match="ended without a result"):
        share_out(4, work, 2)


def test_an_error_here_leaves_no_process_behind(tmp_path: Path) -> None:
    """What goes wrong in this process ends the others too."""
    own = os.getpid()

    def work(_: int) -> bytes:
        if os.getpid() == own:
            while not any(tmp_path.iterdir()):
                time.sleep(0.01)
            raise OSError(28, "No space left on device")
        (tmp_path / str(os.getpid())).touch()
        time.sleep(60)
        return b""

    with pytest.raises(OSError, match="No space left"):
        share_out(2, work, 2)
    (other,) = (int(one.name) for one in tmp_path.iterdir())
    with pytest.raises(ProcessLookupError):
        os.kill(other, 0)
