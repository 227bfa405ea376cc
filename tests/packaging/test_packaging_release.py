"""The release workflow names only what is there, and takes nothing by a name that can move."""

from __future__ import annotations

import re
from pathlib import Path


ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / ".github/workflows/release.yml").read_text()


def test_every_action_is_named_by_a_commit() -> None:
    """With the version beside it, for people."""
    used = re.findall(r"uses: (.*)", TEXT)
    assert used
    for one in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)


def test_the_targets_and_options_that_it_calls_are_there() -> None:
    """A renamed target or option would end the next release."""
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"make (\w+)", TEXT):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    builder = (ROOT / "tools/zipapp_build.py").read_text()
    for option in re.findall(r'ZIPAPP="([^"]*)"', TEXT):
        for word in re.findall(r"--\w+", option):
            assert f'"{word}"' in builder
    dockerfile = (ROOT / "Dockerfile").read_text()
    for name in re.findall(r"--build-arg (\w+)=", TEXT):
        assert f"\nARG {name}=" in dockerfile
