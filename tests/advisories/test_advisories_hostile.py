"""Broken, huge and hostile feeds: one record is left out and counted, a file that is none is named."""

from __future__ import annotations

import gzip
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from feedwriter import Feeds, entry, ids, osv, released
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.advisories.build import build
from shipworthy.advisories.feeds import containers, files
from shipworthy.advisories.feeds.interface import RecordRow, Statement
from shipworthy.advisories.feeds.osv_record import Foreign, rows_of
from shipworthy.advisories.feeds.values import Broken
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.errors import FeedError


Database = Callable[[], AdvisoryStore]

_GOOD = osv("PYSEC-1", "PyPI", "a", fixed="2")


def _with(**fields: Any) -> bytes:
    return json.dumps({**osv("PYSEC-2", "PyPI", "a"), **fields}).encode()


def _affected(**fields: Any) -> bytes:
    return _with(affected=[{**entry("PyPI", "a", ("introduced", "0")), **fields}])


_BAD = {
    "no JSON": b"{",
    "empty": b"",
    "not UTF-8": b'{"id": "\xff"}',
    "a list": b"[]",
    "no id": b'{"modified": "2024-01-01T00:00:00Z"}',
    "id of another type": _with(id=5),
    "id with a line break": _with(id="X\nY"),
    "id of ten thousand characters": _with(id="X" * 10_000),
    "NaN": b'{"id": "X-1", "score": NaN}',
    "a lone surrogate": b'{"id": "X-\\ud800"}',
    "deep nesting": b'{"id":"X-1","a":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "affected is an object": _with(affected={}),
    "affected is a list of numbers": _with(affected=[1]),
    "package is a string": _affected(package="a"),
    "no name": _affected(package={"ecosystem": "PyPI"}),
    "name with NUL": _affected(package={"ecosystem": "PyPI", "name": "a\0b"}),
    "ranges is a number": _affected(ranges=1),
    "range without a type": _affected(ranges=[{"events": [{"introduced": "0"}]}]),
    "no introduced": _affected(
        ranges=[{"type": "ECOSYSTEM", "events": [{"fixed": "1"}]}]
    ),
    "event of another type": _affected(
        ranges=[{"type": "ECOSYSTEM", "events": [{"introduced": 0}]}]
    ),
    "two events in one": _affected(
        ranges=[{"type": "ECOSYSTEM", "events": [{"introduced": "0", "fixed": "1"}]}]
    ),
    "versions is a number and all there is": _affected(ranges=[], versions=7),
    "too many events": _affected(
        ranges=[{"type": "ECOSYSTEM", "events": [{"introduced": "0"}] * 20_001}]
    ),
}


@pytest.mark.parametrize("data", _BAD.values(), ids=_BAD.keys())
def test_one_bad_record_is_left_out_and_counted(
    feeds: Feeds, database: Database, data: bytes
) -> None:
    """The others still count."""
    feeds.osv_zip("PyPI", _GOOD, raw={"PYSEC-2.json": data})
    store = database()
    assert ids(store.advisories("pypi", ["a"])["a"]) == ["PYSEC-1"]
    assert [(f.records, f.skipped) for f in store.info.feeds] == [(1, 1)]


def test_prose_of_the_wrong_type_does_not_lose_the_advisory(
    feeds: Feeds, database: Database
) -> None:
    """What does not decide a match may be anything; null is absent everywhere."""
    fields: dict[str, Any] = dict.fromkeys(
        ["summary", "details", "references", "severity", "database_specific"], None
    )
    feeds.osv_zip("PyPI", _GOOD, raw={"PYSEC-2.json": _with(**fields, aliases=None)})
    odd: dict[str, Any] = {
        "summary": [],
        "details": 5,
        "references": {"url": 1},
        "aliases": "CVE-2024-0001",
    }
    feeds.osv_zip(
        "npm", osv("GHSA-aaaa-bbbb-cccc", "npm", "a", **odd, database_specific=[1])
    )
    store = database()
    assert ids(store.advisories("pypi", ["a"])["a"]) == ["PYSEC-1", "PYSEC-2"]
    assert ids(store.advisories("npm", ["a"])["a"]) == ["GHSA-aaaa-bbbb-cccc"]


def test_a_range_decides_where_the_list_of_versions_is_none(
    feeds: Feeds, database: Database
) -> None:
    """Publishers have put the number of versions in its place."""
    feeds.osv_zip("PyPI", _GOOD, raw={"PYSEC-2.json": _affected(versions=194)})
    assert ids(database().advisories("pypi", ["a"])["a"]) == ["PYSEC-1", "PYSEC-2"]


def test_names_in_a_zip_do_not_matter(
    feeds: Feeds, database: Database, tmp_path: Path
) -> None:
    """Nothing is unpacked, so a path that leaves its place is only a name."""
    raw = {
        "../../../evil.json": json.dumps({**_GOOD, "id": "PYSEC-3"}).encode(),
        "/abs.json": json.dumps({**_GOOD, "id": "PYSEC-4"}).encode(),
        "readme.txt": b"not a record",
        "folder/": b"",
    }
    feeds.osv_zip("PyPI", _GOOD, raw=raw)
    found = database().advisories("pypi", ["a"])["a"]
    assert ids(found) == ["PYSEC-1", "PYSEC-3", "PYSEC-4"]
    assert not list(tmp_path.rglob("evil*"))


def test_the_same_id_twice_is_one_advisory(feeds: Feeds, database: Database) -> None:
    """Under other names, and with another date: the newer stands."""
    old = {**_GOOD, "modified": "2020-01-01T00:00:00Z"}
    feeds.osv_zip(
        "PyPI",
        _GOOD,
        raw={"a.json": json.dumps(old).encode(), "b.json": json.dumps(_GOOD).encode()},
    )
    assert ids(database().advisories("pypi", ["a"])["a"]) == ["PYSEC-1"]


def test_a_bomb_in_a_zip_is_left_out(feeds: Feeds, database: Database) -> None:
    """A record larger than any record is not inflated."""
    feeds.osv_zip(
        "PyPI", _GOOD, raw={"PYSEC-2.json": b" " * (containers.MAX_RECORD + 1)}
    )
    assert [(f.records, f.skipped) for f in database().info.feeds] == [(1, 1)]


def test_a_zip_that_lies_about_sizes_is_left_out(
    feeds: Feeds, database: Database
) -> None:
    """A member that inflates to more than it says is broken, however little it says."""
    path = feeds.osv_zip("PyPI", _GOOD, raw={"PYSEC-2.json": b" " * 5_000_000})
    path.write_bytes(
        path.read_bytes().replace(struct.pack("<I", 5_000_000), struct.pack("<I", 10))
    )
    assert [(f.records, f.skipped) for f in database().info.feeds] == [(1, 1)]


def test_a_zip_beyond_the_bound_is_refused(
    feeds: Feeds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All members together have a bound too."""
    monkeypatch.setattr(containers, "MAX_ZIP", 10)
    feeds.osv_zip("PyPI", _GOOD)
    with pytest.raises(FeedError, match="more than the bound of 10 bytes"):
        build(feeds.root, tmp_path / "db")


def test_other_compressions_and_encryption_are_left_out(
    feeds: Feeds, database: Database
) -> None:
    """Only stored and deflated members are read."""
    path = feeds.osv_zip("PyPI", _GOOD)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("PYSEC-2.json", json.dumps({**_GOOD, "id": "PYSEC-2"}))
    assert [(f.records, f.skipped) for f in database().info.feeds] == [(1, 1)]


@pytest.mark.parametrize("keep", [0, 10, 100, 200])
def test_a_broken_zip_is_named(feeds: Feeds, tmp_path: Path, keep: int) -> None:
    """A file that is no zip is refused by its name, and where nothing else is there that ends the build."""
    path = feeds.osv_zip("PyPI", _GOOD)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(
        FeedError, match=r"all\.zip: expected a zip of OSV records"
    ) as caught:
        build(feeds.root, tmp_path / "db")
    assert "\n" not in caught.value.message


def test_one_broken_export_costs_no_other(feeds: Feeds, database: Database) -> None:
    """An ecosystem's broken zip is refused, the other ecosystems are read whole."""
    feeds.osv_zip("npm", osv("GHSA-aaaa-bbbb-cccc", "npm", "a")).write_bytes(b"PK")
    feeds.osv_zip("PyPI", _GOOD)
    store = database()
    accounts = {f.name: (f.records, f.refused[:30]) for f in store.info.feeds}
    assert accounts == {
        "osv/PyPI": (1, ""),
        "osv/npm": (0, "osv/npm/all.zip: expected a zi"),
    }
    assert ids(store.advisories("pypi", ["a"])["a"]) == ["PYSEC-1"]


@pytest.mark.parametrize(
    ("place", "data", "message"),
    [
        ("debian/tracker.json", b"{", "expected the Debian tracker"),
        ("debian/tracker.json", b"[]", "expected the Debian tracker"),
        ("alpine/v3.18/main.json", b"{}", "expected a secdb document"),
        ("wolfi/security.json", b'{"packages": 5}', "expected a secdb document"),
        ("epss/epss_scores-2024-01-01.csv", b"", "expected EPSS scores"),
        ("epss/epss_scores-2024-01-01.csv", b"a,b\n1,2\n", "expected EPSS scores"),
        ("epss/epss_scores-2024-01-01.csv.gz", b"\x1f\x8b\x08\x00junk", "gzip"),
        (
            "epss/epss_scores-2024-01-01.csv.gz",
            gzip.compress(b"cve,epss,percentile\n" * 9, mtime=0)[:20],
            "gzip",
        ),
        (
            "kev/known_exploited_vulnerabilities.json",
            b"{}",
            "expected the KEV catalogue",
        ),
        (
            "nvd/nvdcve-2.0-2024.json",
            b'{"vulnerabilities": {}}',
            "expected an NVD 2.0 year file",
        ),
    ],
)
def test_a_file_of_another_format_is_named(
    feeds: Feeds, tmp_path: Path, place: str, data: bytes, message: str
) -> None:
    """The error names the file and what was expected."""
    feeds.path(*place.split("/")).write_bytes(data)
    with pytest.raises(FeedError, match=message) as caught:
        build(feeds.root, tmp_path / "db")
    assert place in caught.value.message
    assert "\n" not in caught.value.message


def test_a_gzip_bomb_is_refused(
    feeds: Feeds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inflating stops at the bound, not at the end."""
    monkeypatch.setattr(files, "MAX_FILE", 1 << 20)
    monkeypatch.setattr(files.read, "__defaults__", (1 << 20,))
    feeds.path("nvd", "nvdcve-2.0-2024.json.gz").write_bytes(
        gzip.compress(b"0" * (1 << 24), mtime=0)
    )
    with pytest.raises(
        FeedError, match="inflates to more than the bound of 1048576 bytes"
    ):
        build(feeds.root, tmp_path / "db")


def test_bad_entries_of_the_distribution_feeds_are_counted(
    feeds: Feeds, database: Database
) -> None:
    """One entry each that cannot be understood, and one that can."""
    feeds.tracker(
        {
            "one": {
                "CVE-2024-0001": {"releases": {"sid": released("1")}},
                "CVE-2024-0002": {"releases": {"sid": {"status": "resolved"}}},
                "CVE-2024-0003": {"releases": {"../../etc": released("1")}},
                "CVE-2024-0004": {"releases": {"sid": {"status": "later"}}},
                "CVE-2024-0005": {"releases": [1]},
                "CVE\n": {"releases": {}},
            },
            "two": 5,
        }
    )
    feeds.secdb("v3.18", {"a": {"1": ["CVE-2024-0001"]}, "b": 5, "c": {"1": 5}, "": {}})
    feeds.kev(
        {"cveID": "CVE-2024-0001", "dateAdded": "2024-01-01"},
        {"cveID": 5},
        {"cveID": "CVE-2024-0002", "dateAdded": "soon"},
    )
    feeds.path("epss", "epss_scores-2024-01-01.csv").write_text(
        "cve,epss,percentile\nCVE-2024-0001,0.1,0.2\nCVE-2024-0001,2,0.2\nCVE-2024-0002,nan,0\n\nx\n"
    )
    feeds.nvd({"id": "CVE-2024-0001"}, {"id": 7}, {"id": "CVE-2024-0002", "metrics": 7})
    assert [(f.name, f.records, f.skipped) for f in database().info.feeds] == [
        ("alpine/secdb", 1, 3),
        ("debian/tracker", 1, 6),
        ("epss", 1, 3),
        ("kev", 1, 2),
        ("nvd", 1, 2),
    ]


_TEXT = st.text(max_size=12)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3)
    ),
    max_leaves=8,
)


def _nearly(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """An object with these fields, each of which may be anything else or absent."""
    return st.fixed_dictionaries({}, optional={k: v | _JSON for k, v in fields.items()})


_IDS = st.lists(
    st.sampled_from(["CVE-2024-0001", "CVE-2024-0002", "GHSA-a", "DSA-1-1"]) | _TEXT
)
_EVENT = _nearly(introduced=st.just("0") | _TEXT, fixed=_TEXT, last_affected=_TEXT)
_RANGE = _nearly(
    type=st.sampled_from(["ECOSYSTEM", "SEMVER", "GIT"]), events=st.lists(_EVENT)
)
_PACKAGE = _nearly(
    ecosystem=st.sampled_from(["PyPI", "Debian:12", "AlmaLinux:9"]) | _TEXT, name=_TEXT
)
_ENTRY = _nearly(
    package=_PACKAGE,
    ranges=st.lists(_RANGE, max_size=3),
    versions=st.lists(_TEXT, max_size=3),
    ecosystem_specific=_nearly(urgency=_TEXT, components=st.lists(_JSON)),
    database_specific=_nearly(severity=_TEXT, last_known_affected_version_range=_TEXT),
    severity=st.lists(_nearly(type=_TEXT, score=_TEXT)),
)
_RECORD = _nearly(
    id=st.sampled_from(["PYSEC-1", "ALSA-1", "DSA-1-1", "CVE-2024-0003"]),
    modified=st.just("2024-01-01T00:00:00Z") | _TEXT,
    summary=_TEXT,
    aliases=_IDS,
    upstream=_IDS,
    related=_IDS,
    affected=st.lists(_ENTRY, max_size=3),
    severity=st.lists(_nearly(type=_TEXT, score=_TEXT)),
    references=st.lists(_nearly(url=_TEXT)),
)


@pytest.mark.property
@settings(max_examples=300, deadline=None)
@given(record=_RECORD)
def test_no_record_escapes_as_another_error(record: Any) -> None:
    """A record is understood, refused, or foreign, whatever its fields hold."""
    if not isinstance(record, dict):
        return
    try:
        for row in rows_of(
            orjson.loads(orjson.dumps(record, option=orjson.OPT_NON_STR_KEYS))
        ):
            assert isinstance(row, (Statement, RecordRow))
    except (Broken, Foreign):
        pass
    except orjson.JSONEncodeError:
        pass  # hypothesis made an integer or text that JSON here cannot hold


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(cut=st.integers(0, 400), flip=st.integers(0, 399), value=st.integers(0, 255))
def test_no_zip_escapes_as_another_error(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flip: int, value: int
) -> None:
    """Cut anywhere, one byte changed anywhere: read, left out, or a FeedError."""
    root = tmp_path_factory.mktemp("zip")
    path = Feeds(root).osv_zip("PyPI", _GOOD, {**_GOOD, "id": "PYSEC-2"})
    data = bytearray(path.read_bytes())
    data[flip % len(data)] = value
    path.write_bytes(data[: len(data) - cut // 4 if cut % 4 else len(data)])
    try:
        with containers.Zip(path) as archive:
            for name in archive.names():
                found = archive.read(name)
                assert found is None or isinstance(found, bytes)
    except FeedError:
        pass
