"""Engines that end in the middle of an export: the whole result or a line, wherever they end, and exit 3."""

from __future__ import annotations

import imagebuilder as ib
import pytest
from fakeengine import FakeEngine, fake_engine
from scanning import BASE, OURS

from shipworthy.contents import read_contents
from shipworthy.errors import ImageError
from shipworthy.images.access import Access
from shipworthy.model.package import Package


SHAPES = ("classic", "blobs", "store", "podman")
IMAGE = ib.image(BASE, {"srv/data": bytes(range(256)) * 200}, OURS, compression="gzip")


def packages(engine: FakeEngine) -> tuple[Package, ...]:
    """What is in the engine's image."""
    kind = "podman" if engine.shape == "podman" else "docker"
    target = f"{kind}:{engine.image.tag}"
    found = read_contents(target, access=Access(engine=engine.url))
    return found.inventory.packages


def ended(engine: FakeEngine) -> tuple[Package, ...] | ImageError:
    """The same, or why not."""
    try:
        return packages(engine)
    except ImageError as error:
        return error


@pytest.mark.parametrize("cleanly", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_an_export_that_ends_anywhere(shape: str, cleanly: bool) -> None:
    """At every eleventh of it: never a part of the image for the whole."""
    with fake_engine(IMAGE, shape) as engine:
        whole = packages(engine)
        data = engine.exported()
        ends = [len(data) * part // 11 for part in range(11)]
        for end in (*ends, len(data) - 1025, len(data) - 512, len(data) - 1):
            if cleanly:
                engine.export = data[:end] or b"\0"
            else:
                engine.cut = end
            found = ended(engine)
            if isinstance(found, ImageError):
                assert 3 == found.exit_code
                assert found.message
                assert found.hint
                assert "\n" not in f"{found.message}{found.hint}"
            else:
                assert cleanly  # behind the last file
                assert whole == found
