"""Disks that are full: the result where it is only the cache's, else exit 3 and a line; never a closed gate."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import imagebuilder as ib
import pytest
from registries import lacking
from scanning import EXAMPLE, OURS

from shipworthy.advisories.build import build


FEEDS = Path(__file__).resolve().parents[2] / "examples/feeds"
FULL = Path("/dev/full")
JAR = {"srv/large.jar": bytes(25 << 20)}
"""A file that is looked into, and too large to be held in memory."""

needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's database."""
    path = tmp_path_factory.mktemp("db") / "db"
    build(FEEDS, path)
    return path


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory, database: Path) -> tuple[str, ...]:
    """A scan of the example."""
    path = tmp_path_factory.mktemp("image") / "image.tar"
    ib.write_archive(EXAMPLE.classic_files(), path)
    return ("scan", str(path), "--db", str(database), "--allow-partial")


def run(
    arguments: Sequence[str],
    *,
    most: int = resource.RLIM_INFINITY,
    out: Path | None = None,
    err: Path | None = None,
    **variables: str,
) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command, no file of which may grow over ``most`` bytes."""
    nowhere = Path(os.devnull)
    with (out or nowhere).open("w") as stdout, (err or nowhere).open("w") as stderr:
        done = subprocess.run(
            [sys.executable, "-m", "shipworthy", *arguments],
            stdout=stdout if out else subprocess.PIPE,
            stderr=stderr if err else subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, **variables},
            preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY)
            ),
        )
    return done.returncode, done.stdout or "", done.stderr or ""


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system without room."""
    if os.geteuid() != 0:
        lacking("mounting needs root")
    place = tmp_path / "full"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        lacking("nothing may be mounted here")
    try:
        (place / "filler").write_bytes(bytes(8192))
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("way", ["disk", "bound"])
def test_a_cache_that_cannot_be_written_costs_time_alone(
    way: str, given: tuple[str, ...], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The result is the same, and nothing half written is taken for a record."""
    whole = run((*given, "--no-cache", "-o", "json"))
    assert (0, True) == (whole[0], bool(json.loads(whole[1])["findings"]))
    place = request.getfixturevalue("full_disk") if way == "disk" else tmp_path / "c"
    most = resource.RLIM_INFINITY if way == "disk" else 100
    for _ in range(2):
        found = run((*given, "--cache-dir", str(place), "-o", "json"), most=most)
        assert whole == found
    assert not [path for path in place.rglob("*") if path.name.endswith(".layer")]
    assert not [path for path in place.rglob("*") if path.name.startswith(".new-")]


@pytest.mark.parametrize("name", ["json", "html", "table"])
def test_a_report_that_finds_no_room(
    name: str, given: tuple[str, ...], full_disk: Path, tmp_path: Path
) -> None:
    """Exit 3 and a line that names it and the reason; what stood there before still does, and nothing else."""
    old = tmp_path / "old"
    old.write_text("old")
    for place, most in ((full_disk / "out", resource.RLIM_INFINITY), (old, 100)):
        if name == "html" and place == old:
            continue  # a folder
        arguments = (*given, "--no-cache", "-q", "-o", f"{name}={place}")
        code, out, err = run(arguments, most=most)
        assert (3, "") == (code, out)
        assert f"error: {place}: the report cannot be written (" in err
        assert [err.splitlines()[1]] == [
            f"hint: make room there, or name another place: -o {name}=PATH"
        ]
    assert "old" == old.read_text()
    assert ["filler"] == [path.name for path in full_disk.iterdir()]
    assert {"old", "full"} == {path.name for path in tmp_path.iterdir()}


@needs_full
@pytest.mark.parametrize("name", ["json", "table"])
def test_a_standard_output_that_finds_no_room(
    name: str, given: tuple[str, ...]
) -> None:
    """Exit 3, where Python itself would end with 1 or 120."""
    code, _, err = run((*given, "--no-cache", "-q", "-o", name), out=FULL)
    assert 3 == code
    assert "error: standard output: the report cannot be written (No space" in err
    assert 2 == len(err.splitlines())


@needs_full
@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--no-cache", "-o", "json"), 0),
        (("--no-cache", "-o", "json", "--fail-on", "low"), 1),
        (("--nonsense",), 2),
        (("--fail-on", "nonsense"), 2),
        (("--base", "/nowhere"), 3),
    ],
)
def test_a_standard_error_that_finds_no_room(
    more: tuple[str, ...], code: int, given: tuple[str, ...]
) -> None:
    """What is told is lost, the exit code and the result are not."""
    found = run((*given, *more), err=FULL)
    assert code == found[0]
    assert bool(found[1]) == (code < 2)


@needs_full
@pytest.mark.parametrize(
    "command", [("--help",), ("cache", "--help"), ("db", "status")]
)
def test_any_other_output_that_finds_no_room(
    command: tuple[str, ...], database: Path
) -> None:
    """No closed gate, whatever is not told."""
    more = ("--db", str(database)) if "status" in command else ()
    code, _, err = run((*command, *more), out=FULL)
    assert 3 == code
    assert "Traceback" not in err


@pytest.mark.parametrize("layers", [1, 2])
def test_a_large_file_that_finds_no_room(
    layers: int, given: tuple[str, ...], tmp_path: Path
) -> None:
    """In this process or in another one: exit 3, and a line that says where room is wanted."""
    image = ib.image(*[{**OURS, **JAR, f"n{n}": b""} for n in range(layers)])
    path = ib.write_archive(image.classic_files(), tmp_path / "image.tar")
    arguments = (given[0], str(path), *given[2:], "--no-cache", "-o", "json")
    code, out, err = run(arguments, most=1 << 20, TMPDIR=str(tmp_path))
    assert (3, "") == (code, out)
    assert f"a large file of the image finds no room in {tmp_path} (" in err
    assert 2 == len(err.splitlines())
    assert 0 == run(arguments, TMPDIR=str(tmp_path))[0]
