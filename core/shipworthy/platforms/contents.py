"""
From a target to what is in each of its images: layers read once, an inventory a platform.

``open → catalog → squash → inventory`` of :mod:`shipworthy.contents`, for all platforms of an index.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from shipworthy.contents import (
    Contents,
    Progress,
    cache_of,
    contents_of,
    contents_read,
    memory_of,
    read_opened,
)
from shipworthy.errors import ImageError, ImageNotFoundError, UsageError
from shipworthy.images.access import Access
from shipworthy.images.several import PlatformChoice, Several, none_read
from shipworthy.images.target import open_platforms
from shipworthy.layers.cache import LayerCache
from shipworthy.layers.memory import Memory
from shipworthy.layers.remembered import recall
from shipworthy.layers.select import Selector
from shipworthy.model.image import Layer
from shipworthy.model.package import Status
from shipworthy.origins import with_origins
from shipworthy.platforms.records import Part, Records, read_all
from shipworthy.readers import Readers
from shipworthy.sboms.source import sbom_path
from shipworthy.values import dataclass


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
    contents: Contents | None = None
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
    readers = Readers()
    selector = readers.selector
    cache = cache_of(cache_dir, readers, access or Access())
    with closing(open_platforms(target, access=access)) as images:
        if not isinstance(images, Several):
            return read_opened(
                images,
                readers,
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
        statuses=readers.statuses,
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
    missing = [one for one in found if not one.problem and one.contents is None]
    parts = [
        Part(one.choice.platform, one.choice.image)
        for one in missing
        if one.choice.image
    ]
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
        first = found[0]
        raise none_read(images.target, len(found), first.choice.platform, first.problem)
    return tuple(map(_told, found))


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
    one.memory = memory_of(choice.image, one.layers, cache)
    if one.memory:
        one.layers = one.memory.layers
        if inventory := recall(one.memory):
            one.contents = contents_of(choice.image, one.layers, inventory, one.memory)
    return one


def _settle(one: _Opened, read: Records | ImageError) -> None:
    """Take in what was read."""
    if isinstance(read, ImageError):
        one.problem = read.message
        return
    image = one.choice.image
    assert image is not None
    one.contents = contents_read(image, one.layers, read, one.memory)


def _told(one: _Opened) -> PlatformContents:
    found = one.contents
    return PlatformContents(
        platform=one.choice.platform,
        manifest_digest=one.choice.manifest_digest,
        contents=replace(found, statuses=(*one.statuses, *found.statuses))
        if found
        else None,
        problem=one.problem,
    )
