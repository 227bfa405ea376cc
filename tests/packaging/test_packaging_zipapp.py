"""The single file: what it needs, where it unpacks to, and what it refuses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
import wheelhouse
from dist_build import build
from pipelining import Images, make_database, make_images, variables, without
from zipapp_build import archive, tag


_THIS = tag(wheelhouse.PYTHON, wheelhouse.MACHINE)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """All that goes into it for this Python."""
    if _THIS not in str(sysconfig.get_config_var("EXT_SUFFIX")):
        without(f"a CPython of the kind {_THIS}")
    folder = tmp_path_factory.mktemp("own")
    return [
        *build(folder, wheelhouse.builder()),
        *wheelhouse.runtime().iterdir(),
    ]


@pytest.fixture(scope="module")
def pyz(wheels: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file."""
    path = tmp_path_factory.mktemp("pyz") / "shipworthy.pyz"
    path.write_bytes(archive({_THIS: wheels}))
    path.chmod(0o755)
    return path


def _run(
    pyz: Path, *arguments: str | Path, **environment: str | Path
) -> subprocess.CompletedProcess[str]:
    """As a bare Python runs it: no packages of others, no settings."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(pyz), *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**variables(), **{key: str(one) for key, one in environment.items()}},
    )


def _images(folder: Path) -> tuple[Images, Path]:
    return make_images(folder), make_database(folder / "db")


def test_it_scans_with_a_bare_python(pyz: Path, tmp_path: Path) -> None:
    """Compiled modules, templates and plugins are all found; the verdict is the exit code."""
    images, db = _images(tmp_path)
    place = tmp_path / "unpacked"
    call = ("--db", db, "--report-dir", tmp_path / "report", "--fail-on", "high")
    failed = _run(
        pyz, "ci", images.failing, *call, SHIPWORTHY_ZIPAPP_DIR=place, CI="true"
    )
    assert failed.returncode == 1, failed.stderr
    assert (tmp_path / "report/report.html").stat().st_size > 1000
    broken = _run(pyz, "ci", images.broken, *call, SHIPWORTHY_ZIPAPP_DIR=place)
    assert broken.returncode == 3


def test_it_unpacks_once_for_all_that_run_at_once(pyz: Path, tmp_path: Path) -> None:
    """Four at once share one folder that only this user can write to, and later runs use it as it is."""
    started = [
        subprocess.Popen(
            [sys.executable, "-I", "-S", str(pyz), "--version"],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=variables(XDG_CACHE_HOME=tmp_path),
        )
        for _ in range(4)
    ]
    said = {one.communicate()[0] for one in started}
    assert len(said) == 1
    assert said.pop().startswith("shipworthy ")
    root = tmp_path / "shipworthy/zipapp"
    (made,) = root.iterdir()
    assert [path.stat().st_mode & 0o077 for path in (root, made)] == [0, 0]
    before = made.stat().st_ino
    assert _run(pyz, "--version", XDG_CACHE_HOME=tmp_path).returncode == 0
    assert made.stat().st_ino == before


def test_the_same_wheels_give_the_same_bytes(
    pyz: Path, wheels: list[Path], tmp_path: Path
) -> None:
    """Neither the order nor the times of the files show."""
    copies = [Path(shutil.copy(path, tmp_path)) for path in reversed(wheels)]
    for path in copies:
        os.utime(path, (0, 0))
    assert archive({_THIS: copies}) == pyz.read_bytes()


def _hostile(folder: Path, kind: str) -> None:
    if kind == "link":
        (folder.parent / "theirs").mkdir(mode=0o700)
        folder.symlink_to(folder.parent / "theirs")
        return
    folder.mkdir(mode=0o700)
    if kind == "open to others":
        folder.chmod(0o777)
    elif os.geteuid() == 0:
        os.chown(folder, 12345, 12345)
    else:
        without("root, who can make another's folder")


@pytest.mark.parametrize("kind", ["link", "open to others", "of another user"])
def test_a_folder_that_others_could_fill_is_refused(
    pyz: Path, tmp_path: Path, kind: str
) -> None:
    """Nothing is run out of it; the message says what to do."""
    place = tmp_path / "place"
    _hostile(place, kind)
    done = _run(pyz, "--version", SHIPWORTHY_ZIPAPP_DIR=place)
    assert (done.returncode, done.stdout) == (3, "")
    assert "SHIPWORTHY_ZIPAPP_DIR" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_a_home_it_unpacks_to_a_temporary_folder(
    pyz: Path, tmp_path: Path
) -> None:
    """As of a user that a container was started with by number."""
    done = _run(pyz, "--version", TMPDIR=tmp_path, HOME="/", XDG_CACHE_HOME="")
    assert done.returncode == 0
    (made,) = tmp_path.iterdir()
    assert made.name == f"shipworthy-{os.geteuid()}"
    assert made.stat().st_mode & 0o077 == 0


def test_another_python_is_told_what_it_is_for(
    wheels: list[Path], tmp_path: Path
) -> None:
    """Not an import error, but what to do."""
    pyz = tmp_path / "other.pyz"
    pyz.write_bytes(archive({tag("3.9", "s390x"): wheels[:1]}))
    done = _run(pyz, "--version")
    assert done.returncode == 3
    assert "cpython-39-s390x-linux-gnu" in done.stderr
    assert "pip" in done.stderr


def test_a_damaged_file_is_refused(pyz: Path, tmp_path: Path) -> None:
    """A wheel that is not the one it was built with is not unpacked, and nothing is left."""
    damaged = tmp_path / "damaged.pyz"
    with zipfile.ZipFile(pyz) as whole, zipfile.ZipFile(damaged, "w") as other:
        for name in whole.namelist():
            content = whole.read(name)
            if name == "manifest.json":
                manifest = json.loads(content)
                first = min(manifest["sets"][_THIS])
                manifest["sets"][_THIS][first] = "0" * 64
                content = json.dumps(manifest).encode()
            other.writestr(name, content)
    place = tmp_path / "place"
    done = _run(damaged, "--version", SHIPWORTHY_ZIPAPP_DIR=place)
    assert done.returncode == 3
    assert "damaged" in done.stderr
    assert not list(place.iterdir())
