"""What every platform's tests share: four images, a database, and a step run as a pipeline runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import imagebuilder as ib
import pytest
from scanning import BASE, EXAMPLE, OS_RELEASE, dist_info, dpkg

from shipworthy.advisories.build import build


FEEDS = Path(__file__).resolve().parents[1] / "examples/feeds"
HOSTILE = (
    "::error::owned",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[buildProblem description='owned']",
    "=cmd|'/C calc'!A0",
    "</td></title><script>alert(1)</script>",
    "|'|n|]`$(touch owned)`${{ github.token }}",
    "\x1b[2J\u202egpj.exe",
)
"""Texts that would act in a log, a page, a table, a shell or a terminal."""
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "JAVA_HOME", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """The images that every platform is tried with."""

    passing: Path
    """Nothing is found in it."""
    failing: Path
    """Four findings, one of them critical."""
    broken: Path
    """Its archive ends in the middle: it cannot be scanned."""
    hostile: Path
    """Findings in packages whose places and versions are :data:`HOSTILE`."""


def make_images(folder: Path) -> Images:
    """Write them to ``folder``."""
    clean = ib.image(
        {"etc/os-release": OS_RELEASE, "var/lib/dpkg/status": dpkg("tidy 1.0")}
    )
    whole = ib.write_archive(EXAMPLE.classic_files(), folder / "failing.tar")
    broken = folder / "broken.tar"
    broken.write_bytes(whole.read_bytes()[:4000])
    evil: dict[str, ib.Node] = {}
    for at, text in enumerate(HOSTILE):
        site = f"srv/{at}{text.replace('/', '-')}"
        evil.update(dist_info("Django", "2.2", site=site))
        if text.isprintable():  # else it is no name that anybody could read
            name = text.replace("/", "-")
            evil.update(dist_info(f"x{name}", name, site))
    return Images(
        passing=ib.write_archive(clean.classic_files(), folder / "passing.tar"),
        failing=whole,
        broken=broken,
        hostile=ib.write_archive(
            ib.image(BASE, evil).classic_files(), folder / "hostile.tar"
        ),
    )


def make_database(folder: Path) -> Path:
    """The database of the project's own example."""
    build(FEEDS, folder)
    return folder


def variables(**more: str | Path) -> dict[str, str]:
    """An environment in which no CI system is, with ``more`` in it."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        "XDG_CACHE_HOME": "/dev/null/none",
        "COVERAGE_PROCESS_START": "",
        **{name: str(value) for name, value in more.items()},
    }


def step(
    folder: Path, *arguments: str | Path, **environment: str | Path
) -> subprocess.CompletedProcess[str]:
    """``shipworthy ci`` in ``folder``, as a pipeline's step runs it; both streams go to one log, ``stdout``."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", "ci", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        cwd=folder,
        env=variables(**environment),
    )


def without(tool: str) -> None:
    """End a test that needs ``tool``: skipped with the reason, failed where ``CI=true``."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{tool} is not there, and CI needs it")
    pytest.skip(f"{tool} is not there")
