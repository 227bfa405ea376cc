"""Fixtures: feeds to fill, and the database built of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from feedwriter import Feeds

from shipworthy.advisories.build import build
from shipworthy.advisories.store import AdvisoryStore


@pytest.fixture
def feeds(tmp_path: Path) -> Feeds:
    """An empty directory of feeds."""
    root = tmp_path / "feeds"
    root.mkdir()
    return Feeds(root)


@pytest.fixture
def database(feeds: Feeds, tmp_path: Path) -> Iterator[Callable[[], AdvisoryStore]]:
    """Build what is in ``feeds`` now, and open it."""
    with ExitStack() as stack:

        def make() -> AdvisoryStore:
            build(feeds.root, tmp_path / "db")
            return stack.enter_context(AdvisoryStore.open(tmp_path / "db"))

        yield make
