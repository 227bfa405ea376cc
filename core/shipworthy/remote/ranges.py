"""
Parts of a blob, each asked for by itself (RFC 9110, "Range Requests").

An answer counts only when it is 206 and says that it is just the part that was asked for. Whatever else a registry
makes of a range, the whole blob can still be had of it: that is a ``NoRangesError``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

import requests
import urllib3

from shipworthy.remote.answers import NoRangesError
from shipworthy.remote.blob import Blob
from shipworthy.remote.stream import Asking
from shipworthy.remote.transfer import Again, Hints, persist, timed_out


_RANGE = re.compile(r"bytes ([0-9]{1,19})-([0-9]{1,19})/([0-9]{1,19}|\*)")
_PARTIAL, _NO_RANGE = 206, 416


class AskingByThread(Asking, Protocol):
    """**Protocol:** who asks, with a line of its own for each thread: :class:`shipworthy.remote.client.Client`."""

    def leave(self) -> None:
        """The calling thread asks no more."""
        ...


class BlobRanges:
    """
    Reads parts of a blob of a known size, from several threads at once.

    Args:
        client: Who asks for them.
        blob: Its digest and size.
        judge: Lets a good answer pass and raises for any other.
        hints: What is told to do where they cannot be had.
    """

    def __init__(
        self,
        client: AskingByThread,
        blob: Blob,
        *,
        judge: Callable[[requests.Response], None],
        hints: Hints,
    ) -> None:
        self._client = client
        self._blob = blob
        self._judge = judge
        self._hints = hints

    def read(self, start: int, length: int, /) -> bytes:
        """
        Exactly these bytes.

        Raises:
            NoRangesError: The registry answers with something else than this part.
            UnreachableError: The blob is not there or cannot be had.
        """
        return persist(
            self._client.name,
            self._client.connection.patience,
            lambda: self._part(start, length),
            hints=self._hints,
        )

    def leave(self) -> None:
        """The calling thread reads no more."""
        self._client.leave()

    def _part(self, start: int, length: int) -> bytes:
        url = self._client.url(f"blobs/{self._blob.digest}")
        wanted = {"Range": f"bytes={start}-{start + length - 1}"}
        answer = self._client.ask(url, "GET", wanted, stream=True)
        try:
            if answer.status_code != _NO_RANGE:
                self._judge(answer)
            if not self._is_part(answer, start, length):
                raise NoRangesError(
                    f"{self._client.name}: the registry gives no parts of {self._blob.digest}"
                )
            return self._taken(answer, length)
        finally:
            answer.close()

    def _is_part(self, answer: requests.Response, start: int, length: int) -> bool:
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        return (
            answer.status_code == _PARTIAL
            and found is not None
            and (int(found[1]), int(found[2])) == (start, start + length - 1)
            and found[3] in {"*", str(self._blob.size)}
        )

    def _taken(self, answer: requests.Response, length: int) -> bytes:
        told = f"{self._blob.digest[:19]}: "
        parts, left = [], length
        while left:
            try:
                data = bytes(answer.raw.read(left, decode_content=False))
            except urllib3.exceptions.TimeoutError as error:
                raise Again(f"{told}{timed_out(error)}") from None
            except (urllib3.exceptions.HTTPError, OSError, ValueError):
                raise Again(f"{told}connection lost") from None
            if not data:
                raise Again(f"{told}a part ended {left} bytes early")
            parts.append(data)
            left -= len(data)
        return b"".join(parts)
