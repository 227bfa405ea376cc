"""NVD's product configurations, Retire.js and malicious packages: what counts, and beside whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from feedwriter import Feeds, Json, entry, osv
from judging import inventory, package
from softwarewriter import any_of, below, cpe_match, cve_record, nvd_cve

from shipworthy.advisories.store import AdvisoryStore
from shipworthy.matching.match import match
from shipworthy.model.advisory import FeedInfo
from shipworthy.model.finding import Match


Database = Callable[[], AdvisoryStore]

OPENSSL = "a:openssl:openssl:*"
HAPROXY = "a:haproxy:haproxy:*"


def matches(
    store: AdvisoryStore, name: str, version: str, type_: str = "generic"
) -> dict[str, Match]:
    """The matches of one package by id."""
    result = match(inventory(package(type_, name, version)), store)
    return {one.id: one for one in result.matches}


def info(store: AdvisoryStore, name: str) -> FeedInfo:
    """The account of one feed."""
    return next(feed for feed in store.info.feeds if feed.name == name)


def until(product: str, end: str, start: str = "", **more: object) -> Json:
    """A vulnerable ``cpeMatch`` up to before ``end``."""
    bounds = {"versionEndExcluding": end}
    if start:
        bounds["versionStartIncluding"] = start
    return {**cpe_match(product), **bounds, **more}


@pytest.mark.parametrize(
    ("version", "cves"),
    [
        ("2.7.0", {"CVE-2024-53008", "CVE-2024-49214"}),
        ("2.8.10", {"CVE-2024-53008", "CVE-2024-49214"}),
        ("2.8.11", {"CVE-2024-49214"}),
        ("2.9.11", set()),
        ("3.0.2", {"CVE-2024-53008", "CVE-2024-49214"}),
        ("3.1-dev6", {"CVE-2024-49214"}),
        ("3.1-dev7", set()),
    ],
)
def test_configurations_of_haproxy(
    feeds: Feeds, database: Database, version: str, cves: set[str]
) -> None:
    """Ranges with both ends, by line, and less sure than a project's own word."""
    feeds.nvd(
        nvd_cve(
            "CVE-2024-53008",
            {
                "nodes": [
                    any_of(
                        until(HAPROXY, "2.8.11", "2.7"),
                        until(HAPROXY, "3.0.3", "3.0.0"),
                    )
                ]
            },
        ),
        nvd_cve(
            "CVE-2024-49214",
            {
                "nodes": [
                    any_of(
                        until(HAPROXY, "2.9.11"),
                        until(HAPROXY, "3.0.5", "3.0.0"),
                        until(HAPROXY, "3.1-dev7", "3.1-dev0"),
                    )
                ]
            },
        ),
    )
    found = matches(database(), "haproxy", version)

    assert set(found) == cves
    for one in found.values():
        (evidence,) = one.evidence
        assert (evidence.bucket, evidence.feed) == ("cpe", "nvd")
        assert evidence.confidence == "medium"
        assert evidence.notes[0].startswith("cpe haproxy:haproxy")


@pytest.mark.parametrize(
    ("match_", "is_found"),
    [
        (until(OPENSSL, "3.0.8", "3.0.0"), True),
        (cpe_match(OPENSSL, versionEndIncluding="3.0.7"), True),
        (cpe_match(OPENSSL, versionEndIncluding="3.0.6"), False),
        (cpe_match(OPENSSL, versionStartExcluding="3.0.7"), False),
        (cpe_match(OPENSSL, versionStartExcluding="3.0.6"), True),
        (cpe_match("a:openssl:openssl:3.0.7"), True),
        (cpe_match("a:openssl:openssl:3.0.7:-"), True),
        (cpe_match("a:openssl:openssl:3.0.7:beta1"), False),
        # no explicit range, not vulnerable, another vendor, another part or system
        (cpe_match(OPENSSL), False),
        (cpe_match("a:openssl:openssl:-"), False),
        (until(OPENSSL, "9", vulnerable=False), False),
        (until("a:vendor:openssl:*", "9"), False),
        (until("o:openssl:openssl:*", "9"), False),
        (until("a:openssl:openssl:*:*:*:*:*:windows", "9"), False),
        (until("a:openssl:openssl:*:*:*:*:*:node.js", "9"), False),
        (until("a:openssl:openssl:*:*:*:*:enterprise", "9"), False),
        (until("a:openssl:openssl:*:*:*:*:lts", "9"), True),
    ],
)
def test_only_an_exact_product_with_an_explicit_range(
    feeds: Feeds, database: Database, match_: Json, is_found: bool
) -> None:
    """What NVD says of something else, or of no version, is no statement on OpenSSL 3.0.7."""
    anchor = until(HAPROXY, "99")
    feeds.nvd(
        nvd_cve("CVE-2023-0001", {"nodes": [any_of(match_)]}),
        nvd_cve("CVE-2023-0002", {"nodes": [any_of(anchor)]}),
    )

    assert bool(matches(database(), "openssl", "3.0.7")) is is_found


@pytest.mark.parametrize(
    ("platform", "is_found"),
    [
        (cpe_match("o:linux:linux_kernel:-", vulnerable=False), True),
        (cpe_match("o:debian:debian_linux:12.0", vulnerable=False), True),
        (cpe_match("o:microsoft:windows:-", vulnerable=False), False),
        (cpe_match("h:cisco:asr_1001:-", vulnerable=False), False),
        (cpe_match("a:php:php:*", vulnerable=False), False),
        (until("a:php:php:*", "8"), False),
    ],
)
def test_running_on(
    feeds: Feeds, database: Database, platform: Json, is_found: bool
) -> None:
    """A configuration with a platform counts where that may be Linux; two products at once never."""
    both = {"operator": "AND", "nodes": [any_of(until(OPENSSL, "9")), any_of(platform)]}
    feeds.nvd(
        nvd_cve("CVE-2023-0001", both),
        nvd_cve("CVE-2023-0002", {"nodes": [any_of(until(HAPROXY, "99"))]}),
    )

    assert bool(matches(database(), "openssl", "3.0.7")) is is_found


def test_the_project_knows_better(feeds: Feeds, database: Database) -> None:
    """OpenSSL says that 3.0 is not affected by CVE-2021-3711, so NVD's range does not count there."""
    own = cve_record("CVE-2021-3711", "OpenSSL", below("1.1.1", "1.1.1l"))
    feeds.json(own, "projects", "openssl", "CVE-2021-3711.json")
    feeds.nvd(
        nvd_cve("CVE-2021-3711", {"nodes": [any_of(until(OPENSSL, "3.5"))]}),
        nvd_cve("CVE-2022-3996", {"nodes": [any_of(until(OPENSSL, "3.0.8", "3.0.0"))]}),
    )
    store = database()

    assert set(matches(store, "openssl", "3.0.7")) == {"CVE-2022-3996"}
    (one,) = matches(store, "openssl", "1.1.1k").values()
    assert [(e.feed, e.confidence) for e in one.evidence] == [
        ("projects/openssl", "high")
    ]


def test_a_product_by_several_names_is_one_finding(
    feeds: Feeds, database: Database
) -> None:
    """Nginx has three vendors in NVD; the finding is one."""
    node = any_of(
        until("a:f5:nginx:*", "1.26.2", "1.5.13"),
        until("a:nginx:nginx:*", "1.26.2", "1.5.13"),
    )
    feeds.nvd(nvd_cve("CVE-2024-7347", {"nodes": [node]}))
    (one,) = matches(database(), "nginx", "1.20.0").values()

    assert one.fixed_versions == ("1.26.2",)
    assert len(one.evidence) == 2


@pytest.mark.parametrize(
    "configurations",
    [
        "none",
        [{"nodes": "none"}],
        [{"nodes": [{"cpeMatch": [{"vulnerable": True, "criteria": "cpe:/a:x"}]}]}],
        [{"nodes": [{"cpeMatch": [{"vulnerable": True, "criteria": 7}]}]}],
        [{"nodes": [any_of(until(OPENSSL, "latest"))]}],
        [{"nodes": [any_of(until(OPENSSL, "x" * 300))]}],
        [{"negate": True, "nodes": [any_of(until(OPENSSL, "9"))]}],
        [{"nodes": [{**any_of(until(OPENSSL, "9")), "negate": True}]}],
    ],
)
def test_a_broken_configuration_takes_no_text_away(
    feeds: Feeds, database: Database, configurations: object
) -> None:
    """It says nothing of products; the description of the CVE stays."""
    broken = {**nvd_cve("CVE-2023-0001"), "configurations": configurations}
    feeds.nvd(
        broken, nvd_cve("CVE-2023-0002", {"nodes": [any_of(until(HAPROXY, "99"))]})
    )
    feeds.osv_files(
        "PyPI", osv("PYSEC-2023-1", "PyPI", "sample", aliases=["CVE-2023-0001"])
    )
    store = database()

    assert not matches(store, "openssl", "3.0.7")
    assert store.cves(["CVE-2023-0001"])["CVE-2023-0001"].details


def retire(*entries: Json) -> Json:
    """A component's entry."""
    return {"vulnerabilities": list(entries)}


def test_retirejs_fills_gaps(feeds: Feeds, database: Database) -> None:
    """What GitHub knows of jQuery stands; what only Retire.js knows is a finding."""
    feeds.osv_files(
        "npm",
        osv(
            "GHSA-rmxg-73gg-4p98",
            "npm",
            "jquery",
            aliases=["CVE-2015-9251"],
            affected=[entry("npm", "jquery", ("introduced", "0"), ("fixed", "3.0.0"))],
        ),
        osv(
            "GHSA-q4m3-2j7h-f7xw",
            "npm",
            "jquery",
            aliases=["CVE-2020-7656"],
            affected=[entry("npm", "jquery", ("introduced", "0"), ("fixed", "1.9.0"))],
        ),
    )
    jquery = retire(
        {
            "atOrAbove": "1.4.0",
            "below": "1.12.0",
            "severity": "medium",
            "identifiers": {
                "CVE": ["CVE-2015-9251"],
                "githubID": "GHSA-rmxg-73gg-4p98",
            },
        },
        # by the CVE alone, and a wider range than GitHub's
        {"below": "2.0.0", "identifiers": {"CVE": ["CVE-2020-7656"]}},
        {
            "below": "1.6.3",
            "severity": "medium",
            "identifiers": {
                "CVE": ["CVE-2011-4969"],
                "githubID": "GHSA-579v-mp3v-rrw5",
            },
        },
        {"below": "2.999.999", "identifiers": {"summary": "end of life"}},
    )
    feeds.json(
        {"jquery": {**jquery, "npmname": "jquery"}, "dont check": {}, "no-npm": jquery},
        "retirejs",
        "jsrepository-v5.json",
    )
    feeds.json(
        {
            "angular": retire(
                {"below": "1.8.0", "identifiers": {"CVE": ["CVE-2020-7676"]}}
            )
        },
        "retirejs",
        "npmrepository.json",
    )
    store = database()
    found = matches(store, "jquery", "1.12.4", "npm")
    old = matches(store, "jquery", "1.6.2", "npm")

    assert set(found) == {"CVE-2015-9251"}
    assert found["CVE-2015-9251"].fixed_versions == ("3.0.0",)
    assert set(old) == {"CVE-2015-9251", "CVE-2020-7656", "CVE-2011-4969"}
    assert old["CVE-2020-7656"].fixed_versions == ("1.9.0",)
    assert old["CVE-2011-4969"].evidence[0].feed == "retirejs"
    assert set(matches(store, "angular", "1.7.9", "npm")) == {"CVE-2020-7676"}
    account = info(store, "retirejs")
    assert (account.records, account.skipped) == (4, 1)


def test_retirejs_entries_of_several_cves_are_several_findings(
    feeds: Feeds, database: Database
) -> None:
    """An entry that names two CVEs is about two vulnerabilities; two ranges of one are one."""
    feeds.json(
        {
            "yui": retire(
                {
                    "atOrAbove": "3.0.0",
                    "below": "3.9.2",
                    "identifiers": {"CVE": ["CVE-2013-4941", "CVE-2013-4942"]},
                },
                {
                    "atOrAbove": "3.0.0",
                    "below": "3.10.11",
                    "identifiers": {"CVE": ["CVE-2013-4940"]},
                },
                {
                    "atOrAbove": "3.10.12",
                    "below": "3.10.13",
                    "identifiers": {"CVE": ["CVE-2013-4940"]},
                },
            )
        },
        "retirejs",
        "npmrepository.json",
    )
    store = database()

    assert set(matches(store, "yui", "3.9.1", "npm")) == {
        "CVE-2013-4940",
        "CVE-2013-4941",
        "CVE-2013-4942",
    }
    assert set(matches(store, "yui", "3.10.12", "npm")) == {"CVE-2013-4940"}


def malicious(id_: str, name: str, modified: str, *versions: str) -> Json:
    """A record of a malicious npm package, by its versions or all of it."""
    events = (("introduced", "0"),) if not versions else ()
    more = {"versions": list(versions)} if versions else {}
    affected = [entry("npm", name, *events, **more)]
    return osv(id_, "npm", name, affected=affected, modified=modified)


def test_malicious_packages_by_tree_and_export(
    feeds: Feeds, database: Database
) -> None:
    """The repository's tree, scopes included, beside the ecosystem's export of the same records."""
    tree = ("malicious", "osv", "malicious", "npm")
    feeds.osv_files(
        "npm", malicious("MAL-2022-1", "event-stream", "2022-01-01T00:00:00Z")
    )
    feeds.json(
        malicious("MAL-2022-1", "event-stream", "2023-01-01T00:00:00Z", "3.3.6"),
        *tree,
        "event-stream",
        "MAL-2022-1.json",
    )
    feeds.json(
        malicious("MAL-2024-7", "@scope/evil", "2024-01-01T00:00:00Z"),
        *tree,
        "@scope",
        "evil",
        "MAL-2024-7.json",
    )
    feeds.json({"id": "MAL-2024-8"}, *tree, "x", "README.json")
    feeds.path(*tree, "y", "MAL-2024-9.json").write_text("{", "utf-8")
    store = database()

    assert set(matches(store, "event-stream", "3.3.6", "npm")) == {"MAL-2022-1"}
    assert not matches(store, "event-stream", "4.0.0", "npm")
    (evil,) = matches(store, "@scope/evil", "1.0.0", "npm").values()
    assert (evil.id, evil.fix_state) == ("MAL-2024-7", "affected")
    account = info(store, "malicious")
    assert (account.records, account.skipped) == (2, 1)
    assert account.date == "2024-01-01T00:00:00Z"
