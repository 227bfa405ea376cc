"""
Build the wheel and the source distribution into ``dist/``, with the builder that is locked by hash.

Two builds of one revision give the same bytes: times in them are ``SOURCE_DATE_EPOCH``, or the builder's own fixed one.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
_LOCK = ROOT / "plugins/requirements-build.txt"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def get_builder(folder: Path) -> Path:
    """
    Install the locked builder to ``folder``.

    Raises:
        subprocess.CalledProcessError: pip could not get it.
    """
    lock = ("--require-hashes", "--requirement", str(_LOCK))
    target = ("--no-compile", "--target", str(folder))
    subprocess.run([*PIP, "install", *target, *lock], check=True)
    return folder


def build(
    folder: Path,
    builder: Path,
    kinds: tuple[str, ...] = ("wheel",),
    source: Path = ROOT,
) -> list[Path]:
    """
    Build ``source`` into ``folder``; gives the files.

    Raises:
        subprocess.CalledProcessError: it cannot be built.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        wanted = [word for kind in kinds for word in ("--target", kind)]
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-d", made, *wanted],
            check=True,
            capture_output=True,
            cwd=source,
            env={**os.environ, "PYTHONPATH": str(builder)},
        )
        names = sorted(path.name for path in Path(made).iterdir())
        return [Path(shutil.copy(Path(made, name), folder)) for name in names]


def main() -> None:
    """Build both, and tell their digests."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--into", type=Path, default=ROOT / "dist")
    into = parser.parse_args().into
    with tempfile.TemporaryDirectory() as folder:
        for file in build(into, get_builder(Path(folder)), ("sdist", "wheel")):
            print(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}")


if __name__ == "__main__":
    main()
