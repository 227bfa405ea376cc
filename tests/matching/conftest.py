"""Fixtures: feeds to fill, and what is found with the database built of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from feedwriter import Feeds
from judging import inventory

from shipworthy.advisories.build import build
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.assessment.assess import assess
from shipworthy.matching.match import match
from shipworthy.model.finding import Finding
from shipworthy.model.package import Distro, Package


class Judge(Protocol):
    """Builds what is in the feeds now and gives the findings of packages."""

    def __call__(self, *packages: Package, distro: Distro) -> list[Finding]:
        """The findings, by id and package."""
        ...


@pytest.fixture
def feeds(tmp_path: Path) -> Feeds:
    """An empty directory of feeds."""
    root = tmp_path / "feeds"
    root.mkdir()
    return Feeds(root)


@pytest.fixture
def judge(feeds: Feeds, tmp_path: Path) -> Iterator[Judge]:
    """Findings by the database of what ``feeds`` holds."""
    with ExitStack() as stack:

        def found(*packages: Package, distro: Distro) -> list[Finding]:
            build(feeds.root, tmp_path / "db")
            store = stack.enter_context(AdvisoryStore.open(tmp_path / "db"))
            result = match(inventory(*packages, distro=distro), store)
            return list(assess(result.matches, store))

        yield found
