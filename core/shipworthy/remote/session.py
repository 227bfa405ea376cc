"""One thread's way to a registry: time limits, whom to trust, no cookies and nobody else's passwords."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests

from shipworthy.errors import UsageError
from shipworthy.remote.connection import Connection


_CONNECT = 10.0
"""Seconds to wait for a host that does not take the connection at all."""


class Session:
    """
    Requests as a :class:`Connection` wants them made.

    Not to be shared between threads.

    Raises:
        UsageError: The file of authorities holds none.
    """

    def __init__(self, connection: Connection) -> None:
        self.requests = requests.Session()
        # Harbor takes whoever keeps its cookies for a browser.
        self.requests.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.requests.auth = _as_it_is  # else requests puts .netrc in the token's place
        limit = connection.patience.timeout
        self._limits = (min(limit, _CONNECT), limit)
        self._verify = connection.verify
        if isinstance(self._verify, str):
            _look_at(self._verify)
        if not self._verify:
            import urllib3

            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def ask(
        self,
        url: str,
        method: str,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> requests.Response:
        """Ask once; raises what requests raises."""
        return self.requests.request(
            method,
            url,
            headers={"Accept-Encoding": "identity", **(headers or {})},
            timeout=self._limits,
            verify=self._verify,
            **more,
        )


def _look_at(ca_file: str) -> None:
    """Say what is wrong with the file itself; requests would say it of the connection."""
    import ssl

    try:
        ssl.create_default_context(cafile=ca_file)
    except (OSError, ValueError) as error:
        reason = "no certificate in it"
        if not isinstance(error, ssl.SSLError):
            reason = getattr(error, "strerror", "") or reason
        raise UsageError(
            f"{ca_file}: expected certificates in PEM ({reason})",
            hint="name a file with the authorities to trust",
        ) from None


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
