"""The wheel and the source distribution: what is in them, and that two builds give the same bytes."""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest
import wheelhouse
from dist_build import ROOT, build


_FORGOTTEN = {".venv", ".git", ".demo", ".bench", "dist"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], list[Path]]:
    """Both kinds from the checkout, and from a copy in another place with other times and modes."""
    folder = tmp_path_factory.mktemp("built")
    copy = folder / "elsewhere"
    copy.mkdir()
    skipped = shutil.ignore_patterns("__pycache__", ".*_cache")
    for path in ROOT.iterdir():
        if path.is_dir() and path.name not in _FORGOTTEN:
            shutil.copytree(path, copy / path.name, ignore=skipped)
        elif path.is_file():
            shutil.copy(path, copy / path.name)
    for path in copy.rglob("*"):
        os.utime(path, (86400 * 365 * 30, 86400 * 365 * 30))
    builder = wheelhouse.builder()
    kinds = ("sdist", "wheel")
    one = build(folder / "one", builder, kinds)
    return one, build(folder / "two", builder, kinds, copy)


def test_two_builds_give_the_same_bytes(
    built: tuple[list[Path], list[Path]],
) -> None:
    """Neither the place nor the times of the files show."""
    one, two = built
    assert [path.name for path in one] == [path.name for path in two]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_the_wheel_has_what_runs(built: tuple[list[Path], list[Path]]) -> None:
    """Code, templates and entry points; no test, no tool, no lock."""
    (path,) = (path for path in built[0] if path.suffix == ".whl")
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {"shipworthy", "shipworthy_ci"} < tops
    assert len(tops) == 3
    ours = {
        str(path.relative_to(ROOT / room))
        for room in ("core", "plugins")
        for path in (ROOT / room).glob("shipworthy*/**/*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours <= set(names)
    assert any(name.endswith("dist-info/entry_points.txt") for name in names)


def test_the_source_distribution_can_be_installed_from(
    built: tuple[list[Path], list[Path]],
) -> None:
    """It carries the bootstrap and its locks."""
    (path,) = (path for path in built[0] if path.suffix == ".gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = ("bootstrap.py", "requirements.txt", "requirements-build.txt")
    assert {f"plugins/{name}" for name in wanted} < names
