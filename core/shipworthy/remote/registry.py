"""
The endpoints of a registry that a database needs (OCI distribution specification 1.1).

Answers are streams that are checked before they are kept, and manifests stay byte for byte what
they are. Uploads are oras's business and oras is imported for them and for credentials alone: a scan
whose database is in the cache asks for one digest.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from shipworthy.errors import DatabaseError
from shipworthy.remote.blob import MANIFEST_TYPE, MAX_MANIFEST, Blob, digest_of
from shipworthy.remote.client import Client
from shipworthy.remote.transfer import Again, Body, Reader, check, persist
from shipworthy.values import dataclass


T = TypeVar("T")

_DIGEST_HEADER = "Docker-Content-Digest"
_ACCEPT = {"Accept": MANIFEST_TYPE}


@dataclass(slots=True, kw_only=True)
class Registry(Client):
    """One repository of a registry that keeps databases; as safe to share as :class:`Client`."""

    def resolve(self, wanted: str) -> str:
        """The digest that a tag stands for now; empty where there is no such tag. Raises ``UnreachableError``."""

        def attempt() -> str:
            answer = self.ask(self.url("manifests/" + wanted), "HEAD", _ACCEPT)
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
            url = self.url(f"blobs/{blob.digest}")
            with self.ask(url, "GET", stream=True) as answer:
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

        uploads = Uploads(self.place, self.prefix, self.ask)

        def attempt() -> bool:
            answer = self.ask(self.url(f"blobs/{blob.digest}"), "HEAD")
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
        url = self.url(f"manifests/{tag}")

        def attempt() -> None:
            check(self.ask(url, "PUT", headers, data=data), self.name)

        persist(self.name, self.connection.patience, attempt)

    def _read_manifest(self, wanted: str) -> bytes:
        url = self.url(f"manifests/{wanted}")
        with self.ask(url, "GET", _ACCEPT, stream=True) as answer:
            check(answer, self.name)
            body, parts = Body(answer), []
            while body.taken <= MAX_MANIFEST and (part := body.read()):
                parts.append(part)
        if body.taken > MAX_MANIFEST:
            raise DatabaseError(
                f"{self.name}: the manifest crosses the bound of {MAX_MANIFEST} bytes"
            )
        return b"".join(parts)
