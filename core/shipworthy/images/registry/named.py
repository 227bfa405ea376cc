"""
What a tag or digest of a repository leads to: a manifest, or an index of manifests, each document asked for once.

Indexes are followed as those of a layout are, see :mod:`shipworthy.images.choice`.
"""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.images.choice import Choice, choose, choose_all
from shipworthy.images.documents import Descriptor, parse_index
from shipworthy.images.registry.source import Source


class Named:
    """
    The documents that a name leads to.

    Args:
        source: The repository.
        wanted: Tag or digest.

    Raises:
        ImageNotFoundError: There is no such tag or digest.
        ImageUnreachableError: The registry does not answer, or lets nobody in.
        ImageError: It is no manifest of a kind that can be read.
    """

    def __init__(self, source: Source, wanted: str) -> None:
        self._source = source
        self._top, data = source.resolve(wanted)
        self.known = {self._top.digest: data}
        """Documents by their digests."""

    def document(self, descriptor: Descriptor) -> bytes:
        """A manifest or index, fetched where it is not known yet; raises as :class:`Named` does."""
        digest = descriptor.digest
        if digest not in self.known:
            self.known[digest] = self._source.document(descriptor)
        return self.known[digest]

    def choose(self, platform: str) -> Choice:
        """The image for a platform; raises as :func:`shipworthy.images.choice.choose` does."""
        return choose(
            (self._top,), "", platform, name=self._source.name, nested=self._nested
        )

    def choose_all(self) -> tuple[Choice, ...]:
        """The images for all platforms; raises as :func:`shipworthy.images.choice.choose` does."""
        return choose_all((self._top,), "", name=self._source.name, nested=self._nested)

    def _nested(self, descriptor: Descriptor) -> Sequence[Descriptor]:
        return parse_index(self.document(descriptor), descriptor.digest)
