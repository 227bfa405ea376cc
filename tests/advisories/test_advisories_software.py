"""Projects' own advisories on software outside package managers, by what they say of real versions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from feedwriter import Feeds, Json
from judging import inventory, package
from softwarewriter import (
    NGINX,
    WORDPRESS,
    alone,
    below,
    cve_record,
    upto,
)
from support import SHARED

from shipworthy.advisories.feeds.cve_versions import spans_of
from shipworthy.advisories.feeds.nodejs import spans_of as npm_spans
from shipworthy.advisories.feeds.spans import ranges_of
from shipworthy.advisories.feeds.values import Broken
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.matching.match import match
from shipworthy.model.advisory import FeedInfo


Database = Callable[[], AdvisoryStore]
REAL = SHARED / "feeds"


def found(store: AdvisoryStore, name: str, version: str) -> dict[str, tuple[str, ...]]:
    """The vulnerabilities of one product with their fixed versions."""
    result = match(inventory(package("generic", name, version)), store)
    return {one.id: one.fixed_versions for one in result.matches}


def info(store: AdvisoryStore, name: str) -> FeedInfo:
    """The account of one feed."""
    return next(feed for feed in store.info.feeds if feed.name == name)


@pytest.mark.parametrize(
    ("version", "fixed"),
    [
        ("8.1.3", ("8.1.4",)),
        ("8.1.4", None),
        ("6.11.0", ("6.11.1", "7.10.1", "8.1.4")),
        ("6.11.1", None),
        ("5.12.0", ("6.11.1", "7.10.1", "8.1.4")),
        ("9.0.0", None),
        ("0.12.18", None),
    ],
)
def test_node_is_judged_by_its_release_line(
    feeds: Feeds, database: Database, version: str, fixed: tuple[str, ...] | None
) -> None:
    """CVE-2017-1000381 is fixed in three lines and never in Node.js 5."""
    entry = {
        "cve": ["CVE-2017-1000381"],
        "vulnerable": "8.x || 7.x || 4.x || 6.x || 5.x",
        "patched": "^8.1.4 || ^7.10.1 || ^4.8.4 || ^6.11.1",
        "description": "memory overread when parsing invalid NAPTR responses",
        "affectedEnvironments": ["all"],
        "severity": "high",
    }
    nameless = {"cve": [], "vulnerable": "8.x", "patched": "^8.1.4"}
    feeds.json({"1": entry, "2": nameless}, "nodejs", "core", "index.json")
    store = database()

    assert found(store, "node", version).get("CVE-2017-1000381") == fixed
    account = info(store, "nodejs/core")
    assert (account.records, account.skipped) == (1, 1)


def test_node_on_windows_is_none_of_ours(feeds: Feeds, database: Database) -> None:
    """CVE-2022-32223 is on Windows only: Node.js says so, whatever NVD's range says."""
    entry = {
        "cve": ["CVE-2022-32223"],
        "vulnerable": "14.x || 16.x",
        "patched": "^14.20.0 || ^16.16.0",
        "affectedEnvironments": ["win32"],
        "severity": "high",
    }
    feeds.json({"1": entry}, "nodejs", "core", "index.json")

    assert not found(database(), "node", "16.15.0")


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("4.x", [(("introduced", "4"), ("fixed", "5"))]),
        ("^0.10.48", [(("introduced", "0.10.48"), ("fixed", "0.11"))]),
        (">=6.0.0 <6.2.0", [(("introduced", "6.0.0"), ("fixed", "6.2.0"))]),
        (">= 10.9.0", [(("introduced", "10.9.0"),)]),
        ("8.5.0", [(("introduced", "8.5.0"), ("last_affected", "8.5.0"))]),
        ("<= 10", [(("introduced", "0"), ("fixed", "11"))]),
        ("~1.2.3", [(("introduced", "1.2.3"), ("fixed", "1.3"))]),
        (
            "9.7.x || 10.x",
            [
                (("introduced", "9.7"), ("fixed", "9.8")),
                (("introduced", "10"), ("fixed", "11")),
            ],
        ),
    ],
)
def test_npm_ranges_of_node(text: str, events: list[object]) -> None:
    """The forms that Node.js' list has."""
    assert [r.events for r in ranges_of(npm_spans(text))] == events


@pytest.mark.parametrize("text", ["", "*", "latest", "1.x ||", ">=", "8.x; rm"])
def test_other_npm_ranges_are_broken(text: str) -> None:
    """What is no such range is left out and not taken for everything."""
    with pytest.raises(Broken):
        npm_spans(text)


@pytest.mark.parametrize(
    ("version", "cves"),
    [
        ("1.20.0", {"CVE-2021-23017", "CVE-2022-41741"}),
        ("1.20.1", {"CVE-2022-41741"}),
        ("1.16.0", {"CVE-2019-9511", "CVE-2021-23017", "CVE-2022-41741"}),
        ("1.16.1", {"CVE-2021-23017", "CVE-2022-41741"}),
        ("1.22.1", set()),
        ("1.23.1", {"CVE-2022-41741"}),
        ("1.25.3", {"CVE-2024-32760", "CVE-2024-24989"}),
        ("1.25.4", {"CVE-2024-32760"}),
        ("1.26.0", {"CVE-2024-32760"}),
        ("1.26.1", set()),
        ("1.1.0", {"CVE-2021-23017"}),
        ("1.27.2", set()),
    ],
)
def test_nginx_branches(
    feeds: Feeds, database: Database, version: str, cves: set[str]
) -> None:
    """A stable branch with its fix is an exception to what is vulnerable around it; Windows is none of ours."""
    feeds.path("nginx", "security_advisories.xml").write_text(NGINX, "utf-8")
    store = database()

    assert found(store, "nginx", version).keys() - {"CVE-2009-4487"} == cves
    assert "CVE-2009-4487" in found(store, "nginx", version)  # all versions, no fix
    account = info(store, "nginx")
    assert (account.records, account.skipped) == (7, 2)


def test_the_fix_is_that_of_the_branch(feeds: Feeds, database: Database) -> None:
    """The range ends with the fix, not with the last vulnerable version."""
    feeds.path("nginx", "security_advisories.xml").write_text(NGINX, "utf-8")

    fixes = found(database(), "nginx", "1.20.0")
    assert fixes["CVE-2021-23017"] == ("1.20.1",)
    assert fixes["CVE-2022-41741"] == ("1.22.1", "1.23.2")


RECORDS: list[tuple[str, Json]] = [
    (
        "openssl",
        cve_record(
            "CVE-2023-0286",
            "OpenSSL",
            below("3.0.0", "3.0.8", kind="semver"),
            below("1.1.1", "1.1.1t"),
            below("1.0.2", "1.0.2zg"),
            metrics=[{"format": "other", "other": {"content": {"text": "High"}}}],
        ),
    ),
    (
        "openssl",
        cve_record(
            "CVE-2021-3711",
            "OpenSSL",
            alone("Fixed in OpenSSL 1.1.1l (Affected 1.1.1-1.1.1k)"),
        ),
    ),
    (
        "httpd",
        cve_record(
            "CVE-2023-25690",
            "Apache HTTP Server",
            upto("2.4.0", "2.4.55"),
            default="unknown",
            timeline=[{"lang": "eng", "value": "2.4.56 released"}],
        ),
    ),
    (
        "tomcat",
        cve_record(
            "CVE-2023-46589",
            "Apache Tomcat",
            upto("11.0.0-M1", "11.0.0-M10"),
            upto("10.1.0-M1", "10.1.15"),
            upto("9.0.0-M1", "9.0.82"),
        ),
    ),
    (
        "httpd",
        cve_record(
            "CVE-2021-40438",
            "Apache HTTP Server",
            upto("Apache HTTP Server 2.4", "2.4.48"),
            metrics=[{"other": {"content": {"other": "high"}, "type": "unknown"}}],
            timeline=[{"lang": "en", "value": "2.4.49 released"}],
        ),
    ),
    (
        "tomcat",
        cve_record(
            "CVE-2021-33037",
            "Apache Tomcat",
            alone("Apache Tomcat 10 10.0.0-M1 to 10.0.6"),
            alone("Apache Tomcat 9 9.0.0.M1 to 9.0.46"),
            alone("Apache Tomcat 8 8.5.0 to 8.5.66"),
        ),
    ),
    (
        "postgresql",
        cve_record(
            "CVE-2024-10979",
            "PostgreSQL",
            below("17", "17.1", kind="rpm"),
            below("16", "16.5", kind="rpm"),
            below("15", "15.9", kind="rpm"),
            below("0", "12.21", kind="rpm"),
        ),
    ),
    (
        "php",
        cve_record(
            "CVE-2024-8929",
            "PHP",
            below("8.1.*", "8.1.31", kind="semver"),
            below("8.2.*", "8.2.26", kind="semver"),
            below("8.3.*", "8.3.14", kind="semver"),
            default="affected",
        ),
    ),
    (
        "redis",
        cve_record(
            "CVE-2024-31449",
            "redis",
            alone(">= 2.6, < 6.2.16"),
            alone(">= 7.0.0, < 7.2.6"),
            alone(">= 7.3.0, < 7.4.1"),
            default="unknown",
        ),
    ),
    (
        "python",
        cve_record(
            "CVE-2024-0450",
            "CPython",
            below("0", "3.8.19", kind="python"),
            below("3.9.0", "3.9.19", kind="python"),
            below("3.12.0", "3.12.2", kind="python"),
            below("3.13.0a1", "3.13.0a3", kind="python"),
        ),
    ),
]


@pytest.mark.parametrize(
    ("name", "version", "cves"),
    [
        ("openssl", "1.0.2u", {"CVE-2023-0286"}),
        ("openssl", "1.0.2zg", set()),
        ("openssl", "1.1.1k", {"CVE-2023-0286", "CVE-2021-3711"}),
        ("openssl", "1.1.1l", {"CVE-2023-0286"}),
        ("openssl", "1.1.1t", set()),
        ("openssl", "3.0.7", {"CVE-2023-0286"}),
        ("openssl", "3.1.0", set()),
        ("httpd", "2.4.55", {"CVE-2023-25690"}),
        ("httpd", "2.4.56", set()),
        ("httpd", "2.2.34", set()),
        ("httpd", "2.4.48", {"CVE-2021-40438", "CVE-2023-25690"}),
        ("tomcat", "9.0.0.M1", {"CVE-2021-33037", "CVE-2023-46589"}),
        ("tomcat", "8.5.66", {"CVE-2021-33037"}),
        ("tomcat", "8.5.67", set()),
        ("tomcat", "9.0.47", {"CVE-2023-46589"}),
        ("tomcat", "10.1.15", {"CVE-2023-46589"}),
        ("tomcat", "10.1.16", set()),
        ("tomcat", "11.0.0-M11", set()),
        ("postgresql", "16.4", {"CVE-2024-10979"}),
        ("postgresql", "16.5", set()),
        ("postgresql", "9.6.24", {"CVE-2024-10979"}),
        ("postgresql", "17rc1", set()),
        ("php-fpm", "8.1.30", {"CVE-2024-8929"}),
        ("php-cli", "8.3.14", set()),
        ("php", "8.4.1", set()),
        ("redis", "6.2.15", {"CVE-2024-31449"}),
        ("redis", "7.2.6", set()),
        ("redis", "7.4.0", {"CVE-2024-31449"}),
        ("python", "3.12.1", {"CVE-2024-0450"}),
        ("python", "3.12.2", set()),
        ("python", "3.13.0a2", {"CVE-2024-0450"}),
        ("python", "2.7.18", {"CVE-2024-0450"}),
    ],
)
def test_projects_records(
    feeds: Feeds, database: Database, name: str, version: str, cves: set[str]
) -> None:
    """What the projects' numbering authorities write, in their ways, of real versions."""
    for project, record in RECORDS:
        id_ = record["cveMetadata"]["cveId"]
        feeds.json(record, "projects", project, f"{id_}.json")

    assert set(found(database(), name, version)) == cves


def test_what_a_record_tells_beside(feeds: Feeds, database: Database) -> None:
    """The project's rating, the fix that only the timeline names, and the record's text."""
    for project, record in RECORDS[:3]:
        id_ = record["cveMetadata"]["cveId"]
        feeds.json(record, "projects", project, f"{id_}.json")
    store = database()
    (match_,) = match(inventory(package("generic", "openssl", "3.0.7")), store).matches

    assert match_.ratings == (("projects/openssl", "high"),)
    assert match_.fixed_versions == ("3.0.8",)
    assert match_.evidence[0].confidence == "high"
    assert found(store, "httpd", "2.4.55") == {"CVE-2023-25690": ("2.4.56",)}
    assert info(store, "projects/openssl").date == "2024-11-14T13:00:08Z"


def test_rejected_old_and_foreign_records(feeds: Feeds, database: Database) -> None:
    """A rejected CVE is nowhere a finding; the old format and another product say nothing."""
    feeds.osv_files(
        "PyPI",
        {
            "id": "PYSEC-2024-1",
            "modified": "2024-01-01T00:00:00Z",
            "aliases": ["CVE-2024-9999"],
            "affected": [
                {
                    "package": {"ecosystem": "PyPI", "name": "sample"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
                }
            ],
        },
    )
    rejected = cve_record("CVE-2024-9999", "OpenSSL", alone("1.0.2"))
    rejected["cveMetadata"]["state"] = "REJECTED"
    old = {"data_version": "4.0", "CVE_data_meta": {"ID": "CVE-2021-41773"}}
    other = cve_record("CVE-2024-1000", "OpenSSL FIPS provider", below("0", "9"))
    commits = cve_record("CVE-2024-1001", "OpenSSL", below("0", "a1b2c3", kind="git"))
    windows = cve_record("CVE-2024-4577", "OpenSSL", below("0", "9"))
    windows["containers"]["cna"]["affected"][0]["platforms"] = ["Windows"]
    for number, record in enumerate((rejected, old, other, commits, windows)):
        feeds.json(record, "projects", "openssl", f"CVE-2024-{number}000.json")
    store = database()

    assert not found(store, "openssl", "3.0.0")
    account = info(store, "projects/openssl")
    assert (account.records, account.skipped) == (4, 1)


@pytest.mark.parametrize(
    ("entry", "events"),
    [
        # a status that changes on the way: mended on one line and broken again
        (
            {
                "versions": [
                    {
                        **below("1.0", "*"),
                        "changes": [
                            {"at": "1.2", "status": "unaffected"},
                            {"at": "2.0", "status": "affected"},
                            {"at": "2.1", "status": "unaffected"},
                        ],
                    }
                ]
            },
            [
                (("introduced", "1.0"), ("fixed", "1.2")),
                (("introduced", "2.0"), ("fixed", "2.1")),
            ],
        ),
        # affected by default, with what is not
        (
            {
                "defaultStatus": "affected",
                "versions": [
                    below("2.4.60", "*", status="unaffected"),
                    alone("2.4.58", "unaffected"),
                ],
            },
            [
                (("introduced", "0"), ("fixed", "2.4.58")),
                (("introduced", "2.4.58.0.0.0.1"), ("fixed", "2.4.60")),
            ],
        ),
        # affected by default beside a full list of what is affected
        (
            {"defaultStatus": "affected", "versions": [below("8.1.*", "8.1.31")]},
            [(("introduced", "8.1"), ("fixed", "8.1.31"))],
        ),
        ({"defaultStatus": "affected"}, [(("introduced", "0"),)]),
        ({"versions": []}, [(("introduced", "0"), ("fixed", "0"))]),
        (
            {"versions": [alone("1.2.3")]},
            [(("introduced", "1.2.3"), ("last_affected", "1.2.3"))],
        ),
        ({"versions": [alone("8.1.x")]}, [(("introduced", "8.1"), ("fixed", "8.2"))]),
        (
            {"versions": [below("unspecified", "5.*")]},
            [(("introduced", "0"), ("fixed", "6"))],
        ),
        (
            {"versions": [alone("1.0"), alone("1.0", "unaffected")]},
            [(("introduced", "0"), ("fixed", "0"))],
        ),
    ],
)
def test_versions_of_a_record(entry: Json, events: list[object]) -> None:
    """The format's rules, and what authorities make of them."""
    spans = spans_of(entry)
    assert spans is not None
    assert [r.events for r in ranges_of(spans)] == events


@pytest.mark.parametrize(
    "version",
    [
        alone("n/a"),
        alone("all versions before 3"),
        alone("2.0 prior to 3.0"),
        alone("1.0", "fixed"),
        {"status": "affected"},
        {"version": 3, "status": "affected"},
        below("1.0", "latest"),
        {**below("1.0", "2.0"), "changes": [{"at": "?", "status": "affected"}]},
        "1.0",
    ],
)
def test_versions_that_say_nothing_are_broken(version: object) -> None:
    """They are left out and counted, and never taken for all or none."""
    with pytest.raises(Broken):
        spans_of({"versions": [version]})


def test_wordpress(feeds: Feeds, database: Database) -> None:
    """CVE-2024-31111 is mended in every branch by that branch's release."""
    feeds.json(WORDPRESS, "wordfence", "production.json")
    store = database()

    assert found(store, "wordpress", "6.4.4") == {"CVE-2024-31111": ("6.4.5", "6.5.5")}
    assert found(store, "wordpress", "6.5.4") == {"CVE-2024-31111": ("6.5.5",)}
    assert not found(store, "wordpress", "6.4.5")
    assert not found(store, "wordpress", "6.6")
    account = info(store, "wordfence")
    assert (account.records, account.skipped) == (2, 1)


def curl_record(modified: str, fixed: str) -> Json:
    """CVE-2023-38545 as curl publishes it: without a package."""
    return {
        "schema_version": "1.5.0",
        "id": "CURL-CVE-2023-38545",
        "aliases": ["CVE-2023-38545"],
        "summary": "SOCKS5 heap buffer overflow",
        "modified": modified,
        "database_specific": {"package": "curl", "severity": "High"},
        "affected": [
            {
                "ranges": [
                    {
                        "type": "SEMVER",
                        "events": [{"introduced": "7.69.0"}, {"fixed": fixed}],
                    },
                    {"type": "GIT", "events": [{"introduced": "4a4b63da"}]},
                ],
                "versions": ["8.3.0", "8.2.1"],
            }
        ],
    }


def test_curl_by_its_own_list_and_by_osv(feeds: Feeds, database: Database) -> None:
    """Of the two copies the newer one stands, and there is one finding."""
    feeds.osv_files("[EMPTY]", curl_record("2023-10-11T08:00:00.00Z", "8.9.0"))
    feeds.json([curl_record("2023-11-01T08:00:00.00Z", "8.4.0")], "curl", "vuln.json")
    store = database()

    assert found(store, "curl", "8.3.0") == {"CVE-2023-38545": ("8.4.0",)}
    assert not found(store, "curl", "8.4.0")
    assert not found(store, "curl", "7.68.0")


def test_cpython_records_count_where_they_list_versions(
    feeds: Feeds, database: Database
) -> None:
    """PSF records are on commits; the tags that OSV adds can be compared, commits cannot."""
    entry = {
        "ranges": [
            {
                "type": "GIT",
                "repo": "https://github.com/python/cpython",
                "events": [{"introduced": "0"}],
            }
        ]
    }
    tagged = {
        "id": "PSF-2023-8",
        "modified": "2024-01-01T00:00:00Z",
        "aliases": ["CVE-2023-40217"],
        "affected": [{**entry, "versions": ["v3.11.4", "v3.11.3"]}],
    }
    bare = {
        **tagged,
        "id": "PSF-2007-1",
        "aliases": ["CVE-2007-4965"],
        "affected": [entry],
    }
    feeds.osv_files("GIT", tagged, bare)
    store = database()

    assert set(found(store, "python", "3.11.4")) == {"CVE-2023-40217"}
    assert not found(store, "python", "3.11.5")
    assert info(store, "osv/GIT").skipped == 0


def test_the_go_toolchain(feeds: Feeds, database: Database) -> None:
    """GO-2024-2687 is in the standard library, so in the Go that an image holds too."""
    feeds.osv_files(
        "Go",
        {
            "id": "GO-2024-2687",
            "modified": "2024-05-20T16:03:47Z",
            "aliases": ["CVE-2023-45288", "GHSA-4v7x-pqxf-cx7m"],
            "affected": [
                {
                    "package": {"ecosystem": "Go", "name": "stdlib"},
                    "ranges": [
                        {
                            "type": "SEMVER",
                            "events": [
                                {"introduced": "0"},
                                {"fixed": "1.21.9"},
                                {"introduced": "1.22.0-0"},
                                {"fixed": "1.22.2"},
                            ],
                        }
                    ],
                }
            ],
        },
    )
    store = database()

    assert found(store, "go", "1.22rc1") == {"CVE-2023-45288": ("1.22.2",)}
    assert found(store, "go", "1.21.8") == {"CVE-2023-45288": ("1.21.9", "1.22.2")}
    assert not found(store, "go", "1.21.9")


@pytest.mark.skipif(not REAL.is_dir(), reason="the feeds are not beside the checkout")
def test_the_real_list_of_node(feeds: Feeds, database: Database) -> None:
    """Of the 171 entries only those without a CVE are left out, and 24.14.1 has none of them."""
    source = REAL / "nodejs" / "core" / "index.json"
    feeds.path("nodejs", "core", "index.json").write_bytes(source.read_bytes())
    store = database()

    account = info(store, "nodejs/core")
    assert (account.records, account.skipped) == (157, 14)
    assert not found(store, "node", "24.14.1")
    assert found(store, "node", "20.20.1")["CVE-2026-21717"] == (
        "20.20.2",
        "22.22.2",
        "24.14.1",
        "25.8.2",
    )
