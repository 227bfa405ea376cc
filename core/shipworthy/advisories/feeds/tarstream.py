"""
A tar read as a stream, however large: one record in memory at a time.

:func:`shipworthy.advisories.feeds.containers.tar_records` holds the whole archive; the VEX archive
of a large vendor inflates to tens of gigabytes. Read by the same bounded walk as an image's
layers, so that neither a header nor a compressed byte can make the memory grow.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shipworthy.advisories.feeds.containers import MAX_RECORDS
from shipworthy.errors import FeedError, ImageError
from shipworthy.model.limits import GIB, Limits
from shipworthy.streams.inflate import inflate
from shipworthy.streams.tar import FILE, TarWalker


_END = bytes(1024)
"""The two empty blocks that end a tar (POSIX.1)."""

BOUNDS = Limits(layer_bytes=256 * GIB, entries=MAX_RECORDS, ratio=2_000)
"""Documents that repeat every product for every architecture inflate a hundredfold."""


def stream_records(
    path: Path, limit: int, *, bounds: Limits = BOUNDS
) -> Iterator[tuple[str, bytes | None]]:
    """
    The JSON members of a tar (plain, gzip or zstd) in its order, by path.

    A member larger than ``limit`` gives ``None``. Raises ``FeedError`` when the file is no tar,
    is broken, or is beyond the bounds.
    """
    try:
        with path.open("rb") as file:
            body = _Tail(inflate(file, name=path.name, limits=bounds))
            walker = TarWalker(body, name=path.name, limits=bounds)
            for entry in walker:
                if entry.kind != FILE or not entry.path.endswith(".json"):
                    continue
                whole = entry.size <= limit and not entry.sparse
                yield entry.path, walker.body() if whole else None
            walker.drain()
    except ImageError as error:
        raise _refused(path, str(error.message)) from None
    except OSError as error:
        raise _refused(path, error.strerror or "it cannot be read") from None
    if body.tail != _END:
        raise _refused(path, "it ends too early")


class _Tail:
    """Chunks as they pass, with the last bytes of all: a download that was cut short has no end."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.tail = b""

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.tail = (self.tail + chunk[-len(_END) :])[-len(_END) :]
            yield chunk


def _refused(path: Path, reason: str) -> FeedError:
    return FeedError(f"{path}: expected a tar of JSON records ({reason})")
