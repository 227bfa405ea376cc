"""
Build the wheel and the source distribution into ``dist/``, with the builder that is locked by hash.

Two builds of one revision give the same bytes: times in them are ``SOURCE_DATE_EPOCH``, or the builder's own fixed one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
_LOCK = ROOT / "plugins/requirements-build.txt"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def build(
    folder: Path, kinds: tuple[str, ...] = ("wheel",), source: Path = ROOT
) -> list[Path]:
    """
    Build into ``folder``; gives the files.

    Raises:
        subprocess.CalledProcessError: the builder could not be had, or it failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as builder:
        lock = ("--require-hashes", "--requirement", str(_LOCK))
        target = ("--no-compile", "--target", builder)
        subprocess.run([*PIP, "install", *target, *lock], check=True)
        with tempfile.TemporaryDirectory() as made:
            wanted = [word for kind in kinds for word in ("--target", kind)]
            subprocess.run(
                [sys.executable, "-m", "hatchling", "build", "-d", made, *wanted],
                check=True,
                stdout=subprocess.DEVNULL,
                cwd=source,
                env={**os.environ, "PYTHONPATH": builder},
            )
            names = sorted(path.name for path in Path(made).iterdir())
            return [Path(shutil.copy(Path(made, name), folder)) for name in names]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--into", type=Path, default=ROOT / "dist")
    for file in build(parser.parse_args().into, ("sdist", "wheel")):
        print(file)
