"""
Make the virtual environment that every target of the Makefile runs in.

Needs Python 3.10 or newer and nothing else. Does nothing when the environment is up to date,
so that everything works without a network once it was there; says in plain words
what is missing when it cannot.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "shipworthy-stamp"


def main() -> int:
    """Make or renew the environment; gives the exit code."""
    if sys.version_info < (3, 10):  # noqa: UP036  # an old Python must be told, not fail
        found = ".".join(map(str, sys.version_info[:3]))
        return _fail(
            f"Python 3.10 or newer is needed, this is {found}",
            "make PYTHON=python3.12 …",
        )
    wanted = hashlib.sha256(
        (ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()
    ).hexdigest()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return 0
    print("setting up .venv …", flush=True)
    if not _make() or not _has_pip():
        return _fail(
            "this Python can make no virtual environment with pip",
            "on Debian and Ubuntu: apt-get install python3-venv",
        )
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
    ]
    steps = [
        [*pip, "--upgrade", "pip>=25.1"],
        [*pip, "--group", f"{ROOT / 'pyproject.toml'}:dev", "--editable", str(ROOT)],
    ]
    for step in steps:
        if subprocess.run(step, check=False).returncode:
            return _fail(
                "the packages that shipworthy needs could not be installed",
                "a network or a package index of your own (pip config) is needed the first time",
            )
    STAMP.write_text(wanted)
    return 0


def _make() -> bool:
    """Make the environment, with pip if this Python carries it."""
    if PYTHON.exists():
        return True
    plain = [sys.executable, "-m", "venv", str(VENV)]
    if not subprocess.run(plain, check=False, capture_output=True).returncode:
        return True
    bare = [*plain, "--without-pip", "--clear"]
    return not subprocess.run(bare, check=False, capture_output=True).returncode


def _has_pip() -> bool:
    """Whether the environment has pip, bringing it in by another pip if need be."""
    ask = [str(PYTHON), "-m", "pip", "--version"]
    if not subprocess.run(ask, check=False, capture_output=True).returncode:
        return True
    bring = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(PYTHON),
        "install",
        "--quiet",
        "pip",
    ]
    return not subprocess.run(bring, check=False, capture_output=True).returncode


def _fail(what: str, hint: str) -> int:
    print(f"setup: {what}\nhint: {hint}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
