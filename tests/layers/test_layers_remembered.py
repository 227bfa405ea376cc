"""What was made of known layers, taken from the cache as it was put there."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import pytest
from scanning import EXAMPLE

import shipworthy
from shipworthy import release
from shipworthy.contents import layer_cache, read_contents
from shipworthy.images.target import open_image
from shipworthy.layers.memory import Memory
from shipworthy.layers.remembered import recall, remember
from shipworthy.model.image import Layer
from shipworthy.model.package import Inventory, Package
from shipworthy.release import made_by


def test_an_inventory_is_recalled_whole(tmp_path: Path) -> None:
    """After a scan it is there for the same layers and release, and equal in every field; for others it is not."""
    archive = str(ib.write_archive(EXAMPLE.classic_files(), tmp_path / "a.tar"))
    found = read_contents(archive, cache_dir=tmp_path / "c").inventory
    with closing(open_image(archive)) as image:
        layers = image.info.layers
    memory = Memory(cache=layer_cache(tmp_path / "c"), layers=layers, made_by=made_by())
    assert found == recall(memory)
    assert recall(replace(memory, layers=layers[:1])) is None
    assert recall(replace(memory, made_by="0")) is None
    based = tuple(replace(layer, origin="base") for layer in layers)
    assert recall(replace(memory, layers=based)) is None


def test_lists_of_files_are_recalled_whatever_is_in_them(tmp_path: Path) -> None:
    """Names of more bytes than characters, beside packages without a list: to each its own."""
    lists = ("usr/share/café/naïve\0usr/share/ca-certificates/Főtanúsítvány.crt", "")
    packages = tuple(
        Package(type="deb", name=name, version="1", purl="", file_list=files)
        for name, files in zip("abc", (*lists, "opt/日本語\0opt/x"), strict=True)
    )
    inventory = Inventory(
        distro=None, packages=packages, entries=3, files_read=2, files_failed=1
    )
    layers = (Layer(index=0, diff_id=f"sha256:{'a' * 64}"),)
    memory = Memory(cache=layer_cache(tmp_path), layers=layers, made_by="1")
    remember(memory, inventory)
    assert inventory == recall(memory)


@pytest.mark.parametrize(
    "spoil", [lambda _: b"", lambda data: data[:-1], lambda _: b"{}\n"]
)
def test_what_cannot_be_read_is_not_there(
    spoil: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """A damaged file, or one of another shape, is as good as none: the layers' records are asked."""
    archive = str(ib.write_archive(EXAMPLE.classic_files(), tmp_path / "a.tar"))
    found = read_contents(archive, cache_dir=tmp_path / "c")
    assert found.memory is not None
    for path in (tmp_path / "c" / "layers").iterdir():
        path.write_bytes(spoil(path.read_bytes()))
    assert recall(found.memory) is None
    again = read_contents(archive, cache_dir=tmp_path / "c")
    assert found.inventory == again.inventory


def test_a_checkout_forgets_when_its_code_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an installed release made is good for that release; what a checkout made, until one of its files changes."""
    home = tmp_path / "core" / "shipworthy"
    (home / "matching").mkdir(parents=True)
    rules = home / "matching" / "match.py"
    rules.write_text("")
    monkeypatch.setattr(release, "_HOME", home)
    assert shipworthy.__version__ == made_by()

    (tmp_path / "pyproject.toml").write_text("")
    before = made_by()
    assert before == made_by()
    os.utime(rules, (2_000_000_000, 2_000_000_000))
    changed = made_by()
    assert changed != before
    (home / "matching" / "new.py").write_text("")
    assert made_by() != changed
