"""OSV exports become advisories: names, ranges, aliases, and what is left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from feedwriter import Feeds, entry, ids, osv

from shipworthy.advisories.feeds.ecosystem import bucket_of
from shipworthy.advisories.store import AdvisoryStore


Database = Callable[[], AdvisoryStore]


@pytest.mark.parametrize(
    ("ecosystem", "bucket"),
    [
        ("PyPI", "pypi"),
        ("crates.io", "cargo"),
        ("Maven:https://repo.example/", "maven"),
        ("Packagist:https://packages.drupal.org/8", "composer"),
        ("Debian:12", "debian-12"),
        ("Alpine:v3.18", "alpine-3.18"),
        ("Alpine:edge", "alpine-edge"),
        ("AlmaLinux:9", "almalinux-9"),
        ("Rocky Linux:8", "rocky-8"),
        ("Ubuntu:22.04:LTS", "ubuntu-22.04"),
        ("Ubuntu:25.10", "ubuntu-25.10"),
        ("Ubuntu:Pro:22.04:LTS", "ubuntu-22.04"),
        ("Ubuntu:Pro:FIPS-updates:20.04:LTS", "ubuntu-20.04-pro-fips"),
        ("Ubuntu:Nvidia-BlueField:22.04:LTS", "ubuntu-22.04-nvidia-bluefield"),
        ("Red Hat:enterprise_linux:9::baseos", "redhat-9"),
        ("Red Hat:rhel_aus:8.6::appstream", "redhat-8.6-aus"),
        ("Red Hat:openshift:4.13::el9", "redhat-openshift-4.13-el9"),
        ("openSUSE:Leap 15.5", "opensuse-leap-15.5"),
        ("Wolfi", "wolfi"),
        ("Debian", ""),
        ("Android", ""),
        ("Debian:../../etc", ""),
        ("Red Hat:../../../etc/x", "redhat-..-..-..-etc-x"),
        ("Ubuntu:" + "9" * 500, ""),
    ],
)
def test_every_ecosystem_has_its_bucket(ecosystem: str, bucket: str) -> None:
    """A release or line of a distribution is a bucket; an ecosystem nobody can compare is none."""
    assert bucket_of(ecosystem) == bucket


def test_names_are_filed_as_matching_looks_them_up(
    feeds: Feeds, database: Database
) -> None:
    """PyPI goes by PEP 503; a scoped npm name stays as it is."""
    feeds.osv_zip("PyPI", osv("PYSEC-1", "PyPI", "Ruamel.YAML_x", fixed="1"))
    feeds.osv_zip(
        "npm", osv("GHSA-aaaa-bbbb-cccc", "npm", "@Scope/Name", fixed="2.0.0")
    )
    store = database()
    assert ids(store.advisories("pypi", ["ruamel-yaml-x"])["ruamel-yaml-x"]) == [
        "PYSEC-1"
    ]
    found = store.advisories("npm", ["@Scope/Name", "absent"])
    assert list(found) == ["@Scope/Name"]
    (advisory,) = found["@Scope/Name"]
    assert advisory.ranges[0].events == (("introduced", "0"), ("fixed", "2.0.0"))
    assert (advisory.scheme, advisory.feed) == ("semver", "osv/npm")


def test_withdrawn_records_are_no_advisories(feeds: Feeds, database: Database) -> None:
    """A record that its publisher withdrew is read and gives nothing."""
    feeds.osv_zip(
        "PyPI",
        osv("PYSEC-1", "PyPI", "one", withdrawn="2024-01-01T00:00:00Z"),
        osv("PYSEC-2", "PyPI", "one"),
    )
    store = database()
    assert ids(store.advisories("pypi", ["one"])["one"]) == ["PYSEC-2"]
    assert [(f.name, f.records, f.skipped) for f in store.info.feeds] == [
        ("osv/PyPI", 2, 0)
    ]


def test_one_cve_keeps_all_aliases(feeds: Feeds, database: Database) -> None:
    """The aliases of a record on one vulnerability all stand; related ids do not."""
    feeds.osv_zip(
        "PyPI",
        osv(
            "PYSEC-1",
            "PyPI",
            "one",
            aliases=["GHSA-aaaa-bbbb-cccc", "CVE-2024-0001"],
            related=["CVE-2024-0009"],
        ),
    )
    (advisory,) = database().advisories("pypi", ["one"])["one"]
    assert advisory.aliases == ("CVE-2024-0001", "GHSA-aaaa-bbbb-cccc")
    assert not advisory.bulletin


def test_several_cves_are_split(feeds: Feeds, database: Database) -> None:
    """A record with several CVEs is one advisory each; which GHSA is whose is not guessed."""
    feeds.osv_zip(
        "crates.io",
        osv(
            "RUSTSEC-2021-0001",
            "crates.io",
            "some_crate",
            aliases=["CVE-2021-0002", "CVE-2021-0001", "GHSA-aaaa-bbbb-cccc"],
        ),
    )
    found = database().advisories("cargo", ["some-crate"])["some-crate"]
    assert [a.aliases for a in found] == [("CVE-2021-0001",), ("CVE-2021-0002",)]
    assert all(a.bulletin and a.id == "RUSTSEC-2021-0001" for a in found)


@pytest.mark.parametrize(
    ("id_", "ecosystem", "fields", "aliases"),
    [
        (
            "UBUNTU-CVE-2024-0001",
            "Ubuntu:22.04:LTS",
            {"upstream": ["CVE-2024-0001"]},
            ["CVE-2024-0001"],
        ),
        ("DEBIAN-CVE-2024-0001", "Debian:12", {"upstream": []}, ["CVE-2024-0001"]),
        ("ALPINE-CVE-2024-0001", "Alpine:v3.19", {}, ["CVE-2024-0001"]),
        (
            "CGA-2222-3333-4444",
            "Wolfi",
            {"upstream": ["CVE-2024-0001", "GHSA-aaaa-bbbb-cccc"]},
            ["CVE-2024-0001", "GHSA-aaaa-bbbb-cccc"],
        ),
        (
            "GHSA-aaaa-bbbb-cccc",
            "Go",
            {"aliases": ["CVE-2024-0001", "DSA-1-1"]},
            ["CVE-2024-0001"],
        ),
    ],
)
def test_a_record_on_one_vulnerability_is_that_cve(
    feeds: Feeds,
    database: Database,
    id_: str,
    ecosystem: str,
    fields: dict[str, Any],
    aliases: list[str],
) -> None:
    """Distribution ids carry their CVE, by upstream or by name; bulletins are never aliases."""
    feeds.osv_zip("X", osv(id_, ecosystem, "one", fixed="1.2", **fields))
    (advisory,) = database().advisories(bucket_of(ecosystem), ["one"])["one"]
    assert [
        a for a in advisory.aliases if not a.startswith(("CGA", "UBUNTU"))
    ] == aliases
    assert not advisory.bulletin


def test_a_bulletin_is_split_by_its_cves(feeds: Feeds, database: Database) -> None:
    """AlmaLinux names the CVEs in ``related``; each is an advisory under the bulletin's id."""
    feeds.osv_zip(
        "AlmaLinux",
        osv(
            "ALSA-2024:1000",
            "AlmaLinux:9",
            "openssl",
            fixed="1:3.0.7-25.el9_3",
            summary="Low: openssl security update",
            related=["CVE-2023-0002", "CVE-2023-0001"],
        ),
        osv(
            "ALBA-2024:1001",
            "AlmaLinux:9",
            "openssl",
            fixed="9",
            summary="openssl bug fix update",
        ),
        osv(
            "ALSA-2024:1002",
            "AlmaLinux:9",
            "openssl",
            fixed="9",
            summary="Important: openssl security update",
        ),
    )
    found = database().advisories("almalinux-9", ["openssl"])["openssl"]
    assert [(a.id, a.aliases, a.rating, a.bulletin) for a in found] == [
        ("ALSA-2024:1000", ("CVE-2023-0001",), "low", True),
        ("ALSA-2024:1000", ("CVE-2023-0002",), "low", True),
        ("ALSA-2024:1002", (), "important", True),
    ]


def test_a_module_names_its_stream_and_counts_rebuilds_once(
    feeds: Feeds, database: Database
) -> None:
    """The stream is in the summary; of builds of one version the lowest has the fix already."""
    builds = ["8.5.0+119+9a9ec082", "8.4.0+2496+12421f43", "8.10.0+1+abc"]
    feeds.osv_zip(
        "AlmaLinux",
        osv(
            "ALSA-2021:1",
            "",
            "",
            summary="Important: virt:rhel and virt-devel:rhel security update",
            related=["CVE-2021-0001"],
            affected=[
                entry(
                    "AlmaLinux:8",
                    "qemu",
                    ("introduced", "0"),
                    ("fixed", f"15:4.2-1.module_el{b}"),
                )
                for b in builds
            ],
        ),
    )
    found = database().advisories("almalinux-8", ["qemu"])["qemu"]
    assert [a.modularity for a in found] == ["virt-devel:rhel", "virt:rhel"]
    assert {a.ranges for a in found} == {found[0].ranges}
    assert [r.events[1][1] for r in found[0].ranges] == [
        "15:4.2-1.module_el8.4.0+2496+12421f43"
    ]


def test_entries_of_one_package_are_joined(feeds: Feeds, database: Database) -> None:
    """The same package twice in ``affected`` is one advisory with both ranges."""
    feeds.osv_zip(
        "Maven",
        osv(
            "GHSA-aaaa-bbbb-cccc",
            "",
            "",
            affected=[
                entry("Maven", "g:a", ("introduced", "2.0"), ("fixed", "2.3")),
                entry("Maven", "g:a", ("introduced", "1.0"), ("last_affected", "1.9")),
                entry("PyPI", "a", ("introduced", "0")),
            ],
        ),
    )
    store = database()
    (advisory,) = store.advisories("maven", ["g:a"])["g:a"]
    assert len(advisory.ranges) == 2
    assert advisory.ranges[1].events[1] == ("last_affected", "1.9")
    assert ids(store.advisories("pypi", ["a"])["a"]) == ["GHSA-aaaa-bbbb-cccc"]


@pytest.mark.parametrize(
    ("known", "end"),
    [
        ("<= 2.1.0", [("last_affected", "2.1.0")]),
        ("< 2.1.0", [("limit", "2.1.0")]),
        ("> 1, <= 2", []),
        (7, []),
    ],
)
def test_the_last_known_affected_version_ends_an_open_range(
    feeds: Feeds, database: Database, known: object, end: list[tuple[str, str]]
) -> None:
    """GitHub says so where there is no fix; it is not one itself."""
    affected = [
        entry(
            "npm",
            "one",
            ("introduced", "0"),
            database_specific={"last_known_affected_version_range": known},
        )
    ]
    feeds.osv_zip("npm", osv("GHSA-aaaa-bbbb-cccc", "", "", affected=affected))
    (advisory,) = database().advisories("npm", ["one"])["one"]
    assert advisory.ranges[0].events == (("introduced", "0"), *end)


def test_listed_versions_stay_where_no_range_holds_them(
    feeds: Feeds, database: Database
) -> None:
    """What a range holds is not listed again; what cannot be compared is."""
    versions = ["1.0", "1.1rc1", "2.5", "not a version at all", "1.9"]
    feeds.osv_zip(
        "PyPI",
        osv(
            "PYSEC-1",
            "",
            "",
            affected=[
                entry(
                    "PyPI", "a", ("introduced", "0"), ("fixed", "2"), versions=versions
                )
            ],
        ),
        osv("PYSEC-2", "", "", affected=[entry("PyPI", "b", versions=["1.0", "0.9"])]),
        osv(
            "PYSEC-3",
            "",
            "",
            affected=[
                {
                    **entry("PyPI", "c", versions=["1"]),
                    "ranges": [
                        {"type": "GIT", "repo": "x", "events": [{"introduced": "0"}]}
                    ],
                }
            ],
        ),
    )
    store = database()
    found = store.advisories("pypi", ["a", "b", "c"])
    assert found["a"][0].versions == ("2.5", "not a version at all")
    assert (found["b"][0].versions, found["b"][0].ranges) == (("0.9", "1.0"), ())
    assert (found["c"][0].versions, found["c"][0].ranges) == (("1",), ())


def test_records_keep_what_a_person_reads(feeds: Feeds, database: Database) -> None:
    """Prose is bounded, vectors and weaknesses are checked, references are web addresses."""
    feeds.osv_zip(
        "npm",
        osv(
            "GHSA-aaaa-bbbb-cccc",
            "npm",
            "one",
            summary="Bad\n  thing",
            details="x" * 9_000,
            severity=[
                {
                    "type": "CVSS_V3",
                    "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                },
                {"type": "CVSS_V3", "score": "<script>"},
            ],
            references=[
                {"type": "WEB", "url": f"https://example.org/{n}"} for n in range(30)
            ]
            + [{"type": "WEB", "url": "javascript:alert(1)"}],
            published="2024-01-02T03:04:05.678Z",
            database_specific={"cwe_ids": ["CWE-79", "CWE-7x", 5], "severity": "HIGH"},
        ),
    )
    key = ("npm", "GHSA-aaaa-bbbb-cccc")
    record = database().records([key, ("npm", "absent"), ("nowhere", "x")])[key]
    assert record.source == "ghsa"
    assert record.summary == "Bad thing"
    assert len(record.details) == 4_000
    assert [(c.source, c.vector[:8]) for c in record.cvss] == [("ghsa", "CVSS:3.1")]
    assert (record.cwes, record.rating) == (("CWE-79",), "high")
    assert len(record.references) == 20
    assert record.published == "2024-01-02T03:04:05Z"


@pytest.mark.parametrize(
    ("own", "rating"),
    [
        ({"cvss_v3": 9.8, "cvss_v2": 5.0}, "critical"),
        ({"cvss_v2": 9.8}, "high"),
        ({"cvss_v2": 0}, ""),
        ({"cvss_v3": "9.8"}, ""),
        ({"severity": "Critical"}, "critical"),
    ],
)
def test_a_bare_score_gives_a_band(
    feeds: Feeds, database: Database, own: dict[str, object], rating: str
) -> None:
    """ruby-advisory-db has scores without vectors; version 2 knows no critical."""
    feeds.osv_zip(
        "RubyGems",
        osv("RUBYSEC-a-1", "RubyGems", "a", summary="s", database_specific=own),
    )
    key = ("gem", "RUBYSEC-a-1")
    assert database().records([key])[key].rating == rating


def test_ratings_for_the_package_stand_on_the_advisory(
    feeds: Feeds, database: Database
) -> None:
    """Ubuntu's priority among the severities; Debian's urgency, except one taken over from NVD."""
    feeds.osv_zip(
        "Ubuntu",
        osv(
            "UBUNTU-CVE-2024-0001",
            "Ubuntu:24.04:LTS",
            "a",
            severity=[{"type": "Ubuntu", "score": "low"}],
        ),
    )
    urgencies = {
        "a": "unimportant",
        "b": "low**",
        "c": "not yet assigned",
        "d": "end-of-life",
    }
    affected = [
        entry(
            "Debian:9",
            name,
            ("introduced", "0"),
            ecosystem_specific={"urgency": urgency},
        )
        for name, urgency in urgencies.items()
    ]
    feeds.osv_zip("Debian", osv("DEBIAN-CVE-2024-0001", "", "", affected=affected))
    store = database()
    assert store.advisories("ubuntu-24.04", ["a"])["a"][0].rating == "low"
    found = store.advisories("debian-9", urgencies)
    assert {n: (a[0].rating, a[0].fix_state) for n, a in found.items()} == {
        "a": ("unimportant", "affected"),
        "b": ("", "affected"),
        "c": ("", "affected"),
        "d": ("", "end-of-life"),
    }


def test_files_may_stand_beside_or_instead_of_the_zip(
    feeds: Feeds, database: Database
) -> None:
    """A directory of records reads like the archive."""
    feeds.osv_zip("PyPI", osv("PYSEC-1", "PyPI", "a"))
    feeds.osv_files("PyPI", osv("PYSEC-2", "PyPI", "a"))
    feeds.osv_files("npm", osv("GHSA-aaaa-bbbb-cccc", "npm", "a"))
    store = database()
    assert ids(store.advisories("pypi", ["a"])["a"]) == ["PYSEC-1", "PYSEC-2"]
    assert ids(store.advisories("npm", ["a"])["a"]) == ["GHSA-aaaa-bbbb-cccc"]
    assert [(f.name, f.records) for f in store.info.feeds] == [
        ("osv/PyPI", 2),
        ("osv/npm", 1),
    ]


def test_of_several_copies_the_newest_is_read(feeds: Feeds, database: Database) -> None:
    """A record stands in the export of each ecosystem it touches, not always in one version."""
    affected = [
        entry("npm", "a", ("introduced", "0")),
        entry("PyPI", "a", ("introduced", "0")),
    ]
    record = osv("GHSA-aaaa-bbbb-cccc", "", "", affected=affected)
    newer = {
        **record,
        "modified": "2025-01-01T00:00:00Z",
        "affected": [entry("npm", "a", ("introduced", "0"), ("fixed", "2"))],
    }
    feeds.osv_zip("npm", record)
    feeds.osv_zip("PyPI", newer)
    store = database()
    (advisory,) = store.advisories("npm", ["a"])["a"]
    assert advisory.ranges[0].events[-1] == ("fixed", "2")
    assert store.advisories("pypi", ["a"]) == {}
    assert [(f.name, f.records, f.date[:4]) for f in store.info.feeds] == [
        ("osv/PyPI", 1, "2025"),
        ("osv/npm", 1, "2024"),
    ]


def test_a_record_without_a_package_still_tells_of_its_cve(
    feeds: Feeds, database: Database
) -> None:
    """Records with git ranges alone describe CVEs that others name."""
    git = {
        "ranges": [
            {"type": "GIT", "repo": "https://x", "events": [{"introduced": "0"}]}
        ]
    }
    feeds.osv_zip(
        "GIT", osv("CURL-CVE-2024-0001", "", "", affected=[git], details="A curl bug.")
    )
    feeds.osv_zip(
        "Debian",
        osv("DSA-1-1", "Debian:12", "curl", fixed="8-1", upstream=["CVE-2024-0001"]),
    )
    store = database()
    assert store.cves(["CVE-2024-0001"])["CVE-2024-0001"].details == "A curl bug."


def test_an_ecosystem_not_known_here_is_counted(
    feeds: Feeds, database: Database
) -> None:
    """Nothing is left out without a trace."""
    feeds.osv_zip("Android", osv("A-1", "Android", "a"))
    store = database()
    assert [(f.name, f.records, f.skipped) for f in store.info.feeds] == [
        ("osv/Android", 0, 1)
    ]
