"""Arch's tracker: groups of packages and CVEs, by status."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from feedwriter import Feeds, Json
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import inventory, package

from shipworthy.advisories.feeds.arch import ArchFeed
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.errors import FeedError
from shipworthy.matching.match import match
from shipworthy.model.package import Distro, Package


Database = Callable[[], AdvisoryStore]

# Written from the tracker's format. The first two are real groups; the others are that form
# in the other states.
XZ: Json = {
    "name": "AVG-2851",
    "packages": ["xz"],
    "status": "Fixed",
    "severity": "Critical",
    "type": "arbitrary code execution",
    "affected": "5.6.0-1",
    "fixed": "5.6.1-2",
    "ticket": None,
    "issues": ["CVE-2024-3094"],
    "advisories": ["ASA-202403-1"],
}
PAM: Json = {
    "name": "AVG-9999",
    "packages": ["pam"],
    "status": "Vulnerable",
    "severity": "Medium",
    "type": "arbitrary filesystem access",
    "affected": "1.7.0-2",
    "fixed": None,
    "issues": ["CVE-2025-6020"],
    "advisories": [],
}


def group(**fields: Any) -> Json:
    """The first group with these fields."""
    return {**XZ, **fields}


def found(store: AdvisoryStore, *packages: Package) -> list[tuple[str, str, str, str]]:
    """Id, package, state and fixes of what an Arch image with these packages has."""
    result = match(inventory(*packages, distro=Distro(id="arch")), store)
    assert not any(status.partial for status in result.statuses)
    return [
        (m.id, m.package.name, m.fix_state, " ".join(m.fixed_versions))
        for m in result.matches
    ]


def test_the_backdoor_in_xz(feeds: Feeds, database: Database) -> None:
    """CVE-2024-3094: 5.6.0-1 and 5.6.1-1 are affected, 5.6.1-2 repairs them."""
    feeds.json([XZ], "arch", "all.json")
    store = database()
    (held,) = store.advisories("arch", ["xz"])["xz"]
    assert (held.id, held.aliases, held.also, held.rating) == (
        "AVG-2851",
        ("CVE-2024-3094",),
        ("ASA-202403-1",),
        "critical",
    )
    for version in ("5.6.0-1", "5.6.1-1"):
        assert found(store, package("alpm", "xz", version)) == [
            ("CVE-2024-3094", "xz", "fixed", "5.6.1-2")
        ]
    assert found(store, package("alpm", "xz", "5.6.1-2")) == []


def test_a_group_without_a_fix(feeds: Feeds, database: Database) -> None:
    """Vulnerable is affected whatever the version."""
    feeds.json([PAM], "arch", "all.json")
    assert found(database(), package("alpm", "pam", "1.7.1-1")) == [
        ("CVE-2025-6020", "pam", "affected", "")
    ]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"status": "Not affected", "fixed": None}, None),
        ({"status": "Unknown", "fixed": None}, "under-investigation"),
        ({"status": "Testing"}, "affected"),
        ({"status": "Vulnerable"}, "fixed"),
    ],
)
def test_states(
    feeds: Feeds, database: Database, fields: Json, state: str | None
) -> None:
    """Each status is what the tracker means; a fix in testing is not one that everybody can install."""
    feeds.json([group(**fields), PAM], "arch", "all.json")
    states = [s for _, _, s, _ in found(database(), package("alpm", "xz", "5.6.0-1"))]
    assert states == ([state] if state else [])


def test_what_was_never_affected_is_not(feeds: Feeds, database: Database) -> None:
    """CVE-2022-1736 and gnome-remote-desktop: the tracker names versions and takes them back by the status."""
    grd = group(
        name="AVG-2737",
        packages=["gnome-remote-desktop"],
        status="Not affected",
        severity="Unknown",
        affected="42.1-1",
        fixed="42.1.1-1",
        issues=["CVE-2022-1736"],
        advisories=[],
    )
    feeds.json([grd], "arch", "all.json")
    installed = package("alpm", "gnome-remote-desktop", "42.1-1")
    assert found(database(), installed) == []


def test_a_fix_in_testing_still_is_a_repaired_version(
    feeds: Feeds, database: Database
) -> None:
    """An image that has it is not affected."""
    feeds.json([group(status="Testing")], "arch", "all.json")
    assert found(database(), package("alpm", "xz", "5.6.1-2")) == []


def test_an_image_that_installs_from_testing_can_have_it(
    feeds: Feeds, database: Database
) -> None:
    """There the fix counts as one."""
    feeds.json([group(status="Testing")], "arch", "all.json")
    distro = Distro(id="arch", channels=("testing",))
    old = inventory(package("alpm", "xz", "5.6.1-1"), distro=distro)
    (found_,) = match(old, database()).matches
    assert (found_.fix_state, found_.fixed_versions) == ("fixed", ("5.6.1-2",))


def test_each_cve_of_a_group_is_a_finding(feeds: Feeds, database: Database) -> None:
    """A group names several CVEs and several packages; one without CVEs stands by its own id."""
    feeds.json(
        [
            group(packages=["a", "lib32-a"], issues=["CVE-2024-0001", "CVE-2024-0002"]),
            group(name="AVG-1", packages=["b"], issues=[]),
        ],
        "arch",
        "all.json",
    )
    store = database()
    assert [row[0] for row in found(store, package("alpm", "lib32-a", "1-1"))] == [
        "CVE-2024-0001",
        "CVE-2024-0002",
    ]
    assert [row[0] for row in found(store, package("alpm", "b", "1-1"))] == ["AVG-1"]


@pytest.mark.parametrize(
    "bad",
    [
        7,
        None,
        group(name=None),
        group(name="AVG 1"),
        group(status="Forgotten"),
        group(status=None),
        group(packages="xz"),
        group(packages=[""]),
        group(packages=[7]),
        group(packages=["x"] * 1_001),
        group(fixed=None),
        group(fixed=5),
        group(fixed="1\n2"),
    ],
)
def test_one_bad_group_is_left_out_and_counted(
    feeds: Feeds, database: Database, bad: object
) -> None:
    """The others still count."""
    feeds.json([bad, PAM], "arch", "all.json")
    store = database()
    assert list(store.advisories("arch", ["xz", "pam"])) == ["pam"]
    (info,) = store.info.feeds
    assert (info.name, info.skipped, info.records) in {
        ("arch/tracker", 1, 1),
        ("arch/tracker", 0, 2),
    }


@pytest.mark.parametrize("text", ["", "{}", "7", '[{"name":'])
def test_a_file_that_is_no_list_is_named(feeds: Feeds, text: str) -> None:
    """The error names it."""
    feeds.path("arch", "all.json").write_text(text, "utf-8")
    with pytest.raises(FeedError, match=r"all\.json"):
        list(ArchFeed().read(feeds.root))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted(XZ)), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.mark.property
@given(st.lists(json_values, max_size=4))
@settings(max_examples=80, deadline=None)
def test_any_json_is_read_or_refused(document: list[Any]) -> None:
    """Groups are taken, left out or make the file none of Arch's; nothing else happens."""
    with TemporaryDirectory() as place:
        path = Feeds(Path(place)).path("arch", "all.json")
        path.write_text(json.dumps(document), "utf-8")
        list(ArchFeed().read(Path(place)))
