"""
Where an entry holds: paths and layers of a finding, and images.

A finding fits a path or a layer only where *every* place of its package does: one copy that no
entry is about is still there. What has no place does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from shipworthy.model.image import ImageInfo, Layer
from shipworthy.policy.globs import loose, matcher
from shipworthy.policy.suppressions.packages import MAX_TEXT


_WILD = re.compile(r"\*\*+/|[*?]+")
_INDEX = re.compile(r"[0-9]{1,4}")
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-fA-F]{12,64})")
_SCHEME = re.compile(
    r"(?:docker-archive|oci|oci-archive|dir|sbom|docker|podman|containerd|registry):(.+)",
    re.DOTALL,
)
_TAG = re.compile(
    r"(.+?)(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)

Everywhere = Callable[[Sequence[str]], bool]


def on_paths(globs: Sequence[str]) -> Everywhere:
    """
    What tells whether every one of some paths meets one of ``globs``.

    A glob that meets an archive also holds for what is inside (``outer.jar!/inner.jar``).
    """
    meets = [matcher(glob.strip()) for glob in _bounded(globs)]
    known: dict[str, bool] = {}

    def covered(path: str) -> bool:
        found = known.get(path)
        if found is None:
            path_and_archives = _outwards(path)
            found = any(meet(one) for one in path_and_archives for meet in meets)
            known[path] = found
        return found

    return lambda paths: bool(paths) and all(map(covered, paths))


def literal_of(glob: str) -> str:
    """The longest text that is in every path that ``glob`` meets."""
    return max(_WILD.split(glob.strip().lstrip("/")), key=len)


def layers_met(texts: Sequence[str], layers: Sequence[Layer]) -> frozenset[int]:
    """
    The indices of the layers that one of ``texts`` names.

    A text is an index, a digest or diff ID or at least 12 digits of its beginning, or a glob on
    the instruction, in which ``*`` is anything.
    """
    tests = [_layer_test(text.strip()) for text in _bounded(texts)]
    return frozenset(
        layer.index for layer in layers if any(test(layer) for test in tests)
    )


def is_for(globs: Sequence[str], image: ImageInfo) -> bool:
    """Whether one of ``globs`` meets the image's target, a tag, a name without its tag, or a digest."""
    names = {image.target, *image.tags, image.manifest_digest, image.image_id}
    bare = _SCHEME.fullmatch(image.target)
    if bare:
        names.add(bare[1])
    for name in tuple(names):
        if name and not name.startswith("sha256:"):
            found = _TAG.fullmatch(name)
            names.add(found[1] if found else "")
    names.discard("")
    return any(
        meets(name)
        for meets in [matcher(glob.strip()) for glob in _bounded(globs)]
        for name in names
    )


def _bounded(texts: Sequence[str]) -> list[str]:
    """The texts without those that are too long to mean anything."""
    return [text for text in texts if len(text) <= MAX_TEXT]


def _outwards(path: str) -> list[str]:
    """A path, and the archives that it is inside of."""
    parts = path.split("!/")
    return ["!/".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _layer_test(text: str) -> Callable[[Layer], bool]:
    if not text:
        return lambda layer: False  # noqa: ARG005  # whatever it is
    if _INDEX.fullmatch(text):
        index = int(text)
        return lambda layer: layer.index == index
    digest = _DIGEST.fullmatch(text)
    if digest:
        start = f"sha256:{digest[1].lower()}"
        return lambda layer: (
            layer.diff_id.startswith(start) or layer.digest.startswith(start)
        )
    meets = loose(text)
    return lambda layer: meets(layer.instruction.strip())
