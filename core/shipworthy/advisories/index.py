"""``index.json``: which shards a database has, their digests, and the feeds it was made of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import orjson

from shipworthy.advisories.schema import SCHEMA
from shipworthy.errors import DatabaseError
from shipworthy.model.advisory import DatabaseInfo, FeedInfo
from shipworthy.values import dataclass


INDEX = "index.json"
SIGNATURE = "index.json.sig"
SHARDS = "shards"

_T = TypeVar("_T")
_MAX = 16 << 20
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,119}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HINT = (
    "build one with: shipworthy db build --feeds DIR, or name one with --db:"
    " a directory, a bundle, oci://HOST/REPOSITORY"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardInfo:
    """One shard as the index names it."""

    name: str
    digest: str
    """``sha256:<hex>`` of the file."""
    size: int
    """Bytes of the file."""
    advisories: int
    packages: int
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Everything that ``index.json`` says."""

    info: DatabaseInfo
    shards: Mapping[str, ShardInfo]
    data: bytes = b""
    """The bytes themselves; they are what is digested and signed."""


def shard_path(database: Path, name: str) -> Path:
    """Where a shard's file is."""
    return database / SHARDS / f"{name}.sqlite"


def dump_index(feeds: tuple[FeedInfo, ...], shards: tuple[ShardInfo, ...]) -> bytes:
    """The index as the bytes of ``index.json``; a pure function of its arguments."""
    document = {
        "schema": SCHEMA,
        "date": max((feed.date for feed in feeds), default=""),
        "feeds": [
            {
                "name": f.name,
                "date": f.date,
                "records": f.records,
                "skipped": f.skipped,
                "digest": f.digest,
                **({"refused": f.refused} if f.refused else {}),
            }
            for f in feeds
        ],
        "shards": [
            {
                "name": s.name,
                "digest": s.digest,
                "size": s.size,
                "advisories": s.advisories,
                "packages": s.packages,
                "records": s.records,
            }
            for s in shards
        ],
    }
    return orjson.dumps(
        document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    )


def load_index(database: Path) -> Index:
    """Read a database's index; raises ``DatabaseError`` saying what is wrong and what to do."""
    path = database / INDEX
    try:
        with path.open("rb") as file:
            data = file.read(_MAX + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise DatabaseError(
            f"{database}: no advisory database there (expected {INDEX})", hint=_HINT
        ) from None
    except OSError as error:
        raise DatabaseError(f"{path}: cannot be read ({error.strerror})") from None
    return parse_index(data, path)


def parse_index(data: bytes, path: Path | str) -> Index:
    """The index in ``data``; ``path`` is for messages."""
    try:
        document = orjson.loads(data) if len(data) <= _MAX else None
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict) or "schema" not in document:
        raise _broken(path)
    if document["schema"] != SCHEMA:
        raise DatabaseError(
            f"{path}: the database has schema {str(document['schema'])[:20]},"
            f" this shipworthy reads schema {SCHEMA}",
            hint=_HINT,
        )
    try:
        shards = tuple(_shard(value) for value in document["shards"])
        feeds = tuple(_feed(value) for value in document["feeds"])
        date = _typed(document["date"], str)
    except (KeyError, TypeError, ValueError):
        raise _broken(path) from None
    info = DatabaseInfo(
        schema=SCHEMA,
        digest=f"sha256:{hashlib.sha256(data).hexdigest()}",
        date=date,
        feeds=feeds,
        shards=tuple((shard.name, shard.advisories) for shard in shards),
    )
    return Index(info=info, shards={shard.name: shard for shard in shards}, data=data)


def _broken(path: Path | str) -> DatabaseError:
    return DatabaseError(
        f"{path}: expected the index of an advisory database", hint=_HINT
    )


def _shard(value: Mapping[str, object]) -> ShardInfo:
    name, digest = _typed(value["name"], str), _typed(value["digest"], str)
    if not _NAME.fullmatch(name) or not _DIGEST.fullmatch(digest):
        raise ValueError
    return ShardInfo(
        name=name,
        digest=digest,
        size=_typed(value["size"], int),
        advisories=_typed(value["advisories"], int),
        packages=_typed(value["packages"], int),
        records=_typed(value["records"], int),
    )


def _feed(value: Mapping[str, object]) -> FeedInfo:
    return FeedInfo(
        name=_typed(value["name"], str),
        date=_typed(value["date"], str),
        records=_typed(value["records"], int),
        skipped=_typed(value["skipped"], int),
        digest=_typed(value["digest"], str),
        refused=_typed(value.get("refused", ""), str),
    )


def _typed(value: object, kind: type[_T]) -> _T:
    if type(value) is not kind:
        raise TypeError
    return value
