"""
What is attached to an image in a registry, as the files of a layout that holds nothing else.

Referrers are listed by the endpoint of the OCI distribution specification 1.1, else by the tag ``sha256-<hex>`` that
stands for it ("Referrers Tag Schema"); cosign's attestations are at ``sha256-<hex>.att``, BuildKit's in the image's own index.
:mod:`shipworthy.images.attached` then reads them as it reads a layout's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from shipworthy.errors import ImageError, ImageNotFoundError
from shipworthy.images.choice import REF_NAME
from shipworthy.images.documents import Descriptor, parse_index, parse_manifest
from shipworthy.images.registry.source import Source
from shipworthy.model.limits import LIMITS
from shipworthy.streams.inflate import Stream


INDEX = "index.json"
_REFERENCE = "vnd.docker.reference.digest"


class AttachedStore:
    """
    The manifests that are attached to the image ``digest``, and their documents, by their names in a layout.

    Args:
        source: The repository.
        digest: The image's manifest.
        beside: What stands beside it in its indexes.
    """

    compressed = False

    def __init__(
        self, source: Source, digest: str, beside: Sequence[Descriptor]
    ) -> None:
        self.name = source.name
        self._source = source
        found = [one for one in beside if one.annotation(_REFERENCE) == digest]
        self._manifests = {
            one.digest: one for one in (*found, *_listed(source, digest))
        }
        self._layers: dict[str, Descriptor] = {}
        self._data: dict[str, bytes] = {}

    def __contains__(self, name: str) -> bool:
        try:
            self.read(name)
        except ImageNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        """Bytes of a file."""
        return len(self.read(name))

    def read(self, name: str, limit: int = LIMITS.document) -> bytes:
        """A whole file; every one of them is a small one."""
        del limit
        if name == INDEX:
            return self._index()
        digest = name.removeprefix("blobs/").replace("/", ":")
        if digest not in self._data:
            self._data[digest] = self._fetched(digest)
        return self._data[digest]

    def open(self, name: str) -> Stream:
        """Nothing here is read as a stream; raises ``ImageError``."""
        raise ImageError(f"{self.name}: {name} is no layer")

    def stream(self, names: Collection[str]) -> Iterator[tuple[str, Stream]]:
        """Nothing here is read as a stream; raises ``ImageError``."""
        for name in names:
            yield name, self.open(name)

    def close(self) -> None:
        """Nothing is held."""

    def _fetched(self, digest: str) -> bytes:
        layer = self._layers.get(digest)
        if layer is not None:
            return self._source.blob(layer)
        data = self._source.document(self._manifests[digest])
        for one in parse_manifest(data, digest).layers:
            self._layers.setdefault(one.digest, one)
        return data

    def _index(self) -> bytes:
        import orjson

        entries = [
            {
                "mediaType": one.media_type,
                "digest": one.digest,
                "size": one.size,
                "annotations": dict(one.annotations),
            }
            for one in self._manifests.values()
        ]
        return orjson.dumps({"schemaVersion": 2, "manifests": entries})


def _listed(source: Source, digest: str) -> Iterator[Descriptor]:
    """What refers to the manifest, and what cosign tagged for it."""
    tag = digest.replace(":", "-")
    data = source.referrers(digest)
    if data is None and (found := _at(source, tag)) is not None:
        data = found[1]
    if data is not None:
        yield from parse_index(data, f"{source.name}: referrers")
    if (tagged := _at(source, f"{tag}.att")) is not None:
        yield replace(tagged[0], annotations=((REF_NAME, f"{tag}.att"),))


def _at(source: Source, tag: str) -> tuple[Descriptor, bytes] | None:
    try:
        return source.resolve(tag)
    except ImageNotFoundError:
        return None
