"""
Sending small things to a registry: blobs in one piece, and manifests (OCI distribution specification 1.1, "Push").

A blob is sent as "POST then PUT". Where the registry says to send it to is followed only on the registry itself: what is sent there carries
our login. oras, which sends databases, takes a second to import; that would be most of what this takes.
"""

from __future__ import annotations

from urllib.parse import urlencode, urljoin, urlsplit

import requests

from shipworthy.errors import UnreachableError
from shipworthy.remote.blob import MANIFEST_TYPE, Blob, blob_of
from shipworthy.remote.client import Client, origin_of
from shipworthy.remote.repository import HINTS
from shipworthy.remote.transfer import CHUNK, check, persist


_MISSING = 404
_NOT_TAKEN = frozenset({400, 415, 422})
_MOST_ANSWER = 1 << 20
"""Bytes of an answer that are read for the sake of the line; nothing in them is looked at."""


class NotTakenError(UnreachableError):
    """The registry does not take a manifest of this form."""


def is_there(client: Client, tag: str) -> bool:
    """Whether something has that tag; raises ``UnreachableError``."""
    return _is_there(client, f"manifests/{tag}", {"Accept": MANIFEST_TYPE})


def send_blob(client: Client, data: bytes, *, anew: bool = False) -> Blob:
    """
    The bytes as a blob of the repository, sent where they are not there yet, or ``anew`` in any case.

    Raises:
        UnreachableError: No answer, no permission, or the registry does not take them.
    """
    blob = blob_of(data)
    if not anew and _is_there(client, f"blobs/{blob.digest}", {}):
        return blob

    def attempt() -> None:
        begun = _ask(client, client.url("blobs/uploads/"), "POST")
        check(begun, client.name)
        there = _upload_to(client, begun, blob)
        headers = {"Content-Type": "application/octet-stream"}
        check(_ask(client, there, "PUT", headers, data), client.name)

    persist(client.name, client.connection.patience, attempt, hints=HINTS)
    return blob


def send_manifest(client: Client, data: bytes, tag: str) -> None:
    """
    A manifest, its bytes as they are, under a tag.

    Raises:
        NotTakenError: The registry wants another form of manifest.
        UnreachableError: No answer, or no permission.
    """

    def attempt() -> None:
        url, headers = client.url(f"manifests/{tag}"), {"Content-Type": MANIFEST_TYPE}
        answer = _ask(client, url, "PUT", headers, data)
        if answer.status_code in _NOT_TAKEN:
            raise NotTakenError(
                f"{client.name}: the registry does not take the manifest ({answer.status_code})"
            )
        check(answer, client.name)

    persist(client.name, client.connection.patience, attempt, hints=HINTS)


def _is_there(client: Client, path: str, headers: dict[str, str]) -> bool:
    def attempt() -> bool:
        answer = _ask(client, client.url(path), "HEAD", headers)
        if answer.status_code == _MISSING:
            return False
        check(answer, client.name)
        return True

    return persist(client.name, client.connection.patience, attempt, hints=HINTS)


def _ask(
    client: Client,
    url: str,
    method: str,
    headers: dict[str, str] | None = None,
    data: bytes | None = None,
) -> requests.Response:
    """The answer, its body read and thrown away."""
    answer = client.ask(
        url, method, headers, data=data, stream=True, **_staying(method)
    )
    with answer:
        taken = 0
        for part in answer.iter_content(CHUNK):
            taken += len(part)
            if taken > _MOST_ANSWER:
                break
    return answer


def _staying(method: str) -> dict[str, bool]:
    """What is sent is led nowhere; what is asked the client follows in its own way."""
    return {} if method == "HEAD" else {"allow_redirects": False}


def _upload_to(client: Client, begun: requests.Response, blob: Blob) -> str:
    """Where the registry wants the blob."""
    here = client.url("blobs/uploads/")
    location = begun.headers.get("Location", "")
    try:
        there = urljoin(here, location)
        is_ours = origin_of(there) == origin_of(here)
    except ValueError:
        is_ours = False
    if not location or not is_ours:
        raise UnreachableError(
            f"{client.name}: the registry does not say where on it to send to"
        )
    joint = "&" if urlsplit(there).query else "?"
    return f"{there}{joint}{urlencode({'digest': blob.digest})}"
