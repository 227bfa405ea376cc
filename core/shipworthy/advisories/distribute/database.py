"""Opening whatever ``--db`` names: the one way from texts to a source, with signature and age checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from shipworthy.advisories.distribute.freshness import parse_max_age, stale
from shipworthy.advisories.distribute.places import LocalPlace, Place, parse_places
from shipworthy.advisories.source import DirectorySource, ShardSource
from shipworthy.errors import DatabaseError
from shipworthy.remote.connection import Connection
from shipworthy.remote.reference import RegistryPlace
from shipworthy.values import dataclass


if TYPE_CHECKING:
    from shipworthy.advisories.index import Index

DEFAULT_REFERENCE = ""
"""The project's own published database; there is none yet."""

_FETCHED = "databases"
_HINT = (
    "build one with: shipworthy db build --feeds DIR (or --upstream); fetch one with:"
    " shipworthy db pull --db oci://HOST/REPOSITORY; or name one with --db: a directory, a bundle, oci://…"
)


def names_of(db: str | Path | Sequence[str | Path] | None) -> tuple[str | Path, ...]:
    """One name, several or none, as :class:`Database` takes them."""
    if not db:
        return ()
    return (db,) if isinstance(db, (str, Path)) else tuple(db)


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _silent(text: str) -> None:
    del text


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Which database, and what is asked of it."""

    names: tuple[str | Path, ...] = ()
    """Tried in turn; none is the one in the user's cache."""
    local: Path
    """Where one is looked for when nobody names any: what ``db build`` writes to by default."""
    cache: Path
    """The directory below which what is fetched is kept."""
    key: Path | None = None
    """The public key that must have signed it."""
    max_age: str = ""
    """``7d``, ``7d,fail``."""
    connection: Connection = field(default_factory=Connection)
    now: Callable[[], datetime] = _now
    tell: Callable[[str], None] = _silent

    def open(self) -> ShardSource:
        """
        The first of the places that holds a database.

        Raises:
            DatabaseError: None does, or it is unsigned, changed, too old or of another schema.
            UsageError: A name, an age or a key cannot be understood.
        """
        places = self._places()
        parse_max_age(self.max_age)
        errors: list[DatabaseError] = []
        for group in _grouped(places):
            try:
                return self._open(group)
            except DatabaseError as error:
                errors.append(error)
        raise self._worst(errors)

    def told_of_age(self, date: str) -> str:
        """What a result must say of the age of a database of that date; raises as :meth:`open` does."""
        return stale(date, parse_max_age(self.max_age), self.now())

    def _places(self) -> tuple[Place, ...]:
        places = parse_places(self.names)
        if places:
            return places
        default = parse_places([DEFAULT_REFERENCE])
        return (*default, LocalPlace(path=self.local))

    def _open(self, places: Sequence[Place]) -> ShardSource:
        from shipworthy.advisories.distribute.cache import Cache

        cache = Cache(self.cache / _FETCHED)
        remote = [place for place in places if isinstance(place, RegistryPlace)]
        if remote:
            from shipworthy.advisories.distribute.remote import RemoteSource

            return RemoteSource(
                remote, cache, self.connection, accept=self._accept, tell=self.tell
            )
        (local,) = (place for place in places if isinstance(place, LocalPlace))
        if local.path.is_file():
            from shipworthy.advisories.distribute.bundle import BundleSource

            return BundleSource(local.path, cache, accept=self._accept, tell=self.tell)
        source = DirectorySource(local.path)
        self._accept(source.index, source.signature if self.key else "", source.name)
        return source

    def _accept(self, index: Index, signature: str, name: str) -> None:
        if self.key is not None:
            from shipworthy.advisories.distribute.signing import check_signature

            check_signature(index.data, signature, self.key, name)
        self.told_of_age(index.info.date)

    def _worst(self, errors: Sequence[DatabaseError]) -> DatabaseError:
        if not self.names:
            return DatabaseError(errors[-1].message, hint=_HINT)
        if len(errors) == 1:
            return errors[0]
        told = "; ".join(str(error.message) for error in errors)
        return DatabaseError(told, hint=errors[0].hint)


def _grouped(places: Sequence[Place]) -> list[list[Place]]:
    """Registries that follow each other are mirrors of each other; everything else stands alone."""
    groups: list[list[Place]] = []
    for place in places:
        is_remote = isinstance(place, RegistryPlace)
        if is_remote and groups and isinstance(groups[-1][-1], RegistryPlace):
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups
