"""
From a target to what is in each of its images: layers read once, an inventory a platform.

``open → catalog → squash → inventory`` of :mod:`shipworthy.contents`, for all platforms of an index.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from shipworthy.contents import (
    Contents,
    Progress,
    cache_of,
    cataloger_of,
    info_of,
    inventory_of,
    read_opened,
    with_origins,
)
from shipworthy.errors import ImageError, ImageNotFoundError, UsageError
from shipworthy.extensions import load
from shipworthy.images.access import Access
from shipworthy.images.several import PlatformChoice, Several
from shipworthy.images.target import open_platforms
from shipworthy.layers.cache import LayerCache
from shipworthy.layers.memory import Memory
from shipworthy.layers.partial.known import claimed, keyed
from shipworthy.layers.remembered import recall, remember
from shipworthy.layers.select import Selector
from shipworthy.model.image import Layer
from shipworthy.model.package import Inventory, Status
from shipworthy.platforms.records import Part, Records, read_all
from shipworthy.release import made_by
from shipworthy.sboms.source import sbom_path


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformContents:
    """What was found in one platform's image."""

    platform: str
    manifest_digest: str
    contents: Contents | None
    problem: str = ""
    """Why it could not be read, where there are no contents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EachContents:
    """What was found in the images of all platforms, in the order of the index."""

    target: str
    platforms: tuple[PlatformContents, ...]
    """At least one of them has contents."""
    index_digests: tuple[str, ...]
    """The indexes that all of them are in, the outermost first."""
    statuses: tuple[Status, ...]
    """What is told of the scan, and not of one platform."""


@dataclass(slots=True)
class _Opened:
    """One platform's image while its contents are gathered."""

    choice: PlatformChoice
    layers: tuple[Layer, ...] = ()
    statuses: tuple[Status, ...] = ()
    memory: Memory | None = None
    inventory: Inventory | None = None
    problem: str = ""


def read_each(
    target: str,
    *,
    base: str = "",
    cache_dir: Path | None = None,
    progress: Progress | None = None,
    attached: bool = False,
    access: Access | None = None,
) -> Contents | EachContents:
    """
    What is in the images of all platforms; of a single image what :func:`shipworthy.contents.read_contents` gives.

    Raises as that does; ``ImageError`` where no platform can be read, ``UsageError`` where the target can only hold one.
    """
    if sbom_path(target) is not None:
        raise UsageError(
            f"--all-platforms: {target[:200]}: an SBOM is of one platform",
            hint="leave the option out, or scan the image: registry:REF",
        )
    catalogers, statuses = load("catalogers", cataloger_of)
    selector = Selector(catalogers)
    cache = cache_of(cache_dir, selector, access or Access())
    with closing(open_platforms(target, access=access)) as images:
        if not isinstance(images, Several):
            return read_opened(
                images,
                (selector, statuses),
                base=base,
                cache=cache,
                progress=progress,
                attached=attached,
                access=access,
            )
        if attached:
            raise UsageError(
                "--vex attached with --all-platforms: what is attached to an image is about one platform",
                hint="give the documents as files, or scan each with --platform",
            )
        platforms = _read(images, base, selector, cache, progress, access)
    return EachContents(
        target=target,
        platforms=platforms,
        index_digests=images.index_digests,
        statuses=statuses,
    )


def _read(
    images: Several,
    base: str,
    selector: Selector,
    cache: LayerCache | None,
    progress: Progress | None,
    access: Access | None,
) -> tuple[PlatformContents, ...]:
    found = [_prepared(one, base, cache, access) for one in images.platforms]
    missing = [one for one in found if not one.problem and one.inventory is None]
    parts = [Part(_told(one), one.choice.image) for one in missing if one.choice.image]
    if cache:
        cache.expect(
            layer.diff_id for part in parts for layer in part.image.info.layers
        )
    records = read_all(images, parts, selector, cache, progress) if parts else []
    if cache:
        cache.share()
    for one, read in zip(missing, records, strict=True):
        _settle(one, read)
    if all(one.problem for one in found):
        raise ImageError(
            f"{images.target}: none of the images for {len(found)} platforms can be read;"
            f" {_told(found[0])}: {found[0].problem}"
        )
    return tuple(map(_contents, found))


def _prepared(
    choice: PlatformChoice, base: str, cache: LayerCache | None, access: Access | None
) -> _Opened:
    """One platform with whose its layers are, and its inventory where that is remembered."""
    one = _Opened(choice, problem=choice.problem)
    if choice.image is None:
        return one
    try:
        one.layers, one.statuses = with_origins(choice.image, base, access)
    except ImageNotFoundError as error:
        if not base:
            raise
        one.layers = choice.image.info.layers
        one.statuses = (
            Status(source="base", subject=base, message=error.message, partial=False),
        )
    if cache and choice.image.sizes and all(_ids(one.layers)):
        one.layers = keyed(choice.image, one.layers, cache)
        one.memory = Memory(cache=cache, layers=one.layers, made_by=made_by())
        one.inventory = recall(one.memory)
    return one


def _settle(one: _Opened, read: Records | ImageError) -> None:
    """Take the inventory of what was read."""
    if isinstance(read, ImageError):
        one.problem = read.message
        return
    one.layers = tuple(
        replace(layer, diff_id=record.diff_id)
        for layer, record in zip(one.layers, read, strict=True)
    )
    one.inventory = inventory_of(read, one.layers)
    if one.memory is not None:
        one.memory = replace(one.memory, layers=one.layers)
        remember(one.memory, one.inventory)


def _contents(one: _Opened) -> PlatformContents:
    image, inventory = one.choice.image, one.inventory
    contents = None
    if image is not None and inventory is not None:
        layers, by_table = claimed(one.layers, image)
        contents = Contents(
            image=info_of(image, layers),
            inventory=inventory,
            statuses=(*one.statuses, *inventory.statuses, *by_table),
            memory=one.memory,
        )
    return PlatformContents(
        platform=_told(one),
        manifest_digest=one.choice.manifest_digest,
        contents=contents,
        problem=one.problem,
    )


def _told(one: _Opened) -> str:
    return one.choice.platform


def _ids(layers: tuple[Layer, ...]) -> list[str]:
    return [layer.diff_id for layer in layers]
