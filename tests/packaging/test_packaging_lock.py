"""The lock files are true to pyproject.toml, whole, and what pip takes."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
import wheelhouse
from lock import wanted
from locked import Pin, pins
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
LOCKS = ("requirements.txt", "requirements-build.txt")
PLACES = [
    {
        "implementation_name": "cpython",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": system,
        "os_name": "nt" if system == "win32" else "posix",
        "platform_system": {"linux": "Linux", "darwin": "Darwin"}.get(
            system, "Windows"
        ),
        "extra": "",
    }
    for python in ("3.10", "3.11", "3.12", "3.13", "3.14")
    for system, machine in (
        ("linux", "x86_64"),
        ("linux", "aarch64"),
        ("darwin", "arm64"),
        ("win32", "AMD64"),
    )
]
"""Every Python and system that the lock is for."""


def _at(lock: str, place: dict[str, str]) -> dict[str, Pin]:
    found = [pin for pin in pins(PLUGINS / lock) if pin.applies(place)]
    named: dict[str, Pin] = {
        canonicalize_name(pin.requirement.name): pin for pin in found
    }
    assert len(named) == len(found), "a package is pinned twice"
    return named


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("place", PLACES, ids=lambda one: " ".join(one.values()))
def test_each_dependency_is_pinned_within_its_bounds(
    lock: str, place: dict[str, str]
) -> None:
    """What pyproject.toml asks for on a Python and system is pinned there, and only within what it allows."""
    pinned = _at(lock, place)
    for text in wanted()[lock]:
        asked = Requirement(text)
        name = canonicalize_name(asked.name)
        if asked.marker is None or asked.marker.evaluate(place):
            assert asked.specifier.contains(pinned[name].version), text
        else:
            assert name not in pinned


@pytest.mark.parametrize("place", PLACES, ids=lambda one: " ".join(one.values()))
def test_what_they_need_themselves_is_pinned_too(place: dict[str, str]) -> None:
    """As the installed packages declare it, for each Python and system."""
    pinned = _at("requirements.txt", place)
    for name in pinned:
        try:
            needs = requires(name) or []
        except PackageNotFoundError:  # for another Python than this
            continue
        for need in map(Requirement, needs):
            if need.marker is None or need.marker.evaluate(place):
                assert canonicalize_name(need.name) in pinned, f"{name} needs {need}"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_an_exact_version_with_hashes(lock: str) -> None:
    """No package can come without being held against a digest, and no place to fetch it from is named."""
    for pin in pins(PLUGINS / lock):
        assert pin.version
        assert pin.hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in pin.hashes)
    text = (PLUGINS / lock).read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_pip_takes_the_lock_as_it_is() -> None:
    """With every hash demanded and nothing but the locked wheels at hand, pip resolves it without a word."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--dry-run"),
            *("--ignore-installed", "--no-index", "--require-hashes"),
            *("--find-links", str(wheelhouse.runtime())),
            *("-r", str(PLUGINS / "requirements.txt")),
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
