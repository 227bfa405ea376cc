"""A database out of the project's own example, and no configuration of docker's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakeregistry import FakeRegistry, fake_registry
from imagesheld import hold
from proxied import Line, proxied
from scanning import EXAMPLE as EXAMPLE_IMAGE

from shipworthy.advisories.build import build


EXAMPLE = Path(__file__).resolve().parents[2] / "examples/feeds"


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's database."""
    path = tmp_path_factory.mktemp("db") / "db"
    build(EXAMPLE, path)
    return path


@pytest.fixture(autouse=True)
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory of docker's configuration."""
    directory = tmp_path / "docker"
    directory.mkdir()
    monkeypatch.setenv("DOCKER_CONFIG", str(directory))
    return directory


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    """A registry that holds the example as ``a/app:1``."""
    with fake_registry() as registry:
        hold(registry, EXAMPLE_IMAGE, "1")
        yield registry


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, database: Path) -> Iterator[Line]:
    """A real registry behind a proxy that does wrong when told to."""
    with proxied(tmp_path_factory.mktemp("real"), database) as running:
        yield running


@pytest.fixture
def line(real: Line) -> Line:
    """The same, and nothing goes wrong yet."""
    real.proxy.set()
    return real
