"""
Make the environment that :mod:`bootstrap` hands out: the slow half, read only when there is something to do.

Standard library only. Nothing here knows where the environment will stand in the end, except for the launcher on
Windows; the one of other systems finds its interpreter beside itself, so that the folder may be moved.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from pathlib import Path
from typing import NamedTuple


WINDOWS = os.name == "nt"
SCRIPTS = "Scripts" if WINDOWS else "bin"
PYTHON = "python.exe" if WINDOWS else "python"
LOCK, BUILD_LOCK = "requirements.txt", "requirements-build.txt"
_PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input")
_HASHED = ("--require-hashes", "--requirement")
_ASTRAY = frozenset(
    f"PIP_{name}"
    for name in (
        "USER",
        "TARGET",
        "PREFIX",
        "ROOT",
        "CONSTRAINT",
        "REQUIRE_VIRTUALENV",
        "DRY_RUN",
    )
) | {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
"""Variables that would have pip install elsewhere, or Python read elsewhere."""
_LAUNCHER = """\
#!/bin/sh
'''exec' "$(dirname -- "$(readlink -f -- "$0" 2>/dev/null || printf %s "$0")")/python" -I "$0" "$@"
'''
import sys
from shipworthy.__main__ import main
sys.exit(main())
"""
_ZIPAPP_LAUNCHER = """\
#!/bin/sh
exec {python} -I "$(dirname -- "$(readlink -f -- "$0" 2>/dev/null || printf %s "$0")")/shipworthy.pyz" "$@"
"""
_ZIPAPP_BATCH = '@"{python}" -I "%~dp0shipworthy.pyz" %*\r\n'
_HAS_PIP = """\
import pip, sys
sys.exit([int(part) for part in pip.__version__.split(".")[:2]] < [22, 3])
"""
"""Fails unless the interpreter has a pip that installs into other environments."""
WINDOWS_LAUNCHER = """\
import sys
from pip._vendor.distlib.scripts import ScriptMaker
maker = ScriptMaker(None, sys.argv[1])
maker.clobber, maker.variants = True, {""}
maker.executable = '"%s"' % sys.argv[2]
maker.make("shipworthy = shipworthy.__main__:main")
"""


class BootstrapError(Exception):
    """What ends the run: one line, and the exit code."""

    def __init__(self, message: str, code: int = 3) -> None:
        super().__init__(message)
        self.code = code


class Wanted(NamedTuple):
    """What is to stand in the environment; a plain tuple, for a quick start."""

    python: str
    source: Path
    locks: Path
    """The folder with the lock files."""
    release: str = ""
    """The version to take from the index instead of the source."""
    sha256: str = ""
    zipapp: Path | None = None
    wheelhouse: Path | None = None


def make(wanted: Wanted, made: Path, place: Path) -> Path:
    """
    Make it below the working folder ``made``; ``place`` is where it will be moved to.

    Raises:
        BootstrapError: it cannot be made.
    """
    env = made / "env"
    if wanted.zipapp:
        _unpack(wanted.zipapp, wanted, env / SCRIPTS)
        return env
    inside = str(env / SCRIPTS / PYTHON)
    pip = _virtual(wanted.python, env, inside)
    offline = ["--no-index", f"--find-links={wanted.wheelhouse}"]
    install = [*pip, "install", *(offline if wanted.wheelhouse else [])]
    _must([*install, *_HASHED, str(wanted.locks / LOCK)], made)
    if wanted.release:
        pin = made / "pin.txt"
        pin.write_text(f"shipworthy=={wanted.release} --hash=sha256:{wanted.sha256}")
        only = ["--no-deps", "--only-binary=:all:"]
        _must([*install, *only, *_HASHED, str(pin)], made)
    else:
        builder = str(made / "build")
        lock = str(wanted.locks / BUILD_LOCK)
        _must([*install, "--no-compile", "--target", builder, *_HASHED, lock], made)
        plain = ["install", "--no-deps", "--no-index", "--no-build-isolation"]
        _must([*pip, *plain, str(wanted.source)], made, PYTHONPATH=builder)
    _launcher(env / SCRIPTS, place / SCRIPTS, pip[0])
    return env


def _launcher(scripts: Path, final: Path, with_pip: str) -> None:
    """Leave one script that starts where the environment will be, and the interpreter."""
    if WINDOWS:
        command = [with_pip, "-I", "-c", WINDOWS_LAUNCHER, str(scripts)]
        _must([*command, str(final / PYTHON)], scripts)
        return
    for path in scripts.iterdir():  # pip's know a name that is given up
        if not path.name.startswith("python"):
            path.unlink()
    _write(scripts / "shipworthy", _LAUNCHER)


def _virtual(python: str, env: Path, inside: str) -> list[str]:
    """
    Make an empty environment; gives the pip that installs into it.

    Debian parts pip and venv from Python: the interpreter's own pip will do, or the one that venv brings.
    """
    venv = [python, "-I", "-m", "venv", str(env)]
    own = [python, "-I", *_PIP, "--python", inside]
    if (
        run([*venv, "--without-pip"])[0] == 0
        and run([python, "-I", "-c", _HAS_PIP])[0] == 0
    ):
        return own
    if run([*venv, "--clear"])[0] == 0:
        return [inside, "-I", *_PIP]
    raise BootstrapError(
        f"{python} can make no virtual environment with pip:"
        " apt-get install python3-venv, or use the zipapp or the container image"
    )


def _unpack(zipapp: Path, wanted: Wanted, scripts: Path) -> None:
    """Put the single file where it is started from."""
    content = zipapp.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != wanted.sha256:
        raise BootstrapError(f"{zipapp}: its SHA-256 is {found}, not the one given")
    scripts.mkdir(parents=True)
    (scripts / "shipworthy.pyz").write_bytes(content)
    if WINDOWS:
        _write(scripts / "shipworthy.cmd", _ZIPAPP_BATCH.format(python=wanted.python))
    else:
        quoted = shlex.quote(wanted.python)
        _write(scripts / "shipworthy", _ZIPAPP_LAUNCHER.format(python=quoted))


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))
    path.chmod(0o755)


def _must(command: list[str], folder: Path, **more: str) -> None:
    """Run a step in ``folder``; where it fails, its last words are the error."""
    code, said = run(command, folder, **more)
    if code:
        errors = [line for line in said.splitlines() if line.startswith("ERROR")]
        last = (errors or said.strip().splitlines() or [f"exit code {code}"])[-1]
        raise BootstrapError(
            f"pip: {last}: is the package index reachable (pip config), or the wheelhouse complete?"
        )


def run(command: list[str], folder: Path | None = None, **more: str) -> tuple[int, str]:
    """Run a command without what could lead it astray; gives exit code and output."""
    import subprocess

    kept = {name: os.environ[name] for name in os.environ if name not in _ASTRAY}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**kept, **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout
