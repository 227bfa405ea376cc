"""
Asking one repository of a registry: sessions, what the registry asks back, and where it leads to.

A registry is asked without credentials first; what it then asks for is oras's business and oras is
imported for that alone. A redirect, as to the storage behind a registry, is followed without
credentials and without a certificate of ours, at most a few times, and never from https to http.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from shipworthy.errors import UnreachableError
from shipworthy.remote.connection import Connection, Login
from shipworthy.remote.reference import RegistryPlace
from shipworthy.values import dataclass


if TYPE_CHECKING:
    import requests

    from shipworthy.remote.credentials import Credentials
    from shipworthy.remote.session import Session

WRONG_SETUP = "the registry, or a proxy before it, is set up wrongly"
"""What is told to do about answers that no registry should give."""

_REFUSED = frozenset({401, 403})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_READING = frozenset({"GET", "HEAD"})


@dataclass(slots=True, kw_only=True)
class Client:
    """
    One repository of a registry; safe to use from several threads, and after a fork.

    Each thread of each process has its own session.
    """

    place: RegistryPlace
    connection: Connection
    login: Login | None = None
    """Whom to log in as instead of what docker's configuration says."""
    _own: threading.local = field(default_factory=threading.local)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _sessions: list[Session] = field(default_factory=list)
    _credentials: Credentials | None = None
    _authorization: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """The reference, for messages."""
        return str(self.place)

    @property
    def prefix(self) -> str:
        """``http`` or ``https``."""
        return "http" if self.connection.is_plain(self.place) else "https"

    def url(self, path: str) -> str:
        """An address below the repository."""
        return f"{self.prefix}://{self.place.host}/v2/{self.place.repository}/{path}"

    def close(self) -> None:
        """Let go of all connections; asking again makes new ones."""
        for session in self._sessions:
            session.requests.close()

    def leave(self) -> None:
        """Let go of the calling thread's connections; asking again makes new ones."""
        session: Session | None = getattr(self._own, "session", None)
        if session is not None and self._own.process == os.getpid():
            self._own.process = 0
            self._sessions.remove(session)
            session.requests.close()

    def ask(
        self,
        url: str,
        method: str,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> requests.Response:
        """
        Ask, and answer what the registry asks back: first for a token, then for a newer one.

        Raises:
            UnreachableError: It leads to where it must not.
            Again: The token service did not answer.
        """
        for left in (2, 1, 0):
            tried = self._authorization
            answer = self._follow(url, method, headers or {}, tried, more)
            is_ours = origin_of(answer.url or url) == origin_of(url)
            if answer.status_code not in _REFUSED or not left or not is_ours:
                break
            answer.close()
            if not self._authorize(answer, tried):
                break
        return answer

    def _follow(
        self,
        url: str,
        method: str,
        headers: Mapping[str, str],
        authorization: str,
        more: Mapping[str, Any],
    ) -> requests.Response:
        """The answer to one request, redirects of what is only read followed."""
        session = self._session()
        if method not in _READING:
            known = {"Authorization": authorization} if authorization else {}
            return session.ask(url, method, {**headers, **known}, **more)
        there = url
        for _ in range(_MOST_REDIRECTS + 1):
            is_ours = origin_of(there) == origin_of(url)
            known = (
                {"Authorization": authorization} if authorization and is_ours else {}
            )
            answer = session.ask(
                there,
                method,
                {**headers, **known},
                allow_redirects=False,
                is_known=is_ours,
                **self._direct(there),
                **more,
            )
            location = answer.headers.get("Location", "")
            if answer.status_code not in _REDIRECTS or not location:
                return answer
            answer.close()
            there = self._followed(there, location)
        raise UnreachableError(
            f"{self.name}: leads from one address to the next",
            hint=WRONG_SETUP,
        )

    def _direct(self, url: str) -> Mapping[str, Any]:
        """No proxy to a registry on this machine, whatever the environment says: a proxy has another one there."""
        if not self.place.is_loopback or origin_of(url) != origin_of(self.url("")):
            return {}
        return {"proxies": {"no_proxy": urlsplit(url).hostname or ""}}

    def _followed(self, here: str, location: str) -> str:
        try:
            there = urljoin(here, location)
            parts = urlsplit(there)
            is_address = bool(parts.hostname) and parts.scheme in {"http", "https"}
        except ValueError:
            is_address = False
        if not is_address:
            raise UnreachableError(
                f"{self.name}: leads to no address", hint=WRONG_SETUP
            )
        if parts.scheme == "http" and here.startswith("https:"):
            raise UnreachableError(
                f"{self.name}: leads to {parts.hostname}, which is not https",
                hint=WRONG_SETUP,
            )
        return there

    def _session(self) -> Session:
        if getattr(self._own, "process", 0) != os.getpid():
            from shipworthy.remote.session import Session

            # A connection that a fork shares with its parent would mix up both their answers.
            self._own.process = os.getpid()
            self._own.session = Session(self.connection)
            self._sessions.append(self._own.session)
        session: Session = self._own.session
        return session

    def _authorize(self, refusal: requests.Response, tried: str) -> bool:
        """Whether there is something new to come back with; one thread asks for all."""
        from shipworthy.remote.credentials import Credentials

        with self._lock:
            if self._authorization != tried:
                return True
            if self._credentials is None:
                self._credentials = Credentials(self.place, self.connection, self.login)
            given = self._credentials.answer(refusal)
            if not given or given == tried:
                return False
            self._authorization = given
            return True


def origin_of(url: str) -> tuple[str, str]:
    """Scheme and host of an address, which another must share to be let in on what is secret."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
