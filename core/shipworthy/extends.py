"""
Where shared policies come from: a registry, an https address, or a file that the reader of files knows.

    oci://HOST/REPOSITORY[:TAG]@sha256:…       the digest of the artifact's manifest
    https://HOST/PATH@sha256:…                 the digest of the bytes; also ``#sha256=…``
    PATH                                       handed on

What is fetched is pinned: a policy decides what may ship, and nobody else may change it between two
runs. So it never changes, is kept by its digest in the user's cache, and is fetched once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import field
from pathlib import Path
from typing import TypeVar

from shipworthy.advisories.distribute.cache import Cache
from shipworthy.advisories.distribute.policies import (
    MAX_POLICY,
    policy_blob,
    pull_policy,
)
from shipworthy.errors import (
    DatabaseError,
    ShipworthyError,
    UnreachableError,
    UsageError,
)
from shipworthy.policy.document.fetch import Fetch, Fetched, file_fetch
from shipworthy.remote.blob import DIGEST
from shipworthy.remote.connection import Connection
from shipworthy.remote.reference import SCHEME, RegistryPlace, parse_registry
from shipworthy.remote.registry import Registry
from shipworthy.remote.web import check_address, download
from shipworthy.values import dataclass


T = TypeVar("T")

CACHED = "policies"
"""The directory of the user's cache that shared policies are kept in."""

_REMOTE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_FILE = "file:"
_WEB = re.compile(
    r"(?P<url>https?://[^#\s]+?)(?:(?:@sha256:|#sha256=)(?P<hex>[0-9a-f]{64}))?",
    re.ASCII,
)
_LONGEST = 2_000
_SECRET = re.compile(r"//[^/]*@")
_MIRROR = "a second --db"
_HINT = (
    "check the network and HTTPS_PROXY, or try again later;"
    " what was fetched once is in the cache and needs no network"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPolicies:
    """Fetches documents of a policy from wherever they are."""

    cache: Path
    """The user's cache directory."""
    files: Fetch = file_fetch
    """Reads what is a path."""
    connection: Connection = field(default_factory=Connection)

    def __call__(self, reference: str, *, relative_to: str) -> Fetched:
        """
        The document that ``reference`` names in the document called ``relative_to``.

        Raises:
            UsageError: It is not pinned, is not there, is no policy or another than the one
                pinned; or a policy that was fetched names a file of this machine.
            UnreachableError: Nobody answers, and it is not in the cache.
        """
        found = _REMOTE.match(reference)
        scheme = found[1].lower() if found else ""
        if not scheme or reference[: len(_FILE)].lower() == _FILE:
            if is_remote(relative_to):
                raise UsageError(
                    f"{reference[:200]}: a policy that was fetched cannot extend a file of this machine",
                    hint="publish that one too, and name it by its digest",
                )
            return self.files(reference, relative_to=relative_to)
        if len(reference) > _LONGEST:
            raise UsageError(f"{reference[:60]}…: too long for a reference")
        if scheme == "oci":
            return self._from_registry(parse_registry(SCHEME + reference[6:]))
        if scheme in {"https", "http"}:
            return self._from_web(reference)
        raise UsageError(
            f"{_SECRET.sub('//…@', reference)[:200]}: expected a path, oci:// or https://"
        )

    def _from_registry(self, place: RegistryPlace) -> Fetched:
        registry = Registry(place=place, connection=self.connection)
        with closing(registry):
            if not place.digest:
                raise _unpinned(
                    str(place), lambda: f"{place}@{_there(registry, place)}"
                )
            named = RegistryPlace(
                host=place.host, repository=place.repository, digest=place.digest
            )
            cache = self._cache
            manifest = cache.document(place.digest)
            data = b""
            if manifest:
                data = cache.document(policy_blob(manifest, str(named)).digest)
            if not data:
                manifest, data = _told_plainly(
                    lambda: pull_policy(registry, place.digest)
                )
                self._keep(data)
                self._keep(manifest)
        return Fetched(name=str(named), data=data, digest=_digest(data))

    def _from_web(self, reference: str) -> Fetched:
        found = _WEB.fullmatch(reference)
        if found is None or "@" in found["url"].split("/")[2]:
            raise UsageError(
                f"{_SECRET.sub('//…@', reference)[:200]}: expected https://HOST/PATH@sha256:…",
                hint="a policy must be readable without a password, or be in a registry",
            )
        url, pin = found["url"], f"sha256:{found['hex']}"
        check_address(url, self.connection)
        if not found["hex"]:
            raise _unpinned(url, lambda: f"{url}@{_digest(self._download(url))}")
        data = self._cache.document(pin)
        if not data:
            data = _told_plainly(lambda: self._download(url))
            if _digest(data) != pin:
                raise UsageError(
                    f"{url}: expected {pin}, found {_digest(data)}",
                    hint="it was changed: look at it again before it is pinned anew",
                )
            self._keep(data)
        return Fetched(name=f"{url}@{pin}", data=data, digest=pin)

    def _download(self, url: str) -> bytes:
        return download(url, self.connection, MAX_POLICY)

    @property
    def _cache(self) -> Cache:
        return Cache(self.cache / CACHED)

    def _keep(self, data: bytes) -> None:
        """Keep what was checked; a cache that cannot be written only costs time."""
        with suppress(DatabaseError):
            self._cache.put_document(_digest(data), data)


def is_remote(name: str) -> bool:
    """Whether a document of that name was fetched, and is no file of this machine."""
    found = _REMOTE.match(name)
    return found is not None and found[1].lower() != "file"


def _unpinned(name: str, pinned: Callable[[], str]) -> UsageError:
    """What to say of a reference without a digest; with the one that is there now, where it can be told."""
    try:
        hint = f"what is there now is {pinned()}"
    except ShipworthyError:
        hint = "add the digest of the policy that you mean: …@sha256:…"
    return UsageError(f"{name}: expected a reference pinned by its digest", hint=hint)


def _there(registry: Registry, place: RegistryPlace) -> str:
    """The digest that a tag stands for now."""
    digest = registry.resolve(place.wanted)
    if not DIGEST.fullmatch(digest):
        raise UsageError(f"{place}: is not there")
    return digest


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _told_plainly(fetch: Callable[[], T]) -> T:
    """What ``fetch`` gives; its errors in the words of policies, what is wrong apart from who does not answer."""
    try:
        return fetch()
    except UnreachableError as error:
        raise UnreachableError(
            error.message, hint=_HINT if _MIRROR in error.hint else error.hint
        ) from None
    except DatabaseError as error:
        raise UsageError(error.message, hint=error.hint) from None
