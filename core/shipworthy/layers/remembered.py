"""
The inventory of a whole image, remembered: when every layer is known, so is what they make together.

It depends on the layers' diff IDs and origins and on the catalogers, and on nothing else; so
it is kept in the layer cache under a digest of these. It never stands for a layer
that was not read: it is stored only after all of them were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from shipworthy import __version__
from shipworthy.layers.cache import LayerCache
from shipworthy.model.image import Layer
from shipworthy.model.package import Distro, Inventory, Location, Package, Status


INVENTORY_VERSION = 1
"""Raised whenever the same records would give another inventory."""

_PACKAGE = tuple(f.name for f in fields(Package))
_DISTRO = tuple(f.name for f in fields(Distro))
_STATUS = tuple(f.name for f in fields(Status))
_TUPLES = ("licences", "notes")
_MAX = 1 << 30


def recall(cache: LayerCache, layers: Sequence[Layer]) -> Inventory | None:
    """The inventory that these layers gave before, or nothing."""
    data = cache.read(_key(layers))
    if not data:
        return None
    import orjson
    import zstandard

    try:
        raw = zstandard.ZstdDecompressor().decompress(data, max_output_size=_MAX)
        return _inventory(orjson.loads(raw))
    except (zstandard.ZstdError, ValueError, TypeError, KeyError, IndexError):
        return None


def remember(cache: LayerCache, layers: Sequence[Layer], inventory: Inventory) -> None:
    """Keep the inventory of these layers."""
    import orjson
    import zstandard

    document = {
        "distro": _row(inventory.distro, _DISTRO) if inventory.distro else None,
        "packages": [_package_row(package) for package in inventory.packages],
        "statuses": [_row(status, _STATUS) for status in inventory.statuses],
        "counts": [inventory.entries, inventory.files_read, inventory.files_failed],
    }
    compressor = zstandard.ZstdCompressor(level=1, write_checksum=True)
    cache.write(_key(layers), compressor.compress(orjson.dumps(document)))


def _key(layers: Sequence[Layer]) -> str:
    parts = [f"{layer.diff_id} {layer.origin}" for layer in layers]
    text = "\n".join([f"inventory {INVENTORY_VERSION} {__version__}", *parts])
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _row(value: object, names: tuple[str, ...]) -> list[object]:
    return [getattr(value, name) for name in names]


def _package_row(package: Package) -> list[object]:
    row = _row(package, _PACKAGE)
    row[_PACKAGE.index("locations")] = [[p.path, p.layer] for p in package.locations]
    return row


def _inventory(document: dict[str, Any]) -> Inventory:
    entries, files_read, files_failed = document["counts"]
    distro = document["distro"]
    return Inventory(
        distro=_distro(distro) if distro else None,
        packages=tuple(_package(row) for row in document["packages"]),
        statuses=tuple(
            Status(**dict(zip(_STATUS, row, strict=True)))
            for row in document["statuses"]
        ),
        entries=entries,
        files_read=files_read,
        files_failed=files_failed,
    )


def _distro(row: list[Any]) -> Distro:
    values = dict(zip(_DISTRO, row, strict=True))
    values["id_like"] = tuple(values["id_like"])
    return Distro(**values)


def _package(row: list[Any]) -> Package:
    values = dict(zip(_PACKAGE, row, strict=True))
    values["locations"] = tuple(
        Location(path=path, layer=layer) for path, layer in values["locations"]
    )
    for name in _TUPLES:
        values[name] = tuple(values[name])
    return Package(**values)
