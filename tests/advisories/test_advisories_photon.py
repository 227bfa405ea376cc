"""Photon's metadata: by source package, with its words for no fix and for not affected."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from feedwriter import Feeds, Json, osv
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import inventory, package

from shipworthy.advisories.feeds.photon import PhotonFeed
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.errors import FeedError
from shipworthy.matching.match import match
from shipworthy.model.package import Distro, Package


Database = Callable[[], AdvisoryStore]

# Real entries of Photon 4.
CURL: Json = {
    "cve_id": "CVE-2023-38545",
    "pkg": "curl",
    "cve_score": 9.8,
    "aff_ver": "all versions before 7.88.1-4.ph4 are vulnerable",
    "res_ver": "7.88.1-4.ph4",
    "status": "Fixed",
}
HTTPD: Json = {
    "cve_id": "CVE-2023-44487",
    "pkg": "httpd",
    "cve_score": 7.5,
    "aff_ver": "",
    "res_ver": "NA",
    "status": "Not Affected",
}


def entry(**fields: Any) -> Json:
    """The first entry with these fields."""
    return {**CURL, **fields}


def write(feeds: Feeds, *entries: object, release: str = "4.0") -> None:
    """The metadata of a release."""
    feeds.json(list(entries), "photon", f"cve_data_photon{release}.json")


def found(
    store: AdvisoryStore, *packages: Package, version: str = "4.0"
) -> list[tuple[str, str, str, str]]:
    """Id, package, state and fixes of what a Photon image with these packages has."""
    distro = Distro(id="photon", version=version)
    result = match(inventory(*packages, distro=distro), store)
    assert not any(status.partial for status in result.statuses)
    return [
        (m.id, m.package.name, m.fix_state, " ".join(m.fixed_versions))
        for m in result.matches
    ]


def libs(version: str, **more: Any) -> Package:
    """A binary package that is built from curl."""
    fields = {"arch": "x86_64", "source": "curl", "vendor": "VMware, Inc.", **more}
    return package("rpm", "curl-libs", version, **fields)


def test_curl_is_judged_by_source(feeds: Feeds, database: Database) -> None:
    """CVE-2023-38545 in Photon 4: curl-libs is built from curl and fixed with it."""
    write(feeds, CURL, HTTPD)
    store = database()
    assert found(store, libs("7.88.1-3.ph4")) == [
        ("CVE-2023-38545", "curl-libs", "fixed", "7.88.1-4.ph4")
    ]
    assert found(store, libs("7.88.1-4.ph4")) == []
    (held,) = store.advisories("photon-4", ["curl"])["curl"]
    assert (held.rating, held.feed) == ("critical", "photon/metadata")


def test_each_release_has_its_file(feeds: Feeds, database: Database) -> None:
    """What Photon 4 says is nothing to Photon 5."""
    write(feeds, CURL)
    write(feeds, entry(res_ver="8.1.2-5.ph5"), release="5.0")
    store = database()
    assert found(store, libs("8.1.2-4.ph5"), version="5.0") == [
        ("CVE-2023-38545", "curl-libs", "fixed", "8.1.2-5.ph5")
    ]


def test_not_affected(feeds: Feeds, database: Database) -> None:
    """CVE-2023-44487 does not touch httpd in Photon 4, whatever the version."""
    write(feeds, HTTPD)
    httpd = package("rpm", "httpd", "2.4.57-1.ph4")
    assert found(database(), httpd) == []


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"res_ver": "NA", "aff_ver": "NA", "status": "Fixed"}, None),
        ({"res_ver": "NA", "aff_ver": "all versions are vulnerable"}, "affected"),
        ({"res_ver": "", "aff_ver": "", "status": None}, "affected"),
        ({"res_ver": None}, "affected"),
        ({"res_ver": "1", "status": "Not Affected"}, None),
    ],
)
def test_versions_that_are_words(
    feeds: Feeds, database: Database, fields: Json, state: str | None
) -> None:
    """NA is not affected unless versions are called vulnerable; nothing at all is no fix."""
    write(feeds, entry(**fields), HTTPD)
    states = [row[2] for row in found(database(), libs("7.88.1-3.ph4"))]
    assert states == ([state] if state else [])


@pytest.mark.parametrize(
    ("score", "rating"),
    [
        (9.8, "critical"),
        (7, "high"),
        (6.9, "medium"),
        (0.1, "low"),
        (0, ""),
        (11, ""),
        (None, ""),
        (True, ""),
        ("9.8", ""),
    ],
)
def test_scores_are_bands(
    feeds: Feeds, database: Database, score: object, rating: str
) -> None:
    """Photon gives a score without a vector, so its band is its rating."""
    write(feeds, entry(cve_score=score))
    (held,) = database().advisories("photon-4", ["curl"])["curl"]
    assert held.rating == rating


def test_packages_from_elsewhere_are_not_photons(
    feeds: Feeds, database: Database
) -> None:
    """Another vendor's build is not what Photon speaks of."""
    write(feeds, CURL)
    assert found(database(), libs("7.88.1-3.ph4", vendor="Somebody")) == []


def test_osv_speaks_of_photon_too(feeds: Feeds, database: Database) -> None:
    """A bulletin in OSV stands beside what the metadata says of the same CVE."""
    write(feeds, CURL)
    feeds.osv_zip(
        "Photon OS",
        osv(
            "PHSA-2023-4.0-0500",
            "Photon OS:4.0",
            "curl",
            fixed="7.88.1-4.ph4",
            upstream=["CVE-2023-38545", "CVE-2023-38546"],
        ),
    )
    held = database().advisories("photon-4", ["curl"])["curl"]
    assert [(a.id, a.aliases, a.also) for a in held] == [
        ("CVE-2023-38545", (), ("PHSA-2023-4.0-0500",)),
        ("PHSA-2023-4.0-0500", ("CVE-2023-38546",), ()),
    ]


@pytest.mark.parametrize(
    "bad",
    [
        7,
        entry(cve_id=None),
        entry(cve_id="two words"),
        entry(pkg=None),
        entry(pkg="a\nb"),
        entry(res_ver=5),
        entry(res_ver="1" * 300),
    ],
)
def test_one_bad_entry_is_left_out_and_counted(
    feeds: Feeds, database: Database, bad: object
) -> None:
    """The others still count."""
    write(feeds, bad, HTTPD)
    store = database()
    assert list(store.advisories("photon-4", ["curl", "httpd"])) == ["httpd"]
    assert [(f.records, f.skipped) for f in store.info.feeds] == [(1, 1)]


@pytest.mark.parametrize("text", ["", "{}", "7", "[{"])
def test_a_file_that_is_no_list_is_named(feeds: Feeds, text: str) -> None:
    """The error names it; other files beside it are nobody's."""
    feeds.json({"branches": ["4.0"]}, "photon", "photon_versions.json")
    feeds.path("photon", "cve_data_photon4.0.json").write_text(text, "utf-8")
    with pytest.raises(FeedError, match=r"cve_data_photon4\.0\.json"):
        list(PhotonFeed().read(feeds.root))


@pytest.mark.property
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(sorted(CURL)),
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text(max_size=9),
        ),
        max_size=4,
    )
)
@settings(max_examples=80, deadline=None)
def test_whatever_an_entry_holds(entries: list[Any]) -> None:
    """Entries are taken or left out; nothing else happens."""
    with TemporaryDirectory() as place:
        path = Feeds(Path(place)).path("photon", "cve_data_photon4.0.json")
        path.write_text(json.dumps(entries).replace("NaN", "0"), "utf-8")
        try:
            list(PhotonFeed().read(Path(place)))
        except FeedError:
            assert "Infinity" in path.read_text("utf-8")
