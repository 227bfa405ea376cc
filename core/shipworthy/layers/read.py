"""
Reading one layer: every header, the bodies of the wanted files, and nothing to disk.

What was read is verified against the digests that the manifest and the configuration name, and
the record carries the diff ID that was computed, not the one that was claimed. A layer whose source offers a
table of contents may be read by that instead, see :mod:`shipworthy.layers.partial.read`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing

from shipworthy.errors import DigestMismatchError, ImageError
from shipworthy.images.tables import TableOffer
from shipworthy.layers.collect import Collector, Walk
from shipworthy.layers.pipeline import Prefetch
from shipworthy.layers.record import LayerRecord
from shipworthy.layers.select import Selector
from shipworthy.model.limits import LIMITS, Limits
from shipworthy.streams.inflate import Readable, Stream, Tap, inflate
from shipworthy.streams.tar import TarWalker
from shipworthy.values import dataclass


_DAMAGED = "the image is damaged or was altered; build or fetch it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerBlob:
    """One layer as a source offers it."""

    name: str
    """What messages call it."""
    open: Callable[[], Stream]
    """The stored bytes, compressed or not, from their start."""
    through: Callable[[Readable], Readable] | None = None
    """What they are read through, if anything: it may count them."""
    instruction: str = ""
    """The step that made the layer, for whoever watches."""
    diff_id: str = ""
    """The claimed sha256 of the uncompressed bytes; empty when nothing is claimed."""
    digest: str = ""
    """The claimed digest of the stored bytes; empty when nothing is claimed."""
    table: TableOffer | None = None
    """The table of contents that it may be read by instead of to its end."""


def read_layer(
    blob: LayerBlob, selector: Selector, *, limits: Limits = LIMITS, ahead: bool = True
) -> LayerRecord:
    """
    The record of one layer, every byte of it verified; under its table's key, if read by that.

    Args:
        blob: The layer.
        selector: Which catalogers want which file.
        limits: The bounds on what may be read.
        ahead: Whether to inflate and hash in a thread of its own, ahead of the parsing.

    Raises:
        DigestMismatchError: The bytes are not those that were claimed.
        ImageError: The layer is not a tar, or its compression is unknown or corrupt.
        LimitError: A bound against hostile input is crossed.
    """
    if blob.table is not None:
        from shipworthy.layers.partial.read import read_by_table

        record = read_by_table(blob.table, selector, name=blob.name, limits=limits)
        if record is not None:
            return record
    collector = Collector(selector, blob.name, limits)
    diff_id, size = _walk(blob, collector.collect, limits, ahead=ahead)
    if collector.linked:
        # A wanted name is a hard link to a body that went by unread: look for those only.
        _walk(blob, collector.collect_linked, limits, ahead=ahead)
    return collector.record(diff_id, size)


def read_walk(
    walk: Walk,
    problems: Sequence[tuple[str, str]],
    selector: Selector,
    *,
    name: str,
    changes_of: Callable[[], Walk] | None = None,
) -> LayerRecord:
    """
    The record of something that is no layer but can be walked: a directory, a container's changes.

    ``problems`` are the paths that the walk could not open, with the reason; they are
    looked at when the walk is over. Whiteouts mean nothing in a directory. ``changes_of`` walks the
    whole that changes are of, for bodies that hard links share.
    """
    collector = Collector(selector, name, LIMITS, whiteouts=changes_of is not None)
    collector.collect(walk)
    if collector.linked and changes_of is not None:
        collector.collect_linked(changes_of())
    for path, problem in problems:
        collector.note(path, problem)
    return collector.record("", 0)


def _walk(
    blob: LayerBlob,
    collect: Callable[[TarWalker], None],
    limits: Limits,
    *,
    ahead: bool,
) -> tuple[str, int]:
    """Walk the layer once; gives its computed diff ID and uncompressed size."""
    with closing(blob.open()) as raw:
        stored = Tap(
            blob.through(raw) if blob.through else raw,
            hashed=bool(blob.digest) and blob.digest != blob.diff_id,
        )
        hashed = _Hashed(inflate(stored, name=blob.name, limits=limits, counted=stored))
        if ahead:
            with closing(Prefetch(iter(hashed))) as chunks:
                _collect(chunks, collect, blob.name, limits)
        else:
            _collect(hashed, collect, blob.name, limits)
    if blob.diff_id and hashed.digest != blob.diff_id:
        raise DigestMismatchError(
            f"{blob.name}: the uncompressed bytes are {hashed.digest},"
            f" the image's configuration says {blob.diff_id}",
            hint=_DAMAGED,
        )
    if stored.digest and stored.digest != blob.digest:
        raise DigestMismatchError(
            f"{blob.name}: the blob's bytes are {stored.digest}, the manifest says {blob.digest}",
            hint=_DAMAGED,
        )
    return hashed.digest, hashed.size


def _collect(
    chunks: Iterable[bytes],
    collect: Callable[[TarWalker], None],
    name: str,
    limits: Limits,
) -> None:
    walker = TarWalker(chunks, name=name, limits=limits)
    try:
        collect(walker)
        walker.drain()
    except ImageError as error:
        # Bytes that are others than their digest says are seen here first where they are no layer.
        error.hint = error.hint or _DAMAGED
        raise


class _Hashed:
    """Chunks that are hashed and counted as they pass."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._hash = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._hash.update(chunk)
            self.size += len(chunk)
            yield chunk

    @property
    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"
