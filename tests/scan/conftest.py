"""A database out of the project's own example, and images to scan with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from shipworthy.advisories.build import build


EXAMPLE = Path(__file__).resolve().parents[2] / "examples/feeds"


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's database."""
    path = tmp_path_factory.mktemp("db") / "db"
    build(EXAMPLE, path)
    return path
