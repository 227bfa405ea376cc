"""The locked wheels on this machine, got once, and the wheel of this checkout."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import dist_build
import zipapp_build
from pipelining import without


ROOT = Path(__file__).resolve().parents[1]
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
MACHINE = platform.machine()
_PLUGINS = ROOT / "plugins"
_PLACE = "shipworthy-tests/wheels"


def runtime(python: str = PYTHON) -> Path:
    """The folder of what shipworthy runs on with that Python; skips without an index, and fails where ``CI=true``."""

    def get(folder: Path) -> None:
        zipapp_build.wheels(python, MACHINE, folder / "held")
        (folder / "held/lock.txt").unlink()

    return _kept(f"runtime {python}", "requirements.txt", get) / "held"


def builder() -> Path:
    """The folder that holds the locked builder, as modules to import."""

    def get(folder: Path) -> None:
        dist_build.get_builder(folder / "held")

    return _kept(f"builder {PYTHON}", "requirements-build.txt", get) / "held"


def build_wheels() -> Path:
    """The folder of the wheels of the locked builder."""

    def get(folder: Path) -> None:
        lock = _PLUGINS / "requirements-build.txt"
        exact = ("--require-hashes", "--only-binary=:all:", "-r", str(lock))
        subprocess.run(
            [*dist_build.PIP, "download", *exact, "-d", str(folder)], check=True
        )

    return _kept(f"build wheels {PYTHON}", "requirements-build.txt", get)


def _kept(what: str, lock: str, get: Callable[[Path], None]) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    said = f"{what} {MACHINE}".encode() + (_PLUGINS / lock).read_bytes()
    place = cache / _PLACE / hashlib.sha256(said).hexdigest()[:16]
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=place.parent))
    try:
        get(made)
        made.rename(place)
    except subprocess.CalledProcessError:
        without("the package index")
    except OSError:  # another run was faster
        assert place.is_dir()
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return place
