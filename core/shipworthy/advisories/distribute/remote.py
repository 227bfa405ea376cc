"""
A database in registries: resolved anew each time, fetched in part, and usable when nobody answers.

Places are tried in turn. A tag is resolved to a digest by one request; what the digest names is
fetched once. Without an answer the newest database that was fetched before and holds
all that is needed takes its place, and the notes say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from shipworthy.advisories.distribute.cache import Cache
from shipworthy.advisories.distribute.fetched import (
    Accept,
    Origin,
    Published,
    Tell,
    fetch,
    load_published,
    prune,
    worst,
)
from shipworthy.advisories.index import Index
from shipworthy.errors import DatabaseError, UnreachableError
from shipworthy.remote.blob import Blob
from shipworthy.remote.connection import Connection
from shipworthy.remote.reference import RegistryPlace
from shipworthy.remote.transfer import Reader


if TYPE_CHECKING:
    from shipworthy.remote.registry import Registry

T = TypeVar("T")


class RemoteSource:
    """
    The database that the first registry to answer holds.

    Raises:
        DatabaseError: No place answers and nothing was fetched before, or what answers is
            no database or not the one that was pinned.
    """

    at_hand = False

    def __init__(
        self,
        places: Sequence[RegistryPlace],
        cache: Cache,
        connection: Connection,
        *,
        accept: Accept,
        tell: Tell,
    ) -> None:
        self._places = tuple(places)
        self._cache = cache
        self._connection = connection
        self._accept = accept
        self._tell = tell
        self._registries: dict[RegistryPlace, Registry] = {}
        self._lock = Lock()
        self._fallen: UnreachableError | None = None
        self._taken = False
        self.fetched = 0
        """Bytes of shards that travelled so far."""
        try:
            self._place, self._published = self._open()
        finally:
            self._close()

    @property
    def index(self) -> Index:
        """The index of the database in use."""
        return self._published.index

    @property
    def name(self) -> str:
        """The reference that answered."""
        return str(self._place)

    @property
    def reference(self) -> str:
        """The reference with the digest it stood for."""
        return f"{self.name.partition('@')[0]}@{self._published.digest}"

    @property
    def signature(self) -> str:
        """As the manifest carries it."""
        return self._published.artifact.signature

    @property
    def notes(self) -> tuple[str, ...]:
        """That no registry answered, where that is so."""
        if self._fallen is None:
            return ()
        return (
            f"no registry answered, so the database fetched before was used: {self._fallen.message}",
        )

    def shard(self, name: str) -> Path:
        """The file of a shard, fetched now where it was not before."""
        self.prefetch([name])
        return self._cache.shard(self._published.index.shards[name])

    def prefetch(self, names: Iterable[str]) -> None:
        """Fetch what is missing of these; after a fetch the cache is pruned."""
        try:
            self._bring(list(names))
        finally:
            self._close()

    def _bring(self, names: Sequence[str]) -> None:
        if self._fallen is not None and not self._taken:
            self._settle(names)
        lacking = self._published.missing(names, self._cache)
        if lacking:
            try:
                self.fetched += fetch(
                    self._published,
                    lacking,
                    self._cache,
                    self._origins(self._place),
                    self._tell,
                )
            except UnreachableError as error:
                if self._taken or not self._settle(names, error):
                    raise  # what was looked up already must not be mixed with another's
        self._commit()
        if lacking:
            prune(self._cache)

    def _commit(self) -> None:
        self._taken = True
        if self._fallen is None:
            self._cache.name(_key(self._place), self._published.digest)

    def _open(self) -> tuple[RegistryPlace, Published]:
        errors: list[DatabaseError] = []
        for place in self._places:
            try:
                return place, self._resolve(place)
            except DatabaseError as error:
                errors.append(error)
        reason = worst(errors)
        before = self._before()
        if not isinstance(reason, UnreachableError) or not before:
            raise reason
        self._fallen = reason
        return before[0]

    def _resolve(self, place: RegistryPlace) -> Published:
        digest = place.digest
        if not digest:
            self._tell(f"asking {place} for the advisory database")
            digest = self._registry(place).resolve(place.wanted)
            if not digest:
                raise UnreachableError(f"{place}: no such tag or repository")
        manifest = self._cache.document(digest)
        if not manifest:
            manifest = self._registry(place).manifest(digest)
            self._cache.put_document(digest, manifest)
        origins = self._origins(place)
        published = load_published(digest, manifest, str(place), self._cache, origins)
        self._accept(published.index, published.artifact.signature, str(place))
        return published

    def _settle(
        self, names: Iterable[str], error: UnreachableError | None = None
    ) -> bool:
        """Take the newest database fetched before that holds all of these, if one does."""
        for place, published in self._before():
            if not published.missing(names, self._cache):
                self._place, self._published = place, published
                self._fallen = self._fallen or error
                return True
        return False

    def _before(self) -> list[tuple[RegistryPlace, Published]]:
        """Databases that these references stood for before, newest first, as far as they are there."""
        found = []
        for place in self._places:
            pinned = (place.digest,) if place.digest else ()
            for digest in pinned or self._cache.named(_key(place)):
                manifest = self._cache.document(digest)
                if not manifest:
                    continue
                try:
                    published = load_published(
                        digest, manifest, str(place), self._cache, ()
                    )
                    signature = published.artifact.signature
                    self._accept(published.index, signature, str(place))
                except DatabaseError:
                    continue
                found.append((place, published))
        return found

    def _origins(self, first: RegistryPlace) -> list[Origin]:
        ordered = [first, *(place for place in self._places if place != first)]
        return [_Later(place, self._registry) for place in ordered]

    def _close(self) -> None:
        for registry in self._registries.values():
            registry.close()

    def _registry(self, place: RegistryPlace) -> Registry:
        from shipworthy.remote.registry import Registry

        with self._lock:
            if place not in self._registries:
                made = Registry(place=place, connection=self._connection)
                self._registries[place] = made
            return self._registries[place]


class _Later:
    """A registry that is only made when something is fetched from it: with all in the cache, none is."""

    def __init__(
        self, place: RegistryPlace, made: Callable[[RegistryPlace], Registry]
    ) -> None:
        self.name = str(place)
        self._place = place
        self._made = made

    def read(self, blob: Blob, take: Callable[[Reader], T]) -> T:
        return self._made(self._place).read(blob, take)


def _key(place: RegistryPlace) -> str:
    return f"{place.host}/{place.repository}:{place.wanted}"
