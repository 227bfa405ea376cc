"""Images of the corpus beside the checkout, built for tests, and a database that judges them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from registries import lacking, need
from support import SHARED

from shipworthy.advisories.build import build


MAKE = SHARED / "corpus" / "make_corpus"
_FEEDS = (
    *(f"alpine/{branch}" for branch in ("v3.10", "v3.14", "v3.18", "v3.20", "edge")),
    *(f"osv/{name}" for name in ("AlmaLinux", "Go", "npm")),
    "kev",
)
_ALWAYS, _MAYBE = 1200, 300
"""Seconds that building may take on a busy machine; a registry that is out of reach may hang."""


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Images that were built."""

    folder: Path
    log: str
    """What building them said."""

    def archive(self, name: str) -> Path:
        """The docker archive of one, which is skipped where it could not be built."""
        return self._built(name, "tar")

    def layout(self, name: str) -> Path:
        """Its layout."""
        return self._built(name, "oci")

    def _built(self, name: str, ending: str) -> Path:
        path = self.folder / f"{name}.{ending}"
        if not path.exists():
            pytest.skip(f"{name} could not be built: {self.log[-500:]}")
        return path


def corpus(folder: Path, *, always: Sequence[str], maybe: Sequence[str]) -> Corpus:
    """
    Build images: of ``always``, which need root and a mount namespace and nothing from elsewhere, all.

    Those of ``maybe`` need overlay mounts or the registry of a package manager, and are skipped without. Where
    nothing can be built at all, the test is skipped with the reason; it fails instead with ``CI=true``.
    """
    need("unshare", "tar", "gzip", "xz", "rpm", "rpmbuild")
    if not MAKE.is_file():
        pytest.skip("the corpus is not beside the checkout")
    if os.geteuid() != 0:
        lacking("building images needs root")
    log = ""
    if shutil.which("npm"):
        for name in maybe:
            log += _made(folder, _MAYBE, name)
    log += _made(folder, _ALWAYS, *always)
    missing = [name for name in always if not (folder / f"{name}.tar").exists()]
    if missing:
        lacking(f"could not be built: {', '.join(missing)}: {log[-1000:]}")
    return Corpus(folder=folder, log=log)


def corpus_database(folder: Path) -> Path:
    """A database of the real feeds that these images can meet."""
    for name in _FEEDS:
        link = folder / "feeds" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(SHARED / "feeds" / name)
    build(folder / "feeds", folder / "db")
    return folder / "db"


def _made(folder: Path, seconds: int, *names: str) -> str:
    command = [sys.executable, str(MAKE), "--out", str(folder), *names]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return f"{', '.join(names)}: took longer than {seconds} s\n"
    return done.stdout + done.stderr
