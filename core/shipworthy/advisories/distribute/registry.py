"""
The one module that talks to registries, through oras (OCI distribution specification 1.1).

From oras: credentials (docker's configuration, credential helpers), the token exchange, uploads.
Beside it, on the same session, because oras has no way to: answers as streams that are checked
before they are kept, time limits, waiting as ``Retry-After`` says, manifests byte for byte (oras writes
them anew), registries that ask for basic authentication, and ``DOCKER_CONFIG``.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import oras.auth
import oras.auth.token
import oras.container
import oras.logger
import oras.provider
import requests

from shipworthy.advisories.distribute.artifact import (
    MANIFEST_TYPE,
    MAX_MANIFEST,
    Blob,
)
from shipworthy.advisories.distribute.connection import Connection
from shipworthy.advisories.distribute.pack import Reader
from shipworthy.advisories.distribute.reference import RegistryPlace
from shipworthy.advisories.transfer import Body, check, persist
from shipworthy.errors import DatabaseError, UnreachableError


T = TypeVar("T")

_DIGEST_HEADER = "Docker-Content-Digest"


class _Auth(oras.auth.token.TokenAuth):  # type: ignore[misc]  # oras has no types
    """Tokens as oras gets them, and basic authentication where a registry asks for that."""

    basic = False

    def get_auth_header(self) -> dict[str, str]:
        known = getattr(self, "_basic_auth", "")
        if self.basic and known:
            return {"Authorization": f"Basic {known}"}
        return dict(super().get_auth_header())

    def authenticate_request(
        self, original: requests.Response, headers: Any, refresh: bool = False
    ) -> tuple[dict[str, str], bool]:
        challenge = original.headers.get("Www-Authenticate", "")
        if not challenge.lower().startswith("basic"):
            given, changed = super().authenticate_request(original, headers, refresh)
            return dict(given), bool(changed)
        self.basic = True
        return {**(headers or {}), **self.get_auth_header()}, hasattr(
            self, "_basic_auth"
        )


class _Oras(oras.provider.Registry):  # type: ignore[misc]  # oras has no types
    """oras's client with our session, and without its own waiting."""

    def __init__(self, place: RegistryPlace, connection: Connection) -> None:
        plain = connection.is_plain(place)
        super().__init__(insecure=plain, tls_verify=connection.verify)
        timeout = connection.patience.timeout
        self.session.request = partial(self.session.request, timeout=timeout)
        self.session.auth = _as_it_is  # else requests puts .netrc in the token's place
        self.auth = _Auth()
        self.auth.session = self.session
        self.auth.prefix = self.prefix
        self.auth._tls_verify = connection.verify  # noqa: SLF001  # as oras sets it

    def do_request(
        self, url: str, method: str = "GET", **more: Any
    ) -> requests.Response:
        headers = {**(more.pop("headers", None) or {}), **self.auth.get_auth_header()}
        once = oras.provider.Registry.do_request.__wrapped__
        try:
            answer: requests.Response = once(self, url, method, headers=headers, **more)
        except ValueError as error:
            if isinstance(error, requests.RequestException):
                raise
            raise _denied(url) from None
        return answer


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


@dataclass(slots=True, kw_only=True)
class Registry:
    """One repository of a registry; safe to use from several threads, each has its own session."""

    place: RegistryPlace
    connection: Connection
    _own: threading.local = field(default_factory=threading.local)

    @property
    def name(self) -> str:
        """The reference, for messages."""
        return str(self.place)

    def resolve(self, wanted: str) -> str:
        """The digest that a tag stands for now; empty where there is no such tag. Raises ``UnreachableError``."""

        def attempt() -> str:
            answer = self._ask("manifests/" + wanted, "HEAD", _ACCEPT)
            if answer.status_code == 404:
                return ""
            check(answer, self.name)
            digest = answer.headers.get(_DIGEST_HEADER, "")
            return digest or _digest(self._read_manifest(wanted))

        return persist(self.name, self.connection.patience, attempt)

    def manifest(self, digest: str) -> bytes:
        """A manifest by its digest; raises ``DatabaseError`` where the bytes are others."""
        data = persist(
            self.name, self.connection.patience, lambda: self._read_manifest(digest)
        )
        if _digest(data) != digest:
            raise DatabaseError(
                f"{self.name}: expected {digest}, found {_digest(data)}"
            )
        return data

    def read(self, blob: Blob, take: Callable[[Reader], T]) -> T:
        """Hand a blob's bytes to ``take``; from the start again where the line drops."""

        def attempt() -> T:
            path = f"blobs/{blob.digest}"
            with self._ask(path, "GET", stream=True) as answer:
                check(answer, self.name)
                return take(Body(answer))

        return persist(self.name, self.connection.patience, attempt)

    def push(self, path: Path, blob: Blob) -> bool:
        """Upload a blob; gives whether it was not there yet."""
        client, container = self._client()
        layer = {"digest": blob.digest, "size": blob.size}

        def attempt() -> bool:
            if client.blob_exists(layer, container):
                return False
            check(client.upload_blob(str(path), container, layer), self.name)
            return True

        return persist(self.name, self.connection.patience, attempt)

    def push_manifest(self, data: bytes, tag: str) -> None:
        """Upload a manifest, its bytes as they are, under a tag."""
        headers = {"Content-Type": MANIFEST_TYPE}

        def attempt() -> None:
            check(self._ask(f"manifests/{tag}", "PUT", headers, data=data), self.name)

        persist(self.name, self.connection.patience, attempt)

    def _read_manifest(self, wanted: str) -> bytes:
        with self._ask(f"manifests/{wanted}", "GET", _ACCEPT, stream=True) as answer:
            check(answer, self.name)
            body, parts = Body(answer), []
            while body.taken <= MAX_MANIFEST and (part := body.read()):
                parts.append(part)
        if body.taken > MAX_MANIFEST:
            raise DatabaseError(
                f"{self.name}: the manifest crosses the bound of {MAX_MANIFEST} bytes"
            )
        return b"".join(parts)

    def _ask(
        self,
        path: str,
        method: str,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> requests.Response:
        client, container = self._client()
        url = f"{client.prefix}://{self.place.host}/v2/{container.api_prefix}/{path}"
        answer: requests.Response = client.do_request(
            url, method, headers=dict(headers or {}), **more
        )
        return answer

    def _client(self) -> tuple[Any, Any]:
        """This thread's client, made when it first asks."""
        if not hasattr(self._own, "client"):
            oras.logger.logger.set_level(logging.CRITICAL + 1)
            client = _Oras(self.place, self.connection)
            container = _container(self.place)
            client.auth.load_configs(container, configs=_docker_config())
            self._own.client, self._own.container = client, container
        return self._own.client, self._own.container


_ACCEPT = {"Accept": MANIFEST_TYPE}


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _container(place: RegistryPlace) -> Any:
    """Make oras's value for a repository; its own parser takes a dotted first name for a host."""
    container = oras.container.Container("repository")
    container.registry = place.host
    namespace, _, container.repository = place.repository.rpartition("/")
    container.namespace = namespace or None
    return container


def _docker_config() -> list[str] | None:
    directory = os.environ.get("DOCKER_CONFIG", "")
    path = Path(directory) / "config.json"
    return [str(path)] if directory and path.is_file() else None


def _denied(url: str) -> UnreachableError:
    host = url.partition("://")[2].partition("/")[0]
    return UnreachableError(
        f"{host}: access denied", hint=f"log in first: docker login {host}"
    )
