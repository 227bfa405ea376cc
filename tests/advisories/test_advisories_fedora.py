"""Fedora's updates: by source package, CVEs by the bugs that an update closes."""

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

from shipworthy.advisories.feeds.fedora import FedoraFeed
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.errors import FeedError
from shipworthy.matching.match import match
from shipworthy.model.package import Distro, Package


Database = Callable[[], AdvisoryStore]

# A real update, with the fields that Bodhi gives; fewer of them.
HTTPD: Json = {
    "alias": "FEDORA-2023-6d4055d482",
    "display_name": "",
    "title": "httpd-2.4.55-1.fc36",
    "notes": "new version 2.4.55",
    "type": "security",
    "status": "stable",
    "severity": "medium",
    "date_modified": None,
    "date_stable": "2023-02-03 01:39:02",
    "url": "https://bodhi.fedoraproject.org/updates/FEDORA-2023-6d4055d482",
    "release": {"name": "F36", "version": "36", "id_prefix": "FEDORA"},
    "bugs": [
        {
            "bug_id": 2162094,
            "security": True,
            "title": "CVE-2022-37436 httpd: mod_proxy: HTTP response splitting [fedora-all]",
        },
        {
            "bug_id": 2162098,
            "security": True,
            "title": "CVE-2006-20001 httpd: mod_dav: out-of-bounds read/write of zero byte [fedora-all]",
        },
        {
            "bug_id": 2162100,
            "security": True,
            "title": "CVE-2022-36760 httpd: mod_proxy_ajp: possible request smuggling [fedora-all]",
        },
    ],
    "builds": [{"nvr": "httpd-2.4.55-1.fc36", "type": "rpm", "epoch": 0}],
}


def bodhi_update(**fields: Any) -> Json:
    """The update with these fields."""
    return {**HTTPD, **fields}


def write(feeds: Feeds, *updates: object, name: str = "bodhi-36") -> None:
    """A page as Bodhi answers."""
    page = {"updates": list(updates), "page": 1, "pages": 1, "rows_per_page": 100}
    feeds.json({**page, "total": len(updates)}, "fedora", f"{name}.json")


def found(store: AdvisoryStore, *packages: Package) -> list[tuple[str, str, str]]:
    """Id, package and fixes of what a Fedora 36 image with these packages has."""
    distro = Distro(id="fedora", version="36")
    result = match(inventory(*packages, distro=distro), store)
    assert not any(status.partial for status in result.statuses)
    return [(m.id, m.package.name, " ".join(m.fixed_versions)) for m in result.matches]


def rpm(name: str, version: str, **more: Any) -> Package:
    """A binary package that Fedora built."""
    return package(
        "rpm", name, version, **{"vendor": "Fedora Project", "arch": "x86_64", **more}
    )


def test_an_update_is_on_source_packages(feeds: Feeds, database: Database) -> None:
    """FEDORA-2023-6d4055d482: mod_ssl is built from httpd, with an epoch of its own, and fixed with it."""
    write(feeds, HTTPD)
    store = database()
    mod_ssl = rpm(
        "mod_ssl", "1:2.4.54-5.fc36", source="httpd", source_version="2.4.54-5.fc36"
    )
    assert found(store, mod_ssl) == [
        (cve, "mod_ssl", "2.4.55-1.fc36")
        for cve in ("CVE-2006-20001", "CVE-2022-36760", "CVE-2022-37436")
    ]
    assert found(store, rpm("httpd", "2.4.55-1.fc36")) == []
    held = store.advisories("fedora-36", ["httpd"])["httpd"]
    assert {(a.id, a.rating, a.fixed_on) for a in held} == {
        ("FEDORA-2023-6d4055d482", "medium", "2023-02-03")
    }
    told = store.records([("fedora-36", "FEDORA-2023-6d4055d482")])
    assert [record.details for record in told.values()] == ["new version 2.4.55"]


def test_epochs_are_not_compared(feeds: Feeds, database: Database) -> None:
    """java-17-openjdk has epoch 1, which the name of its build does not carry."""
    write(
        feeds,
        bodhi_update(
            bugs=[{"title": "CVE-2025-21502 java-17-openjdk: x [fedora-36]"}],
            builds=[
                {
                    "nvr": "java-17-openjdk-17.0.14.0.7-1.fc36",
                    "type": "rpm",
                    "epoch": 1,
                }
            ],
        ),
    )
    store = database()
    assert found(store, rpm("java-17-openjdk", "1:17.0.13.0.11-3.fc36")) == [
        ("CVE-2025-21502", "java-17-openjdk", "17.0.14.0.7-1.fc36")
    ]
    assert found(store, rpm("java-17-openjdk", "1:17.0.14.0.7-1.fc36")) == []


def test_of_several_updates_the_later_stands(feeds: Feeds, database: Database) -> None:
    """Two updates name the same CVE: the higher version is whole; pages are read together."""
    title = [{"title": "CVE-2022-37436 httpd: x"}]
    write(feeds, bodhi_update(bugs=title))
    later = bodhi_update(
        alias="FEDORA-2023-0000000001",
        bugs=title,
        builds=[{"nvr": "httpd-2.4.56-1.fc36", "type": "rpm"}],
    )
    write(feeds, later, name="bodhi-36-2")
    (held,) = database().advisories("fedora-36", ["httpd"])["httpd"]
    assert (held.id, held.also) == (
        "FEDORA-2023-0000000001",
        ("FEDORA-2023-6d4055d482",),
    )


def test_a_bug_names_its_component(feeds: Feeds, database: Database) -> None:
    """An update that rebuilds others beside the vulnerable package says nothing of those."""
    write(
        feeds,
        bodhi_update(
            bugs=[
                {"title": "CVE-2024-56171 libxml2: Use-After-Free [fedora-36]"},
                {"title": "CVE-2024-8176 CVE-2024-8177 expat: recursion [fedora-all]"},
            ],
            builds=[
                {"nvr": "libxml2-2.12.10-1.fc36", "type": "rpm"},
                {"nvr": "expat-2.7.0-1.fc36", "type": "rpm"},
                {"nvr": "libxslt-1.1.42-2.fc36", "type": "rpm"},
            ],
        ),
    )
    store = database()
    old = [rpm(name, "0-1.fc36") for name in ("libxml2", "expat", "libxslt")]
    assert [(id_, name) for id_, name, _ in found(store, *old)] == [
        ("CVE-2024-56171", "libxml2"),
        ("CVE-2024-8176", "expat"),
        ("CVE-2024-8177", "expat"),
    ]


def test_cves_in_the_updates_own_words(feeds: Feeds, database: Database) -> None:
    """FEDORA-2025 for expat closes a bug that names no CVE; its own name does. One that names none stands by itself."""
    bugs = [{"title": "expat-2.7.0 is available"}]
    expat = [{"nvr": "expat-2.7.0-1.fc36", "type": "rpm"}]
    write(
        feeds,
        bodhi_update(display_name="Fix CVE-2024-8176", bugs=bugs, builds=expat),
        bodhi_update(
            alias="FEDORA-2023-1",
            bugs=[],
            builds=[{"nvr": "a-1-1.fc36", "type": "rpm"}],
        ),
    )
    store = database()
    assert found(store, rpm("expat", "2.6.0-1.fc36"), rpm("a", "0-1.fc36")) == [
        ("CVE-2024-8176", "expat", "2.7.0-1.fc36"),
        ("FEDORA-2023-1", "a", "1-1.fc36"),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "bugfix"},
        {"status": "testing"},
        {"status": "obsolete"},
        {"release": {"version": "9", "id_prefix": "FEDORA-EPEL"}},
        {"release": {"version": "eln", "id_prefix": "FEDORA"}},
        {"release": None},
        {"builds": [{"nvr": "nodejs-18-1.fc36", "type": "module"}]},
    ],
)
def test_other_updates_say_nothing(
    feeds: Feeds, database: Database, fields: Json
) -> None:
    """Only stable security updates of Fedora's own releases are advisories."""
    write(feeds, bodhi_update(**fields))
    assert not database().has("fedora-36")


@pytest.mark.parametrize("vendor", ["RPM Fusion", "Fedora Copr - user somebody"])
def test_packages_from_elsewhere_are_not_fedoras(
    feeds: Feeds, database: Database, vendor: str
) -> None:
    """Also where their vendor begins with Fedora's name."""
    write(feeds, HTTPD)
    assert found(database(), rpm("httpd", "2.4.1-1.fc36", vendor=vendor)) == []


@pytest.mark.parametrize(
    "bad",
    [
        7,
        None,
        bodhi_update(alias=None),
        bodhi_update(alias="a b"),
        bodhi_update(builds={}),
        bodhi_update(builds=[7]),
        bodhi_update(builds=[{"nvr": "httpd"}]),
        bodhi_update(builds=[{"nvr": "-1-1"}]),
        bodhi_update(builds=[{"nvr": "a\n-1-1"}]),
        bodhi_update(bugs={}),
        bodhi_update(bugs=[7]),
    ],
)
def test_one_bad_update_is_left_out(
    feeds: Feeds, database: Database, bad: object
) -> None:
    """The others still count."""
    write(feeds, bad, bodhi_update(alias="FEDORA-2023-1"))
    held = database().advisories("fedora-36", ["httpd"])["httpd"]
    assert set(ids(held)) == {"FEDORA-2023-1"}


@pytest.mark.parametrize("text", ["", "{}", "7", "[{", '{"updates": {}}'])
def test_a_file_that_is_no_page_is_named(feeds: Feeds, text: str) -> None:
    """The error names it."""
    feeds.path("fedora", "bodhi-36.json").write_text(text, "utf-8")
    with pytest.raises(FeedError, match=r"bodhi-36\.json"):
        list(FedoraFeed().read(feeds.root))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["title", "nvr", "type"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.property
@given(
    st.lists(
        st.dictionaries(st.sampled_from(sorted(HTTPD)), json_values, max_size=5),
        max_size=3,
    )
)
@settings(max_examples=80, deadline=None)
def test_whatever_an_update_holds(updates: list[Json]) -> None:
    """Updates are taken or left out; nothing else happens."""
    with TemporaryDirectory() as place:
        path = Feeds(Path(place)).path("fedora", "bodhi-36.json")
        path.write_text(json.dumps([bodhi_update(**u) for u in updates]), "utf-8")
        list(FedoraFeed().read(Path(place)))
