"""Pairs of versions compared by the package managers themselves."""

from __future__ import annotations

import os
import random
import shutil
import subprocess

import pytest

from shipworthy import versions


pytestmark = pytest.mark.functional

PAIRS = 120


def program(name: str) -> str:
    """Give the program's path; without it the test is skipped, and fails on the build machine."""
    found = shutil.which(name)
    if found is None:
        message = f"{name} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


def pairs(alphabet: str, *, start: str, seed: int) -> list[tuple[str, str]]:
    """Make pairs of versions that are alike to some point."""
    chance = random.Random(seed)
    made = []
    for _ in range(PAIRS):
        common = "".join(chance.choices(alphabet, k=chance.randrange(4)))
        ends = ("".join(chance.choices(alphabet, k=chance.randrange(5))) for _ in "ab")
        a, b = (start + common + end for end in ends)
        made.append((a, b))
    return made


def test_dpkg_agrees() -> None:
    """Debian versions order as ``dpkg --compare-versions`` says."""
    dpkg = program("dpkg")
    wrong = []
    for a, b in pairs("0012aZ.+~-", start="1", seed=3):
        if a.endswith("-") or b.endswith("-"):
            continue
        op = {-1: "lt", 0: "eq", 1: "gt"}[versions.compare("deb", a, b)]
        done = subprocess.run([dpkg, "--compare-versions", a, op, b], check=False)
        if done.returncode:
            wrong.append((a, op, b))

    assert not wrong


def test_rpm_agrees() -> None:
    """RPM versions order as ``rpm.vercmp`` says."""
    rpm = program("rpm")
    made = [
        (f"{a}-{b[::-1]}", f"{b}-{a[::-1]}" if i % 2 else f"{b}-{b[::-1]}")
        for i, (a, b) in enumerate(pairs("0012aZ.+~^_", start="1", seed=5))
    ]
    calls = " ".join(f'rpm.vercmp("{a}","{b}"),' for a, b in made)
    done = subprocess.run(
        [rpm, "--eval", f"%{{lua: print({calls} 9)}}"],
        capture_output=True,
        text=True,
        check=True,
    )
    said = [int(word) for word in done.stdout.split()[:-1]]

    assert len(said) == len(made)
    assert said == [versions.compare("rpm", a, b) for a, b in made]
