"""Microsoft's CVEs by source package: fixed, not fixed, never applicable, and several lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from feedwriter import Feeds, entry, osv
from ovalwriter import Azure

from shipworthy.advisories.feeds.ecosystem import bucket_of
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.model.advisory import Advisory


Database = Callable[[], AdvisoryStore]
BELOW, UP_TO, ABOVE = "less than", "less than or equal", "greater than"


def write(
    feeds: Feeds, document: Azure, name: str = "cbl-mariner-2.0-oval.xml"
) -> None:
    """The document as Microsoft names it."""
    document.write(feeds.root / "azurelinux" / name)


def of(store: AdvisoryStore, bucket: str, name: str) -> list[Advisory]:
    """The advisories on one package."""
    return list(store.advisories(bucket, [name]).get(name, ()))


def events(advisory: Advisory) -> list[tuple[tuple[str, str], ...]]:
    """The events of all ranges."""
    return [one.events for one in advisory.ranges]


def test_fixed_below_a_version(feeds: Feeds, database: Database) -> None:
    """CVE-2023-21980 of mysql: the CVE is the advisory, with the day of the fix."""
    document = Azure()
    document.says("CVE-2023-21980", "mysql", (BELOW, "0:8.0.33-1.cm2"))
    write(feeds, document)
    (advisory,) = of(database(), "mariner-2", "mysql")
    assert (advisory.id, advisory.rating, advisory.feed) == (
        "CVE-2023-21980",
        "high",
        "azurelinux/oval",
    )
    assert events(advisory) == [(("introduced", "0"), ("fixed", "8.0.33-1.cm2"))]
    assert advisory.fixed_on == "2023-05-03T16:24:32Z"


def test_not_fixed_up_to_the_version_seen(feeds: Feeds, database: Database) -> None:
    """CVE-2022-3736 of bind: affected up to and with 9.16.33-1, no patch."""
    document = Azure()
    document.says(
        "CVE-2022-3736", "bind", (UP_TO, "0:9.16.33-1.cm2"), patchable="false"
    )
    write(feeds, document)
    (advisory,) = of(database(), "mariner-2", "bind")
    assert events(advisory) == [
        (("introduced", "0"), ("last_affected", "9.16.33-1.cm2"))
    ]
    assert (advisory.fix_state, advisory.fixed_on) == ("affected", "")


def test_not_applicable_is_never_affected(feeds: Feeds, database: Database) -> None:
    """CVE-2023-0687 of glibc: Microsoft took it back, and says so rather than nothing."""
    document = Azure()
    document.says(
        "CVE-2023-0687", "glibc", (UP_TO, "0:2.35-4.cm2"), patchable="Not Applicable"
    )
    write(feeds, document)
    (advisory,) = of(database(), "mariner-2", "glibc")
    assert events(advisory) == [(("introduced", "0"), ("fixed", "0"))]


def test_a_line_that_begins(feeds: Feeds, database: Database) -> None:
    """CVE-2023-29404 of Go: after 1.19.0; a beginning of zeros is none."""
    document = Azure()
    document.says(
        "CVE-2023-29404",
        "golang",
        (BELOW, "0:1.20.7-1.cm2"),
        (ABOVE, "0:1.19.0.cm2"),
    )
    document.says(
        "CVE-2024-0001", "vim", (BELOW, "0:9.1-1.cm2"), (ABOVE, "0:0.0.0.cm2")
    )
    write(feeds, document)
    store = database()
    (golang,) = of(store, "mariner-2", "golang")
    assert events(golang) == [(("introduced", "1.19.0.cm2"), ("fixed", "1.20.7-1.cm2"))]
    (vim,) = of(store, "mariner-2", "vim")
    assert events(vim) == [(("introduced", "0"), ("fixed", "9.1-1.cm2"))]


def test_lines_side_by_side(feeds: Feeds, database: Database) -> None:
    """Go is kept up in two lines: each fix ends its own, and the first reaches back to the beginning."""
    document = Azure()
    for evr in ("0:1.26.1-1.azl3", "0:1.25.8-1.azl3"):
        document.says("CVE-2026-42505", "golang", (BELOW, evr))
    document.says("CVE-2026-0001", "expat", (BELOW, "0:2.6.2-1.azl3"))
    document.says("CVE-2026-0001", "expat", (BELOW, "0:2.5.0-2.azl3"))
    write(feeds, document, "azurelinux-3.0-oval.xml")
    store = database()
    (golang,) = of(store, "azurelinux-3", "golang")
    assert events(golang) == [
        (("introduced", "0"), ("fixed", "1.25.8-1.azl3")),
        (("introduced", "1.26"), ("fixed", "1.26.1-1.azl3")),
    ]
    (expat,) = of(store, "azurelinux-3", "expat")
    assert events(expat) == [(("introduced", "0"), ("fixed", "2.6.2-1.azl3"))]


def test_affected_after_all_beats_not_applicable(
    feeds: Feeds, database: Database
) -> None:
    """Where one definition takes a CVE back and another fixes it, it was one."""
    document = Azure()
    document.says(
        "CVE-2024-0001", "curl", (UP_TO, "0:8.0-1.cm2"), patchable="Not Applicable"
    )
    document.says("CVE-2024-0001", "curl", (BELOW, "0:8.8-1.cm2"), severity="Odd")
    write(feeds, document)
    (advisory,) = of(database(), "mariner-2", "curl")
    assert events(advisory) == [(("introduced", "0"), ("fixed", "8.8-1.cm2"))]
    assert advisory.rating == "high"


@pytest.mark.parametrize(
    ("ecosystem", "bucket"),
    [
        ("Azure Linux:3", "azurelinux-3"),
        ("Azure Linux:2", "mariner-2"),
        ("Azure Linux", ""),
    ],
)
def test_osvs_azure_linux(ecosystem: str, bucket: str) -> None:
    """Release 2 calls itself CBL-Mariner in images."""
    assert bucket_of(ecosystem) == bucket


def test_other_files_are_no_feed(feeds: Feeds, database: Database) -> None:
    """Only the documents of a release count; their number of records and date are told."""
    document = Azure()
    document.says("CVE-2024-0001", "vim", (BELOW, "0:9.1-1.cm2"))
    document.says("CVE-2024-0002", "vim", ("not equal", "0:9.1-1.cm2"))
    write(feeds, document)
    write(feeds, document, "other-2.0-oval.xml")
    store = database()
    (info,) = store.info.feeds
    assert (info.name, info.records, info.skipped) == ("azurelinux/oval", 1, 1)
    assert info.date == "2026-08-20T12:00:00Z"


def test_osvs_last_affected_version_is_the_images(
    feeds: Feeds, database: Database
) -> None:
    """OSV leaves ``.cm2`` off, and without it 9.16.33-1.cm2 would be later than the last that is affected."""
    bind = entry(
        "Azure Linux:2", "bind", ("introduced", "0"), ("last_affected", "9.16.33-1")
    )
    feeds.osv_zip(
        "Azure Linux",
        osv("AZL-13203", "", "", affected=[bind], upstream=["CVE-2022-3736"]),
    )
    (advisory,) = of(database(), "mariner-2", "bind")
    assert events(advisory) == [
        (("introduced", "0"), ("last_affected", "9.16.33-1.cm2"))
    ]
    assert advisory.aliases == ("CVE-2022-3736",)


def test_microsofts_own_word_is_the_last(feeds: Feeds, database: Database) -> None:
    """OVAL is kept up, its OSV form is not: of one CVE the OVAL stands, the record's id beside it."""
    bind = entry("Azure Linux:2", "bind", ("introduced", "0"), ("fixed", "9.16.37-1"))
    feeds.osv_zip(
        "Azure Linux",
        osv("AZL-13203", "", "", affected=[bind], upstream=["CVE-2022-3736"]),
    )
    document = Azure()
    document.says(
        "CVE-2022-3736", "bind", (UP_TO, "0:9.16.33-1.cm2"), patchable="Not Applicable"
    )
    write(feeds, document)
    (advisory,) = of(database(), "mariner-2", "bind")
    assert (advisory.id, events(advisory)) == (
        "CVE-2022-3736",
        [(("introduced", "0"), ("fixed", "0"))],
    )
