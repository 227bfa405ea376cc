"""The bootstrap, over a small checkout: what it prints, shares, survives and refuses."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from bootstrapping import (
    BOOTSTRAP,
    bootstrap,
    checkout,
    command,
    lock,
    said,
    sha256,
    wheel,
    zipapp,
)
from pipelining import variables

import bootstrap as bootstrap_module
from bootstrap_environment import WINDOWS_LAUNCHER, Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Installed:
    source: Path
    into: Path
    jobs: tuple[tuple[int, str], ...]
    """Exit code and output of each that ran at once."""

    @property
    def executable(self) -> Path:
        return Path(self.jobs[0][1].removesuffix("\n"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> _Installed:
    """A run that is killed in the middle, and four at once after it, on an agent with settings of its own."""
    folder = tmp_path_factory.mktemp("agent")
    source = checkout(folder / "a checkout")
    into = folder / "tools of a job"
    run = functools.partial(
        subprocess.Popen,
        command("--into", into, *_from(source)),
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        start_new_session=True,
        env=variables(
            PIP_TARGET=folder / "astray",
            PIP_USER="1",
            PIP_REQUIRE_VIRTUALENV="1",
            PYTHONPATH=source,
        ),
    )
    killed = run(stdout=subprocess.DEVNULL)
    until = time.monotonic() + 120
    while not list(into.glob(".*.part/env/bin/python")) and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert list(into.glob(".*.part"))
    jobs = [run(stdout=subprocess.PIPE) for _ in range(4)]
    outputs = [job.communicate()[0] for job in jobs]
    return _Installed(
        source=source,
        into=into,
        jobs=tuple(
            (job.returncode, out) for job, out in zip(jobs, outputs, strict=True)
        ),
    )


def _from(source: Path) -> tuple[str | Path, ...]:
    return ("--source", source, "--wheelhouse", source / "wheelhouse")


def test_jobs_that_run_at_once_share_one(installed: _Installed) -> None:
    """Four jobs on one agent get the same path, made once; a killed run's part is gone."""
    assert len(set(installed.jobs)) == 1
    assert installed.jobs[0][0] == 0
    assert [one.name for one in installed.into.iterdir() if one.is_dir()] == [
        installed.executable.parents[1].name
    ]


def test_settings_for_pip_and_python_do_not_lead_astray(installed: _Installed) -> None:
    """What an agent sets for other programs sends nothing elsewhere."""
    assert not (installed.into.parent / "astray").exists()
    assert said(installed.executable) == "tiny says"


def test_what_is_printed_starts_it_from_any_folder(
    installed: _Installed, tmp_path: Path
) -> None:
    """Nothing that lies in the working folder is imported, and a link serves too."""
    for name in ("tiny.py", "shipworthy.py", "sitecustomize.py"):
        (tmp_path / name).write_text("raise SystemExit('owned')\n")
    assert said(installed.executable, "a b", "$c", cwd=tmp_path) == "tiny says a b $c"
    (tmp_path / "link").symlink_to(installed.executable)
    assert said(tmp_path / "link") == "tiny says"


def test_the_second_run_does_nothing(installed: _Installed) -> None:
    """It prints the path, and touches nothing."""
    before = sorted(installed.into.rglob("*"))
    again = bootstrap("--into", installed.into, "--source", installed.source)
    assert (again.stdout, again.stderr) == (installed.jobs[0][1], "")
    assert sorted(installed.into.rglob("*")) == before


def test_a_folder_that_was_moved_still_works(
    installed: _Installed, tmp_path: Path
) -> None:
    """A cache may be unpacked elsewhere: it is found there and runs."""
    moved = tmp_path / "moved"
    shutil.copytree(installed.into, moved, symlinks=True)
    found = bootstrap("--into", moved, "--source", installed.source)
    assert found.stderr == ""
    executable = Path(found.stdout.strip())
    assert executable.is_relative_to(moved)
    assert said(executable) == "tiny says"
    executable.with_name("python").unlink()
    executable.with_name("python").symlink_to("/nowhere/python")
    assert bootstrap_module._ready(executable.parents[1]) is None  # made anew


def test_any_difference_gives_an_environment_of_its_own(tmp_path: Path) -> None:
    """A changed source, lock or release is never served by what an earlier one left."""
    source = checkout(tmp_path / "checkout")
    wanted = Wanted(python="python", source=source, locks=source / "plugins")
    seen = [list(bootstrap_module._parts(wanted))]
    (source / "core/shipworthy/more.py").write_text("")
    seen.append(list(bootstrap_module._parts(wanted)))
    lock(source, wheel(source / "wheelhouse", "tiny", "2.0", ""))
    seen.append(list(bootstrap_module._parts(wanted)))
    for release, digest in (("1.0", "a" * 64), ("1.1", "a" * 64), ("1.1", "b" * 64)):
        one = wanted._replace(release=release, sha256=digest)
        seen.append(list(bootstrap_module._parts(one)))
    assert len({tuple(one) for one in seen}) == 6
    (source / "core/__pycache__").mkdir()
    (source / "core/__pycache__/more.pyc").write_text("")
    assert list(bootstrap_module._parts(wanted)) == seen[2]


def test_a_file_with_another_hash_is_refused(tmp_path: Path) -> None:
    """Nothing is installed and nothing left where a package is not the locked one."""
    source = checkout(tmp_path / "checkout")
    lock(source, source / "wheelhouse/tiny-1.0-py3-none-any.whl", "0" * 64)
    done = bootstrap("--into", tmp_path / "into", *_from(source))
    assert (done.returncode, done.stdout) == (3, "")
    assert "hash" in done.stderr.splitlines()[-1].lower()
    assert not [one for one in (tmp_path / "into").iterdir() if one.is_dir()]


def test_a_release_comes_by_version_and_hash(tmp_path: Path) -> None:
    """From a wheelhouse as from an index, here with Debian's Python that has venv but no pip."""
    source = checkout(tmp_path / "checkout")
    for name in ("bootstrap.py", "bootstrap_environment.py"):
        shutil.copy(BOOTSTRAP.parent / name, source / "plugins")
    main = "def main():\n    print('released')\n"
    files = {"shipworthy/__main__.py": main}
    release = wheel(source / "wheelhouse", "shipworthy", "1.2.3", "", files)
    asked = ("--into", tmp_path / "into", "--wheelhouse", source / "wheelhouse")
    exact = ("--version", "1.2.3", "--sha256", sha256(release))
    python = _debian(tmp_path, "import pip")
    done = bootstrap(
        *asked, *exact, "--python", python, script=source / "plugins/bootstrap.py"
    )
    assert done.returncode == 0, done.stderr
    assert said(done.stdout.strip()) == "released"


def test_a_zipapp_comes_by_its_hash(tmp_path: Path) -> None:
    """The single file needs neither pip nor venv, and is held against its digest."""
    file = zipapp(tmp_path / "it.pyz")
    done = bootstrap(
        "--into", tmp_path / "a b", "--zipapp", file, "--sha256", sha256(file)
    )
    assert done.returncode == 0, done.stderr
    file.unlink()
    assert said(done.stdout.strip(), "x y") == "zip says x y"
    zipapp(file)
    other = bootstrap("--into", tmp_path / "c", "--zipapp", file, "--sha256", "0" * 64)
    assert (other.returncode, other.stdout) == (3, "")
    assert "not the one given" in other.stderr


_AS_ON_WINDOWS = """\
from pathlib import Path
from pip._vendor.distlib import scripts
here = Path(scripts.__file__).parent
class ScriptMaker(scripts.ScriptMaker):
    def __init__(self, *args):
        super().__init__(*args)
        self._is_nt = True
    def _get_launcher(self, kind):
        return here.joinpath(f"{kind}64.exe").read_bytes()
scripts.ScriptMaker = ScriptMaker
"""


def test_the_launcher_of_windows_names_where_the_environment_will_be(
    tmp_path: Path,
) -> None:
    """It is made before the folder has its name; the program in it is a zip after a line with the interpreter."""
    final = r"C:\tools\shipworthy-1\Scripts\python.exe"
    code = _AS_ON_WINDOWS + WINDOWS_LAUNCHER
    call = [sys.executable, "-I", "-c", code, str(tmp_path), final]
    subprocess.run(call, check=True)
    content = (tmp_path / "shipworthy.exe").read_bytes()
    assert content.startswith(b"MZ")
    assert f'#!"{final}"'.encode() in content
    with zipfile.ZipFile(tmp_path / "shipworthy.exe") as program:
        assert b"from shipworthy.__main__ import main" in program.read("__main__.py")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "--into"),
        (("--into", "x", "--source", "nowhere"), "nowhere"),
        (("--into", "x", "--version", "1.0"), "--sha256"),
        (("--into", "x", "--sha256", "0" * 64), "--sha256"),
        (("--into", "x", "--version", "1.0", "--sha256", "abc"), "64"),
        (("--into", "x", "--version", "1 --pre", "--sha256", "0" * 64), "--version"),
        (("--into", "x", "--zipapp", "z", "--version", "1"), "exclude"),
        (("--into", "x", "--wheelhouse", "nowhere"), "nowhere"),
        (("--into", "x", "--python", "nowhere"), "nowhere"),
        (("--into", "x", "--python", "/bin/false"), "/bin/false"),
    ],
)
def test_a_wrong_call_is_one_line_and_ends_with_2(
    arguments: tuple[str, ...], word: str, tmp_path: Path
) -> None:
    """What is wrong is named, and nothing is written."""
    done = bootstrap(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert word in done.stderr
    assert not list(tmp_path.iterdir())


def _debian(folder: Path, *refused: str) -> Path:
    """A Python from which a distribution took something: it refuses calls that hold a word."""
    wrapper = folder / "python"
    tests = "".join(f'case " $* " in *"{one}"*) exit 1;; esac\n' for one in refused)
    wrapper.write_text(f'#!/bin/sh\n{tests}exec "{sys.executable}" "$@"\n')
    wrapper.chmod(0o755)
    return wrapper


def test_a_python_that_cannot_install_says_what_to_do(tmp_path: Path) -> None:
    """Debian's python3 alone."""
    source = checkout(tmp_path / "checkout")
    python = _debian(tmp_path, "import pip", " -m venv ")
    done = bootstrap("--into", tmp_path / "i", *_from(source), "--python", python)
    assert (done.returncode, done.stdout) == (3, "")
    assert "apt-get install python3-venv" in done.stderr.splitlines()[-1]
