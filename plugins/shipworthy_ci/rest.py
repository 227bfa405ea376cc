"""
Asking a forge's REST interface, as GitHub and GitLab have one: bounded, patient, and led nowhere.

An overloaded server, a dropped line and a rate limit are signalled by :class:`shipworthy.remote.transfer.Again`,
for whoever asks knows what may be asked twice. GitHub tells of its secondary rate limits with 403 or 429 and
``Retry-After``, of the primary one by ``x-ratelimit-remaining: 0`` ("Rate limits for the REST API", docs.github.com);
GitLab with 429 and ``Retry-After``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shipworthy.errors import ShipworthyError
from shipworthy.remote.transfer import CHUNK, Again


if TYPE_CHECKING:
    import requests

PAGE = 100
"""Entries asked for at once."""
_MOST = 32 << 20
"""Bytes of an answer: a page of comments of the greatest length."""
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_TIMEOUT = 30.0
_LONGEST = 120.0
"""Seconds that an answer may take, however steadily it drips."""
_REASON = 300


class RefusedError(ShipworthyError):
    """
    The server will not do it, or did not answer at all.

    Args:
        message: What was asked, and what came back; no secret is in it.
        status: The status of the answer; 0 where there was none.
    """

    def __init__(self, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """One server, and how to show who is asking."""

    base: str
    """Where its interface begins, as its pipelines are told."""
    headers: Mapping[str, str] = field(repr=False)
    """Sent with everything; they hold the token and are never told."""
    timeout: float = _TIMEOUT
    """Seconds without a byte."""
    ca_file: str = ""
    """Authorities to trust, PEM; those of the system where it is empty."""

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, object] | None = None,
        query: Mapping[str, str | int] | None = None,
    ) -> Any:
        """
        The JSON answer to one request, asked once; ``path`` is quoted where it has to be.

        Raises ``RefusedError``, and ``Again`` for what may go better next time.
        """
        import requests
        from urllib3.exceptions import HTTPError

        name = f"{method} {path}"
        if urlsplit(self.base).scheme not in {"https", "http"}:
            raise RefusedError(f"{name}: the server's address is not one of the web")
        try:
            with requests.request(
                method,
                self.base.rstrip("/") + path,
                headers={"User-Agent": "shipworthy", **self.headers},
                json=body,
                params=query,
                auth=_unsigned,  # nor by ~/.netrc
                allow_redirects=False,
                stream=True,
                timeout=self.timeout,
                verify=self.ca_file or True,
            ) as response:
                data = _bytes(response, name)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise _failure(error, name) from None
        return _judged(response, data, name)

    def pages(
        self, path: str, most: int, query: Mapping[str, str | int] | None = None
    ) -> Iterator[Mapping[str, Any]]:
        """The objects of a list, page by page, of at most ``most`` pages; raises as :meth:`ask`."""
        for page in range(1, most + 1):
            asked = {**(query or {}), "per_page": PAGE, "page": page}
            entries = self.ask("GET", path, query=asked)
            if not isinstance(entries, list):
                raise RefusedError(f"GET {path}: expected a list")
            yield from (entry for entry in entries if isinstance(entry, dict))
            if len(entries) < PAGE:
                return


def _bytes(response: requests.Response, name: str) -> bytes:
    data = bytearray()
    end = time.monotonic() + _LONGEST
    for chunk in _chunks(response):
        data += chunk
        if len(data) > _MOST:
            raise RefusedError(f"{name}: the answer is larger than {_MOST >> 20} MB")
        if time.monotonic() > end:
            raise RefusedError(f"{name}: the answer takes more than {_LONGEST:.0f} s")
    return bytes(data)


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """The body as it comes: a read that waits for a whole chunk could wait for hours."""
    read = getattr(response.raw, "read1", None)
    if read is None:  # before urllib3 2.1
        return response.iter_content(1)
    return iter(lambda: read(CHUNK, decode_content=True), b"")


def _failure(error: Exception, name: str) -> Exception:
    """What a failed request comes to: some may go better, some never will."""
    import requests

    from shipworthy.remote.transfer import plain

    known = isinstance(error, (requests.RequestException, OSError))
    lost = not known and "timed out" not in str(error)
    reason = "connection lost" if lost else plain(error)
    final = (
        requests.exceptions.SSLError,
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidHeader,
    )
    return (
        RefusedError(f"{name}: {reason}") if isinstance(error, final) else Again(reason)
    )


def _judged(response: requests.Response, data: bytes, name: str) -> Any:
    import orjson

    try:
        answer = orjson.loads(data) if data.strip() else None
    except orjson.JSONDecodeError:
        answer = None
    status, said = response.status_code, _said(answer)
    if status in _AGAIN or _limited(response, said):
        raise Again(f"the server says {status}", _after(response.headers))
    if not 200 <= status < 300:
        told = f": {said}" if said else ""
        raise RefusedError(f"{name}: the server says {status}{told}", status=status)
    if answer is None and data.strip():
        raise RefusedError(f"{name}: expected JSON", status=status)
    return answer


def _limited(response: requests.Response, said: str) -> bool:
    if response.status_code != 403:
        return False
    headers = response.headers
    return (
        "Retry-After" in headers
        or headers.get("X-RateLimit-Remaining", "").strip() == "0"
        or "rate limit" in said.lower()
    )


def _after(headers: Mapping[str, str]) -> float:
    """Seconds that the server asks to wait; 0 where it does not say."""
    text = headers.get("Retry-After", "").strip()
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0.0


def _said(answer: object) -> str:
    """Why, in the server's own words: ``message`` on GitHub, that or ``error`` on GitLab."""
    if not isinstance(answer, dict):
        return ""
    told = answer.get("message") or answer.get("error")
    return told[:_REASON] if isinstance(told, str) else ""


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
