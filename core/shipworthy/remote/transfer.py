"""
Asking again: what every download shares, of databases and of feeds.

A server that is overloaded, says so or drops the line is asked again after a while that doubles, or
that it names itself (``Retry-After``, RFC 9110, in seconds or as a date). What it refuses is refused.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import urlsplit

from shipworthy.errors import UnreachableError
from shipworthy.values import dataclass


if TYPE_CHECKING:
    import requests

T = TypeVar("T")

CHUNK = 1 << 16
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_LIMITED = 429
_DENIED = frozenset({401, 403})
_UNKNOWN = "check the address; a server, or a proxy before it, may be set up wrongly"
_LOG_IN = "log in where it is kept: docker login HOST"
LONGEST = 60.0
"""Seconds that a server may ask to wait."""
_TLS = re.compile(r"\[SSL[^\]]*\] ([^(]{1,200})")
_HINT = (
    "check the name, the network and HTTPS_PROXY, or try again later;"
    " a second --db names a mirror"
)


class Again(Exception):  # noqa: N818  # a signal between two functions, not an error of ours
    """One try failed in a way that another may not."""

    def __init__(self, reason: str, after: float = 0.0, status: int = 0) -> None:
        super().__init__(reason)
        self.after = after
        self.status = status


class SlowError(TimeoutError):
    """A line brings next to nothing."""


class Reader(Protocol):
    """**Protocol:** bytes that come one after the other."""

    def read(self, size: int = -1, /) -> bytes:
        """Give up to ``size`` bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how long to wait."""

    tries: int = 4
    first: float = 0.5
    """Seconds before the second try; doubles each time."""
    timeout: float = 30.0
    """Seconds without a byte."""
    slow: float = 60.0
    """Seconds of waiting that must bring more than a byte now and then, see :mod:`shipworthy.remote.pace`."""
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What is told to do about it, and whether to go on when asked to wait for longer than ``LONGEST``."""

    unreachable: str = _HINT
    untrusted: str = "name the authority that it is to be trusted by: --db-ca-file"
    expired: str = untrusted
    unencrypted: str = untrusted
    limited: str = _HINT
    gives_up: bool = False


_HINTS = Hints()


def persist(
    name: str,
    patience: Patience,
    attempt: Callable[[], T],
    *,
    hints: Hints = _HINTS,
) -> T:
    """
    What ``attempt`` gives, asked again while it raises ``Again`` or the line drops.

    Raises:
        UnreachableError: The last try failed as well.
    """
    import requests

    reason, hint = "", hints.unreachable
    for number in range(patience.tries):
        try:
            return attempt()
        except Again as again:
            reason, after = str(again), again.after
            hint = hints.limited if again.status == _LIMITED else hints.unreachable
            if hints.gives_up and after > LONGEST:
                reason += f" and to wait for {after:.0f} s"
                break
        except (requests.RequestException, OSError) as error:
            reason, after = plain(error), 0.0
            if isinstance(error, requests.exceptions.SSLError):
                hint = _hint_of(reason, hints)
                break
        if number + 1 < patience.tries:
            patience.sleep(min(max(after, patience.first * 2**number), LONGEST))
    raise UnreachableError(f"{name}: no answer ({reason})", hint=hint)


def _hint_of(reason: str, hints: Hints) -> str:
    """What to do where no encryption came about."""
    if "expired" in reason:
        return hints.expired
    is_plain = "wrong version number" in reason or "record layer" in reason
    return hints.unencrypted if is_plain else hints.untrusted


def check(response: requests.Response, name: str, *, denied: str = _LOG_IN) -> None:
    """Let a good answer pass; raises ``Again`` or ``UnreachableError``, ``denied`` its hint, for the others."""
    status = response.status_code
    if status in _AGAIN:
        after = asked_to_wait(response.headers)
        raise Again(f"the server says {status}", after, status)
    if status in _DENIED:
        raise UnreachableError(
            f"{name}: access denied ({status})",
            hint=denied,
        )
    if status >= 300:
        raise UnreachableError(f"{name}: the server says {status}", hint=_UNKNOWN)


def asked_to_wait(headers: Mapping[str, str]) -> float:
    """Seconds that a server asks to wait (``Retry-After``); a date is held against the server's own clock."""
    after = headers.get("Retry-After", "")
    if after.isdecimal() and len(after) < 10:
        return float(after)
    from email.utils import parsedate_to_datetime

    try:
        until = parsedate_to_datetime(after)
        return max((until - parsedate_to_datetime(headers["Date"])).total_seconds(), 0)
    except (KeyError, OverflowError, TypeError, ValueError):
        return 0.0


def plain(error: Exception) -> str:
    """The reason of a failed request in a few words; never its address or headers, which may hold secrets."""
    import requests

    if isinstance(error, requests.exceptions.SSLError):
        found = _TLS.search(str(error))
        return f"TLS: {found[1].strip() if found else 'no encryption can be agreed on'}"
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in str(error):
        return timed_out(error)
    if "Failed to resolve" in str(error):
        return "the host's name cannot be resolved"
    if "Connection refused" in str(error):
        return "connection refused"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "connection lost"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "connection failed"
    if isinstance(error, requests.RequestException):
        return f"the request is not possible: {type(error).__name__}"
    return getattr(error, "strerror", "") or str(error)[:200]


def shown(url: str) -> str:
    """An address without what may be secret in it: user and password, and a signature behind its path."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"[:200]


def timed_out(error: BaseException) -> str:
    """What a line that timed out did: nothing came, or next to nothing."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, SlowError):
        cause = cause.__cause__ or cause.__context__
    return f"too slow, {cause}" if cause else "timed out"


class Body:
    """
    The bytes of a response as a stream to read from, undecoded by anybody.

    Reading raises ``Again`` where the line drops, so that nobody takes it for a full disk.
    """

    def __init__(self, response: requests.Response) -> None:
        self._parts: Iterator[bytes] = response.iter_content(CHUNK)
        self._rest = b""
        self.taken = 0
        self.ended = False

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` bytes; none at the end."""
        import requests

        if not self._rest:
            try:
                self._rest = next(self._parts, b"")
            except (requests.RequestException, OSError) as error:
                raise Again(plain(error)) from None
            self.ended = not self._rest
        if size < 0:
            size = len(self._rest)
        data, self._rest = self._rest[:size], self._rest[size:]
        self.taken += len(data)
        return data
