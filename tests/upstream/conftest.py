"""Fixtures: a publisher on this machine, and fetching from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from feedserver import Publisher, publisher
from fetching import Run


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Publisher]:
    """A publisher with nothing published yet."""
    root = tmp_path / "published"
    root.mkdir()
    with publisher(root) as serving:
        yield serving


@pytest.fixture
def run(tmp_path: Path, server: Publisher) -> Run:
    """Fetch from it into ``run.root``."""
    return Run(tmp_path / "feeds", server)
