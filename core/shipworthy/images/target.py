"""Targets: what the caller wants scanned, ``KIND:REFERENCE`` or a bare path that tells its kind."""

from __future__ import annotations

import difflib
from pathlib import Path

from shipworthy.errors import ImageError, ImageNotFoundError, UsageError
from shipworthy.images.access import Access
from shipworthy.images.archive import Archive
from shipworthy.images.engines.opening import ENGINES, open_in_engine
from shipworthy.images.finding import find, may_be_reference
from shipworthy.images.interface import Image, Memory
from shipworthy.values import dataclass


REGISTRY = "registry"
KINDS = ("docker-archive", "oci", "oci-archive", "dir", *ENGINES, REGISTRY)
ELSEWHERE = (*ENGINES, REGISTRY)
"""The kinds that take a reference, not a path."""
SOMEWHERE = "reference"
"""The kind of a bare reference: wherever there is such an image."""
_NAMED = (*KINDS, "sbom")
"""What to name in a hint; an SBOM is no image, but it is a target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target taken apart."""

    text: str
    """As the caller wrote it."""
    kind: str
    """One of ``KINDS``, ``SOMEWHERE``, or empty where the path must tell."""
    path: str
    """The path; of a registry the reference."""
    selector: str = ""
    """Tag or digest; empty where none was given."""


def parse_target(text: str) -> Target:
    """
    The target that ``text`` names.

    Raises ``UsageError`` for an empty one or one of a kind that is not known.
    """
    kind, colon, rest = text.partition(":")
    if colon and kind in ELSEWHERE and rest:
        return Target(text=text, kind=kind, path=rest)
    if colon and kind in KINDS:
        return _split(text, kind, rest)
    if not text.strip():
        raise UsageError("no target was given", hint=f"name one of {_kinds()}")
    if is_bare(text):
        return Target(text=text, kind=SOMEWHERE, path=text)
    looks_like_kind = colon and kind.replace("-", "").isalpha()
    bare = _split(text, "", text)
    if looks_like_kind and not _exists(bare.path):
        near = difflib.get_close_matches(kind, _NAMED, n=1, cutoff=0.7)
        wanted = (
            f"did you mean {near[0]}:{rest} ?" if near else f"name one of {_kinds()}"
        )
        if may_be_reference(text):
            wanted += f" an image of that name is docker:{text}"
        raise UsageError(
            f"{text}: neither an existing path nor a kind of target that is known",
            hint=wanted,
        )
    return bare


def is_bare(text: str) -> bool:
    """
    Whether ``text`` is the reference of an image and nothing else.

    It is not where something of that path is there, or where it is nearly one of our kinds: a slip.
    """
    kind, colon, _ = text.partition(":")
    if not may_be_reference(text) or _exists(_split(text, "", text).path):
        return False
    return not colon or not difflib.get_close_matches(kind, _NAMED, n=1, cutoff=0.83)


def _split(text: str, kind: str, rest: str) -> Target:
    """Take a trailing ``:TAG`` or ``@DIGEST`` off, unless the whole is an existing path."""
    if not rest:
        what = "reference" if kind == REGISTRY else "path"
        raise UsageError(f"{text}: a {what} must follow the colon")
    if kind == "dir" or _exists(rest):
        return Target(text=text, kind=kind, path=rest)
    path, at, digest = rest.rpartition("@")
    if at and ":" in digest and path:
        return Target(text=text, kind=kind, path=path, selector=digest)
    at_colon = 0
    while (at_colon := rest.find(":", at_colon + 1)) > 0:
        # A tag may hold colons itself: image:1.0, localhost:5000/image:1.0.
        if _exists(rest[:at_colon]):
            return Target(
                text=text,
                kind=kind,
                path=rest[:at_colon],
                selector=rest[at_colon + 1 :],
            )
    return Target(text=text, kind=kind, path=rest)


def open_image(
    text: str,
    *,
    platform: str = "",
    access: Access | None = None,
    memory: Memory | None = None,
) -> Image:
    """
    The image that ``text`` names, opened; the caller closes it.

    Args:
        text: The target.
        platform: ``os/architecture[/variant]``, where an index offers several.
        access: How images elsewhere are come by.
        memory: Where sources keep what they need not ask for again.

    Raises:
        UsageError: The target cannot be understood.
        ImageNotFoundError: Nothing is there.
        ImageError: It is no image, or not what it claims to be.
    """
    target = parse_target(text)
    if target.kind == SOMEWHERE or target.kind in ELSEWHERE:
        return _open_elsewhere(target, platform, access or Access(), memory)
    path = Path(target.path)
    kind = target.kind or _recognise(path)
    if kind == "dir":
        from shipworthy.images.directory import DirectoryImage

        return DirectoryImage(path, target=text)
    if kind == "oci":
        return _open_layout(path, target, platform)
    archive = Archive(path)
    try:
        return _open_archive(archive, kind, target, platform)
    except BaseException:
        archive.close()
        raise


def _open_elsewhere(
    target: Target, platform: str, access: Access, memory: Memory | None
) -> Image:
    """An image that is named by a reference."""

    def opened(kind: str) -> Image:
        if kind == REGISTRY:
            from shipworthy.images.registry.opening import open_registry

            return open_registry(
                target.path, target=target.text, platform=platform, access=access
            )
        return open_in_engine(
            kind,
            target.path,
            target=target.text,
            platform=platform,
            access=access,
            memory=memory,
        )

    if target.kind == SOMEWHERE:
        return find(target.path, access, KINDS, opened)
    return opened(target.kind)


def bound(access: Access, text: str) -> Access:
    """
    User and password for the registry that the target ``text`` names, and for no other.

    What else a scan opens, as a base image, may be kept elsewhere.
    """
    kind, _, reference = text.partition(":")
    if not access.username or (kind != REGISTRY and not is_bare(text)):
        return access
    from shipworthy.images.registry.reference import parse_reference

    return access.only_for(
        parse_reference(reference if kind == REGISTRY else text).host
    )


def _open_layout(path: Path, target: Target, platform: str) -> Image:
    from shipworthy.images.layout import LayoutImage
    from shipworthy.images.store import DirectoryStore

    if not path.is_dir():
        raise ImageNotFoundError(f"{path}: no such directory, expected an OCI layout")
    return LayoutImage(
        DirectoryStore(path),
        target=target.text,
        kind="oci",
        selector=target.selector,
        platform=platform,
    )


def _open_archive(archive: Archive, kind: str, target: Target, platform: str) -> Image:
    if kind != "oci-archive" and "manifest.json" in archive:
        from shipworthy.images.docker_archive import DockerArchive

        image = DockerArchive(archive, target=target.text, tag=target.selector)
        _check_platform(image.info.platform, platform, archive.name)
        return image
    if kind != "docker-archive" and "index.json" in archive:
        from shipworthy.images.layout import LayoutImage

        return LayoutImage(
            archive,
            target=target.text,
            kind="oci-archive",
            selector=target.selector,
            platform=platform,
        )
    wanted = {"docker-archive": "manifest.json", "oci-archive": "index.json"}
    raise ImageError(
        f"{archive.name}: no {wanted.get(kind, 'manifest.json or index.json')} in it,"
        " expected an image archive",
        hint="docker save, skopeo copy and buildah push write archives that can be scanned",
    )


def _check_platform(have: str, want: str, name: str) -> None:
    if want and have != want and not have.startswith(f"{want}/"):
        raise ImageNotFoundError(
            f"{name}: the image is for {have or 'no platform'}, not for {want!r}"
        )


def _exists(path: str) -> bool:
    """Whether something is there; a name that no path can have is nothing."""
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def _recognise(path: Path) -> str:
    """The kind of a bare path, by what is there."""
    if path.is_dir():
        is_layout = (path / "oci-layout").is_file() or (path / "index.json").is_file()
        return "oci" if is_layout else "dir"
    if not path.exists():
        raise ImageNotFoundError(
            f"{path}: no such file or directory",
            hint=f"a target is a path or one of {_kinds()}",
        )
    return "archive"


def _kinds() -> str:
    return ", ".join(
        f"{kind}:{'REF' if kind in ELSEWHERE else 'PATH'}" for kind in _NAMED
    )
