"""Targets: what the caller wants scanned, ``KIND:REFERENCE`` or a bare path that tells its kind."""

from __future__ import annotations

import difflib
from pathlib import Path

from shipworthy.errors import ImageNotFoundError, UsageError
from shipworthy.images.access import Access
from shipworthy.images.engines.opening import ENGINES, open_in_engine
from shipworthy.images.files import Wanted, open_archive, open_directory
from shipworthy.images.finding import find, may_be_reference
from shipworthy.images.interface import Image, Memory
from shipworthy.images.several import Several
from shipworthy.values import dataclass


REGISTRY = "registry"
KINDS = ("docker-archive", "oci", "oci-archive", "dir", *ENGINES, REGISTRY)
ELSEWHERE = (*ENGINES, REGISTRY)
"""The kinds that take a reference, not a path."""
_OF_INDEXES = ("containerd", REGISTRY)
"""Those of them that may hold an image for several platforms."""
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
    image = _open(text, platform, access or Access(), memory)
    assert not isinstance(image, Several)
    return image


def open_platforms(text: str, *, access: Access | None = None) -> Image | Several:
    """
    The images that ``text`` names for all platforms, opened; the caller closes them.

    Where there is only one, it is that image as :func:`open_image` gives it. Raises as that does, and ``UsageError`` for a
    target that never holds more than one platform.
    """
    return _open(text, None, access or Access(), None)


def _open(
    text: str, platform: str | None, access: Access, memory: Memory | None
) -> Image | Several:
    """The image for a platform, for this machine's where it is empty; those of all platforms where it is ``None``."""
    target = parse_target(text)
    if target.kind == SOMEWHERE or target.kind in ELSEWHERE:
        return _open_elsewhere(target, platform, access, memory)
    path = Path(target.path)
    kind = target.kind or _recognise(path)
    if kind == "dir":
        from shipworthy.images.directory import DirectoryImage

        if platform is None:
            raise _only_one(target, "a directory has")
        return DirectoryImage(path, target=text)
    wanted = Wanted(target=text, selector=target.selector, platform=platform)
    if kind == "oci":
        return open_directory(path, wanted)
    return open_archive(path, kind, wanted)


def _open_elsewhere(
    target: Target, platform: str | None, access: Access, memory: Memory | None
) -> Image | Several:
    """An image that is named by a reference."""

    def opened(kind: str) -> Image | Several:
        if kind == REGISTRY:
            from shipworthy.images.registry.opening import open_registry

            return open_registry(
                target.path, target=target.text, platform=platform, access=access
            )
        if platform is None and kind not in _OF_INDEXES:
            raise _only_one(target, f"{kind} keeps")
        return open_in_engine(
            kind,
            target.path,
            target=target.text,
            platform=platform,
            access=access,
            memory=memory,
        )

    if target.kind == SOMEWHERE:
        # Asked for all platforms, only where there may be several.
        known = KINDS if platform is not None or access.source else _OF_INDEXES
        return find(target.path, access, known, opened)
    return opened(target.kind)


def _only_one(target: Target, who: str) -> UsageError:
    reference = target.path if target.kind in (*ELSEWHERE, SOMEWHERE) else "REF"
    return UsageError(
        f"--all-platforms: {target.text[:200]}: {who} one image, for one platform",
        hint=f"scan what was pushed, registry:{reference}, or a layout with all of them, oci:DIR",
    )


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
