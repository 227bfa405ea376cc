"""
One image of a registry: manifest and configuration read at once, layers only when asked for.

The tag's manifest or index is followed to one image as an index of a layout is, see
:mod:`shipworthy.images.choice`. Layers come straight from the registry, nothing of them is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from shipworthy.images.attached import Attachment, attachments
from shipworthy.images.choice import Choice, check_platform
from shipworthy.images.described import check_is_image, described
from shipworthy.images.documents import (
    parse_config,
    parse_index,
    parse_manifest,
)
from shipworthy.images.registry.named import Named
from shipworthy.images.registry.source import Source
from shipworthy.images.tables import TableOffer, table_place
from shipworthy.streams.inflate import Stream


class RegistryImage:
    """
    An image in a registry.

    Args:
        source: The repository; closed with the image.
        named: What the tag or digest leads to.
        target: The target as the caller named it.
        tags: The names that it is known by.
        platform: ``os/architecture[/variant]``; empty for this machine's where there is a choice.
        choice: The image, where it was chosen already.
        whole_layers: Whether layers are read to their ends also where a table of contents would do.

    Raises:
        ImageNotFoundError: No image of that tag, digest or platform.
        ImageUnreachableError: The registry does not answer, or lets nobody in.
        ImageError: A document is damaged or not an image's.
    """

    parallel = True

    def __init__(
        self,
        source: Source,
        named: Named,
        *,
        target: str,
        tags: tuple[str, ...],
        platform: str = "",
        choice: Choice | None = None,
        whole_layers: bool = False,
    ) -> None:
        self._source = source
        self._whole_layers = whole_layers
        self._known = named.known
        choice = choice or named.choose(platform)
        digest = choice.descriptor.digest
        manifest = parse_manifest(named.document(choice.descriptor), digest)
        check_is_image(manifest, choice, source.name)
        config = parse_config(source.blob(manifest.config), manifest.config.digest)
        self._layers = manifest.layers
        self.sizes = tuple(layer.size for layer in manifest.layers)
        self.info = described(
            manifest,
            config,
            replace(choice, tags=tags),
            target=target,
            kind="registry",
            name=source.name,
        )
        if not choice.descriptor.platform:
            check_platform(self.info.platform, platform, source.name)

    def open(self, index: int) -> Stream:
        """The stored bytes of layer ``index``; nothing is asked for before the first is read."""
        return self._source.open(self._layers[index])

    def table(self, index: int) -> TableOffer | None:
        """The table of contents of layer ``index``, where its descriptor pins one and it may be used."""
        layer = self._layers[index]
        place = None if self._whole_layers else table_place(layer)
        if place is None:
            return None
        return TableOffer(place=place, blob=self._source.ranges(layer))

    def stream(self, wanted: Collection[int]) -> Iterator[tuple[int, Stream]]:
        """The wanted layers in their order."""
        for index in sorted(wanted):
            yield index, self.open(index)

    def attached(self, wanted: Callable[[str], bool]) -> tuple[Attachment, ...]:
        """
        The documents attached to the image whose type is ``wanted``.

        Raises ``ImageError`` where one is damaged or cannot be had, ``LimitError`` where there are too many.
        """
        from shipworthy.images.registry.attached import INDEX, AttachedStore

        beside = [
            one
            for digest in self.info.index_digests
            for one in parse_index(self._known[digest], digest)
        ]
        digest = self.info.manifest_digest
        store = AttachedStore(self._source, digest, beside)
        return attachments(store, INDEX, digest, wanted=wanted)

    def close(self) -> None:
        """Let go of the registry."""
        self._source.close()
