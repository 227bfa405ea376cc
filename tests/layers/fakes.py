"""A small real cataloger for tests of the layers: every ``*.pkg`` file is a package ``NAME VERSION``."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import imagebuilder as ib

from shipworthy.catalogers.interface import Evidence, LayerFile, PackageSeen, Wants
from shipworthy.errors import ParseError
from shipworthy.layers.read import LayerBlob, read_layer
from shipworthy.layers.record import LayerRecord
from shipworthy.layers.select import Selector


class PkgCataloger:
    """Packages from ``*.pkg``: lines of ``name version``; a file that says ``broken`` cannot be read."""

    name = "pkg"
    version = 1
    wants = Wants(
        suffixes=frozenset({".pkg"}), paths=frozenset({"db"}), max_size=10_000
    )
    grouped = False

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """One package a line."""
        (file,) = files
        text = bytes(file.data).decode()
        if text == "broken":
            raise ParseError("is not a list of packages")
        if text == "bug":
            raise KeyError("oops")
        kind = "deb" if file.path == "db" else "pypi"
        packages = [line.split() for line in text.splitlines()]
        return [
            Evidence(
                path=file.path,
                packages=tuple(
                    PackageSeen(
                        type=kind, name=name, version=version, key=f"deb:{name}"
                    )
                    for name, version in packages
                ),
            )
        ]


class GroupCataloger:
    """Gives one piece of evidence that names all files of its group."""

    name = "group"
    version = 1
    wants = Wants(names=frozenset({"main", "main-wal"}))
    grouped = True

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """What arrived together."""
        seen = "+".join(file.path for file in files)
        return [Evidence(path=files[0].path, facts=(("seen", seen),))]


class ElfCataloger:
    """Tells the executables it was handed."""

    name = "elf"
    version = 1
    wants = Wants(elf=True)
    grouped = False

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """The path and the size."""
        (file,) = files
        return [Evidence(path=file.path, facts=(("size", str(len(file.data))),))]


SELECTOR = Selector([PkgCataloger(), GroupCataloger(), ElfCataloger()])


def record_of(tree: ib.Tree, *, compression: str = "none") -> LayerRecord:
    """The record of a layer with those entries."""
    return read_layer(blob_of(tree, compression=compression), SELECTOR)


def blob_of(tree: ib.Tree, *, compression: str = "none") -> LayerBlob:
    """A layer with right digests."""
    data = ib.layer_tar(tree)
    stored = ib.compressed(data, compression)
    return LayerBlob(
        name="layer 1 of 1",
        open=lambda: io.BytesIO(stored),
        diff_id=ib.sha256(data),
        digest=ib.sha256(stored),
    )
