"""Containers of an engine: their image with what they changed on top."""

from __future__ import annotations

from pathlib import Path

import imagebuilder as ib
import pytest
from fakeengine import FakeEngine, fake_engine
from scanning import BASE, EXAMPLE

from shipworthy.contents import Contents, read_contents
from shipworthy.errors import ImageNotFoundError
from shipworthy.images.access import Access


def read(engine: FakeEngine, cache: Path | None, target: str) -> Contents:
    """What is in the engine's container."""
    return read_contents(target, cache_dir=cache, access=Access(engine=engine.url))


def test_containers_are_their_image_with_changes_on_top(tmp_path: Path) -> None:
    """What was added, changed and deleted since the image counts, the unchanged comes from the image's layers."""
    status = BASE["var/lib/dpkg/status"]
    assert isinstance(status, bytes)
    system: ib.Tree = {
        "etc/os-release": ib.Symlink("/elsewhere"),  # unchanged by what the engine says
        "var/lib/dpkg/status": status.replace(b"libssl3", b"libsslx"),
        "opt/m/node_modules/x/package.json": b'{"name": "x", "version": "1.0.0"}',
        "opt/m/node_modules/y/package.json": ib.Hardlink("opt/kept"),
        "opt/.wh.m": b"",
    }
    site = "usr/lib/python3/site-packages/Django-2.2.dist-info"
    changes = [
        {"Path": "/var/lib/dpkg/status", "Kind": 0},
        {"Path": "/opt/m", "Kind": 1},
        {"Path": "/opt/m/node_modules/x/package.json", "Kind": 1},
        {"Path": "/opt/m/node_modules/y/package.json", "Kind": 1},
        {"Path": "/opt/.wh.m", "Kind": 1},
        {"Path": f"/{site}", "Kind": 2},
        {"Path": 7, "Kind": "x"},
    ]
    kept = {"opt/kept": b'{"name": "y", "version": "2.0.0"}'}
    with fake_engine(EXAMPLE) as engine:
        engine.containers["web"] = (changes, ib.layer_tar({**kept, **system}))
        for cache in (None, tmp_path / "c", tmp_path / "c"):
            found = read(engine, cache, "docker:container/web")
            names = {package.name for package in found.inventory.packages}
            assert {"libc6", "libsslx", "Jinja2", "x", "y"} == names
            top = found.image.layers[-1]
            assert "changes in the container web since its image" == top.instruction
            assert 3 == len(found.image.layers)
            where = {
                place.layer
                for package in found.inventory.packages
                for place in package.locations
                if package.name in {"libsslx", "x"}
            }
            assert {2} == where
        engine.containers["web"] = ([], b"")
        again = read(engine, tmp_path / "c", "docker:container/web")
        assert "Django" in {package.name for package in again.inventory.packages}


def test_a_container_that_is_not_there_is_told() -> None:
    """The message says container, and how to list them."""
    with (
        fake_engine(EXAMPLE) as engine,
        pytest.raises(ImageNotFoundError, match="no such container: web"),
    ):
        read(engine, None, "docker:container/web")
