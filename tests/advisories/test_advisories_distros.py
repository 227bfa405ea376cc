"""Debian's tracker, secdb, and who has the last word."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from feedwriter import Feeds, ids, osv, released, unfixed

from shipworthy.advisories.store import AdvisoryStore


Database = Callable[[], AdvisoryStore]


@pytest.mark.parametrize(
    ("state", "end", "fix_state", "rating"),
    [
        (released("1.2-3"), [("fixed", "1.2-3")], "affected", ""),
        (released("0"), [("fixed", "0")], "affected", ""),
        (unfixed(), [], "affected", ""),
        (unfixed(nodsa="Minor issue", nodsa_reason=""), [], "will-not-fix", ""),
        (unfixed(nodsa="Minor issue", nodsa_reason="ignored"), [], "will-not-fix", ""),
        (
            unfixed(nodsa="Minor issue", nodsa_reason="postponed"),
            [],
            "fix-deferred",
            "",
        ),
        (unfixed(urgency="end-of-life"), [], "end-of-life", ""),
        (unfixed(urgency="unimportant"), [], "affected", "unimportant"),
        (unfixed(urgency="low**"), [], "affected", ""),
        (unfixed(urgency="high"), [], "affected", "high"),
        (unfixed(fixed_version="2.0-1"), [("fixed", "2.0-1")], "affected", ""),
    ],
)
def test_tracker_states(
    feeds: Feeds,
    database: Database,
    state: dict[str, object],
    end: list[tuple[str, str]],
    fix_state: str,
    rating: str,
) -> None:
    """Each state of the tracker is what Debian means by it."""
    feeds.tracker({"one": {"CVE-2024-0001": {"releases": {"bookworm": state}}}})
    (advisory,) = database().advisories("debian-12", ["one"])["one"]
    assert advisory.ranges[0].events == (("introduced", "0"), *end)
    assert (advisory.fix_state, advisory.rating) == (fix_state, rating)
    assert (advisory.id, advisory.aliases, advisory.feed) == (
        "CVE-2024-0001",
        (),
        "debian/tracker",
    )


def test_undetermined_is_no_finding(feeds: Feeds, database: Database) -> None:
    """The tracker does not know yet, so nothing is said."""
    releases = {"bookworm": {"status": "undetermined"}, "sid": released("1-1")}
    feeds.tracker({"one": {"CVE-2024-0001": {"releases": releases}}})
    store = database()
    assert not store.has("debian-12")
    assert ids(store.advisories("debian-sid", ["one"])["one"]) == ["CVE-2024-0001"]


def test_the_tracker_decides_and_bulletins_stand_beside_it(
    feeds: Feeds, database: Database
) -> None:
    """For a pair that the tracker knows, other records only add their bulletins."""
    feeds.tracker(
        {
            "one": {
                "CVE-2024-0001": {"releases": {"bookworm": released("1.0-1+deb12u1")}}
            }
        }
    )
    feeds.osv_zip(
        "Debian",
        osv("DEBIAN-CVE-2024-0001", "Debian:12", "one", fixed="1.5-1"),
        osv(
            "DSA-5000-1",
            "Debian:12",
            "one",
            fixed="1.0-1+deb12u2",
            upstream=["CVE-2024-0001", "CVE-2024-0002"],
        ),
        osv(
            "DSA-5000-2", "Debian:11", "one", fixed="0.9-1", upstream=["CVE-2024-0001"]
        ),
    )
    store = database()
    found = store.advisories("debian-12", ["one"])["one"]
    assert [(a.id, a.aliases, a.also, a.bulletin) for a in found] == [
        ("CVE-2024-0001", (), ("DSA-5000-1",), False),
        ("DSA-5000-1", ("CVE-2024-0002",), (), True),
    ]
    assert found[0].ranges[0].events[1] == ("fixed", "1.0-1+deb12u1")
    assert ids(store.advisories("debian-11", ["one"])["one"]) == ["DSA-5000-2"]


def test_of_several_bulletins_the_highest_fix_stands(
    feeds: Feeds, database: Database
) -> None:
    """A regression update after the first DSA; 9 is before 10 by dpkg's order."""
    feeds.osv_zip(
        "Debian",
        osv("DSA-1-1", "Debian:10", "one", fixed="1.0-9", upstream=["CVE-2024-0001"]),
        osv("DLA-7-1", "Debian:10", "one", fixed="1.0-10", upstream=["CVE-2024-0001"]),
        osv(
            "DLA-8-2",
            "Debian:10",
            "one",
            fixed="1.0-2",
            summary="one - regression update",
        ),
    )
    (advisory,) = database().advisories("debian-10", ["one"])["one"]
    assert (advisory.id, advisory.also) == ("DLA-7-1", ("DSA-1-1",))
    assert advisory.ranges[0].events[1] == ("fixed", "1.0-10")


def test_secdb_as_packagers_write_it(feeds: Feeds, database: Database) -> None:
    """Several ids in a string, slips of the pen, bulletins, and 0 for never affected."""
    feeds.secdb(
        "v3.18",
        {
            "one": {
                "1.0-r1": ["CVE-2018-8897  XSA-260", "CVE_2019_0001", "CVE 2018-16859"],
                "1.0-r2": [
                    "CVE-2020-11740 CVE-2020-11741 XSA-313",
                    "GHSA-AAAA-bbbb-cccc",
                ],
                "0": ["CVE-2020-0001"],
                "20.10.11.r0": ["ALPINE-13661", "XSA-400"],
                "2.0": ["CVE N/A", 7, None],
            },
            "none": [],
        },
    )
    store = database()
    found = {a.id: a for a in store.advisories("alpine-3.18", ["one"])["one"]}
    assert {i: (a.ranges[0].events[1][1], a.also) for i, a in found.items()} == {
        "ALPINE-13661": ("20.10.11.r0", ()),
        "CVE-2018-16859": ("1.0-r1", ()),
        "CVE-2018-8897": ("1.0-r1", ("XSA-260",)),
        "CVE-2019-0001": ("1.0-r1", ()),
        "CVE-2020-0001": ("0", ()),
        "CVE-2020-11740": ("1.0-r2", ("XSA-313",)),
        "CVE-2020-11741": ("1.0-r2", ("XSA-313",)),
        "GHSA-aaaa-bbbb-cccc": ("1.0-r2", ()),
        "XSA-400": ("20.10.11.r0", ()),
    }
    assert [(f.name, f.skipped) for f in store.info.feeds] == [("alpine/secdb", 3)]


def test_both_repositories_of_a_branch_are_one_bucket(
    feeds: Feeds, database: Database
) -> None:
    """An origin may be in main or in community."""
    feeds.secdb("v3.19", {"one": {"1-r0": ["CVE-2024-0001"]}})
    feeds.secdb("v3.19", {"two": {"1-r0": ["CVE-2024-0002"]}}, "community")
    feeds.secdb("edge", {"two": {"1-r0": ["CVE-2024-0003"]}})
    store = database()
    assert list(store.advisories("alpine-3.19", ["one", "two"])) == ["one", "two"]
    assert ids(store.advisories("alpine-edge", ["two"])["two"]) == ["CVE-2024-0003"]


def test_secdb_decides_over_osv(feeds: Feeds, database: Database) -> None:
    """What secdb knows of a pair stands; what only OSV knows is added."""
    feeds.secdb("v3.18", {"one": {"1.0-r1": ["CVE-2024-0001"]}})
    feeds.osv_zip(
        "Alpine",
        osv("ALPINE-CVE-2024-0001", "Alpine:v3.18", "one", fixed="2.0-r0"),
        osv("ALPINE-CVE-2024-0002", "Alpine:v3.18", "one", fixed="2.0-r0"),
    )
    found = database().advisories("alpine-3.18", ["one"])["one"]
    assert [(a.id, a.aliases, a.also) for a in found] == [
        ("ALPINE-CVE-2024-0002", ("CVE-2024-0002",), ()),
        ("CVE-2024-0001", (), ()),
    ]
    assert found[1].ranges[0].events[1] == ("fixed", "1.0-r1")


def test_wolfi_names_of_one_vulnerability_become_one(
    feeds: Feeds, database: Database
) -> None:
    """Wolfi's secdb lists CVE and GHSA apart; the record that names both joins them."""
    feeds.wolfi(
        {
            "one": {
                "1.0-r1": [
                    "CVE-2024-0001",
                    "GHSA-aaaa-bbbb-cccc",
                    "GHSA-dddd-eeee-ffff",
                ]
            }
        }
    )
    feeds.osv_zip(
        "Wolfi",
        osv(
            "CGA-2222-3333-4444",
            "Wolfi",
            "one",
            fixed="1.0-r1",
            upstream=["CVE-2024-0001", "GHSA-aaaa-bbbb-cccc"],
        ),
        osv(
            "CGA-5555-3333-4444",
            "",
            "",
            upstream=["CVE-2024-0002"],
            affected=[
                {
                    "package": {"ecosystem": "Wolfi", "name": "one"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
                    "ecosystem_specific": {
                        "components": [{"status": "under_investigation"}]
                    },
                }
            ],
        ),
    )
    feeds.osv_zip(
        "Go", osv("GHSA-dddd-eeee-ffff", "Go", "m", aliases=["CVE-2024-0003"])
    )
    found = database().advisories("wolfi", ["one"])["one"]
    assert [(a.id, a.aliases, a.fix_state) for a in found] == [
        ("CGA-5555-3333-4444", ("CVE-2024-0002",), "under-investigation"),
        ("CVE-2024-0001", ("CGA-2222-3333-4444", "GHSA-aaaa-bbbb-cccc"), "affected"),
        ("GHSA-dddd-eeee-ffff", ("CVE-2024-0003",), "affected"),
    ]


def test_a_vulnerability_fixed_again_is_fixed_by_the_later(
    feeds: Feeds, database: Database
) -> None:
    """The same CVE under two versions of one package: apk's order decides."""
    feeds.secdb(
        "v3.18", {"one": {"1.10-r0": ["CVE-2024-0001"], "1.9-r0": ["CVE-2024-0001"]}}
    )
    (advisory,) = database().advisories("alpine-3.18", ["one"])["one"]
    assert advisory.ranges[0].events[1] == ("fixed", "1.10-r0")


def test_a_rejected_cve_is_never_a_finding(feeds: Feeds, database: Database) -> None:
    """What its authority took back is dropped; a record with a name of its own stays without it."""
    feeds.nvd(
        {
            "id": "CVE-2024-0001",
            "vulnStatus": "Rejected",
            "lastModified": "2024-01-01T00:00:00.000",
        }
    )
    feeds.tracker({"one": {"CVE-2024-0001": {"releases": {"bookworm": unfixed()}}}})
    feeds.osv_zip(
        "Debian",
        osv(
            "DSA-1-1",
            "Debian:11",
            "one",
            fixed="1",
            upstream=["CVE-2024-0001", "CVE-2024-0002"],
        ),
    )
    feeds.osv_zip(
        "npm", osv("GHSA-aaaa-bbbb-cccc", "npm", "a", aliases=["CVE-2024-0001"])
    )
    store = database()
    assert store.advisories("debian-12", ["one"]) == {}
    assert [a.aliases for a in store.advisories("debian-11", ["one"])["one"]] == [
        ("CVE-2024-0002",)
    ]
    assert [a.aliases for a in store.advisories("npm", ["a"])["a"]] == [()]
