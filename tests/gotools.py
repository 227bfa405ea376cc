"""Programs that are built by Go, for the tests that run on the real thing."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest


_LONGEST = 1200
"""Seconds that a build may take: some are of several hundred packages."""


def built(package: str) -> Path:
    """
    The program of ``package``, a module's path and version: ``example.org/cmd/tool@v1.2.3``.

    It is built once, outside the checkout, by ``go install`` from the module proxy that Go is set to. Without Go
    or a network the test skips with the reason, and fails where ``CI=true``.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = cache / "shipworthy-tests/go" / sha256(package.encode()).hexdigest()[:16]
    if not place.is_dir():
        if shutil.which("go") is None:
            _without("go is not installed")
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as made:
            _build(Path(made), package)
            try:
                (Path(made) / "bin").rename(place)
            except OSError:  # another run was faster
                assert place.is_dir()
    (program,) = place.iterdir()
    return program


def compiled(module: Path) -> Path:
    """
    The program of the module in a directory of this checkout, whose ``go.sum`` pins all that it needs.

    It is built once for the same sources, and the test skips or fails as :func:`built` says.
    """
    files = sorted(path for path in module.iterdir() if path.is_file())
    said = b"".join(path.read_bytes() for path in files)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = cache / "shipworthy-tests/go" / sha256(said).hexdigest()[:16]
    if not place.is_dir():
        if shutil.which("go") is None:
            _without("go is not installed")
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as made:
            work = Path(made) / "module"
            shutil.copytree(module, work)
            _build(Path(made), ".", work)
            try:
                (Path(made) / "bin").rename(place)
            except OSError:  # another run was faster
                assert place.is_dir()
    (program,) = place.iterdir()
    return program


def _build(place: Path, package: str, work: Path | None = None) -> None:
    environment = {**os.environ, "GOBIN": str(place / "bin"), "GOFLAGS": "-trimpath"}
    try:
        done = subprocess.run(
            ["go", "install", package],
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            check=False,
            env=environment,
            cwd=work or place,
        )
    except subprocess.TimeoutExpired:
        _without(f"go did not build {package} in {_LONGEST} s")
    if done.returncode:
        _without(f"go cannot build {package}: {done.stderr[-500:]}")


def _without(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
