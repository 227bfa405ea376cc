"""A database out of the project's own example, and no variables of the machine's own."""

from __future__ import annotations

import os
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


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a receiver nor a secret of the machine's own."""
    for name in [name for name in os.environ if name.startswith("SHIPWORTHY_NOTIFY")]:
        monkeypatch.delenv(name)
