"""
One small file over https: bounded in size and in time, and led nowhere but to https.

Plain http is spoken only where the connection says so; nobody's passwords are sent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urljoin, urlsplit

import requests

from shipworthy.errors import UnreachableError, UsageError
from shipworthy.remote.connection import Connection
from shipworthy.remote.session import Session
from shipworthy.remote.transfer import CHUNK, Again, check, persist, shown


LONGEST = 60.0
"""Seconds that one file may take, all in all."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_MISSING = frozenset({404, 410})
_REFUSED = "it must be there for everybody who scans, or in a registry: oci://…"


def download(
    url: str, connection: Connection, limit: int, *, longest: float = LONGEST
) -> bytes:
    """
    The bytes at an address, at most ``limit`` of them.

    Raises:
        UsageError: The address may not be asked, there is nothing, or more than ``limit``.
        UnreachableError: No answer, or not in time; or it leads to where it must not.
    """
    check_address(url, connection)
    until = time.monotonic() + longest
    session = Session(connection)

    def attempt() -> bytes:
        return _read(_asked(session, url, connection), url, limit, until)

    with closing(session.requests):
        return persist(url, connection.patience, attempt)


def check_address(url: str, connection: Connection) -> None:
    """Let an address pass that may be asked; raises ``UsageError`` for any other."""
    if not _is_safe(url, connection):
        raise UsageError(
            f"{url}: expected an https:// address",
            hint="http can be changed on its way, and so can what it leads to",
        )


def _asked(session: Session, url: str, connection: Connection) -> requests.Response:
    """The answer to one request, redirects followed, its body not yet read."""
    there = url
    for _ in range(_MOST_REDIRECTS + 1):
        answer = session.ask(there, "GET", stream=True, allow_redirects=False)
        location = answer.headers.get("Location", "")
        if answer.status_code not in _REDIRECTS or not location:
            return answer
        answer.close()
        there = _followed(there, location, url, connection)
    raise UnreachableError(f"{url}: leads from one address to the next")


def _read(answer: requests.Response, url: str, limit: int, until: float) -> bytes:
    with answer:
        if answer.status_code in _MISSING:
            raise UsageError(f"{url}: is not there ({answer.status_code})")
        check(answer, url, denied=_REFUSED)
        stated = answer.headers.get("Content-Length", "")
        data = bytearray()
        for part in _parts(answer):
            data += part
            if len(data) > limit:
                raise UsageError(f"{url}: is larger than {limit:,} bytes")
            if time.monotonic() > until:
                raise UnreachableError(f"{url}: did not come in time")
    if stated.isdecimal() and len(stated) < 20 and len(data) < int(stated):
        raise Again(f"ended after {len(data)} of {stated} bytes")
    return bytes(data)


def _parts(answer: requests.Response) -> Iterator[bytes]:
    """The body as it comes: a part is not waited for until it is large."""
    import urllib3

    read = getattr(answer.raw, "read1", None)
    if read is None:  # urllib3 before 2
        yield from answer.iter_content(1)
        return
    try:
        while part := read(CHUNK):
            yield part
    except urllib3.exceptions.HTTPError:
        raise Again("connection lost") from None


def _followed(here: str, location: str, url: str, connection: Connection) -> str:
    try:
        there = urljoin(here, location)
    except ValueError:
        raise UnreachableError(f"{url}: leads to no address") from None
    if not _is_safe(there, connection):
        raise UnreachableError(f"{url}: leads to {shown(there)}, which is not https")
    return there


def _is_safe(url: str, connection: Connection) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    schemes = {"https", "http"} if connection.plain_http else {"https"}
    return parts.scheme in schemes and bool(host) and "@" not in parts.netloc
