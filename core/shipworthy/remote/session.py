"""One thread's way to a registry: time limits, whom to trust, no cookies and nobody else's passwords."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from urllib3.exceptions import LocationParseError

from shipworthy.errors import UsageError
from shipworthy.remote.connection import Connection
from shipworthy.remote.pace import Paced


_CONNECT = 10.0
"""Seconds to wait for a host that does not take the connection at all."""


class Session:
    """
    Requests as a :class:`Connection` wants them made.

    Not to be shared between threads.

    Raises:
        UsageError: A file of authorities holds none, or there is no certificate where one is to be shown.
    """

    def __init__(self, connection: Connection) -> None:
        self.requests = _Requests()
        # Harbor takes whoever keeps its cookies for a browser.
        self.requests.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.requests.auth = _as_it_is  # else requests puts .netrc in the token's place
        limit = connection.patience.timeout
        self._limits = (min(limit, _CONNECT), limit)
        self._verify = connection.verify
        self._shown = connection.shown
        if self._shown:
            _look_at_shown(self._shown)
        if isinstance(self._verify, str):
            _look_at(self._verify)
        seconds = connection.patience.slow
        self.requests.mount("http://", Paced(seconds))
        trusted = connection.also_trust if self._verify else ()
        encrypted = _Trusting(trusted, seconds) if trusted else Paced(seconds)
        self.requests.mount("https://", encrypted)
        if not self._verify:
            import urllib3

            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def ask(
        self,
        url: str,
        method: str,
        headers: Mapping[str, str] | None = None,
        *,
        is_known: bool = True,
        **more: Any,
    ) -> requests.Response:
        """Ask once, ``is_known`` whoever may see our certificate; raises what requests raises."""
        self.requests.follows = more.get("allow_redirects", True)
        try:
            return self.requests.request(
                method,
                url,
                headers={"Accept-Encoding": "identity", **(headers or {})},
                timeout=self._limits,
                verify=self._verify,
                cert=self._shown if is_known else None,
                **more,
            )
        except (LocationParseError, UnicodeError) as error:
            # Hosts and headers that cannot be sent, which requests passes through.
            raise requests.exceptions.InvalidURL(type(error).__name__) from None


class _Requests(requests.Session):
    follows = True

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Where to go on; nowhere for who follows himself, or all of a redirect's body is read first."""
        return super().get_redirect_target(resp) if self.follows else None


class _Trusting(Paced):
    """Connections that trust more authorities than the usual ones."""

    def __init__(self, files: Sequence[object], seconds: float) -> None:
        self._context = ssl.create_default_context()
        for file in files:
            _load(self._context, str(file))
        super().__init__(seconds)

    def init_poolmanager(self, *given: Any, **more: Any) -> None:
        """Make the pool, as requests asks."""
        super().init_poolmanager(*given, ssl_context=self._context, **more)

    def proxy_manager_for(self, *given: Any, **more: Any) -> Any:
        """Make the pool to a proxy, as requests asks."""
        return super().proxy_manager_for(*given, ssl_context=self._context, **more)


def _look_at(ca_file: str) -> None:
    """Say what is wrong with the file itself; requests would say it of the connection."""
    _load(ssl.create_default_context(), ca_file)


def _load(context: ssl.SSLContext, ca_file: str) -> None:
    try:
        context.load_verify_locations(ca_file)
    except (OSError, ValueError) as error:
        raise _wrong(
            ca_file, error, "name a file with the authorities to trust"
        ) from None


def _look_at_shown(shown: str | tuple[str, str]) -> None:
    certificate, key = (shown, None) if isinstance(shown, str) else shown
    try:
        # Without a password's prompt: nobody is there to answer it.
        ssl.create_default_context().load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as error:
        raise _wrong(
            certificate, error, "name a file with our certificate, and one with its key"
        ) from None


def _wrong(file: str, error: Exception, hint: str) -> UsageError:
    reason = "no certificate in it"
    if not isinstance(error, ssl.SSLError):
        reason = getattr(error, "strerror", "") or reason
    return UsageError(f"{file}: expected certificates in PEM ({reason})", hint=hint)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
