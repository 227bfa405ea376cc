"""What a terminal shows while layers come from a slow registry, and what is left on it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import imagebuilder as ib
import pytest
from fakeregistry import FakeRegistry
from imagesheld import hold
from scanning import BASE, OURS
from terminals import Watched

from shipworthy.layers.workers import cores


_SOME, _FORKING = 600_000, 9_000_000
"""Bytes of a layer; of two that are worth a process each."""


@cache
def made(size: int, *names: str) -> ib.BuiltImage:
    """An image of two plain layers that hold something large."""
    more = {"srv/blank": bytes(size), **dict.fromkeys(names, b"")}
    return ib.image({**BASE, **more}, {**OURS, **more})


def slow(fake: FakeRegistry, size: int = _SOME, tag: str = "slow") -> str:
    """The target of an image that takes more than half a second to come."""
    hold(fake, made(size, tag), tag)
    fake.pace = size * 3 // 2
    return f"registry:{fake.host}/a/app:{tag}"


@pytest.fixture
def options(database: Path, tmp_path: Path) -> list[str | Path]:
    """What every scan here is asked for."""
    kept = tmp_path / "cache"
    age = "--db-max-age=9999d"  # or the age of the example would be told
    return ["--db", database, age, "--cache-dir", kept, "--allow-partial"]


def test_bars_come_and_go(
    fake: FakeRegistry, options: list[str | Path], tmp_path: Path
) -> None:
    """Layers read side by side have one each; the report stands alone, and is that of a quiet scan, which says nothing."""
    out, again = tmp_path / "out", tmp_path / "again"
    target = slow(fake, _FORKING)
    seen = Watched("scan", target, *options, "-ojson", out=out)

    assert 0 == seen.wait(), seen.last
    several = min(2, cores())
    both = [f for f in seen.frames if sum("/2 " in line for line in f) == several]
    first = both[len(both) // 2]
    assert " of 2 layers" in first[0]
    named = {line[:14] for line in first[1:]}
    assert named <= {"1/2 RUN step 0", "2/2 RUN step 1"}
    assert several == len(named)
    assert 1 == len({line.index("|") for line in first})
    assert all("B/s" in line for line in first)
    assert 1 == len(seen.last)
    assert seen.last[0].startswith("shipworthy: No rule was set: ")
    assert (0, 1) == seen.cursor
    quiet = Watched("scan", target, *options, "-ojson", "-q", "--no-cache", out=again)
    assert 0 == quiet.wait()
    assert b"" == quiet.written
    assert out.read_bytes() == again.read_bytes()


def test_an_interruption_leaves_a_clean_line(
    fake: FakeRegistry, options: list[str | Path], tmp_path: Path
) -> None:
    """Ctrl-C takes the bars away, and ends as it did without them."""
    out = tmp_path / "out"
    seen = Watched("scan", slow(fake, _FORKING), *options, out=out)
    seen.wait(until=lambda: bool(seen.bars))
    seen.interrupt()

    assert 130 == seen.wait()
    assert [] == seen.last
    assert b"" == out.read_bytes()


def test_a_terminal_that_cannot_move_its_cursor_has_no_bars(
    fake: FakeRegistry, options: list[str | Path], tmp_path: Path
) -> None:
    """It is told as much as a pipeline is: nothing of so short a scan."""
    dumb = {"TERM": "dumb"}
    seen = Watched("scan", slow(fake), *options, out=tmp_path / "out", environment=dumb)

    assert 0 == seen.wait()
    assert b"" == seen.written


@pytest.mark.parametrize("command", ["sbom", "diff", "ci"])
def test_other_commands_have_bars_too(
    fake: FakeRegistry, options: list[str | Path], tmp_path: Path, command: str
) -> None:
    """Wherever layers are read: of one image, of both that are compared, of each in a step."""
    targets = [slow(fake)]
    if command == "diff":
        targets.append(slow(fake, tag="other"))
    given = {
        "sbom": options[3:],
        "diff": [options[0], options[1], *options[3:]],
        "ci": [*options, "--ci", "generic", "--report-dir", tmp_path / "reports"],
    }[command]
    seen = Watched(command, *targets, *given, out=tmp_path / "out")

    assert 0 == seen.wait(), seen.last
    assert any("of 2 layers" in line for frame in seen.frames for line in frame)
    assert not any("of 2 layers" in line for line in seen.last)
    images = 2 if command == "diff" else 1
    assert images == seen.written.count(b"\x1b[J")  # how all bars are taken away
