"""Validators that come from npm, for the tests that hold a format against an independent one."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest


BROWSER = ("axe-core@4.10.3", "puppeteer-core@24.9.0")
"""What drives the browser that is installed, and what looks for what its users would stumble over."""

_LONGEST = 300
"""Seconds that an installation may take."""


def installed(*packages: str) -> Path:
    """
    The directory that holds ``node_modules`` with these packages, each ``name@version``.

    They are installed once, outside the checkout, without running any script of theirs. Without npm
    or a network the test skips with the reason, and fails where ``CI=true``.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    key = sha256("\n".join(sorted(packages)).encode()).hexdigest()[:16]
    place = cache / "shipworthy-tests" / "npm" / key
    if place.is_dir():
        return place
    if shutil.which("npm") is None:
        _without("npm is not installed")
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_suffix(".lock").open("w") as lock:
        # Of tests that run side by side one installs, and the others wait for it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.is_dir():
            _into(place, packages)
    return place


def _into(place: Path, packages: tuple[str, ...]) -> None:
    """Install the packages; the directory appears whole or not at all."""
    with tempfile.TemporaryDirectory(dir=place.parent) as made:
        _install(Path(made), packages)
        Path(made).rename(place)
        Path(made).mkdir()  # for its owner to remove


def _install(place: Path, packages: tuple[str, ...]) -> None:
    command = ["npm", "install", "--prefix", str(place), "--ignore-scripts"]
    command += ["--no-audit", "--no-fund", *packages]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        _without(f"npm did not install {', '.join(packages)} in {_LONGEST} s")
    if done.returncode:
        _without(f"npm cannot install {', '.join(packages)}: {done.stderr[-500:]}")


def _without(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
