"""
One shard of a database, as SQLite keeps it (:mod:`shipworthy.advisories.schema`): opened read-only, and checked as it is read.

It is a module of its own because a scan that asks nothing of a database needs no SQLite.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from shipworthy.advisories.index import ShardInfo
from shipworthy.advisories.schema import SCHEMA, TABLES
from shipworthy.errors import DatabaseError


_AT_ONCE = 500
"""Keys of one query; SQLite allows 999 everywhere."""
_HINT = "check it with: shipworthy db verify; build or fetch it again"


class Shard:
    """
    One SQLite file, held to the size and the tables that it should have.

    Raises ``DatabaseError`` where it has not; whatever is asked of it does for what is broken.
    """

    def __init__(self, path: Path, info: ShardInfo) -> None:
        self._path = path
        _check_size(path, info)
        self._connection = _connect(path)
        try:
            with _clear(path):
                meta = self._check_tables(info.name)
                self.scheme, self.date, self.feeds = meta
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def find(self, table: str, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """(key, body) of the keys that ``table`` has, in the order asked, once each."""
        wanted = list(dict.fromkeys(keys))
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            sql = f"SELECT key, body FROM {table} WHERE key IN ({marks})"  # noqa: S608  # a name out of TABLES
            with _clear(self._path):
                found = dict(self._connection.execute(sql, some).fetchall())
            for key in some if found else ():
                if key not in found:
                    continue
                if type(found[key]) is not bytes:
                    raise _broken(self._path, f"the row of {key!r} has no body")
                yield key, found[key]

    def _check_tables(self, name: str) -> tuple[str, str, tuple[str, ...]]:
        """Nothing but our own tables may be there: a view could make a look-up run anything."""
        self._connection.execute("PRAGMA trusted_schema=OFF")
        self._connection.execute("PRAGMA cell_size_check=ON")
        found = dict(
            self._connection.execute("SELECT name, sql FROM sqlite_master LIMIT 20")
        )
        if found != TABLES:
            raise _broken(self._path, "it has other tables than a shard")
        row = self._connection.execute(
            "SELECT body FROM meta WHERE key='shard'"
        ).fetchone()
        try:
            meta = orjson.loads(row[0])
            schema, named = meta["schema"], meta["name"]
            texts = (meta["scheme"], meta["date"], *meta["feeds"])
        except (TypeError, KeyError, ValueError):
            raise _broken(self._path, "it does not say what it is") from None
        if schema != SCHEMA or named != name or not all(type(t) is str for t in texts):
            raise _broken(self._path, f"expected the shard {name} of schema {SCHEMA}")
        scheme, date, *feeds = texts
        return scheme, date, tuple(feeds)


def _check_size(path: Path, info: ShardInfo) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise DatabaseError(
            f"{path}: the shard {info.name} is missing ({error.strerror})", hint=_HINT
        ) from None
    if size != info.size:
        raise _broken(path, f"{size} bytes where the index says {info.size}")


def _connect(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise _broken(path, str(error)) from None
    connection.text_factory = str
    return connection


@contextmanager
def _clear(path: Path) -> Iterator[None]:
    """Give what SQLite says of a broken file as our own error."""
    try:
        yield
    except (
        sqlite3.Error,
        UnicodeDecodeError,
        UnicodeEncodeError,
        MemoryError,
    ) as error:
        raise _broken(path, str(error).partition("\n")[0]) from None


def _broken(path: Path, reason: str) -> DatabaseError:
    return DatabaseError(f"{path}: the shard is broken: {reason}", hint=_HINT)
