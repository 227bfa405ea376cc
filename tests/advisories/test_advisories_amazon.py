"""Amazon's advisories: by binary package and architecture, extras topics apart."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from feedwriter import Feeds, ids
from hypothesis import given, settings
from hypothesis import strategies as st
from updateinfo import package, update, updateinfo

from shipworthy.advisories.feeds.amazon import AmazonFeed
from shipworthy.advisories.feeds.interface import Statement
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.errors import FeedError


Database = Callable[[], AdvisoryStore]

RSYSLOG = update(
    "ALAS2023-2023-001",
    ["CVE-2014-3634", "CVE-2022-24903"],
    [
        package("rsyslog", "8.2204.0", "3.amzn2023.0.2", arch)
        for arch in ("x86_64", "aarch64", "i686")
    ]
    + [
        package("rsyslog-doc", "8.2204.0", "3.amzn2023.0.2", "noarch"),
        package("rsyslog-debuginfo", "8.2204.0", "3.amzn2023.0.2"),
    ],
    severity="Important",
    description="Package updates are available for Amazon Linux 2023 that fix the following"
    " vulnerabilities:\nCVE-2022-24903:\n\tA flaw was found in rsyslog's reception TCP modules.\n\n"
    "CVE-2014-3634:\n\tA flaw was found in the way rsyslog handled invalid log message priorities.\n",
)
OPENSSL = update(
    "ALAS2023-2024-677",
    ["CVE-2024-4603", "CVE-2024-4741", "CVE-2024-5535"],
    [package("openssl-libs", "3.0.8", "1.amzn2023.0.14", epoch="1")],
    issued="2024-08-01 03:50",
)
GOLANG = update(
    "ALAS2GOLANG1.19-2023-001",
    ["CVE-2023-29405"],
    [package("golang", "1.19.10", "1.amzn2.0.2")],
    issued="2023-08-07 05:59",
)


def write(feeds: Feeds, release: str, repository: str, *updates: str) -> Path:
    """The repository's updateinfo, compressed as Amazon serves it."""
    path = feeds.path("amazon", release, repository, "updateinfo.xml.gz")
    path.write_bytes(gzip.compress(updateinfo(*updates), mtime=0))
    return path


def test_an_advisory_is_on_binary_packages(feeds: Feeds, database: Database) -> None:
    """ALAS2023-2023-001: each binary by its architectures, each CVE of its own; debug symbols are left out."""
    write(feeds, "2023", "core", RSYSLOG)
    store = database()
    names = ["rsyslog", "rsyslog-doc", "rsyslog-debuginfo"]
    held = store.advisories("amzn-2023", names)
    assert sorted(held) == ["rsyslog", "rsyslog-doc"]
    assert [(a.id, a.aliases, a.bulletin) for a in held["rsyslog"]] == [
        ("ALAS2023-2023-001", ("CVE-2014-3634",), True),
        ("ALAS2023-2023-001", ("CVE-2022-24903",), True),
    ]
    first = held["rsyslog"][0]
    assert first.arches == ("aarch64", "i686", "x86_64")
    assert first.ranges[0].events == (
        ("introduced", "0"),
        ("fixed", "8.2204.0-3.amzn2023.0.2"),
    )
    assert (first.rating, first.fixed_on, first.channel) == (
        "important",
        "2023-02-17",
        "",
    )
    assert held["rsyslog-doc"][0].arches == ()
    (info,) = store.info.feeds
    assert (info.name, info.date, info.records, info.skipped) == (
        "amazon/alas",
        "2023-09-25",
        1,
        0,
    )


def test_the_description_tells_of_each_cve(feeds: Feeds, database: Database) -> None:
    """An advisory on several CVEs describes them one after the other."""
    write(feeds, "2023", "core", RSYSLOG)
    told = database().cves(["CVE-2022-24903"])["CVE-2022-24903"]
    assert told.details == "A flaw was found in rsyslog's reception TCP modules."
    assert told.source == "amazon"


def test_the_epoch_is_part_of_the_fix(feeds: Feeds, database: Database) -> None:
    """ALAS2023-2024-677: openssl-libs has epoch 1."""
    write(feeds, "2023", "core", OPENSSL)
    held = database().advisories("amzn-2023", ["openssl-libs"])["openssl-libs"]
    assert {a.ranges[0].events[1][1] for a in held} == {"1:3.0.8-1.amzn2023.0.14"}


def test_extras_topics_are_channels(feeds: Feeds, database: Database) -> None:
    """ALAS2GOLANG1.19-2023-001 is of the topic golang1.19; of release 2023 no repository is a topic."""
    write(feeds, "2", "golang1.19", GOLANG)
    write(feeds, "2023", "kernel-livepatch", OPENSSL)
    store = database()
    (held,) = store.advisories("amzn-2", ["golang"])["golang"]
    assert (held.id, held.aliases, held.channel, held.bulletin) == (
        "ALAS2GOLANG1.19-2023-001",
        ("CVE-2023-29405",),
        "extras-golang1.19",
        True,
    )
    others = store.advisories("amzn-2023", ["openssl-libs"])["openssl-libs"]
    assert {a.channel for a in others} == {""}


def test_updates_without_security_say_nothing(feeds: Feeds, database: Database) -> None:
    """A bugfix in the same file is no advisory; one on security that names no CVE stands by itself."""
    write(
        feeds,
        "2",
        "core",
        update("ALAS2-B-1", ["CVE-2023-1"], [package("a", "1", "1")], type_="bugfix"),
        update("ALAS2-2018-939", [], [package("b", "1", "1")]),
    )
    held = database().advisories("amzn-2", ["a", "b"])
    assert ids(held["b"]) == ["ALAS2-2018-939"]
    assert "a" not in held


@pytest.mark.parametrize(
    "bad",
    [
        update("", ["CVE-2023-1111"], [package("a", "1", "1")]),
        update("ALAS 1\n", ["CVE-2023-1111"], [package("a", "1", "1")]),
        update("ALAS2-1-1", ["CVE-2023-1111"], []),
        update("ALAS2-1-1", ["CVE-2023-1111"], [package("", "1", "1")]),
        update("ALAS2-1-1", ["CVE-2023-1111"], [package("a", "", "1")]),
        update("ALAS2-1-1", ["CVE-2023-1111"], [package("a", "1", "")]),
        update("ALAS2-1-1", ["CVE-2023-1111"], [package("a", "1", "1", epoch="x")]),
        update("ALAS2-1-1", ["CVE-2023-1111"], [package("a", "1:1", "1")]),
        update("ALAS2-1-1", ["CVE-2023-1111"], [package("a", "1" * 300, "1")]),
    ],
)
def test_one_bad_advisory_is_left_out_and_counted(
    feeds: Feeds, database: Database, bad: str
) -> None:
    """The others still count."""
    write(feeds, "2", "core", bad, GOLANG)
    store = database()
    assert ids(store.advisories("amzn-2", ["golang"])["golang"]) == [
        "ALAS2GOLANG1.19-2023-001"
    ]
    assert [(f.records, f.skipped) for f in store.info.feeds] == [(1, 1)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"<updates><update>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><updates>&b;</updates>',
        b"<a>" * 300,
    ],
)
def test_a_file_that_is_no_updateinfo_is_named(feeds: Feeds, data: bytes) -> None:
    """Neither entities nor bottomless nesting are read."""
    feeds.path("amazon", "2", "core", "updateinfo.xml").write_bytes(data)
    with pytest.raises(FeedError, match=r"updateinfo\.xml"):
        list(AmazonFeed().read(feeds.root))


def test_other_directories_are_not_amazons(feeds: Feeds) -> None:
    """Only releases that exist are read."""
    write(feeds, "3", "core", GOLANG)
    assert list(AmazonFeed().read(feeds.root)) == []


@pytest.mark.property
@given(
    attributes=st.dictionaries(
        st.sampled_from(["name", "version", "release", "epoch", "arch"]),
        st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20),
    ),
    id_=st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20),
)
@settings(max_examples=60, deadline=None)
def test_whatever_an_advisory_holds(attributes: dict[str, str], id_: str) -> None:
    """A record becomes statements with a name and a fix, or is left out."""
    from xml.sax.saxutils import quoteattr

    texts = " ".join(f"{k}={quoteattr(v)}" for k, v in attributes.items())
    data = updateinfo(update(id_, ["CVE-2023-1111"], [f"<package {texts} />"]))
    with TemporaryDirectory() as place:
        feeds = Feeds(Path(place))
        feeds.path("amazon", "2", "core", "updateinfo.xml").write_bytes(data)
        for row in AmazonFeed().read(feeds.root):
            if isinstance(row, Statement):
                assert row.advisory.package
                assert row.advisory.ranges[0].events[1][1]
