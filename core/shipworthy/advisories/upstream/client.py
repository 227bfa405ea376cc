"""
One conversation with one publisher: encrypted, patient, and never led astray.

Only https is spoken; http only on this machine or where a mirror's address says so. A redirect
leads to https or nowhere, and no key goes with it to another host.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from shipworthy.advisories.upstream.mirrors import is_loopback
from shipworthy.errors import UnreachableError
from shipworthy.remote.transfer import CHUNK, Patience, check, persist, shown
from shipworthy.values import dataclass


if TYPE_CHECKING:
    import requests

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_MISSING = frozenset({404, 410})
_ASKED_FOR = frozenset({304, 416})
"""Not changed, and no such part: answers to what the headers asked."""
_HINT = "the publisher refuses it: try later, or name a mirror"
_AT_ONCE = 2


class MissingError(UnreachableError):
    """The publisher has no such file."""


class HostLimits:
    """How many requests are under way at one host, over all sources."""

    def __init__(self, most: int = _AT_ONCE) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._places: dict[str, threading.Semaphore] = {}

    def of(self, url: str) -> threading.Semaphore:
        """The places at an address's host."""
        host = urlsplit(url).netloc
        with self._lock:
            if host not in self._places:
                self._places[host] = threading.Semaphore(self._most)
            return self._places[host]


@dataclass(slots=True, kw_only=True)
class Client:
    """Asks one source; used by one thread at a time."""

    limits: HostLimits
    patience: Patience
    agent: str
    key: str = ""
    """Shown to the publisher alone, never to a mirror."""
    key_base: str = ""
    _session: requests.Session | None = field(default=None, init=False)

    @contextmanager
    def get(self, url: str, headers: Mapping[str, str]) -> Iterator[requests.Response]:
        """
        The answer to one request, redirects followed, its body not yet read.

        Raises ``UnreachableError`` for where it may not go and for what is refused, ``MissingError``
        for what is not there and ``Again`` for what may be better next time.
        """
        name = url
        for _ in range(_MOST_REDIRECTS + 1):
            with self.limits.of(url), self._ask(url, headers) as response:
                location = response.headers.get("Location", "")
                if response.status_code not in _REDIRECTS or not location:
                    _judge(response, name)
                    yield response
                    return
            url = _followed(url, location, name)
        raise UnreachableError(f"{name}: leads from one address to the next")

    def text(self, url: str, limit: int) -> str:
        """A small page as text; raises as :meth:`get` does, having tried again."""
        return persist(url, self.patience, lambda: self._text(url, limit))

    def tried(self, name: str, attempt: Callable[[], int]) -> int:
        """What an attempt gives, made again as patience allows."""
        return persist(name, self.patience, attempt)

    def close(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            self._session.close()

    def _text(self, url: str, limit: int) -> str:
        data = bytearray()
        with self.get(url, {"Accept-Encoding": "gzip"}) as response:
            for chunk in response.iter_content(CHUNK):
                data += chunk
                if len(data) > limit:
                    raise UnreachableError(f"{url}: larger than the bound of {limit}")
        return data.decode("utf-8", "replace")

    def _ask(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        if self._session is None:
            self._session = _session(self.agent)
        sent = dict(headers)
        if self.key and url.startswith(self.key_base):
            sent["Authorization"] = f"Bearer {self.key}"
        return self._session.get(
            url,
            headers=sent,
            stream=True,
            allow_redirects=False,
            timeout=(self.patience.timeout, self.patience.timeout),
        )


def _session(agent: str) -> requests.Session:
    import requests

    class Session(requests.Session):
        """Leaves redirects to us: it would read all of their bodies first."""

        def get_redirect_target(self, resp: requests.Response) -> str | None:
            del resp
            return None

    session = Session()
    session.headers["User-Agent"] = agent
    session.auth = _unsigned  # nor by ~/.netrc
    return session


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _judge(response: requests.Response, name: str) -> None:
    status = response.status_code
    if status in _MISSING:
        raise MissingError(f"{name}: is not there ({status})")
    if status not in _ASKED_FOR:
        check(response, name, denied=_HINT)


def _followed(url: str, location: str, name: str) -> str:
    """Where a redirect leads; raises ``UnreachableError`` where it may not."""
    try:
        there = urljoin(url, location)
        parts = urlsplit(there)
    except ValueError:
        raise UnreachableError(f"{name}: leads to no address") from None
    inside = parts.scheme == "http" and is_loopback(there) and is_loopback(url)
    if not parts.hostname or not (parts.scheme == "https" or inside):
        raise UnreachableError(f"{name}: leads to {shown(there)}, which is not https")
    return there
