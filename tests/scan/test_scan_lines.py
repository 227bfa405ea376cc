"""Lines of progress where there is no terminal: few, short, and without a word of an image's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import pytest
from scanning import EXAMPLE

from shipworthy.cli import watching
from shipworthy.cli.reading import Reading, Speed, amount
from shipworthy.cli.watching import Lines
from shipworthy.contents import read_contents
from shipworthy.layers.progress import Waiting, Watching


COMMAND = "\n::error::x\n##teamcity[buildStatus text='x']\n##vso[task.complete]\n"
LAYERS = tuple(
    Waiting(number=at + 1, count=4, instruction=COMMAND, digest=COMMAND, size=size)
    for at, size in enumerate([100_000_000, 200_000_000, 292_000_000])
)


class Told:
    """Lines that are said, with a clock that ticks as told."""

    def __init__(self, layers: Sequence[Waiting] = LAYERS) -> None:
        self.tenths = 1_000
        self.said: list[str] = []
        self.lines = Lines(self.said.append, lambda: self.tenths / 10)
        self.lines.begin(layers)

    def pass_by(self, seconds: int, counts: Sequence[int]) -> None:
        """So many seconds in which that is read, looked at ten times each."""
        assert self.lines._reading is not None
        before = self.lines._reading.counts
        for step in range(1, seconds * 10 + 1):
            self.tenths += 1
            self.lines.update(
                [
                    a + (b - a) * step // (seconds * 10)
                    for a, b in zip(before, counts, strict=True)
                ]
            )


def test_a_short_scan_says_nothing() -> None:
    """Nine seconds are short."""
    told = Told()
    told.lines("fetching")
    told.pass_by(9, [*(layer.size for layer in LAYERS), 0])
    for at in range(3):
        told.lines.finish(at)
    told.lines.end()
    told.lines.close()

    assert isinstance(told.lines, Watching)
    assert [] == told.said


def test_a_long_one_says_how_far_it_is_now_and_then() -> None:
    """Every ten seconds a line: how many layers, how much of all bytes, how fast of late."""
    told = Told()
    told.pass_by(8, [80_000_000, 40_000_000, 0, 0])
    told.lines.finish(0)  # it was read in part only
    told.pass_by(22, [80_000_000, 200_000_000, 10_000_000, 0])

    assert [
        "shipworthy: read 1 of 3 layers, 155 of 592 MB, 10 MB/s",
        "shipworthy: read 1 of 3 layers, 233 of 592 MB, 7.7 MB/s",
        "shipworthy: read 1 of 3 layers, 310 of 592 MB, 7.7 MB/s",
    ] == told.said


def test_a_second_image_says_no_more_often() -> None:
    """Both images that are compared are one wait."""
    told = Told()
    told.pass_by(6, [60_000_000, 0, 0, 0])
    told.lines.end()
    told.lines.begin(LAYERS[:1])
    told.pass_by(6, [60_000_000, 0])

    assert ["shipworthy: read 0 of 1 layer, 40 of 100 MB, 10 MB/s"] == told.said


def test_unknown_sizes_and_a_standstill_are_told() -> None:
    """What came of an engine's export, and that nothing comes any more."""
    told = Told([replace(layer, size=0) for layer in LAYERS])
    told.pass_by(5, [3_000_000, 0, 0, 500])
    told.pass_by(5, [3_000_000, 0, 0, 500])

    assert ["shipworthy: read 0 of 3 layers, 3.0 MB, 0 B/s"] == told.said


def test_bytes_that_were_not_of_a_layer_are_no_speed_backwards() -> None:
    """Less than before is no speed, and more than the whole is the whole."""
    speed = Speed(0.0)
    for now, size in ((1.0, 50), (3.0, 60), (5.0, 20)):
        speed.count(size, now)
    reading = Reading(LAYERS, 0.0)
    reading.count([999_999_999, 0, 0, 0], 1.0)

    assert 0.0 == speed.value
    assert 100_000_000 == reading.bytes


@pytest.mark.parametrize(
    ("size", "whole", "words"),
    [
        (0, 0, "0 B"),
        (999, 0, "999 B"),
        (1_000, 0, "1.0 kB"),
        (45_400_000, 0, "45 MB"),
        (1_234_000_000_000, 0, "1,234 GB"),
        (310_000_000, 592_000_000, "310"),
        (310_000_000, 2_000_000_000, "0.3"),
        (4, 592_000_000, "0"),
    ],
)
def test_amounts_are_read_at_a_glance(size: int, whole: int, words: str) -> None:
    """Two digits at least, and the unit of the whole."""
    assert words == amount(size, whole)


def test_lines_and_bars_are_what_a_scan_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real image's layers come to lines."""
    said: list[str] = []
    monkeypatch.setattr(watching, "PAUSE", 0.0)
    archive = ib.write_archive(EXAMPLE.classic_files(), tmp_path / "a.tar")
    read_contents(f"docker-archive:{archive}", progress=Lines(said.append))

    assert said
    assert all(line.startswith("shipworthy: read ") for line in said)
    assert " of 2 layers, " in said[0]


@pytest.mark.parametrize("quiet", [False, True])
def test_the_command_tells_lines_on_stderr_alone(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    database: Path,
    *,
    quiet: bool,
) -> None:
    """Not a word when quiet, whatever the steps of the pipeline read."""
    from shipworthy.cli.main import run

    monkeypatch.setattr(watching, "PAUSE", 0.0)
    archive = ib.write_archive(EXAMPLE.classic_files(), tmp_path / "a.tar")
    options = ["--db", str(database), "--no-cache", "--allow-partial"]
    code = run(["scan", str(archive), *options, "-ojson", *["-q"] * quiet])
    out, err = capsys.readouterr()

    assert 0 == code
    assert out.startswith("{")
    assert quiet == (err == "")
    assert quiet != ("\nshipworthy: read " in f"\n{err}")


@pytest.mark.parametrize("quiet", [False, True])
def test_a_step_of_a_pipeline_tells_them_too(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    database: Path,
    *,
    quiet: bool,
) -> None:
    """``shipworthy ci`` tells what ``shipworthy scan`` does while it waits."""
    from shipworthy.cli.main import run

    monkeypatch.setattr(watching, "PAUSE", 0.0)
    archive = ib.write_archive(EXAMPLE.classic_files(), tmp_path / "a.tar")
    given = ["--ci", "generic", "--report-dir", str(tmp_path / "reports")]
    options = ["--db", str(database), "--no-cache", "--allow-partial"]
    code = run(["ci", str(archive), *given, *options, *["-q"] * quiet])
    _, err = capsys.readouterr()

    assert 0 == code
    assert quiet != ("\nshipworthy: read " in f"\n{err}")
