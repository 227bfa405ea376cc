"""
A blob's bytes as they come, taken up again where the line drops.

What was read already is not asked for again (RFC 9110, "Range Requests"); from a server that knows no ranges,
or answers with another, it is read anew and thrown away. That all bytes together are the blob's, only its digest can tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

import requests
import urllib3

from shipworthy.errors import UnreachableError
from shipworthy.remote.blob import Blob
from shipworthy.remote.client import WRONG_SETUP
from shipworthy.remote.connection import Connection
from shipworthy.remote.transfer import Again, Hints, persist, timed_out


_READ = 256 * 1024
_MOST_DROPS = 50
"""Lines that may drop before one blob is whole."""
_RANGE = re.compile(r"bytes ([0-9]{1,19})-[0-9]{1,19}/([0-9]{1,19}|\*)")
_PARTIAL, _NO_RANGE = 206, 416


class Asking(Protocol):
    """**Protocol:** who asks for the blob: :class:`shipworthy.remote.client.Client`."""

    connection: Connection

    @property
    def name(self) -> str:
        """What messages call it."""
        ...

    def url(self, path: str) -> str:
        """An address below the repository."""
        ...

    def ask(
        self, url: str, method: str, headers: dict[str, str], *, stream: bool
    ) -> requests.Response:
        """Ask once."""
        ...


class BlobStream:
    """
    Reads a blob of a known size.

    Args:
        client: Who asks for it.
        blob: Its digest and size.
        judge: Lets a good answer pass and raises for any other.
        hints: What is told to do where it cannot be had.
    """

    def __init__(
        self,
        client: Asking,
        blob: Blob,
        *,
        judge: Callable[[requests.Response], None],
        hints: Hints,
    ) -> None:
        self._client = client
        self._blob = blob
        self._judge = judge
        self._hints = hints
        self._answer: requests.Response | None = None
        self._at = 0
        self._drops = 0

    def read(self, size: int = -1, /) -> bytes:
        """
        At most ``size`` bytes; empty at the end.

        Raises:
            UnreachableError: The blob is not there, cannot be had whole, or has another size.
        """
        if self._at >= self._blob.size:
            self._end()
            return b""
        count = _READ if size <= 0 else size
        return persist(
            self._client.name,
            self._client.connection.patience,
            lambda: self._some(count),
            hints=self._hints,
        )

    def close(self) -> None:
        """Let go of the line."""
        answer, self._answer = self._answer, None
        if answer is not None:
            answer.close()

    def _some(self, count: int) -> bytes:
        if self._answer is None:
            self._answer = self._begin()
        data = self._taken(self._answer, count)
        if not data:
            raise self._dropped(f"ended after {self._at} of {self._blob.size} bytes")
        self._at += len(data)
        if self._at > self._blob.size:
            raise self._other_size("more")
        return data

    def _taken(self, answer: requests.Response, count: int) -> bytes:
        try:
            data = answer.raw.read(count, decode_content=False)
        except urllib3.exceptions.TimeoutError as error:
            raise self._dropped(timed_out(error)) from None
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            raise self._dropped(
                f"connection lost after {self._at} of {self._blob.size} bytes"
            ) from None
        return bytes(data)

    def _dropped(self, reason: str) -> Exception:
        """What to raise where the line dropped."""
        self.close()
        self._drops += 1
        told = f"{self._blob.digest[:19]}: {reason}"
        if self._drops > _MOST_DROPS:
            return UnreachableError(
                f"{self._client.name}: {told}, the {self._drops}th time"
            )
        return Again(told)

    def _begin(self) -> requests.Response:
        """An answer whose next byte is the one that is wanted."""
        if not self._at:
            answer = self._ask({})
            stated = answer.headers.get("Content-Length", "")
            if stated.isdecimal() and stated != str(self._blob.size):
                answer.close()
                raise self._other_size(stated)
            return answer
        answer = self._ask({"Range": f"bytes={self._at}-"})
        if self._is_rest(answer):
            return answer
        if answer.status_code in {_PARTIAL, _NO_RANGE}:
            answer.close()
            answer = self._ask({})
        self._answer = answer
        left = self._at
        while left:
            data = self._taken(answer, min(left, _READ))
            if not data:
                raise self._dropped(f"ended before byte {self._at}")
            left -= len(data)
        return answer

    def _ask(self, headers: dict[str, str]) -> requests.Response:
        url = self._client.url(f"blobs/{self._blob.digest}")
        answer = self._client.ask(url, "GET", headers, stream=True)
        if headers and answer.status_code == _NO_RANGE:
            return answer
        try:
            self._judge(answer)
        except BaseException:
            answer.close()
            raise
        if answer.status_code != _PARTIAL or headers:
            return answer
        answer.close()
        raise UnreachableError(
            f"{self._client.name}: the registry answers with a part of"
            f" {self._blob.digest} that nobody asked for",
            hint=WRONG_SETUP,
        )

    def _is_rest(self, answer: requests.Response) -> bool:
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        return (
            answer.status_code == _PARTIAL
            and found is not None
            and int(found[1]) == self._at
            and found[2] in {"*", str(self._blob.size)}
        )

    def _end(self) -> None:
        """See that nothing follows."""
        answer = self._answer
        if answer is None:
            return
        try:
            more = answer.raw.read(1, decode_content=False)
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            more = b""
        self.close()
        if more:
            raise self._other_size("more")

    def _other_size(self, found: str) -> UnreachableError:
        self.close()
        return UnreachableError(
            f"{self._client.name}: {self._blob.digest} has {found} bytes,"
            f" the manifest says {self._blob.size}",
            hint="the image is damaged or was altered; build or push it again",
        )
