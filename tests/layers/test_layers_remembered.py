"""The inventory of known layers, taken from the cache as it was put there."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import imagebuilder as ib
from scanning import EXAMPLE

from shipworthy import __version__
from shipworthy.contents import layer_cache, read_contents
from shipworthy.images.target import open_image
from shipworthy.layers.remembered import recall


def test_an_inventory_is_recalled_whole(tmp_path: Path) -> None:
    """After a scan it is there for the same layers and release, and equal in every field; for others it is not."""
    archive = str(ib.write_archive(EXAMPLE.classic_files(), tmp_path / "a.tar"))
    found = read_contents(archive, cache_dir=tmp_path / "c").inventory
    cache = layer_cache(tmp_path / "c")
    with closing(open_image(archive)) as image:
        layers = image.info.layers
    assert found == recall(cache, layers, made_by=__version__)
    assert recall(cache, layers[:1], made_by=__version__) is None
    assert recall(cache, layers, made_by="0") is None
