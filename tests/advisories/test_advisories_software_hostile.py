"""Projects' advisories of any content: a record is read or counted, and nothing else escapes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from feedwriter import Feeds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from softwarewriter import NGINX, WORDPRESS, below, cpe_match, cve_record, nvd_cve

from shipworthy.advisories.feeds.curl import CurlFeed
from shipworthy.advisories.feeds.cve_record import CveRecordFeed
from shipworthy.advisories.feeds.interface import Feed, Row, Statement
from shipworthy.advisories.feeds.malicious import MaliciousFeed
from shipworthy.advisories.feeds.nginx import NginxFeed
from shipworthy.advisories.feeds.nodejs import NodejsFeed
from shipworthy.advisories.feeds.nvd import NvdFeed
from shipworthy.advisories.feeds.retirejs import RetireJsFeed
from shipworthy.advisories.feeds.spans import (
    EVERYTHING,
    Span,
    after,
    before,
    joined,
    ranges_of,
    without,
)
from shipworthy.advisories.feeds.wordfence import WordfenceFeed
from shipworthy.errors import FeedError
from shipworthy.model.advisory import FeedInfo
from shipworthy.versions.ranges import affected


Place = tuple[str, ...]
NODE = {
    "cve": ["CVE-2017-1000381"],
    "vulnerable": "8.x",
    "patched": "^8.1.4",
    "affectedEnvironments": ["all"],
}
RETIRE = {
    "vulnerabilities": [{"below": "2", "identifiers": {"CVE": ["CVE-2020-7676"]}}]
}
RECORD = cve_record("CVE-2023-0286", "OpenSSL", below("3.0.0", "3.0.8"))
NVD = {
    "vulnerabilities": [
        {
            "cve": nvd_cve(
                "CVE-2023-0001",
                {"nodes": [{"cpeMatch": [cpe_match("a:openssl:openssl:3.0.7")]}]},
            )
        }
    ]
}
SEEDS: list[tuple[Feed, Place, Any]] = [
    (NodejsFeed(), ("nodejs", "core", "index.json"), {"1": NODE}),
    (CveRecordFeed(), ("projects", "openssl", "CVE-2023-0286.json"), RECORD),
    (WordfenceFeed(), ("wordfence", "production.json"), WORDPRESS),
    (RetireJsFeed(), ("retirejs", "npmrepository.json"), {"angular": RETIRE}),
    (NvdFeed(), ("nvd", "nvdcve-2.0-2023.json"), NVD),
    (CurlFeed(), ("curl", "vuln.json"), [{"id": "CURL-CVE-2023-1", "affected": [{}]}]),
    (
        MaliciousFeed(),
        ("malicious", "osv", "MAL-2024-1.json"),
        {"id": "MAL-2024-1", "affected": [{"package": {"ecosystem": "npm"}}]},
    ),
]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.sampled_from(["1.0", "*", "8.x", "CVE-2024-1000", "affected", "x" * 500, "<"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    max_leaves=6,
)


def mutated(value: Any, draw: Callable[[st.SearchStrategy[Any]], Any]) -> Any:
    """The document with something else at one of its places."""
    if draw(st.integers(0, 5)) == 0:
        return draw(values)
    if isinstance(value, dict) and value:
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: mutated(value[key], draw)}
    if isinstance(value, list) and value:
        index = draw(st.integers(0, len(value) - 1))
        return [*value[:index], mutated(value[index], draw), *value[index + 1 :]]
    return draw(values)


def read(feed: Feed, document: bytes, place: Place) -> list[Row]:
    """The rows of a feed of this one file; none where it is refused."""
    with TemporaryDirectory() as folder:
        path = Path(folder).joinpath(*place)
        path.parent.mkdir(parents=True)
        path.write_bytes(document)
        try:
            return list(feed.read(Path(folder)))
        except FeedError:
            return []


@pytest.mark.parametrize(
    ("feed", "place", "seed"), SEEDS, ids=lambda v: getattr(v, "name", "")
)
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_record_escapes_as_another_error(
    feed: Feed, place: Place, seed: Any, data: st.DataObject
) -> None:
    """Whatever stands in a place of a record, it is read, counted or refused, with ranges that compare."""
    document = json.dumps(mutated(seed, data.draw)).encode("utf-8", "replace")
    rows = read(feed, document, place)

    for row in rows:
        if isinstance(row, Statement) and row.advisory.bucket in {"generic", "cpe"}:
            affected("generic", "3.0.7", row.advisory.ranges)
    assert sum(isinstance(row, FeedInfo) for row in rows) <= 1


@given(cut=st.integers(0, len(NGINX)), junk=st.text(max_size=10))
@settings(max_examples=60, deadline=None)
def test_no_xml_escapes_as_another_error(cut: int, junk: str) -> None:
    """A list cut short or with anything inside is read or refused."""
    document = (NGINX[:cut] + junk + NGINX[cut:]).encode("utf-8", "replace")
    read(NginxFeed(), document, ("nginx", "security_advisories.xml"))


@pytest.mark.parametrize(
    ("feed", "place", "content"),
    [
        (NodejsFeed(), ("nodejs", "core", "index.json"), b"[]"),
        (NodejsFeed(), ("nodejs", "core", "index.json"), b"\xff"),
        (CurlFeed(), ("curl", "vuln.json"), b"{}"),
        (CurlFeed(), ("curl", "vuln.json"), b"["),
        (WordfenceFeed(), ("wordfence", "production.json"), b"[]"),
        (RetireJsFeed(), ("retirejs", "npmrepository.json"), b"[]"),
        (NginxFeed(), ("nginx", "security_advisories.xml"), b"<html><p>"),
        (
            NginxFeed(),
            ("nginx", "security_advisories.xml"),
            b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        ),
    ],
)
def test_a_file_of_another_format_is_named(
    feeds: Feeds, feed: Feed, place: Place, content: bytes
) -> None:
    """One error that names the file and what was expected."""
    path = feeds.path(*place)
    path.write_bytes(content)

    with pytest.raises(FeedError) as caught:
        list(feed.read(feeds.root))
    assert str(path) in caught.value.message
    assert "expected" in caught.value.message


@pytest.mark.parametrize("feed", [feed for feed, _, _ in SEEDS] + [NginxFeed()])
def test_no_files_are_no_feed(feeds: Feeds, feed: Feed) -> None:
    """A feed that is not there gives nothing and no account."""
    assert not list(feed.read(feeds.root))


numbers = st.integers(0, 6)


@st.composite
def spans(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[Span]:
    """Some spans between the versions 0 to 6."""
    found = []
    for _ in range(draw(st.integers(0, 3))):
        low, high = draw(numbers), draw(numbers)
        closes = after if draw(st.booleans()) else before
        found.append((before(str(low)), closes(str(high))))
    return found


def holds(given_: list[Span]) -> Iterator[bool]:
    """For each version from 0 to 6 whether the ranges of the spans hold it."""
    ranges = ranges_of(given_)
    for number in range(7):
        yield affected("generic", str(number), ranges) is not None


@given(some=spans(), gone=spans())
@settings(max_examples=200, deadline=None)
def test_spans_are_sets(some: list[Span], gone: list[Span]) -> None:
    """Joined and taken from each other they hold what sets of versions would hold."""
    a, b = list(holds(joined(some))), list(holds(joined(gone)))

    assert list(holds(without(some, gone))) == [
        x and not y for x, y in zip(a, b, strict=True)
    ]
    assert list(holds(joined([*some, *gone]))) == [
        x or y for x, y in zip(a, b, strict=True)
    ]
    assert list(holds(without([EVERYTHING], gone))) == [not y for y in b]
