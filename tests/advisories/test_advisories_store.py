"""Look-ups in a database, and what happens when it is not what it should be."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from feedwriter import Feeds, osv, released
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.advisories.build import build
from shipworthy.advisories.schema import (
    dump_advisories,
    dump_record,
    load_advisories,
    load_record,
)
from shipworthy.advisories.schema_shared import (
    load_intel,
    load_limits,
    load_name,
    load_product,
)
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.advisories.verify import verify
from shipworthy.errors import DatabaseError
from shipworthy.model.advisory import Advisory, CvssVector, Range, Record


@pytest.fixture
def path(feeds: Feeds, tmp_path: Path) -> Path:
    """A small database in a directory with an awkward name."""
    feeds.osv_zip(
        "npm",
        osv(
            "GHSA-aaaa-bbbb-cccc",
            "npm",
            "a",
            fixed="2",
            details="d",
            aliases=["CVE-2024-0001"],
        ),
    )
    feeds.tracker(
        {
            "one": {
                "CVE-2024-0001": {
                    "description": "d",
                    "releases": {"sid": released("1")},
                }
            }
        }
    )
    feeds.epss({"CVE-2024-0001": (0.1, 0.2)})
    out = tmp_path / "a db?mode=rw#100%"
    build(feeds.root, out)
    return out


def test_only_what_is_there_is_given(path: Path) -> None:
    """Absent names, buckets and ids are left out; a name asked twice is answered once."""
    with AdvisoryStore.open(path) as store:
        assert store.has("npm")
        assert not store.has("pypi")
        assert not store.has("cve")
        assert list(store.advisories("npm", ["b", "a", "a", ""])) == ["a"]
        assert store.advisories("pypi", ["a"]) == {}
        assert store.advisories("intel", ["a"]) == {}
        assert store.records([("pypi", "x"), ("cve", "CVE-2024-0001")]) == {}
        assert store.cves([]) == {}


def test_a_store_can_be_asked_again_after_it_was_closed(path: Path) -> None:
    """Closing lets go of the files; asking opens them anew."""
    store = AdvisoryStore.open(path)
    first = store.advisories("npm", ["a"])
    store.close()
    assert store.advisories("npm", ["a"]) == first
    store.close()


def test_looking_things_up_writes_nothing(path: Path) -> None:
    """No journal, no lock, no changed byte: any number of processes share a database."""
    before = {p: p.read_bytes() for p in path.rglob("*") if p.is_file()}
    with AdvisoryStore.open(path) as store:
        store.advisories("npm", ["a"])
        store.intel(["CVE-2024-0001"])
        assert {p: p.read_bytes() for p in path.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("missing", ["", "index.json", "shards/npm.sqlite"])
def test_what_is_missing_is_named(path: Path, missing: str) -> None:
    """A missing database, index or shard is one line with the path and what to do."""
    target = path / missing if missing else path
    target.rename(path.parent / "elsewhere")
    with pytest.raises(DatabaseError) as caught, AdvisoryStore.open(path) as store:
        store.advisories("npm", ["a"])
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    "index",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"schema": 2}',
        b"\xff\xfe",
        b'{"schema": 2, "shards": [{"name": "../x"}], "feeds": [], "date": ""}',
    ],
)
def test_a_broken_index_is_refused(path: Path, index: bytes) -> None:
    """Whatever the bytes of the index are."""
    (path / "index.json").write_bytes(index)
    with pytest.raises(
        DatabaseError, match="expected the index of an advisory database"
    ):
        AdvisoryStore.open(path)


@pytest.mark.parametrize("schema", [0, 1, "2", None, [2]])
def test_another_schema_is_named(path: Path, schema: object) -> None:
    """A database of another version is neither read nor guessed at."""
    document = json.loads((path / "index.json").read_text())
    (path / "index.json").write_text(json.dumps({**document, "schema": schema}))
    with pytest.raises(DatabaseError, match="this shipworthy reads schema 2"):
        AdvisoryStore.open(path)


def _name_index_after(path: Path) -> None:
    """Make the index agree with the sizes of tampered shards, as a forger would."""
    document = json.loads((path / "index.json").read_text())
    for shard in document["shards"]:
        shard["size"] = (path / "shards" / f"{shard['name']}.sqlite").stat().st_size
    (path / "index.json").write_text(json.dumps(document))


@pytest.mark.parametrize("keep", [0, 1, 50, 100, 4096, 5000, 9000])
@pytest.mark.parametrize("forged", [False, True])
def test_a_truncated_shard_is_refused(path: Path, keep: int, forged: bool) -> None:
    """Cut short anywhere, whether or not the index was made to agree."""
    shard = path / "shards" / "npm.sqlite"
    shard.write_bytes(shard.read_bytes()[:keep])
    if forged:
        _name_index_after(path)
    with (
        pytest.raises(DatabaseError, match=r"npm\.sqlite: the shard is broken"),
        AdvisoryStore.open(path) as store,
    ):
        store.advisories("npm", ["a"])


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE packages; CREATE VIEW packages AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i AS key, i AS body FROM n",
        "CREATE TABLE more(x)",
        "DROP TABLE records",
        "DELETE FROM meta",
        "UPDATE meta SET body='[]'",
        "UPDATE meta SET body=replace(body, '\"npm\"', '\"pypi\"')",
        "UPDATE packages SET body=5",
        "UPDATE packages SET body=x'00ff'",
        "UPDATE packages SET body=CAST('[[5,[],[\"1\"],0]]' AS BLOB)",
        'UPDATE packages SET body=CAST(\'[["X",[],["1"],7]]\' AS BLOB)',
    ],
)
def test_a_tampered_shard_is_refused(path: Path, sql: str) -> None:
    """Other tables, views and rows of other types are an error of ours, not a crash or a hang."""
    connection = sqlite3.connect(path / "shards" / "npm.sqlite")
    connection.executescript(sql)
    connection.close()
    _name_index_after(path)
    with pytest.raises(DatabaseError), AdvisoryStore.open(path) as store:
        store.advisories("npm", ["a"])


def test_verify_names_every_shard_that_changed(path: Path) -> None:
    """One flipped byte is found by its digest, a missing file too."""
    shard = path / "shards" / "npm.sqlite"
    data = bytearray(shard.read_bytes())
    data[-1] ^= 1
    shard.write_bytes(data)
    (path / "shards" / "cve.sqlite").unlink()
    with pytest.raises(
        DatabaseError, match=r"cve cannot be read .*; npm has another digest"
    ):
        verify(path)


_TEXT = st.text(max_size=20)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | _TEXT,
    lambda inner: (
        st.lists(inner, max_size=8) | st.dictionaries(_TEXT, inner, max_size=3)
    ),
    max_leaves=20,
)


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=40) | _JSON.map(orjson.dumps))
def test_no_body_escapes_as_another_error(body: bytes) -> None:
    """Whatever a row holds, it is read or refused with our own error."""
    loaders: list[Callable[[], Any]] = [
        lambda: load_advisories(
            body, bucket="b", package="p", scheme="deb", feeds=("f",)
        ),
        lambda: load_record(body, "X"),
        lambda: load_intel(body, "X", ""),
        lambda: load_product(body, "x"),
        lambda: load_limits(body, "debian-12"),
        lambda: load_name(body, "os/debian"),
    ]
    for load in loaders:
        with contextlib.suppress(DatabaseError):
            load()


_KIND = st.sampled_from(["introduced", "fixed", "last_affected", "limit"])
_RANGE = st.builds(
    Range,
    events=st.lists(st.tuples(_KIND, st.text(min_size=1, max_size=5)), max_size=4).map(
        tuple
    ),
)
_NAMES = st.lists(st.text(min_size=1, max_size=5), max_size=3).map(tuple)
_ADVISORY = st.builds(
    Advisory,
    id=st.text(min_size=1, max_size=9),
    feed=st.sampled_from(["f", "g"]),
    bucket=st.just("b"),
    package=st.just("p"),
    scheme=st.just("deb"),
    ranges=st.lists(_RANGE, max_size=3).map(tuple),
    versions=_NAMES,
    fix_state=st.sampled_from(
        [
            "affected",
            "fixed",
            "will-not-fix",
            "end-of-life",
            "fix-deferred",
            "under-investigation",
        ]
    ),
    rating=_TEXT,
    arches=_NAMES,
    modularity=_TEXT,
    also=_NAMES,
    bulletin=st.booleans(),
)


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(advisory=_ADVISORY, sets=st.lists(_NAMES, min_size=1, max_size=3))
def test_advisories_come_back_as_they_went_in(
    advisory: Advisory, sets: list[tuple[str, ...]]
) -> None:
    """One advisory for each alias set, every field the same."""
    body = dump_advisories([(advisory, sets)], ("f", "g"))
    found = load_advisories(
        body, bucket="b", package="p", scheme="deb", feeds=("f", "g")
    )
    assert [a.aliases for a in found] == sets
    fields = (
        "id",
        "feed",
        "ranges",
        "versions",
        "fix_state",
        "rating",
        "arches",
        "modularity",
        "also",
        "bulletin",
    )
    for name in fields:
        assert {getattr(a, name) for a in found} == {getattr(advisory, name)}


@pytest.mark.property
@settings(max_examples=100, deadline=None)
@given(
    record=st.builds(
        Record,
        id=st.just("X"),
        source=_TEXT,
        summary=_TEXT,
        details=_TEXT,
        rating=_TEXT,
        cvss=st.lists(
            st.builds(CvssVector, source=_TEXT, vector=_TEXT), max_size=2
        ).map(tuple),
        cwes=_NAMES,
        references=_NAMES,
        published=_TEXT,
        modified=_TEXT,
        disputed=st.booleans(),
    )
)
def test_records_come_back_as_they_went_in(record: Record) -> None:
    """Every field, whatever is left at its default."""
    assert load_record(dump_record(record), "X") == record
