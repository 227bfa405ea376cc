"""The bounds against hostile input; crossing one is a ``LimitError`` that names it."""

from __future__ import annotations

from shipworthy.values import dataclass


MIB = 1024 * 1024
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes in bytes; generous to every honest image known, fatal to a bomb."""

    document: int = 16 * MIB
    """A manifest, index or configuration."""
    layers: int = 1024
    """Layers of one image; engines stop at 127."""
    platforms: int = 100
    """Images of one index that are scanned together; the widest known have about twenty."""
    index_depth: int = 8
    """Indexes inside indexes."""
    layer_bytes: int = 64 * GIB
    """One layer, uncompressed."""
    ratio: int = 400
    """Uncompressed to compressed size, once ``ratio_from`` bytes came out."""
    ratio_from: int = 512 * MIB
    table: int = 24 * MIB
    """A layer's table of contents, uncompressed; a layer with a larger one is read whole."""
    entries: int = 5_000_000
    """Files, links and directories of one layer."""
    path: int = 16 * 1024
    """One path, and the target of one link."""
    depth: int = 512
    """Directories in one path."""
    tar_header: int = 4 * MIB
    """The extended headers of one tar entry."""
    links: int = 40
    """Symbolic links followed for one path, as Linux does."""
    wanted_bytes: int = 4 * GIB
    """All files of one layer that are wanted for their names, together; executables are not among them."""


LIMITS = Limits()
