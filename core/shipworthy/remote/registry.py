"""
The endpoints of a registry that a database needs (OCI distribution specification 1.1).

Answers are streams that are checked before they are kept, and manifests stay byte for byte what
they are. A registry is asked without credentials first; what it then asks for, and uploads, are
oras's business and oras is imported for them alone: a scan whose database is in the cache
asks for one digest.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import requests

from shipworthy.errors import DatabaseError
from shipworthy.remote.blob import MANIFEST_TYPE, MAX_MANIFEST, Blob, digest_of
from shipworthy.remote.connection import Connection
from shipworthy.remote.reference import RegistryPlace
from shipworthy.remote.session import Session
from shipworthy.remote.transfer import Again, Body, Reader, check, persist


if TYPE_CHECKING:
    from shipworthy.remote.credentials import Credentials

T = TypeVar("T")

_DIGEST_HEADER = "Docker-Content-Digest"
_REFUSED = frozenset({401, 403})
_ACCEPT = {"Accept": MANIFEST_TYPE}


@dataclass(slots=True, kw_only=True)
class Registry:
    """One repository of a registry; safe to use from several threads, each has its own session."""

    place: RegistryPlace
    connection: Connection
    _own: threading.local = field(default_factory=threading.local)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _sessions: list[Session] = field(default_factory=list)
    _credentials: Credentials | None = None
    _authorization: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """The reference, for messages."""
        return str(self.place)

    def resolve(self, wanted: str) -> str:
        """The digest that a tag stands for now; empty where there is no such tag. Raises ``UnreachableError``."""

        def attempt() -> str:
            answer = self._ask(self._url("manifests/" + wanted), "HEAD", _ACCEPT)
            if answer.status_code == 404:
                return ""
            check(answer, self.name)
            digest = answer.headers.get(_DIGEST_HEADER, "")
            return digest or digest_of(self._read_manifest(wanted))

        return persist(self.name, self.connection.patience, attempt)

    def manifest(self, digest: str) -> bytes:
        """A manifest by its digest; raises ``DatabaseError`` where the bytes are others."""
        data = persist(
            self.name, self.connection.patience, lambda: self._read_manifest(digest)
        )
        if digest_of(data) != digest:
            raise DatabaseError(
                f"{self.name}: expected {digest}, found {digest_of(data)}",
                hint="somebody changed it on its way, or the registry is broken",
            )
        return data

    def read(self, blob: Blob, take: Callable[[Reader], T]) -> T:
        """Hand a blob's bytes to ``take``; from the start again where the line drops or they end early."""

        def attempt() -> T:
            url = self._url(f"blobs/{blob.digest}")
            with self._ask(url, "GET", stream=True) as answer:
                check(answer, self.name)
                body = Body(answer)
                try:
                    return take(body)
                except DatabaseError:
                    if not body.ended or body.taken >= blob.size:
                        raise
                    raise Again(
                        f"{blob.digest[:19]} ended after {body.taken} of {blob.size} bytes"
                    ) from None

        return persist(self.name, self.connection.patience, attempt)

    def push(self, path: Path, blob: Blob) -> bool:
        """Upload a blob; gives whether it was not there yet."""
        from shipworthy.remote.uploads import Uploads

        uploads = Uploads(self.place, self._prefix, self._ask)

        def attempt() -> bool:
            answer = self._ask(self._url(f"blobs/{blob.digest}"), "HEAD")
            if answer.status_code == 200:
                return False
            if answer.status_code != 404:
                check(answer, self.name)
            uploads.upload(path, blob)
            return True

        return persist(self.name, self.connection.patience, attempt)

    def push_manifest(self, data: bytes, tag: str) -> None:
        """Upload a manifest, its bytes as they are, under a tag."""
        headers = {"Content-Type": MANIFEST_TYPE}
        url = self._url(f"manifests/{tag}")

        def attempt() -> None:
            check(self._ask(url, "PUT", headers, data=data), self.name)

        persist(self.name, self.connection.patience, attempt)

    def close(self) -> None:
        """Let go of all connections; asking again makes new ones."""
        for session in self._sessions:
            session.requests.close()

    def _read_manifest(self, wanted: str) -> bytes:
        url = self._url(f"manifests/{wanted}")
        with self._ask(url, "GET", _ACCEPT, stream=True) as answer:
            check(answer, self.name)
            body, parts = Body(answer), []
            while body.taken <= MAX_MANIFEST and (part := body.read()):
                parts.append(part)
        if body.taken > MAX_MANIFEST:
            raise DatabaseError(
                f"{self.name}: the manifest crosses the bound of {MAX_MANIFEST} bytes"
            )
        return b"".join(parts)

    @property
    def _prefix(self) -> str:
        return "http" if self.connection.is_plain(self.place) else "https"

    def _url(self, path: str) -> str:
        return f"{self._prefix}://{self.place.host}/v2/{self.place.repository}/{path}"

    def _ask(
        self,
        url: str,
        method: str,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> requests.Response:
        """Ask, and answer what the registry asks back: first for a token, then for a newer one."""
        if not hasattr(self._own, "session"):
            self._own.session = Session(self.connection)
            self._sessions.append(self._own.session)
        session: Session = self._own.session
        for left in (2, 1, 0):
            tried = self._authorization
            known = {"Authorization": tried} if tried else {}
            answer = session.ask(url, method, {**(headers or {}), **known}, **more)
            if answer.status_code not in _REFUSED or not left:
                break
            answer.close()
            if not self._authorize(answer, tried):
                break
        return answer

    def _authorize(self, refusal: requests.Response, tried: str) -> bool:
        """Whether there is something new to come back with; one thread asks for all."""
        from shipworthy.remote.credentials import Credentials

        with self._lock:
            if self._authorization != tried:
                return True
            if self._credentials is None:
                self._credentials = Credentials(self.place, self.connection)
            given = self._credentials.answer(refusal)
            if not given or given == tried:
                return False
            self._authorization = given
            return True
