"""
The inventory of a whole image, remembered: when every layer is known, so is what they make together.

It depends on the layers' diff IDs and origins, on the catalogers and on the release, and on
nothing else; so it is kept in the layer cache under a digest of these. It never stands for a layer
that was not read: it is stored only after all of them were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

from shipworthy.layers.cache import LayerCache
from shipworthy.model.image import Layer
from shipworthy.model.package import Distro, Inventory, Location, Package, Status


INVENTORY_VERSION = 4
"""Raised whenever the same records would give another inventory."""

_APART = frozenset({"file_list", "file_count"})
"""Kept apart, and of saved results alone."""
_PACKAGE = tuple(f.name for f in fields(Package) if f.name not in _APART)
_DISTRO = tuple(f.name for f in fields(Distro))
_STATUS = tuple(f.name for f in fields(Status))
_MAX = 1 << 30
_END = b"\n"
"""Ends the document; the packages' file lists follow as they are, which JSON would write out at length."""


def recall(
    cache: LayerCache, layers: Sequence[Layer], *, made_by: str = ""
) -> Inventory | None:
    """The inventory that these layers gave before to the same release ``made_by``, or nothing."""
    data = cache.read(_key(layers, made_by))
    if not data:
        return None
    import orjson
    import zstandard

    try:
        raw = zstandard.ZstdDecompressor().decompress(data, max_output_size=_MAX)
        document, _, file_lists = raw.partition(_END)
        return _inventory(orjson.loads(document), file_lists.decode())
    except (zstandard.ZstdError, ValueError, TypeError, KeyError, IndexError):
        return None


def remember(
    cache: LayerCache,
    layers: Sequence[Layer],
    inventory: Inventory,
    *,
    made_by: str = "",
) -> None:
    """Keep the inventory of these layers for the release ``made_by``."""
    import orjson
    import zstandard

    packages = inventory.packages
    document = {
        "distro": _row(inventory.distro, _DISTRO) if inventory.distro else None,
        "packages": [_package_row(package) for package in packages],
        "statuses": [_row(status, _STATUS) for status in inventory.statuses],
        "counts": [inventory.entries, inventory.files_read, inventory.files_failed],
    }
    file_lists = "".join([package.file_list for package in packages])
    data = orjson.dumps(document) + _END + file_lists.encode()
    compressor = zstandard.ZstdCompressor(level=1, write_checksum=True)
    cache.write(_key(layers, made_by), compressor.compress(data))


def _key(layers: Sequence[Layer], made_by: str) -> str:
    parts = [f"{layer.diff_id} {layer.origin}" for layer in layers]
    text = "\n".join([f"inventory {INVENTORY_VERSION} {made_by}", *parts])
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _row(value: object, names: tuple[str, ...]) -> list[object]:
    return [getattr(value, name) for name in names]


def _package_row(package: Package) -> list[object]:
    row = _row(package, _PACKAGE)
    row[_PACKAGE.index("locations")] = [[p.path, p.layer] for p in package.locations]
    return [len(package.file_list), *row]


def _inventory(document: dict[str, Any], file_lists: str) -> Inventory:
    entries, files_read, files_failed = document["counts"]
    distro = document["distro"]
    return Inventory(
        distro=_distro(distro) if distro else None,
        packages=tuple(_packages(document["packages"], file_lists)),
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
    values["channels"] = tuple(values["channels"])
    return Distro(**values)


def _packages(rows: Iterable[list[Any]], file_lists: str) -> Iterator[Package]:
    start = 0
    for length, *row, licences, locations, origin, owner, notes in rows:
        type_, name, version, purl, arch, *rest = row
        source, source_version, vendor, modularity = rest
        end = start + length
        yield Package(
            type=type_,
            name=name,
            version=version,
            purl=purl,
            arch=arch,
            source=source,
            source_version=source_version,
            vendor=vendor,
            modularity=modularity,
            licences=tuple(licences),
            locations=tuple([Location(path=p, layer=at) for p, at in locations]),
            origin=origin,
            owner=owner,
            notes=tuple(notes),
            file_list=file_lists[start:end],
        )
        start = end
