"""Canonical's exports: what is read of them, under which names, and what is left out."""

from __future__ import annotations

import json
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from feedwriter import Feeds, Json, ids, released
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SHARED
from ubuntuwriter import (
    archive,
    canonical,
    notice,
    says,
    slice_of,
    ubuntu_cve,
    vex,
)

from shipworthy.advisories.build import build
from shipworthy.advisories.collect import Collected
from shipworthy.advisories.feeds import tarstream
from shipworthy.advisories.feeds.channels import channel_of, distro_of, place_of
from shipworthy.advisories.feeds.interface import RecordRow, Statement
from shipworthy.advisories.feeds.osv_record import Foreign, rows_of
from shipworthy.advisories.feeds.ubuntu import UbuntuFeed
from shipworthy.advisories.feeds.ubuntu_vex import vex_rows
from shipworthy.advisories.feeds.values import Broken
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.errors import FeedError
from shipworthy.model.advisory import Advisory, FeedInfo


Database = Callable[[], AdvisoryStore]

LOOP = ubuntu_cve(
    "CVE-2022-0778",
    slice_of("Ubuntu:18.04:LTS", "openssl", "1.1.1-1ubuntu2.1~18.04.15", "bionic"),
    slice_of(
        "Ubuntu:Pro:16.04:LTS", "openssl", "1.0.2g-1ubuntu4.20+esm2", "esm-infra/xenial"
    ),
)
CLEARED = vex(
    "CVE-2023-38545", says("not_affected", "curl", "jammy", "esm-infra/focal")
)


def said(advisory: Advisory) -> tuple[str, str, str, str]:
    """Bucket, channel, package and end of an advisory."""
    end = advisory.ranges[0].events[-1]
    return advisory.bucket, advisory.channel, advisory.package, end[1]


@pytest.mark.parametrize(
    ("distro", "place"),
    [
        ("jammy", ("ubuntu-22.04", "")),
        ("esm-infra/xenial", ("ubuntu-16.04", "esm-infra")),
        ("esm-apps/jammy", ("ubuntu-22.04", "esm-apps")),
        ("trusty/esm", ("ubuntu-14.04", "esm-infra")),
        ("esm-infra-legacy/trusty", ("ubuntu-14.04", "esm-infra")),
        ("fips/focal", ("ubuntu-20.04-pro-fips", "fips")),
        ("fips-updates/focal", ("ubuntu-20.04-pro-fips", "fips-updates")),
        ("realtime/jammy", None),
        ("bluefield/jammy", None),
        ("ros-esm/focal/foxy", None),
        ("warty", None),
        ("", None),
    ],
)
def test_where_a_distro_belongs(distro: str, place: tuple[str, str] | None) -> None:
    """A package URL's ``distro`` names release and channel, or nothing that an image is judged by."""
    assert place_of(distro) == place


@pytest.mark.parametrize(
    ("purl", "distro"),
    [
        ("pkg:deb/ubuntu/curl@7?arch=source&distro=esm-infra/focal", "esm-infra/focal"),
        (
            "pkg:deb/ubuntu/curl@7?arch=source&distro=esm-infra%2Ffocal",
            "esm-infra/focal",
        ),
        (
            "pkg:deb/ubuntu/gcc-4.4@4.4.7-8ubuntu1?arch=src?distro=ubuntu/trusty",
            "trusty",
        ),
        ("pkg:deb/ubuntu/curl@7?arch=source", ""),
    ],
)
def test_the_distro_of_a_package_url(purl: str, distro: str) -> None:
    """In today's form and in that of the first documents."""
    assert distro_of(purl) == distro


@pytest.mark.parametrize(
    ("ecosystem", "entry", "channel"),
    [
        ("Ubuntu:22.04:LTS", slice_of("", "a", "1", "jammy"), ""),
        ("Ubuntu:Pro:22.04:LTS", slice_of("", "a", "1", "esm-apps/jammy"), "esm-apps"),
        ("Ubuntu:Pro:14.04:LTS", slice_of("", "a", "1", "trusty/esm"), "esm-infra"),
        (
            "Ubuntu:Pro:16.04:LTS",
            {
                "ecosystem_specific": {
                    "availability": "Available with Ubuntu Pro (Infra-only)"
                }
            },
            "esm-infra",
        ),
        ("Ubuntu:Pro:16.04:LTS", {}, "esm"),
        ("Ubuntu:Pro:16.04:LTS", {"package": 5, "ecosystem_specific": []}, "esm"),
        (
            "Ubuntu:Pro:FIPS:16.04:LTS",
            slice_of("", "a", "1", "fips-updates/xenial"),
            "fips-updates",
        ),
        ("Ubuntu:Pro:FIPS-updates:20.04:LTS", {}, "fips-updates"),
        ("Ubuntu:Pro:Realtime:22.04:LTS", slice_of("", "a", "1", "realtime/jammy"), ""),
        ("Debian:12", {}, ""),
    ],
)
def test_the_channel_of_a_slice(ecosystem: str, entry: Json, channel: str) -> None:
    """Told by the package URL, else by the availability, else only that it is Ubuntu Pro."""
    assert channel_of("UBUNTU-CVE-2024-0001", ecosystem, entry) == channel
    assert channel_of("ELA-1-1", ecosystem, entry) == "elts"


@pytest.mark.parametrize("packed", [True, False])
def test_both_exports_from_archive_or_files(
    feeds: Feeds, database: Database, packed: bool
) -> None:
    """The archive as it is published, or the directories of the repository."""
    if packed:
        root = feeds.root / "ubuntu"
        member = "osv/cve/2022/UBUNTU-CVE-2022-0778.json"
        archive(root / "osv" / "osv-all.tar.xz", {member: LOOP, "osv/README.md": b"x"})
        member = "vex/cve/2023/CVE-2023-38545.json"
        archive(root / "vex" / "vex-all.tar.xz", {member: CLEARED})
    else:
        canonical(feeds, LOOP, CLEARED)
    store = database()
    found = [
        said(advisory)
        for bucket in ("ubuntu-16.04", "ubuntu-18.04", "ubuntu-20.04", "ubuntu-22.04")
        for held in store.advisories(bucket, ["openssl", "curl"]).values()
        for advisory in held
    ]
    assert found == [
        ("ubuntu-16.04", "esm-infra", "openssl", "1.0.2g-1ubuntu4.20+esm2"),
        ("ubuntu-18.04", "", "openssl", "1.1.1-1ubuntu2.1~18.04.15"),
        ("ubuntu-20.04", "esm-infra", "curl", "0"),
        ("ubuntu-22.04", "", "curl", "0"),
    ]
    accounts = {f.name: (f.records, f.skipped, f.date) for f in store.info.feeds}
    assert accounts == {
        "ubuntu/osv": (1, 0, "2025-11-27T04:56:55Z"),
        "ubuntu/vex": (1, 0, "2026-05-20T15:02:47Z"),
    }


def test_of_two_copies_the_newer_stands(feeds: Feeds, database: Database) -> None:
    """The same record by way of osv.dev, older."""
    entry = slice_of("Ubuntu:18.04:LTS", "openssl", "1", "bionic")
    old = ubuntu_cve("CVE-2022-0778", entry, modified="2024-01-01T00:00:00Z")
    feeds.osv_zip("Ubuntu", old)
    canonical(feeds, LOOP)
    (advisory,) = database().advisories("ubuntu-18.04", ["openssl"])["openssl"]
    assert (said(advisory)[3], advisory.feed) == (
        "1.1.1-1ubuntu2.1~18.04.15",
        "ubuntu/osv",
    )


def test_a_notice_is_read_for_the_cves_of_each_release(
    feeds: Feeds, database: Database
) -> None:
    """USN-5614-1: ``cves_map`` says which of the CVEs it repaired where; its date is the fix's."""

    def of(ecosystem: str, distro: str, *cves: str) -> Json:
        listed = {"ecosystem": ecosystem, "cves": [{"id": cve} for cve in cves]}
        entry = slice_of(ecosystem, "wayland", "1.20.0-1ubuntu0.1", distro)
        return {**entry, "database_specific": {"cves_map": listed}}

    usn = notice(
        "USN-5614-1",
        ["CVE-2021-3782", "CVE-2021-0001"],
        of("Ubuntu:20.04:LTS", "focal", "CVE-2021-3782", "CVE-2021-0001"),
        of("Ubuntu:22.04:LTS", "jammy", "CVE-2021-3782"),
        published="2022-09-15T16:43:06Z",
    )
    canonical(feeds, usn)
    store = database()
    found = {
        bucket: [a.aliases for a in store.advisories(bucket, ["wayland"])["wayland"]]
        for bucket in ("ubuntu-20.04", "ubuntu-22.04")
    }
    assert found == {
        "ubuntu-20.04": [("CVE-2021-0001",), ("CVE-2021-3782",)],
        "ubuntu-22.04": [("CVE-2021-3782",)],
    }
    held = store.advisories("ubuntu-22.04", ["wayland"])["wayland"]
    assert [a.fixed_on for a in held] == ["2022-09-15T16:43:06Z"]


def test_the_record_takes_the_date_of_its_notice(
    feeds: Feeds, database: Database
) -> None:
    """Only where the notice's fix is the record's."""
    fix = "1.1.1-1ubuntu2.1~18.04.15"
    entry = slice_of("Ubuntu:18.04:LTS", "openssl", fix, "bionic")
    canonical(feeds, LOOP, notice("USN-5328-1", ["CVE-2022-0778"], entry))
    (advisory,) = database().advisories("ubuntu-18.04", ["openssl"])["openssl"]
    assert (advisory.id, advisory.also) == ("UBUNTU-CVE-2022-0778", ("USN-5328-1",))
    assert advisory.fixed_on == "2022-03-15T15:14:04Z"


def test_live_patches_and_rejected_cves_are_no_findings(
    feeds: Feeds, database: Database
) -> None:
    """An LSN's versions are those of patches; what was taken back is so in every feed."""
    entry = slice_of("Ubuntu:22.04:LTS", "linux", "94.1", "jammy")
    rejected = ubuntu_cve(
        "CVE-2024-0001", entry, details="Rejected reason: not a vulnerability"
    )
    live = ubuntu_cve("CVE-2024-0002", entry)
    canonical(feeds, rejected, {**live, "id": "LSN-0094-1"}, LOOP)
    cves = {"CVE-2024-0001": {"releases": {"bookworm": released("6.1-1")}}}
    feeds.tracker({"linux": cves})
    store = database()
    assert not store.has("ubuntu-22.04")
    assert store.advisories("debian-12", ["linux"]) == {}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the feeds are not beside the checkout")
def test_real_records(feeds: Feeds, database: Database) -> None:
    """What the sample of osv.dev's export holds on 14.04 and 22.04, in its own slices."""
    with zipfile.ZipFile(SHARED / "feeds" / "osv" / "Ubuntu" / "all.zip") as sample:
        records = [json.loads(sample.read(name)) for name in sample.namelist()]
    feeds.osv_zip("Ubuntu", *records)
    store = database()

    def held(bucket: str, name: str) -> list[tuple[str, str, str, str]]:
        return [said(a) for a in store.advisories(bucket, [name])[name]]

    assert held("ubuntu-14.04", "unzip") == [
        ("ubuntu-14.04", "esm-infra", "unzip", "6.0-9ubuntu1.6")
    ]
    assert held("ubuntu-22.04", "netty") == [
        (
            "ubuntu-22.04",
            "esm-apps",
            "netty",
            "1:4.1.48-4+deb11u2ubuntu0.1~esm1",
        )
    ]
    assert held("ubuntu-22.04", "wayland") == [
        ("ubuntu-22.04", "", "wayland", "1.20.0-1ubuntu0.1")
    ]
    assert held("ubuntu-14.04", "eglibc") == [
        ("ubuntu-14.04", "esm-infra", "eglibc", "0")
    ]  # introduced 0, never fixed


def test_the_first_documents_form(feeds: Feeds, database: Database) -> None:
    """Until 2025 the date stood in ``metadata`` and the package URLs had two question marks."""
    document = vex("CVE-2002-2439", says("affected", "a", "jammy"))
    document["metadata"] = {"timestamp": "2024-12-18T16:54:46.792568"}
    del document["timestamp"]
    purl = "pkg:deb/ubuntu/gcc-4.4@4.4.7-8ubuntu1?arch=src?distro=ubuntu/trusty"
    document["statements"][0]["products"] = [{"@id": purl}]
    canonical(feeds, document)
    store = database()
    assert ids(store.advisories("ubuntu-14.04", ["gcc-4.4"])["gcc-4.4"]) == [
        "CVE-2002-2439"
    ]
    assert store.info.feeds[0].date == "2024-12-18T16:54:46Z"


_BROKEN: dict[str, Any] = {
    "no statements": {"@id": "x"},
    "statements is an object": {"statements": {}},
    "a statement is a number": {"statements": [1]},
    "no vulnerability": {"statements": [{"status": "fixed"}]},
    "no CVE": {"statements": [{"vulnerability": {"name": "X-1"}, "status": "fixed"}]},
    "an unknown status": vex("CVE-2024-0001", says("maybe", "a", "jammy")),
    "no status": vex("CVE-2024-0001", {"products": []}),
    "products is text": vex("CVE-2024-0001", {"status": "affected", "products": "a"}),
    "a product is a number": vex(
        "CVE-2024-0001", {"status": "affected", "products": [1]}
    ),
}


@pytest.mark.parametrize("document", _BROKEN.values(), ids=_BROKEN)
def test_a_broken_document_is_counted(
    feeds: Feeds, database: Database, document: Json
) -> None:
    """All of its statements are left out, the other documents stay."""
    canonical(feeds, CLEARED)
    feeds.json(document, "ubuntu", "vex", "cve", "2024", "CVE-2024-0001.json")
    feeds.json("text", "ubuntu", "vex", "cve", "2024", "CVE-2024-0002.json")
    feeds.path("ubuntu", "vex", "cve", "2024", "CVE-2024-0003.json").write_bytes(b"{")
    store = database()
    (account,) = store.info.feeds
    assert (account.records, account.skipped) == (1, 3)


@pytest.mark.parametrize(
    "purl",
    [
        5,
        "",
        "pkg:deb/ubuntu/curl",
        "pkg:deb/debian/curl@7?arch=source&distro=jammy",
        "pkg:deb/ubuntu/curl@7?arch=amd64&distro=jammy",
        "pkg:deb/ubuntu/curl@7?arch=source&distro=warty",
        "pkg:deb/ubuntu/curl@7?arch=source&distro=../../etc",
        "pkg:deb/ubuntu/cu rl@7?arch=source&distro=jammy",
        f"pkg:deb/ubuntu/{'c' * 400}@7?arch=source&distro=jammy",
    ],
)
def test_products_that_are_no_source_package_of_a_release(purl: object) -> None:
    """They say nothing; the statement's others do."""
    statement = says("affected", "curl", "jammy")
    statement["products"].append({"@id": purl})
    rows = [
        r for r in vex_rows(vex("CVE-2024-0001", statement)) if isinstance(r, Statement)
    ]
    assert [row.advisory.package for row in rows] == ["curl"]


@pytest.mark.parametrize("name", ["osv", "vex"])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive at all" * 100,
        lzma.compress(b"no tar inside" * 100),
        lzma.compress(b"\0" * 10_000)[:-20],
        b"\xfd7zXZ\0broken",
        b"BZhbroken",
        b"\x1f\x8b\x08broken",
    ],
)
def test_an_archive_that_is_none_is_named(feeds: Feeds, name: str, data: bytes) -> None:
    """The error says which file, and nothing else escapes."""
    path = feeds.path("ubuntu", name, f"{name}-all.tar.xz")
    path.write_bytes(data)
    with pytest.raises(FeedError, match=f"{name}-all"):
        list(UbuntuFeed().read(feeds.root))


def test_one_broken_archive_does_not_take_the_other_along(feeds: Feeds) -> None:
    """VEX is read although OSV's archive is none; then that is told."""
    feeds.path("ubuntu", "osv", "osv-all.tar.xz").write_bytes(b"no archive")
    canonical(feeds, CLEARED)
    collected = Collected()
    with pytest.raises(FeedError, match="osv-all"):
        collected.add(UbuntuFeed().read(feeds.root))
    assert [feed.name for feed in collected.feeds] == ["ubuntu/vex"]
    assert sorted(collected.statements) == ["ubuntu-20.04", "ubuntu-22.04"]


def test_an_archive_is_cut_short(feeds: Feeds) -> None:
    """Half of a good one is no smaller good one."""
    path = feeds.path("ubuntu", "vex", "vex-all.tar.xz")
    archive(path, {f"vex/cve/{n}.json": CLEARED for n in range(50)})
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(FeedError):
        list(UbuntuFeed().read(feeds.root))


def test_a_document_larger_than_one_may_be(
    feeds: Feeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is passed over and counted; those around it are read."""
    monkeypatch.setattr(tarstream, "MAX_DOCUMENT", 5_000)
    path = feeds.path("ubuntu", "vex", "vex-all.tar.xz")
    archive(path, {"a.json": CLEARED, "b.json": b" " * 6_000, "c.json": CLEARED})
    *_, account = UbuntuFeed().read(feeds.root)
    assert isinstance(account, FeedInfo)
    assert (account.records, account.skipped) == (2, 1)


def test_the_same_exports_give_the_same_bytes(feeds: Feeds, tmp_path: Path) -> None:
    """Whatever the order in the archives."""
    members = {"x/a.json": LOOP, "x/b.json": TWIN, "x/c.json": NOTICE}
    documents = {"x/a.json": CLEARED, "x/b.json": DOUBT}
    digests = set()
    root = feeds.root / "ubuntu"
    for turn, step in enumerate((1, -1)):
        names = list(members)[::step]
        packed = {name: members[name] for name in names}
        archive(root / "osv" / "osv-all.tar.xz", packed)
        names = list(documents)[::step]
        archive(
            root / "vex" / "vex-all.tar.xz", {name: documents[name] for name in names}
        )
        build(feeds.root, tmp_path / f"db{turn}")
        shards = sorted((tmp_path / f"db{turn}" / "shards").iterdir())
        digests.add(tuple((path.name, path.read_bytes()) for path in shards))
    assert len(digests) == 1


TWIN = {**LOOP, "affected": [*reversed(LOOP["affected"])]}
NOTICE = notice(
    "USN-1-1",
    ["CVE-2022-0778"],
    slice_of("Ubuntu:18.04:LTS", "openssl", "9", "bionic"),
)
DOUBT = vex("CVE-2022-0778", says("under_investigation", "openssl", "bionic"))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "statements",
                    "vulnerability",
                    "name",
                    "status",
                    "products",
                    "@id",
                    "justification",
                    "action_statement",
                    "status_notes",
                    "metadata",
                    "timestamp",
                ]
            ),
            inner
            | st.sampled_from(
                [
                    "CVE-2024-0001",
                    "affected",
                    "not_affected",
                    "under_investigation",
                    "pkg:deb/ubuntu/curl@7?arch=source&distro=jammy",
                    "deferred",
                ]
            ),
            max_size=6,
        )
    ),
    max_leaves=25,
)


@pytest.mark.property
@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["statements", "metadata"]), _JSON, max_size=2),
)
def test_whatever_a_document_holds(document: Json) -> None:
    """Rows of known kinds, or Broken; nothing else."""
    try:
        rows = list(vex_rows(document))
    except Broken:
        return
    for row in rows:
        assert isinstance(row, Statement | RecordRow)


@pytest.mark.property
@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(
        ["package", "ranges", "versions", "ecosystem_specific", "database_specific"]
    ),
    _JSON,
    st.sampled_from(["purl", "ecosystem", "name", "cves_map", "availability", ""]),
    st.sampled_from(["Ubuntu:22.04:LTS", "Ubuntu:Pro:22.04:LTS", "Ubuntu:Pro:FIPS:x"]),
)
def test_whatever_a_slice_holds(
    key: str, value: object, inner: str, ecosystem: str
) -> None:
    """One field of a record is anything: rows of known kinds, or Broken or Foreign; nothing else."""
    entry = slice_of(ecosystem, "openssl", "1.0-2", "esm-infra/jammy")
    if inner and isinstance(entry.get(key), dict):
        entry[key] = {**entry[key], inner: value}
    else:
        entry[key] = {inner: value} if inner else value
    try:
        rows = list(rows_of(notice("USN-1-1", ["CVE-2024-0001"], entry)))
    except (Broken, Foreign):
        return
    for row in rows:
        assert isinstance(row, Statement | RecordRow)


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2_000), st.booleans())
def test_whatever_an_archive_holds(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, packed: bool
) -> None:
    """Records, or FeedError; nothing else."""
    path = tmp_path_factory.mktemp("archive") / "osv-all.tar.xz"
    path.write_bytes(lzma.compress(data) if packed else data)
    try:
        list(tarstream.stream_records(path))
    except FeedError:
        return
