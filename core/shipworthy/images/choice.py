"""Which image of an index is meant: by tag or digest, then by platform."""

from __future__ import annotations

import platform as machine
import re
from collections.abc import Callable, Sequence

from shipworthy.errors import ImageError, ImageNotFoundError, LimitError
from shipworthy.images.documents import INDEX_TYPES, MANIFEST_TYPES, Descriptor
from shipworthy.model.limits import LIMITS
from shipworthy.values import dataclass


REF_NAME = "org.opencontainers.image.ref.name"
CONTAINERD_NAME = "io.containerd.image.name"
_ATTESTATION = "vnd.docker.reference.type"
_COSIGN_TAG = re.compile(r"sha256-[0-9a-f]{64}\.(?:att|sig|sbom)").fullmatch
_COSIGN_KINDS = frozenset(
    {"dev.cosignproject.cosign/atts", "dev.cosignproject.cosign/sigs"}
)
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"}
_MANIFESTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The manifest chosen, and the tags that lead to it."""

    descriptor: Descriptor
    tags: tuple[str, ...]
    indexes: tuple[str, ...] = ()
    """Digests of the indexes inside the layout's own that lead to it, the outermost first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    descriptor: Descriptor
    tags: tuple[str, ...]
    chain: tuple[str, ...]
    """The digests of the indexes that lead to it, and its own."""

    @property
    def whole(self) -> object:
        """What it has in common with the same image for other platforms: their index, else their names."""
        return self.chain[0] if len(self.chain) > 1 else self.tags


def host_platform() -> str:
    """This machine's platform as images write it; containers are Linux's."""
    name = machine.machine().lower()
    return f"linux/{_ARCHITECTURES.get(name, name)}"


def choose(
    descriptors: Sequence[Descriptor],
    selector: str,
    platform: str,
    *,
    name: str,
    nested: Callable[[Descriptor], Sequence[Descriptor]],
) -> Choice:
    """
    The one image that ``selector`` and ``platform`` name.

    Args:
        descriptors: The outermost index.
        selector: A tag, a ``sha256:`` digest, or empty.
        platform: ``os/architecture[/variant]``, or empty for this machine's where there are several.
        name: The layout, for messages.
        nested: Reads an index inside the index.

    Raises:
        ImageNotFoundError: Nothing there goes by that name or platform.
        ImageError: The index holds something that is neither image nor index.
    """
    return _by_platform(
        _candidates(descriptors, selector, name, nested), platform, name
    )


def choose_all(
    descriptors: Sequence[Descriptor],
    selector: str,
    *,
    name: str,
    nested: Callable[[Descriptor], Sequence[Descriptor]],
) -> tuple[Choice, ...]:
    """
    The images of all platforms that ``selector`` names, in the order of the index.

    Of several images it is the first; of two for one platform the first too, which is the one that engines
    take. Arguments and errors are those of :func:`choose`.
    """
    candidates = _candidates(descriptors, selector, name, nested)
    found: dict[tuple[str, ...], Choice] = {}
    for one in candidates:
        if one.whole != candidates[0].whole:
            continue
        own = one.descriptor
        key = (own.platform, own.os_version) if own.platform else (own.digest,)
        choice = Choice(descriptor=own, tags=one.tags, indexes=one.chain[:-1])
        found.setdefault(key, choice)
    if len(found) > LIMITS.platforms:
        raise LimitError(
            f"{name}: images for {len(found)} platforms, the bound is {LIMITS.platforms}"
        )
    return tuple(found.values())


def _candidates(
    descriptors: Sequence[Descriptor],
    selector: str,
    name: str,
    nested: Callable[[Descriptor], Sequence[Descriptor]],
) -> list[_Candidate]:
    """Every image that goes by that name; at least one."""
    candidates = _expand(descriptors, (), (), name, nested)
    if selector:
        candidates = [c for c in candidates if _named(c, selector)]
        if not candidates:
            raise ImageNotFoundError(
                f"{name}: no image {selector!r} in the layout",
                hint=f"it holds: {_list({t for d in descriptors for t in _tags(d)})}",
            )
    if not candidates:
        raise ImageNotFoundError(f"{name}: the index names no image")
    return candidates


def _by_platform(candidates: list[_Candidate], platform: str, name: str) -> Choice:
    known = {c.descriptor.platform for c in candidates}
    fitting = [c for c in candidates if _fits(c.descriptor.platform, platform)]
    if platform and not fitting and known != {""}:
        raise ImageNotFoundError(
            f"{name}: no image for the platform {platform!r}",
            hint=f"it holds: {_list(known)}",
        )
    if not platform and len(known) > 1:
        host = host_platform()
        fitting = [c for c in candidates if _fits(c.descriptor.platform, host)]
        if not fitting:
            raise ImageNotFoundError(
                f"{name}: no image for this machine's platform {host!r}",
                hint=f"choose one with --platform: {_list(known)}",
            )
    chosen = (fitting or candidates)[0]
    return Choice(
        descriptor=chosen.descriptor, tags=chosen.tags, indexes=chosen.chain[:-1]
    )


def _expand(
    descriptors: Sequence[Descriptor],
    tags: tuple[str, ...],
    chain: tuple[str, ...],
    name: str,
    nested: Callable[[Descriptor], Sequence[Descriptor]],
) -> list[_Candidate]:
    """Every image below, indexes followed; what is attached to images is none."""
    if len(chain) > LIMITS.index_depth:
        raise LimitError(f"{name}: indexes more than {LIMITS.index_depth} deep")
    if len(descriptors) > _MANIFESTS:
        raise LimitError(f"{name}: an index of more than {_MANIFESTS} images")
    found: list[_Candidate] = []
    for descriptor in descriptors:
        if _is_attached(descriptor):
            continue
        own = tuple(sorted({*tags, *_tags(descriptor)}))
        path = (*chain, descriptor.digest)
        if descriptor.media_type in INDEX_TYPES:
            if descriptor.digest in chain:
                raise ImageError(
                    f"{name}: the index {descriptor.digest} contains itself"
                )
            found += _expand(nested(descriptor), own, path, name, nested)
        elif descriptor.media_type in MANIFEST_TYPES or not descriptor.media_type:
            found.append(_Candidate(descriptor=descriptor, tags=own, chain=path))
        elif "manifest" not in descriptor.media_type and len(descriptors) == 1:
            raise ImageError(
                f"{name}: {descriptor.media_type[:100]!r} is neither an image nor an index of images"
            )
    return found


def _is_attached(descriptor: Descriptor) -> bool:
    """Whether it is an attestation, a signature or another artifact that belongs to an image."""
    # Of an image the type is that of its configuration.
    artifact = descriptor.artifact_type
    if artifact and not ("image" in artifact and "config" in artifact):
        return True
    kind = descriptor.annotation("kind")
    return bool(
        descriptor.annotation(_ATTESTATION)
        or _COSIGN_TAG(descriptor.annotation(REF_NAME).rpartition(":")[2])
        or kind in _COSIGN_KINDS
    )


def _tags(descriptor: Descriptor) -> tuple[str, ...]:
    names = (descriptor.annotation(key) for key in (CONTAINERD_NAME, REF_NAME))
    return tuple(name for name in names if name)


def _named(candidate: _Candidate, selector: str) -> bool:
    if selector in candidate.chain:
        return True
    return any(
        tag == selector or tag.endswith(f":{selector}") for tag in candidate.tags
    )


def check_platform(have: str, want: str, name: str) -> None:
    """See that the one image there is for the platform that is wanted; raises ``ImageNotFoundError`` where it is not."""
    if not _fits(have, want):
        raise ImageNotFoundError(
            f"{name}: the image is for {have or 'no platform'}, not for {want!r}"
        )


def _fits(have: str, want: str) -> bool:
    """Whether a platform is the wanted one; a variant that was not asked for does not matter."""
    if not want:
        return True
    return have == want or have.startswith(f"{want}/")


def _list(names: set[str]) -> str:
    shown = sorted(name or "one without a name" for name in names)[:20]
    return ", ".join(shown) or "nothing with a name"
