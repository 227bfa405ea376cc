"""A database out of the project's own example, and images to scan with it."""

from __future__ import annotations

from pathlib import Path

import imagebuilder as ib
import pytest
from scanning import DAY, EXAMPLE

from shipworthy import ScanResult, scan
from shipworthy.advisories.build import build
from shipworthy.answers import Question
from shipworthy.contents import Contents, read_contents


FEEDS = Path(__file__).resolve().parents[2] / "examples/feeds"


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's database."""
    path = tmp_path_factory.mktemp("db") / "db"
    build(FEEDS, path)
    return path


@pytest.fixture
def target(tmp_path: Path) -> str:
    """The example image."""
    return f"oci:{ib.write_directory(EXAMPLE.layout_files(), tmp_path / 'image')}"


@pytest.fixture
def known(database: Path, target: str, tmp_path: Path) -> ScanResult:
    """The result of a scan that is remembered."""
    return scan(target, db=database, cache_dir=tmp_path / "c", at=DAY)


@pytest.fixture
def contents(known: ScanResult, target: str, tmp_path: Path) -> Contents:
    """What is in the image of the scan, with its memory."""
    assert known.image.target == target
    return read_contents(target, cache_dir=tmp_path / "c")


@pytest.fixture
def question(known: ScanResult, contents: Contents) -> Question:
    """What the scan asked the database."""
    return Question(
        inventory=contents.inventory,
        database=known.database.digest,
        day=DAY,
        no_port=True,
    )
