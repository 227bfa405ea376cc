"""
Writing a shard: one SQLite file whose bytes depend on its rows alone.

Rows go in sorted by key with fixed settings, so pages fill in order and nothing is left
over. The two places where SQLite writes its own history (file format, offsets 24, 92 and
96: change counters and library version) are set to constants.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import orjson

from shipworthy.advisories.index import ShardInfo
from shipworthy.advisories.schema import SCHEMA, TABLES
from shipworthy.values import dataclass


PAGE = 4096

_COUNTERS = ((24, 1), (92, 1), (96, 3_040_001))

Rows = Iterable[tuple[str, bytes]]
"""Key and body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The rows of one shard, sorted by key; they are taken one by one and once."""

    name: str
    advisories: int
    scheme: str = ""
    date: str = ""
    feeds: tuple[str, ...] = ()
    packages: Rows = ()
    records: Rows = ()


def write_shard(path: Path, content: Content) -> ShardInfo:
    """Write a shard to a path where nothing is yet, and say what went into it."""
    meta = {
        "schema": SCHEMA,
        "name": content.name,
        "scheme": content.scheme,
        "date": content.date,
        "feeds": list(content.feeds),
    }
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA page_size={PAGE}")
        connection.execute("PRAGMA auto_vacuum=NONE")
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
        for sql in TABLES.values():
            connection.execute(sql)
        _fill(connection, "meta", [("shard", orjson.dumps(meta))])
        packages = _fill(connection, "packages", content.packages)
        records = _fill(connection, "records", content.records)
        connection.execute("COMMIT")
    finally:
        connection.close()
    _settle_header(path)
    return ShardInfo(
        name=content.name,
        digest=digest_of(path),
        size=path.stat().st_size,
        advisories=content.advisories,
        packages=packages,
        records=records,
    )


def digest_of(path: Path) -> str:
    """``sha256:<hex>`` of a file."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            sha.update(chunk)
    return f"sha256:{sha.hexdigest()}"


def _fill(connection: sqlite3.Connection, table: str, rows: Rows) -> int:
    """Insert the rows and say how many there were."""
    cursor = connection.executemany(
        f"INSERT INTO {table} VALUES (?, ?)",  # noqa: S608  # a name out of TABLES
        rows,
    )
    return max(cursor.rowcount, 0)


def _settle_header(path: Path) -> None:
    with path.open("r+b") as file:
        for offset, value in _COUNTERS:
            file.seek(offset)
            file.write(value.to_bytes(4, "big"))
