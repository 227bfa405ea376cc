"""
From a target to what is in it: layers read or remembered, or an SBOM taken at its word.

``open → catalog → squash → inventory``, the first half of the chain of :mod:`shipworthy.scan`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from shipworthy.images.access import Access
from shipworthy.images.interface import Changing, Image, Settling
from shipworthy.images.target import open_image
from shipworthy.layers.cache import LayerCache
from shipworthy.layers.memory import Memory
from shipworthy.layers.partial.known import claimed, keyed
from shipworthy.layers.remembered import recall, remember
from shipworthy.model.image import ImageInfo, Layer
from shipworthy.model.package import Inventory, Status
from shipworthy.origins import with_origins
from shipworthy.readers import Readers
from shipworthy.release import made_by
from shipworthy.sboms.source import sbom_path
from shipworthy.values import dataclass


if TYPE_CHECKING:
    from shipworthy.layers.record import LayerRecord
    from shipworthy.layers.select import Selector

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What was found in the image."""

    image: ImageInfo
    inventory: Inventory
    statuses: tuple[Status, ...]
    memory: Memory | None = field(default=None, compare=False)
    """Where what is worked out of the inventory may be kept; ``None`` where nothing is, or it is not of known layers alone."""
    attached: tuple[tuple[str, bytes], ...] = ()
    """(type, bytes) of the documents attached to the image, where they were asked for."""


def read_contents(
    target: str,
    *,
    base: str = "",
    platform: str = "",
    cache_dir: Path | None = None,
    progress: Progress | None = None,
    attached: bool = False,
    access: Access | None = None,
) -> Contents:
    """
    What is in the image, or in the one that the SBOM was made of.

    Layers are remembered below ``cache_dir``, or not at all where there is none. Raises as
    :func:`shipworthy.scan.scan` does.
    """
    path = sbom_path(target)
    if path is not None:
        return _listed(path, target, base)
    readers = Readers()
    cache = cache_of(cache_dir, readers, access or Access())
    opened = open_image(target, platform=platform, access=access, memory=cache)
    with closing(opened) as image:
        return read_opened(
            image,
            readers,
            base=base,
            cache=cache,
            progress=progress,
            attached=attached,
            access=access,
        )


def read_opened(
    image: Image,
    readers: Readers,
    *,
    base: str = "",
    cache: LayerCache | None = None,
    progress: Progress | None = None,
    attached: bool = False,
    access: Access | None = None,
) -> Contents:
    """What is in an opened image, read by the catalogers at hand, with what is told of their loading."""
    layers, base_statuses = with_origins(image, base, access)
    found = _read(image, layers, readers, cache, progress)
    found = replace(
        found, statuses=(*readers.statuses, *base_statuses, *found.statuses)
    )
    return replace(found, attached=_attached(image)) if attached else found


def cache_of(
    directory: Path | None, readers: Readers, access: Access
) -> LayerCache | None:
    """Where layers are remembered: on this machine, and where others find it."""
    if not access.cache_from and not access.cache_to:
        return LayerCache(directory, readers.fingerprint) if directory else None
    if directory is None:
        access.tell(
            "shipworthy: layer records: neither fetched nor sent, without a cache there are none"
        )
        return None
    from shipworthy.layers.shared.cache import SharedCache

    return SharedCache(directory, readers.fingerprint, access=access)


def layer_cache(directory: Path) -> LayerCache:
    """The cache below a directory as scans with the catalogers at hand use it."""
    return LayerCache(directory, Readers().fingerprint)


def _listed(path: str, target: str, base: str) -> Contents:
    """What an SBOM says is in the image."""
    from shipworthy.sboms.read import read_sbom

    image, inventory = read_sbom(path, target=target, base=base)
    return Contents(image=image, inventory=inventory, statuses=inventory.statuses)


def _read(
    image: Image,
    layers: tuple[Layer, ...],
    readers: Readers,
    cache: LayerCache | None,
    progress: Progress | None,
) -> Contents:
    """Read the layers and take the inventory."""
    memory = memory_of(image, layers, cache)
    inventory = None
    if memory:
        layers, inventory = memory.layers, recall(memory)
    if inventory is None:
        selector = readers.selector
        if cache and cache.fingerprint != selector.fingerprint:
            cache = memory = None  # one of ours could not be loaded
        if cache:
            cache.expect(layer.diff_id for layer in image.info.layers)
        records = _records(image, selector, cache, progress)
        found = contents_read(image, layers, records, memory)
        if cache:
            cache.share()
        return found
    return contents_of(image, layers, inventory, memory)


def memory_of(
    image: Image, layers: tuple[Layer, ...], cache: LayerCache | None
) -> Memory | None:
    """Where what is made of these layers is remembered, with the layers as the cache knows them; nowhere without a cache."""
    if not cache or not image.sizes or not all(layer.diff_id for layer in layers):
        return None
    layers = keyed(image, layers, cache)
    return Memory(cache=cache, layers=layers, made_by=made_by())


def contents_read(
    image: Image,
    layers: tuple[Layer, ...],
    records: Sequence[LayerRecord],
    memory: Memory | None,
) -> Contents:
    """What is in an image whose layers were read, remembered where there is a memory."""
    layers = tuple(
        replace(layer, diff_id=record.diff_id)
        for layer, record in zip(layers, records, strict=True)
    )
    inventory = _inventory(records, layers)
    if memory:
        memory = replace(memory, layers=layers)
        remember(memory, inventory)
    return contents_of(image, layers, inventory, memory)


def contents_of(
    image: Image,
    layers: tuple[Layer, ...],
    inventory: Inventory,
    memory: Memory | None,
) -> Contents:
    """What is in an image, read now or before."""
    layers, by_table = claimed(layers, image)
    return Contents(
        image=_info(image, layers),
        inventory=inventory,
        statuses=(*inventory.statuses, *by_table),
        memory=memory,
    )


def _info(image: Image, layers: tuple[Layer, ...]) -> ImageInfo:
    """What is known of the image, with the layers as they were read."""
    info = image.settle() if isinstance(image, Settling) else image.info
    if info.kind == "dir":
        return info
    told = zip(layers, info.layers, strict=True)
    return replace(
        info,
        layers=tuple(
            replace(layer, instruction=known.instruction) for layer, known in told
        ),
    )


def _attached(image: Image) -> tuple[tuple[str, bytes], ...]:
    """What is attached to an image in a layout or registry; elsewhere nothing is."""
    from shipworthy.images.interface import Attaching
    from shipworthy.policy.vex.read import may_hold_vex

    if not isinstance(image, Attaching):
        return ()
    return tuple((one.type, one.data) for one in image.attached(may_hold_vex))


def _inventory(records: Sequence[LayerRecord], layers: Sequence[Layer]) -> Inventory:
    """What the layers' records come to; a scan that remembers the inventory never gets here."""
    from shipworthy.catalogers.distro import identify
    from shipworthy.layers.inventory import take_inventory
    from shipworthy.layers.squash import squash

    visible = squash(records)
    return take_inventory(visible, identify(visible.facts), layers)


def _records(
    image: Image,
    selector: Selector,
    cache: LayerCache | None,
    progress: Progress | None,
) -> tuple[LayerRecord, ...]:
    from shipworthy.layers.read import read_walk

    if image.info.kind == "dir":
        from shipworthy.images.directory import DirectoryImage

        assert isinstance(image, DirectoryImage)
        walk = image.walk()
        return (read_walk(walk, walk.problems, selector, name=image.info.target),)
    if isinstance(image, Changing):
        below = _read_layers(image, image.info.layers[:-1], selector, cache, progress)
        changes = image.changes()
        top = read_walk(
            changes,
            changes.problems,
            selector,
            name=image.info.target,
            changes_of=image.everything,
        )
        return (*below, top)
    return _read_layers(image, image.info.layers, selector, cache, progress)


def _read_layers(
    image: Image,
    layers: Sequence[Layer],
    selector: Selector,
    cache: LayerCache | None,
    progress: Progress | None,
) -> tuple[LayerRecord, ...]:
    from shipworthy.layers.blobs import blobs_of
    from shipworthy.layers.gather import gather

    return gather(
        blobs_of(image, layers, image.info.target),
        selector,
        cache,
        sizes=image.sizes,
        in_order=None if image.parallel else image.stream,
        progress=progress,
    )
