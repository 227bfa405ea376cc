"""
OCI image layouts, as a directory or as an archive of one.

The index is followed through nested indexes to one image: by tag or digest where given, then
by platform. OCI image specification 1.1, "Image Layout".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from shipworthy.errors import ImageError
from shipworthy.images.attached import Attachment, attachments
from shipworthy.images.choice import Choice, choose, choose_all
from shipworthy.images.described import check_is_image, described
from shipworthy.images.documents import (
    Descriptor,
    parse_config,
    parse_index,
    parse_manifest,
    verify,
)
from shipworthy.images.interface import Image
from shipworthy.images.several import Several, open_each
from shipworthy.images.store import BlobStore, blob_in, path_of
from shipworthy.streams.inflate import Stream


INDEX = "index.json"


class LayoutImage:
    """
    One image of an OCI layout.

    Args:
        store: The layout's files; closed with the image.
        target: The target as the caller named it.
        kind: ``oci`` or ``oci-archive``.
        selector: Tag or digest; may be empty.
        platform: ``os/architecture[/variant]``; empty for this machine's where there is a choice.
        choice: The image, where it was chosen already.

    Raises:
        ImageNotFoundError: No image of that tag, digest or platform.
        ImageError: A document is missing, damaged or not an image's.
    """

    def __init__(
        self,
        store: BlobStore,
        *,
        target: str,
        kind: str,
        selector: str = "",
        platform: str = "",
        choice: Choice | None = None,
    ) -> None:
        self._store = store
        choice = choice or choose(
            parse_index(store.read(INDEX), f"{store.name}: {INDEX}"),
            selector,
            platform,
            name=store.name,
            nested=lambda found: parse_index(blob_in(store, found), found.digest),
        )
        manifest = parse_manifest(
            blob_in(store, choice.descriptor), choice.descriptor.digest
        )
        check_is_image(manifest, choice, store.name)
        config = parse_config(blob_in(store, manifest.config), manifest.config.digest)
        self._names = tuple(path_of(layer.digest) for layer in manifest.layers)
        self.sizes = tuple(self._size(layer) for layer in manifest.layers)
        self.parallel = not store.compressed
        self.info = described(
            manifest, config, choice, target=target, kind=kind, name=store.name
        )

    def open(self, index: int) -> Stream:
        """The stored bytes of layer ``index``."""
        return self._store.open(self._names[index])

    def stream(self, wanted: Collection[int]) -> Iterator[tuple[int, Stream]]:
        """The wanted layers in the cheapest order; of two with one digest only one."""
        yield from _stream(self._store, self._names, wanted)

    def close(self) -> None:
        """Give back what the store holds."""
        self._store.close()

    def attached(self, wanted: Callable[[str], bool]) -> tuple[Attachment, ...]:
        """
        The documents attached to the image whose type is ``wanted``.

        Raises ``ImageError`` where one is damaged, ``LimitError`` where there are too many.
        """
        return attachments(self._store, INDEX, self.info.manifest_digest, wanted=wanted)

    def base_diff_ids(self) -> tuple[str, ...]:
        """The diff IDs of the base image that the annotations name, where the layout holds it too."""
        digest = self.info.base_digest
        path = path_of(digest)
        if not digest.startswith("sha256:") or "/" in digest or path not in self._store:
            return ()
        data = self._store.read(path)
        verify(data, digest, f"{self._store.name}: {digest}")
        manifest = parse_manifest(data, digest)
        return parse_config(
            blob_in(self._store, manifest.config), manifest.config.digest
        ).diff_ids

    def _size(self, layer: Descriptor) -> int:
        """The layer's stored bytes, which must be as many as the manifest says."""
        size = self._store.size(path_of(layer.digest))
        if size != layer.size:
            raise ImageError(
                f"{self._store.name}: the layer {layer.digest} has {size} bytes,"
                f" the manifest says {layer.size}"
            )
        return size


def open_layout(
    store: BlobStore,
    *,
    target: str,
    kind: str,
    selector: str = "",
    image: type[LayoutImage] = LayoutImage,
) -> Image | Several:
    """
    The images of a layout for all platforms; the only one as itself.

    Args:
        store: The layout's files; closed with the images.
        target: The target as the caller named it.
        kind: ``oci``, ``oci-archive`` or ``containerd``.
        selector: Tag or digest; may be empty.
        image: What one of them is opened as.

    Raises:
        ImageNotFoundError: No image of that tag or digest.
        ImageError: A document is missing, damaged or not an image's.
    """
    choices = choose_all(
        parse_index(store.read(INDEX), f"{store.name}: {INDEX}"),
        selector,
        name=store.name,
        nested=lambda found: parse_index(blob_in(store, found), found.digest),
    )

    def in_order(
        images: Sequence[Image], wanted: Collection[int]
    ) -> Iterator[tuple[int, Stream]]:
        names = [path_of(layer.digest) for one in images for layer in one.info.layers]
        return _stream(store, names, wanted)

    return open_each(
        choices,
        lambda choice: image(store, target=target, kind=kind, choice=choice),
        target=target,
        in_order=in_order,
    )


def _stream(
    store: BlobStore, names: Sequence[str], wanted: Collection[int]
) -> Iterator[tuple[int, Stream]]:
    indexes = {names[index]: index for index in sorted(wanted, reverse=True)}
    for name, stream in store.stream(sorted(indexes)):
        yield indexes[name], stream
