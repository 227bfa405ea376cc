"""What Alpine says beside secdb: rejections, and what its tracker holds for unfixed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from feedwriter import Feeds, Json, ids
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import inventory, package

from shipworthy.advisories.feeds.alpinerejections import AlpineRejectionsFeed
from shipworthy.advisories.feeds.alpinetracker import AlpineTrackerFeed
from shipworthy.advisories.feeds.secdb import meant
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.errors import FeedError
from shipworthy.matching.match import match
from shipworthy.model.finding import Match
from shipworthy.model.package import Distro, Package


Database = Callable[[], AdvisoryStore]
HOST = "https://security.alpinelinux.org"


def rejections(feeds: Feeds, text: str, repository: str = "main") -> None:
    """A list of rejections, as Alpine's repository holds it."""
    path = feeds.path("alpine", "security-rejections", f"{repository}.yaml")
    path.write_text(text, "utf-8")


def state(package: str, version: str, *, fixed: bool, repo: str = "3.20-main") -> Json:
    """The state of a package's version in one repository."""
    return {
        "type": "VulnerabilityState",
        "fixed": fixed,
        "repo": repo,
        "packageVersion": f"{HOST}/srcpkg/{package}/{version}",
    }


def item(cve: str, *states: Any) -> Json:
    """A vulnerability as the tracker lists it."""
    return {
        "@context": f"{HOST}/static/context.jsonld",
        "type": "Vulnerability",
        "id": f"{HOST}/vuln/{cve}",
        "description": "",
        "cpeMatch": [],
        "cvss3": {"score": 7.5, "vector": ""},
        "ref": [],
        "state": list(states),
    }


def tracker(feeds: Feeds, *items: object, repository: str = "3.20-main") -> None:
    """A branch of the tracker, true to its JSON-LD; the facts are the tracker's."""
    document = {
        "@context": f"{HOST}/static/context.jsonld",
        "id": f"{HOST}/branch/{repository}",
        "items": list(items),
    }
    feeds.json(document, "alpine", "security", f"{repository}.json")


SYSLOG = item(
    "CVE-2022-38725",
    state("syslog-ng", "4.7.1-r0", fixed=False),
    state("syslog-ng", "3.38.1-r0", fixed=True, repo="edge-main"),
)
"""An unfixed candidate of 3.20 (github.com/alpinelinux/docker-alpine, issue 423)."""


def matches(store: AdvisoryStore, *packages: Package) -> tuple[Match, ...]:
    """What an image of Alpine 3.20 with these packages has."""
    distro = Distro(id="alpine", version="3.20.3")
    result = match(inventory(*packages, distro=distro), store)
    assert not any(status.partial for status in result.statuses)
    return result.matches


def test_a_rejection_is_never_affected(feeds: Feeds, database: Database) -> None:
    """CVE-2021-45951 and dnsmasq: Alpine looked and rejected it, in every branch that is there."""
    rejections(
        feeds,
        "# looked at\n---\ndnsmasq:\n  - CVE-2021-45951\n  - CVE-2021-45952 # disputed\n\nnginx:\n- 'CVE-2020-0001'\n",
    )
    for branch in ("v3.20", "edge"):
        feeds.secdb(branch, {"zlib": {"1.2.12-r2": ["CVE-2022-37434"]}})
    store = database()
    for bucket in ("alpine-3.20", "alpine-edge"):
        held = store.advisories(bucket, ["dnsmasq", "nginx"])
        assert ids(held["dnsmasq"]) == ["CVE-2021-45951", "CVE-2021-45952"]
        assert held["nginx"][0].ranges[0].events == (
            ("introduced", "0"),
            ("fixed", "0"),
        )
    assert matches(store, package("apk", "dnsmasq", "2.90-r3")) == ()


def test_a_fix_stands_over_a_rejection(feeds: Feeds, database: Database) -> None:
    """Where secdb names a fix all the same, older versions are affected."""
    rejections(feeds, "zlib:\n  - CVE-2022-37434\n")
    feeds.secdb("v3.20", {"zlib": {"1.2.12-r2": ["CVE-2022-37434"]}})
    (found,) = matches(database(), package("apk", "zlib", "1.2.12-r1"))
    assert found.fixed_versions == ("1.2.12-r2",)


def test_what_is_no_rejection_is_counted(feeds: Feeds, database: Database) -> None:
    """Only the one form of YAML is read; the rest of the file still counts."""
    feeds.secdb("v3.20", {"a": {"1-r0": ["CVE-2024-0001"]}})
    rejections(
        feeds,
        "  - CVE-2024-0001\nb: [CVE-2024-0002]\nc:\n  - CVE-2024-0003\n  - not an id\n  ? x\nd: &a\n",
    )
    store = database()
    assert list(store.advisories("alpine-3.20", ["b", "c", "d"])) == ["c"]
    counts = {f.name: (f.records, f.skipped) for f in store.info.feeds}
    assert counts["alpine/rejections"] == (1, 5)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"\n" * 400_001])
def test_a_list_that_is_none_is_named(feeds: Feeds, data: bytes) -> None:
    """Neither binaries nor endless lists are read."""
    feeds.path("alpine", "security-rejections", "main.yaml").write_bytes(data)
    with pytest.raises(FeedError, match=r"main\.yaml"):
        list(AlpineRejectionsFeed().read(feeds.root))


@pytest.mark.property
@given(st.text(min_size=1, max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_list_is_read(text: str) -> None:
    """Lines are taken or counted; nothing else happens."""
    with TemporaryDirectory() as place:
        feeds = Feeds(Path(place))
        feeds.secdb("edge", {})
        path = feeds.path("alpine", "security-rejections", "main.yaml")
        path.write_text(text, "utf-8", "replace")
        list(AlpineRejectionsFeed().read(Path(place)))


def test_an_unfixed_candidate(feeds: Feeds, database: Database) -> None:
    """CVE-2022-38725 and syslog-ng in 3.20: affected, no fix, and not sure: nobody looked yet."""
    tracker(feeds, SYSLOG)
    store = database()
    (found,) = matches(store, package("apk", "syslog-ng", "4.7.1-r0"))
    assert (found.id, found.fix_state, found.fixed_versions) == (
        "CVE-2022-38725",
        "affected",
        (),
    )
    (evidence,) = found.evidence
    assert (evidence.feed, evidence.confidence) == ("alpine/tracker", "medium")
    assert evidence.notes[0].startswith("by-product-name")
    assert matches(store, package("apk", "syslog-ng", "4.8.0-r0")) == ()


def test_secdb_decides_over_the_tracker(feeds: Feeds, database: Database) -> None:
    """A fix, a rejection, or never affected in secdb takes the candidate out."""
    tracker(
        feeds,
        SYSLOG,
        item("CVE-2024-0001", state("one", "2.0-r0", fixed=False)),
        item("CVE-2024-0002", state("one", "2.0-r0", fixed=False)),
    )
    rejections(feeds, "one:\n  - CVE-2024-0001\n")
    fixes = {
        "syslog-ng": {"3.38.1-r0": ["CVE-2022-38725"]},
        "one": {"0": ["CVE-2024-0002"]},
    }
    feeds.secdb("v3.20", fixes)
    installed = [
        package("apk", "syslog-ng", "4.7.1-r0"),
        package("apk", "one", "2.0-r0"),
    ]
    assert matches(database(), *installed) == ()


def test_a_fix_in_the_same_repository_settles_it(
    feeds: Feeds, database: Database
) -> None:
    """Of an old version that stayed in the list nothing follows; states of other branches are theirs."""
    tracker(
        feeds,
        item(
            "CVE-2024-0001",
            state("one", "1.0-r0", fixed=False),
            state("one", "1.0-r1", fixed=True),
        ),
        item("CVE-2024-0002", state("one", "1.0-r0", fixed=False, repo="3.19-main")),
        SYSLOG,
    )
    assert not database().advisories("alpine-3.20", ["one"])


@pytest.mark.parametrize(
    "bad",
    [
        7,
        {},
        {"id": "CVE-2024-0001"},
        item("CVE-2024-0001", 7),
        item("CVE-2024-0001", {"repo": "3.20-main"}),
        item(
            "CVE-2024-0001",
            {**state("a", "1-r0", fixed=False), "packageVersion": "a-1"},
        ),
        item("CVE-2024-0001", {**state("a", "1-r0", fixed=False), "fixed": "no"}),
    ],
)
def test_one_bad_item_is_left_out_and_counted(
    feeds: Feeds, database: Database, bad: object
) -> None:
    """The others still count."""
    tracker(feeds, bad, SYSLOG)
    store = database()
    assert list(store.advisories("alpine-3.20", ["a", "syslog-ng"])) == ["syslog-ng"]
    assert [(f.records, f.skipped) for f in store.info.feeds] == [(1, 1)]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"items": {}}'])
def test_a_branch_that_is_none_is_named(feeds: Feeds, text: str) -> None:
    """The error names it; other files beside it are nobody's."""
    feeds.json({}, "alpine", "security", "index.json")
    feeds.path("alpine", "security", "3.20-main.json").write_text(text, "utf-8")
    with pytest.raises(FeedError, match=r"3\.20-main\.json"):
        list(AlpineTrackerFeed().read(feeds.root))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "state", "fixed", "repo", "packageVersion"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@pytest.mark.property
@given(st.lists(json_values, max_size=4))
@settings(max_examples=60, deadline=None)
def test_whatever_an_item_holds(items: list[Any]) -> None:
    """Items are taken or left out; nothing else happens."""
    with TemporaryDirectory() as place:
        path = Feeds(Path(place)).path("alpine", "security", "edge-main.json")
        path.write_text(json.dumps({"items": items}), "utf-8")
        list(AlpineTrackerFeed().read(Path(place)))


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("4.8.0.-r1", "4.8.0-r1"),  # phpmyadmin
        ("1.2.31-0", "1.2.31-r0"),  # cacti
        ("4.10-1-r1", "4.10.1-r1"),  # xen
        ("2021-03-27-r5", "2021.03.27-r5"),  # quickjs
        ("57-1-r2", "57.1-r2"),  # icu
        ("1.0.0_rc10", "1.0.0_rc10"),
        ("6.6.2p1-r0", "6.6.2p1-r0"),
        ("20.10.11.r0", "20.10.11.r0"),
        ("0", "0"),
    ],
)
def test_slips_in_versions_are_understood(written: str, right: str) -> None:
    """Versions that stand in secdb and that no apk can have."""
    assert meant(written) == right


def test_a_slip_does_not_flag_what_is_repaired(
    feeds: Feeds, database: Database
) -> None:
    """CVE-2018-10982 of xen is written as fixed in 4.10-1-r1; 4.10.1-r1 has the fix, 4.10.0-r2 has not."""
    feeds.secdb("v3.20", {"xen": {"4.10-1-r1": ["CVE-2018-10982"]}})
    store = database()
    assert matches(store, package("apk", "xen", "4.10.1-r1")) == ()
    (found,) = matches(store, package("apk", "xen", "4.10.0-r2"))
    assert found.fixed_versions == ("4.10.1-r1",)


def test_the_wrong_sign_before_a_revision(feeds: Feeds, database: Database) -> None:
    """CVE-2019-2614 and mariadb: 10.2.24.r0 is 10.2.24-r0."""
    feeds.secdb("v3.20", {"mariadb": {"10.2.24.r0": ["CVE-2019-2614"]}}, "community")
    store = database()
    assert (
        matches(store, package("apk", "mariadb-client", "10.2.24-r0", source="mariadb"))
        == ()
    )
    (found,) = matches(
        store, package("apk", "mariadb-client", "10.2.22-r0", source="mariadb")
    )
    assert found.id == "CVE-2019-2614"
