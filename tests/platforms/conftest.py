"""One database and four images for every platform."""

from __future__ import annotations

from pathlib import Path

import pytest
from pipelining import Images, make_database, make_images


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's database."""
    return make_database(tmp_path_factory.mktemp("db") / "db")


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Images:
    """One that passes, one that fails, one that cannot be scanned, one full of hostile names."""
    return make_images(tmp_path_factory.mktemp("images"))
