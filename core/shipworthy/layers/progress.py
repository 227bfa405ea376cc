"""
The seam between reading layers and whoever watches: lines for anybody, bytes for those who ask for them.

A progress is any callable of one text. One that is :class:`Watching` is shown the layers that are
read besides, a few times a second. What either raises ends the scan and comes out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from shipworthy.values import dataclass


Progress = Callable[[str], None]
"""Told in one line each what is being done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A layer that is going to be read; its texts are the image's, and not harmless."""

    number: int
    """Which layer of the image it is; the bottom one is 1."""
    count: int
    """How many layers the image has."""
    digest: str = ""
    """Of the stored bytes, else the diff ID; empty where neither is claimed."""
    instruction: str = ""
    """The step that made it, as the image's history has it."""
    size: int = 0
    """Stored bytes; 0 where that is not known before they are read."""


@runtime_checkable
class Watching(Protocol):
    """**Protocol:** a progress that is shown the bytes of layers, too; called from one thread at a time."""

    def __call__(self, text: str, /) -> None:
        """Told in one line what is being done."""
        ...

    def begin(self, layers: Sequence[Waiting]) -> None:
        """These layers of one image are going to be read, side by side or in any order."""
        ...

    def update(self, counts: Sequence[int]) -> None:
        """
        So many stored bytes were read of each.

        In the order of ``begin``, and last of a layer that only its end tells from the others.
        """
        ...

    def finish(self, at: int) -> None:
        """The layer at that place in ``begin`` is done, whatever was counted."""
        ...

    def end(self) -> None:
        """No more layers of this image are read, all being done or one having failed."""
        ...
