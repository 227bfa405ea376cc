"""A stream over portions that are made elsewhere."""

from __future__ import annotations

from collections.abc import Iterator


class Parts:
    """Bytes that come in portions of any size, read in portions of the reader's."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes, or the next portion; empty at the end."""
        data = self._rest or next(self._parts, b"")
        if size < 0:
            self._rest = b""
            return data
        self._rest = data[size:]
        return data[:size]

    def close(self) -> None:
        """Nothing more of what was read ahead is wanted."""
        self._rest = b""
