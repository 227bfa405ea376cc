"""Oracle's errata: machines, flavours, modules, and what is told beside them."""

from __future__ import annotations

from collections.abc import Callable

from feedwriter import Feeds
from ovalwriter import Oracle, all_of, any_of

from shipworthy.advisories.store import AdvisoryStore
from shipworthy.model.advisory import Advisory


Database = Callable[[], AdvisoryStore]


def write(feeds: Feeds, document: Oracle) -> None:
    """The document where Oracle's is expected."""
    document.write(feeds.root / "oracle" / "com.oracle.elsa-all.xml")


def of(store: AdvisoryStore, bucket: str, name: str) -> list[Advisory]:
    """The advisories on one package."""
    return list(store.advisories(bucket, [name]).get(name, ()))


def openssl() -> Oracle:
    """CVE-2022-0778 in Oracle Linux 8, as it is and for Ksplice."""
    document = Oracle()
    for id_, evr in (
        ("ELSA-2022-1065", "1:1.1.1k-6.el8_5"),
        ("ELSA-2022-9258", "2:1.1.1k-6.ksplice1.el8_5"),
    ):
        machines = [
            document.on(machine, document.below("openssl-libs", evr))
            for machine in ("aarch64", "x86_64")
        ]
        document.erratum(id_, "8", ["CVE-2022-0778"], *machines)
    return document


def test_an_erratum_is_a_bulletin_on_its_cve(feeds: Feeds, database: Database) -> None:
    """One fix for both machines is one advisory, in the bucket of the release."""
    write(feeds, openssl())
    store = database()
    plain, ksplice = of(store, "ol-8", "openssl-libs")

    assert (plain.id, plain.aliases, plain.bulletin) == (
        "ELSA-2022-1065",
        ("CVE-2022-0778",),
        True,
    )
    assert plain.ranges[0].events == (
        ("introduced", "0"),
        ("fixed", "1:1.1.1k-6.el8_5"),
    )
    assert plain.arches == ("aarch64", "x86_64")
    assert (plain.rating, plain.fixed_on, plain.feed) == (
        "important",
        "2022-03-30",
        "oracle/oval",
    )
    assert ksplice.id == "ELSA-2022-9258"


def test_the_erratum_and_the_score_are_told(feeds: Feeds, database: Database) -> None:
    """The erratum's text is its own record; Oracle's score is the CVE's."""
    write(feeds, openssl())
    store = database()
    record = store.records([("ol-8", "ELSA-2022-1065")])[("ol-8", "ELSA-2022-1065")]
    assert record.summary == "ELSA-2022-1065: security update (IMPORTANT)"
    assert (record.source, record.details, record.rating) == (
        "oracle",
        "Fix it",
        "important",
    )
    cve = store.cves(["CVE-2022-0778"])["CVE-2022-0778"]
    assert [(score.source, score.vector) for score in cve.cvss] == [
        ("oracle", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H")
    ]


def test_machines_with_fixes_of_their_own(feeds: Feeds, database: Database) -> None:
    """ELSA-2022-4803: rsyslog of Oracle Linux 7 was respun for aarch64 alone."""
    document = Oracle()
    document.erratum(
        "ELSA-2022-4803",
        "7",
        ["CVE-2022-24903"],
        document.on("aarch64", document.below("rsyslog", "0:8.24.0-57.0.4.el7_9.3")),
        document.on("x86_64", document.below("rsyslog", "0:8.24.0-57.0.1.el7_9.3")),
    )
    write(feeds, document)
    found = {
        a.arches: a.ranges[0].events[1][1] for a in of(database(), "ol-7", "rsyslog")
    }
    assert found == {
        ("aarch64",): "8.24.0-57.0.4.el7_9.3",
        ("x86_64",): "8.24.0-57.0.1.el7_9.3",
    }


def test_a_module_is_its_stream(feeds: Feeds, database: Database) -> None:
    """ELSA-2023-12342 is on the stream virt:kvm_utils, and on two CVEs."""
    document = Oracle()
    hivex = document.below("hivex", "0:1.3.18-21.module+el8.7.0+21037+8ee66348")
    inside = all_of(document.module("virt:kvm_utils"), any_of(hivex))
    document.erratum(
        "ELSA-2023-12342",
        "8",
        ["CVE-2023-0664", "CVE-2022-4144"],
        document.on("aarch64", inside),
    )
    write(feeds, document)
    found = of(database(), "ol-8", "hivex")
    assert [(a.modularity, a.aliases) for a in found] == [
        ("virt:kvm_utils", ("CVE-2022-4144",)),
        ("virt:kvm_utils", ("CVE-2023-0664",)),
    ]


def test_an_erratum_without_a_cve_stands_for_itself(
    feeds: Feeds, database: Database
) -> None:
    """ELSA-2007-0057 names its CVEs; where one names none, its own id is the vulnerability's."""
    document = Oracle()
    bind = document.below("bind", "30:9.3.3-8.el5")
    document.erratum("ELSA-2007-0057", "5", [], document.on("x86_64", bind))
    write(feeds, document)
    (advisory,) = of(database(), "ol-5", "bind")
    assert (advisory.id, advisory.aliases) == ("ELSA-2007-0057", ())


def test_what_oracle_does_not_rate_is_not_rated(
    feeds: Feeds, database: Database
) -> None:
    """``N/A`` is no severity."""
    document = Oracle()
    bind = document.below("bind", "30:9.3.3-8.el5")
    document.erratum(
        "ELSA-2007-0057", "5", [], document.on("x86_64", bind), severity="N/A"
    )
    write(feeds, document)
    assert of(database(), "ol-5", "bind")[0].rating == ""


def test_a_module_test_without_its_stream_breaks_one_erratum(
    feeds: Feeds, database: Database
) -> None:
    """The stream is not guessed: that erratum is counted as not understood, others stand."""
    document = openssl()
    nodejs = document.below("nodejs", "1:18.12.1-2.module+el8.7.0+1")
    nameless = document.module("nodejs:18").replace("Module nodejs:18 is enabled", "x")
    document.erratum(
        "ELSA-2022-9999",
        "8",
        ["CVE-2022-1"],
        document.on("x86_64", all_of(nameless, any_of(nodejs))),
    )
    write(feeds, document)
    store = database()
    (info,) = store.info.feeds
    assert (info.name, info.records, info.skipped) == ("oracle/oval", 2, 1)
    assert info.date == "2026-08-20T12:00:00Z"
    assert not of(store, "ol-8", "nodejs")
