"""Targets that are files: OCI layouts, and archives of either kind, told by what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from shipworthy.errors import ImageError, ImageNotFoundError
from shipworthy.images.archive import Archive
from shipworthy.images.interface import Image
from shipworthy.images.several import Several
from shipworthy.values import dataclass


if TYPE_CHECKING:
    from shipworthy.images.store import BlobStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which image of a file is wanted."""

    target: str
    """The target as the caller named it."""
    selector: str
    """Tag or digest; may be empty."""
    platform: str | None
    """Empty for this machine's where there is a choice; ``None`` for the images of all platforms."""


def open_directory(path: Path, wanted: Wanted) -> Image | Several:
    """What is wanted of a layout; raises as :func:`shipworthy.images.target.open_image` does."""
    from shipworthy.images.store import DirectoryStore

    if not path.is_dir():
        raise ImageNotFoundError(f"{path}: no such directory, expected an OCI layout")
    return _in_layout(DirectoryStore(path), "oci", wanted)


def open_archive(path: Path, kind: str, wanted: Wanted) -> Image | Several:
    """What is wanted of an archive of a kind, or of any; raises as :func:`shipworthy.images.target.open_image` does."""
    archive = Archive(path)
    try:
        return _in_archive(archive, kind, wanted)
    except BaseException:
        archive.close()
        raise


def _in_archive(archive: Archive, kind: str, wanted: Wanted) -> Image | Several:
    has_index = "index.json" in archive
    if kind != "oci-archive" and "manifest.json" in archive:
        from shipworthy.images.choice import check_platform
        from shipworthy.images.docker_archive import DockerArchive

        if wanted.platform is None and has_index and kind != "docker-archive":
            # What docker save wrote may be a layout of several platforms at the same time.
            images = _in_layout(archive, "oci-archive", wanted)
            if isinstance(images, Several):
                return images
        image = DockerArchive(archive, target=wanted.target, tag=wanted.selector)
        check_platform(image.info.platform, wanted.platform or "", archive.name)
        return image
    if kind != "docker-archive" and has_index:
        return _in_layout(archive, "oci-archive", wanted)
    expected = {"docker-archive": "manifest.json", "oci-archive": "index.json"}
    raise ImageError(
        f"{archive.name}: no {expected.get(kind, 'manifest.json or index.json')} in it,"
        " expected an image archive",
        hint="docker save, skopeo copy and buildah push write archives that can be scanned",
    )


def _in_layout(store: BlobStore, kind: str, wanted: Wanted) -> Image | Several:
    from shipworthy.images.layout import LayoutImage, open_layout

    target, selector = wanted.target, wanted.selector
    if wanted.platform is None:
        return open_layout(store, target=target, kind=kind, selector=selector)
    return LayoutImage(
        store, target=target, kind=kind, selector=selector, platform=wanted.platform
    )
