"""
The images of one index for all its platforms, opened together over one connection or file.

Each is an image as if it had been chosen by its platform. One that cannot be read is told with its reason
and does not take the others with it; bytes that are not what their digest says, and a place that does not answer, do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from shipworthy.errors import (
    DigestMismatchError,
    ImageError,
    ImageUnreachableError,
)
from shipworthy.images.interface import Image
from shipworthy.streams.inflate import Stream
from shipworthy.values import dataclass


if TYPE_CHECKING:
    from shipworthy.images.choice import Choice


FATAL = (DigestMismatchError, ImageUnreachableError)
"""Errors of one platform that are not about that platform alone."""

_LONGEST = 100
"""Characters of a platform's name."""

InOrder = Callable[[Sequence[Image], Collection[int]], Iterator[tuple[int, Stream]]]
"""Streams layers, counted through all images, in the order that is cheapest to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformChoice:
    """One platform of an index, and its image where that can be opened."""

    platform: str
    manifest_digest: str
    image: Image | None = None
    problem: str = ""
    """Why it cannot be opened."""


class Several:
    """
    The images of all platforms, in the order of the index.

    Args:
        target: The target as the caller named it.
        platforms: At least two, at least one of them with an image.
        in_order: For sources that must be read from front to back.
        index_digests: The indexes that all of them are in, the outermost first.
    """

    def __init__(
        self,
        target: str,
        platforms: tuple[PlatformChoice, ...],
        *,
        in_order: InOrder,
        index_digests: tuple[str, ...],
    ) -> None:
        self.target = target
        self.platforms = platforms
        self.index_digests = index_digests
        self._in_order = in_order

    @property
    def images(self) -> tuple[Image, ...]:
        """The images that could be opened."""
        return tuple(one.image for one in self.platforms if one.image is not None)

    @property
    def parallel(self) -> bool:
        """Whether layers of all images can be read at once without reading anything twice."""
        return all(image.parallel for image in self.images)

    def stream(
        self, images: Sequence[Image], wanted: Collection[int]
    ) -> Iterator[tuple[int, Stream]]:
        """The wanted layers of ``images``, counted through all of them, in the cheapest order."""
        return self._in_order(images, wanted)

    def close(self) -> None:
        """Give back what the images hold."""
        for image in self.images:
            image.close()


def open_each(
    choices: Sequence[Choice],
    opened: Callable[[Choice], Image],
    *,
    target: str,
    in_order: InOrder,
) -> Image | Several:
    """
    Every image of ``choices``; the only one as itself.

    Raises ``ImageError`` where none can be opened, or what is wrong is not about one platform.
    """
    if len(choices) == 1:
        return opened(choices[0])
    found = [_opened(choice, opened) for choice in choices]
    if all(one.image is None for one in found):
        raise none_read(target, len(found), found[0].platform, found[0].problem)
    first, *others = (choice.indexes for choice in choices)
    shared = tuple(one for one in first if all(one in other for other in others))
    return Several(
        target, _apart(choices, found), in_order=in_order, index_digests=shared
    )


def none_read(target: str, count: int, platform: str, problem: str) -> ImageError:
    """The error for an index of whose images none can be read; ``problem`` is the first platform's."""
    return ImageError(
        f"{target}: none of the images for {count} platforms can be read;"
        f" {platform}: {problem}"
    )


def in_any_order(
    images: Sequence[Image], wanted: Collection[int]
) -> Iterator[tuple[int, Stream]]:
    """The wanted layers one after the other, for sources in which the order is all the same."""
    places = [
        (image, layer) for image in images for layer in range(len(image.info.layers))
    ]
    for at in sorted(wanted):
        image, layer = places[at]
        yield at, image.open(layer)


def _opened(choice: Choice, opened: Callable[[Choice], Image]) -> PlatformChoice:
    own = choice.descriptor
    try:
        image = opened(choice)
    except FATAL:
        raise
    except ImageError as error:
        return PlatformChoice(
            platform=_short(own.platform) or own.digest,
            manifest_digest=own.digest,
            problem=error.message,
        )
    return PlatformChoice(
        platform=_short(own.platform or image.info.platform) or own.digest,
        manifest_digest=own.digest,
        image=image,
    )


def _apart(
    choices: Sequence[Choice], found: Sequence[PlatformChoice]
) -> tuple[PlatformChoice, ...]:
    """The platforms under names that no two share: with the system's version, as containerd writes it, or the digest."""
    told = [
        replace(one, platform=_versioned(one.platform, choice.descriptor.os_version))
        if _is_shared(one, found)
        else one
        for choice, one in zip(choices, found, strict=True)
    ]
    return tuple(
        replace(one, platform=f"{one.platform}@{one.manifest_digest}")
        if _is_shared(one, told)
        else one
        for one in told
    )


def _is_shared(one: PlatformChoice, all_of_them: Sequence[PlatformChoice]) -> bool:
    return Counter(other.platform for other in all_of_them)[one.platform] > 1


def _versioned(platform: str, version: str) -> str:
    system, slash, rest = platform.partition("/")
    return f"{system}({_short(version)}){slash}{rest}" if version else platform


def _short(name: str) -> str:
    """The name, which stands at every package of the result, cut where no platform's is as long."""
    return name[:_LONGEST]
