"""
What was made of an image's layers, remembered: when every layer is known, so is what was worked out of them.

It depends on the layers' diff IDs and origins, on the catalogers and on the release, and on whatever else the name that it
is kept under tells; so it is kept in the layer cache under a digest of these. It never stands for a layer that was not
read: it is kept only after all of them were. It does not travel (:mod:`shipworthy.layers.travel`).
"""

from __future__ import annotations

import hashlib

from shipworthy.layers.cache import LayerCache
from shipworthy.model.image import Layer
from shipworthy.values import dataclass


_MAX = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The place for what is made of these layers by one release."""

    cache: LayerCache
    layers: tuple[Layer, ...]
    made_by: str
    """The release, see :mod:`shipworthy.release`."""

    def recall(self, name: str) -> bytes:
        """What was kept under ``name``, which tells all that it depends on besides the layers; empty where there is nothing."""
        data = self.cache.read(self._key(name))
        if not data:
            return b""
        import zstandard

        try:
            unpacked: bytes = zstandard.ZstdDecompressor().decompress(
                data, max_output_size=_MAX
            )
        except zstandard.ZstdError:
            return b""
        return unpacked

    def keep(self, name: str, data: bytes) -> None:
        """Keep ``data`` under ``name``, with a checksum."""
        import zstandard

        compressor = zstandard.ZstdCompressor(level=1, write_checksum=True)
        self.cache.write(self._key(name), compressor.compress(data))

    def _key(self, name: str) -> str:
        parts = [f"{layer.diff_id} {layer.origin}" for layer in self.layers]
        text = "\n".join([name, self.made_by, *parts])
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
