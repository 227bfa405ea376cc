"""
Where an image is that was named by its reference alone: in one place after the other.

Engines come before the registry, because what was just built is there, and needs no network.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import TypeVar

from shipworthy.errors import (
    DigestMismatchError,
    ImageNotFoundError,
    LimitError,
    ScanError,
    UsageError,
)
from shipworthy.images.access import Access


SOURCES = ("docker", "podman", "containerd", "registry")
"""In the order in which they are asked."""
Opened = TypeVar("Opened")

_FILES = (".tar", ".tgz", ".gz", ".zst", ".json", ".oci")


def may_be_reference(text: str) -> bool:
    """Whether a target without a kind, and nothing of that path, means an image somewhere else."""
    from shipworthy.images.engines.opening import is_reference

    is_path = text.startswith(("/", ".", "~")) or text.endswith(_FILES)
    return not is_path and is_reference(text)


def sources_of(wanted: str, known: Sequence[str]) -> tuple[str, ...]:
    """
    The places that ``--from`` names, in its order; all that are known where it names none.

    Raises ``UsageError`` for one that is no place.
    """
    if not wanted:
        return tuple(source for source in SOURCES if source in known)
    names = tuple(name.strip() for name in wanted.split(","))
    for name in names:
        if name not in SOURCES or name not in known:
            near = difflib.get_close_matches(name, SOURCES, n=1)
            raise UsageError(
                f"--from: {name[:100]!r} is no place for images",
                hint=f"did you mean {near[0]}?"
                if near
                else f"name some of {', '.join(SOURCES)}",
            )
    return names


def find(
    reference: str,
    access: Access,
    known: Sequence[str],
    opened: Callable[[str], Opened],
) -> Opened:
    """
    The image in the first place that has it; which one is told.

    Args:
        reference: The image's name.
        access: Where to look, and whom to tell.
        known: The kinds of targets that there are.
        opened: Opens the image in one place.

    Raises:
        UsageError: The places cannot be understood.
        ImageNotFoundError: None has it; why is a line each.
        ImageError: It is there, and not what it claims to be.
    """
    sources = sources_of(access.source, known)
    if access.engine and len(sources) > 1:
        raise UsageError(
            f"--engine: {access.engine[:200]} is which engine's?",
            hint="name it: --from docker, podman or containerd",
        )
    reasons: list[str] = []
    for source in sources:
        try:
            image = opened(source)
        except (DigestMismatchError, LimitError):
            raise
        except ScanError as error:
            if len(sources) == 1:
                raise
            reasons.append(error.message)
            continue
        access.tell(f"shipworthy: {reference}: taken from {source}")
        return image
    nowhere = ImageNotFoundError(
        f"{reference}: no file of that name, and no image in {', '.join(sources)}",
        hint="build or pull it first, or name a place that has it: registry:HOST/NAME, docker-archive:PATH",
    )
    nowhere.lines = (nowhere.message, *reasons)
    raise nowhere
