"""SUSE's CVEs: products and the terms on which they bring fixes, packages not affected, updates beside the CVE."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from feedwriter import Feeds, osv
from hypothesis import given
from hypothesis import strategies as st
from ovalwriter import Suse, all_of, any_of, criterion, entity

from shipworthy.advisories.build import build
from shipworthy.advisories.feeds.ecosystem import bucket_of, channel_of
from shipworthy.advisories.feeds.suse_products import product_of
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.model.advisory import Advisory


Database = Callable[[], AdvisoryStore]

SERVER = ("SUSE Linux Enterprise Server 15 SP3", "sles", "15.3")
LTSS = ("SUSE Linux Enterprise Server 15 SP3-LTSS", "sles-ltss", "15.3")
SAP = ("SUSE Linux Enterprise Server for SAP Applications 15 SP3", "SLES_SAP", "15.3")
BASE = (
    "SUSE Linux Enterprise Module for Basesystem 15 SP3",
    "sle-module-basesystem",
    "15.3",
)


def write(feeds: Feeds, document: Suse, name: str = "suse.linux.enterprise.15") -> None:
    """The document as SUSE names it."""
    document.write(feeds.root / "suse" / "oval" / f"{name}-affected.xml")


def of(store: AdvisoryStore, bucket: str, name: str) -> list[Advisory]:
    """The advisories on one package."""
    return list(store.advisories(bucket, [name]).get(name, ()))


def end(advisory: Advisory) -> tuple[tuple[str, str], ...]:
    """The events after the beginning of the one range."""
    (one,) = advisory.ranges
    assert one.events[0] == ("introduced", "0")
    return one.events[1:]


@pytest.mark.parametrize(
    ("name", "bucket", "channel"),
    [
        ("SUSE Linux Enterprise Server 15 SP5", "sles-15.5", ""),
        ("SUSE Linux Enterprise Server 15", "sles-15", ""),
        ("SUSE Linux Enterprise Server 15-LTSS", "sles-15", "ltss"),
        ("SUSE Linux Enterprise Server 15 SP1-LTSS", "sles-15.1", "ltss"),
        ("SUSE Linux Enterprise Server 15 SP1-BCL", "sles-15.1", "bcl"),
        (
            "SUSE Linux Enterprise Server LTSS Extended Security 12 SP5",
            "sles-12.5",
            "ltss-extended-security",
        ),
        ("SUSE Linux Enterprise Server 12 SP5-LTSS", "sles-12.5", "ltss"),
        ("SUSE Linux Enterprise Server 16.0", "sles-16.0", ""),
        ("SUSE Linux Enterprise Server 11 SP4", "sles-11.4", ""),
        ("SUSE Linux Enterprise Desktop 15 SP3", "sles-15.3", ""),
        ("SUSE Linux Enterprise Server for SAP Applications 15", "sles-15", "sap"),
        (
            "SUSE Linux Enterprise High Performance Computing 15 SP3-ESPOS",
            "sles-15.3",
            "espos",
        ),
        (
            "SUSE Linux Enterprise High Performance Computing 15 SP3",
            "sles-15.3",
            "hpc",
        ),
        ("SUSE Linux Enterprise Module for Basesystem 15 SP3", "sles-15.3", ""),
        (
            "SUSE Linux Enterprise Workstation Extension 15 SP3",
            "sles-15.3",
            "workstation-extension",
        ),
        ("SUSE Linux Enterprise Module for Python 3 15 SP5", "sles-15.5", ""),
        (
            "SUSE Linux Enterprise Module for Package Hub 15 SP5",
            "sles-15.5",
            "package-hub",
        ),
        (
            "SUSE Linux Enterprise Server Business Critical Linux 15 SP2",
            "sles-15.2",
            "bcl",
        ),
        (
            "SUSE Linux Enterprise Server for SAP applications 16.0",
            "sles-16.0",
            "sap",
        ),
        ("SUSE Package Hub 15 SP5", "sles-15.5", "package-hub"),
        ("SUSE Linux Enterprise Micro 5.4", "sle-micro-5.4", ""),
        ("SUSE Linux Enterprise Micro for Rancher 5.4", "sle-micro-5.4", ""),
        ("SUSE Linux Micro 6.0", "sle-micro-6.0", ""),
        ("openSUSE Leap 15.5", "opensuse-leap-15.5", ""),
        ("openSUSE Leap 42.2 NonFree", "opensuse-leap-42.2", ""),
        ("openSUSE Leap 16.0", "opensuse-leap-16.0", ""),
        ("openSUSE Leap Micro 5.2", "opensuse-leap-micro-5.2", ""),
        ("openSUSE 13.2", "opensuse-13.2", ""),
        ("openSUSE Tumbleweed", "opensuse-tumbleweed", ""),
    ],
)
def test_a_product_is_a_release_on_terms(name: str, bucket: str, channel: str) -> None:
    """Every product that images are made of has a bucket, and a channel where its updates are sold apart."""
    assert product_of(name) == (bucket, channel)


@pytest.mark.parametrize(
    "name",
    [
        "SUSE Manager Server 4.1",
        "SUSE Enterprise Storage 7",
        "SUSE OpenStack Cloud 9",
        "Open Enterprise Server 23.4",
        "SUSE Linux Enterprise Real Time 15 SP3",
        "SUSE Linux Enterprise Server 11 SP3-TERADATA",
        "SUSE Linux Enterprise Server for Raspberry Pi 12 SP2",
        "SUSE Linux Enterprise Server TERADATA 15 SP4",
        "SUSE Linux Enterprise Server",
        "openSUSE Leap 15.\u0665",
        "",
        "x" * 10_000,
    ],
)
def test_other_products_are_no_base_of_images(name: str) -> None:
    """Manager, Storage and builds of their own say nothing of a release's packages."""
    assert product_of(name) is None


@pytest.mark.property
@given(
    st.lists(
        st.sampled_from(
            [
                "SUSE",
                "openSUSE",
                "Linux",
                "Enterprise",
                "Server",
                "Module",
                "for",
                "Leap",
                "Micro",
                "15",
                "SP3",
                "-LTSS",
                ".",
                "/",
            ]
        )
        | st.text(max_size=8),
        max_size=8,
    )
)
def test_any_name_gives_a_plain_bucket(words: list[str]) -> None:
    """A bucket becomes a file's name, whatever a product is called."""
    found = product_of(" ".join(words))
    assert found is None or re.fullmatch(r"[a-z0-9][a-z0-9.-]{2,60}", found.bucket)
    assert found is None or re.fullmatch(r"[a-z-]*", found.channel)


@pytest.mark.parametrize(
    ("ecosystem", "bucket", "channel"),
    [
        ("SUSE:Linux Enterprise Server 15 SP5", "sles-15.5", ""),
        ("SUSE:Linux Enterprise Server 15 SP6-LTSS", "sles-15.6", "ltss"),
        ("SUSE:Linux Enterprise Module for Basesystem 15 SP5", "sles-15.5", ""),
        ("SUSE:Linux Enterprise Micro 5.5", "sle-micro-5.5", ""),
        ("SUSE:Linux Micro 6.1", "sle-micro-6.1", ""),
        ("SUSE:Manager Server 4.3", "", ""),
        ("openSUSE:Leap 15.5", "opensuse-leap-15.5", ""),
        ("openSUSE:Tumbleweed", "opensuse-tumbleweed", ""),
        ("SUSE", "", ""),
    ],
)
def test_ecosystems_are_the_same_products(
    ecosystem: str, bucket: str, channel: str
) -> None:
    """OSV's names lead to the buckets that OVAL's lead to."""
    assert (bucket_of(ecosystem), channel_of(ecosystem)) == (bucket, channel)


def test_glibc_of_sles_15_3(feeds: Feeds, database: Database) -> None:
    """CVE-2022-23218 was fixed in SLES 15 SP3 by SUSE-SU-2022:0330-1: the CVE is shown, the update stands beside it."""
    document = Suse()
    arches = "(aarch64|ppc64le|s390x|x86_64)"
    document.cve(
        "CVE-2022-23218",
        all_of(
            any_of(document.product(*BASE), document.product(*SAP)),
            any_of(
                document.below("glibc", "0:2.31-150300.9.12.1", arches),
                document.below("glibc-locale-base", "0:2.31-150300.9.12.1", arches),
            ),
        ),
        updates=[
            "SUSE-SU-2022:0330-1",
            "openSUSE-SU-2022:0330-1",
            "SUSE-IU-2022:221-1",
            "SUSE-CU-2022:183-1",
        ],
    )
    write(feeds, document)
    store = database()
    (advisory,) = of(store, "sles-15.3", "glibc")

    assert (advisory.id, advisory.bulletin, advisory.aliases) == (
        "CVE-2022-23218",
        False,
        (),
    )
    assert advisory.also == ("SUSE-SU-2022:0330-1",)
    assert end(advisory) == (("fixed", "2.31-150300.9.12.1"),)
    assert (advisory.rating, advisory.channel) == ("important", "")
    assert advisory.arches == ("aarch64", "ppc64le", "s390x", "x86_64")
    cve = store.cves(["CVE-2022-23218"])["CVE-2022-23218"]
    assert (cve.source, cve.details) == ("suse", "What it is.")
    assert cve.cvss[0].source == "suse"


def test_a_fix_for_ltss_alone_is_in_its_channel(
    feeds: Feeds, database: Database
) -> None:
    """CVE-2021-29154: the kernel of SP1 is fixed for LTSS alone, so the fix is in a channel."""
    document = Suse()
    document.cve(
        "CVE-2021-29154",
        any_of(
            all_of(
                document.product(
                    "SUSE Linux Enterprise Server 15 SP1-BCL", "sles", "15.1"
                ),
                any_of(document.below("kernel-default", "0:4.12.14-197.89.2")),
            ),
            all_of(
                document.product(
                    "SUSE Linux Enterprise Server 15 SP1-LTSS", "sles-ltss", "15.1"
                ),
                any_of(document.below("kernel-default", "0:4.12.14-197.89.2")),
            ),
            all_of(
                document.product("SUSE Manager Server 4.1", "SUSE-Manager", "4.1"),
                any_of(document.below("kernel-default", "0:5.3.18-24.64.1")),
            ),
        ),
    )
    write(feeds, document)
    (advisory,) = of(database(), "sles-15.1", "kernel-default")
    assert (advisory.channel, end(advisory)) == (
        "ltss",
        (("fixed", "4.12.14-197.89.2"),),
    )


def test_not_affected_is_version_zero(feeds: Feeds, database: Database) -> None:
    """CVE-1999-0524 does not affect kernel-default: a statement that ends before it begins, without updates."""
    document = Suse()
    document.cve(
        "CVE-1999-0524",
        all_of(
            any_of(document.product(*SERVER)),
            any_of(
                document.unaffected("kernel-default"),
                document.below("kernel-source", "0:0-0"),
            ),
        ),
        updates=["SUSE-SU-2022:0330-1"],
    )
    write(feeds, document)
    store = database()
    for name in ("kernel-default", "kernel-source"):
        (advisory,) = of(store, "sles-15.3", name)
        assert (end(advisory), advisory.also) == ((("fixed", "0"),), ())


def test_affected_without_a_fix(feeds: Feeds, database: Database) -> None:
    """CVE-2021-37600 stays unfixed in libblkid1 of SLES 15 SP1."""
    document = Suse()
    server = document.product("SUSE Linux Enterprise Server 15 SP1", "sles", "15.1")
    document.cve("CVE-2021-37600", all_of(server, document.unfixed("libblkid1")))
    write(feeds, document)
    (advisory,) = of(database(), "sles-15.1", "libblkid1")
    assert (end(advisory), advisory.fix_state) == ((), "affected")


def test_tumbleweed_is_tested_by_a_date(feeds: Feeds, database: Database) -> None:
    """CVE-2001-1267 of tar: ``openSUSE-release is >=20210101`` is the product, not a package."""
    document = Suse()
    since = entity("evr", "greater than or equal", "0:20210101-0")
    rolling = criterion(
        document.test("openSUSE-release", since), "openSUSE Tumbleweed is installed"
    )
    document.cve(
        "CVE-2001-1267",
        all_of(any_of(document.below("tar", "0:1.34-2.2")), rolling),
        updates=["SUSE-SR:2007:019"],
    )
    write(feeds, document, "opensuse.tumbleweed")
    store = database()
    (advisory,) = of(store, "opensuse-tumbleweed", "tar")
    assert (end(advisory), advisory.also) == ((("fixed", "1.34-2.2"),), ())
    assert not of(store, "opensuse-tumbleweed", "openSUSE-release")


def test_live_patches_are_the_running_kernels(feeds: Feeds, database: Database) -> None:
    """CVE-2018-25020: an exact kernel without its live patch is affected; images have no live patches."""
    document = Suse()
    exact = criterion(
        document.test("kernel-default", entity("evr", "equals", "0:4.12.14-150.66.1")),
        "kernel-default 4.12.14-150.66.1 is installed",
    )
    patch = document.test(
        "kernel-livepatch-4_12_14-150_66-default",
        entity("evr", "greater than or equal", "0:14-2.2-0"),
        check="none satisfy",
    )
    sap = document.product(
        "SUSE Linux Enterprise Server for SAP Applications 15", "SLES_SAP", "15"
    )
    document.cve("CVE-2018-25020", all_of(sap, any_of(all_of(exact, criterion(patch)))))
    write(feeds, document)
    (advisory,) = of(database(), "sles-15", "kernel-default")
    assert advisory.ranges[0].events == (
        ("introduced", "4.12.14-150.66.1"),
        ("last_affected", "4.12.14-150.66.1"),
    )
    assert advisory.channel == "sap"


def test_one_file_a_product(feeds: Feeds, database: Database) -> None:
    """Of a product's files the one that tells unfixed packages too is read; the one by update is not."""
    wrong, right = Suse(), Suse()
    for document, evr in ((wrong, "0:1-1"), (right, "0:2-1")):
        document.cve(
            "CVE-2024-0001",
            all_of(document.product(*SERVER), document.below("a", evr)),
        )
    folder = feeds.root / "suse" / "oval"
    wrong.write(folder / "suse.linux.enterprise.15.xml")
    wrong.write(folder / "suse.linux.enterprise.15-patch.xml")
    wrong.write(folder / "suse.openstack.cloud.9.xml.old")
    (folder / "suse.linux.enterprise.15-affected.xml.gz").write_bytes(
        gzip.compress(right.xml(), mtime=0)
    )
    store = database()
    (advisory,) = of(store, "sles-15.3", "a")
    assert end(advisory) == (("fixed", "2-1"),)
    (info,) = store.info.feeds
    assert (info.name, info.records, info.skipped) == ("suse/oval", 1, 0)


def test_a_product_without_a_package_breaks_one_definition(
    feeds: Feeds, database: Database
) -> None:
    """A definition that names no package is counted as not understood."""
    document = Suse()
    document.cve("CVE-2024-0001", all_of(document.product(*SERVER)))
    document.cve(
        "CVE-2024-0002",
        all_of(document.product(*LTSS), document.below("a", "0:1-1")),
    )
    write(feeds, document)
    store = database()
    (info,) = store.info.feeds
    assert (info.records, info.skipped) == (1, 1)
    assert [a.id for a in of(store, "sles-15.3", "a")] == ["CVE-2024-0002"]


def test_osv_records_are_filed_by_binary(feeds: Feeds, database: Database) -> None:
    """SUSE-SU-2022:0330-1 names the source glibc; each binary it lists has its fix, on the product's terms."""
    entries = [
        {
            "package": {
                "ecosystem": f"SUSE:Linux Enterprise {product}",
                "name": "glibc",
            },
            "ranges": [
                {
                    "type": "ECOSYSTEM",
                    "events": [{"introduced": "0"}, {"fixed": "2.31-150300.9.12.1"}],
                }
            ],
            "ecosystem_specific": {
                "binaries": [
                    {
                        "glibc": "2.31-150300.9.12.1",
                        "glibc-locale": "2.31-150300.9.12.1",
                    }
                ]
            },
        }
        for product in ("Module for Basesystem 15 SP3", "Server 15 SP2-LTSS")
    ]
    feeds.osv_zip(
        "SUSE",
        osv(
            "SUSE-SU-2022:0330-1",
            "",
            "",
            affected=entries,
            upstream=["CVE-2022-23218", "CVE-2022-23219"],
        ),
    )
    store = database()
    assert [(a.aliases, a.channel) for a in of(store, "sles-15.3", "glibc-locale")] == [
        (("CVE-2022-23218",), ""),
        (("CVE-2022-23219",), ""),
    ]
    assert {a.channel for a in of(store, "sles-15.2", "glibc")} == {"ltss"}


def test_the_newest_updates_stand_beside_a_cve(
    feeds: Feeds, database: Database
) -> None:
    """A kernel's CVE is named by hundreds of updates: the newest are kept, openSUSE's own for openSUSE alone."""
    document = Suse()
    leap = document.product("openSUSE Leap 15.3", "openSUSE", "15.3")
    document.cve(
        "CVE-2021-29154",
        all_of(
            any_of(document.product(*SERVER), leap),
            document.below("kernel-default", "0:5.3.18-57.3"),
        ),
        updates=[
            *(f"SUSE-SU-20{year}:1238-1" for year in range(10, 75)),
            "openSUSE-SU-2099:0758-1",
        ],
    )
    write(feeds, document)
    store = database()
    (server,) = of(store, "sles-15.3", "kernel-default")
    assert len(server.also) == 50
    assert (server.also[0], server.also[-1]) == (
        "SUSE-SU-2025:1238-1",
        "SUSE-SU-2074:1238-1",
    )
    (community,) = of(store, "opensuse-leap-15.3", "kernel-default")
    assert len(community.also) == 50
    assert "openSUSE-SU-2099:0758-1" in community.also


def test_the_same_documents_give_the_same_bytes(feeds: Feeds, tmp_path: Path) -> None:
    """Whatever the order of a document's items, the database is the same."""
    products = (BASE, SAP, LTSS, SERVER)
    for number, order in enumerate((products, products[::-1])):
        document = Suse()
        document.cve(
            "CVE-2022-23218",
            any_of(
                *(
                    all_of(
                        document.product(*one), document.below("glibc", "0:2.31-9.12.1")
                    )
                    for one in order
                )
            ),
        )
        write(feeds, document)
        build(feeds.root, tmp_path / str(number))
    shards = [
        (tmp_path / number / "shards" / "sles-15.3.sqlite").read_bytes()
        for number in "01"
    ]
    assert shards[0] == shards[1]
