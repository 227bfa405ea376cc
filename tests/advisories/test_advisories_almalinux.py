"""
AlmaLinux's errata as statements.

The sample is written from the format and from facts: ALSA-2019:3708 and ALSA-2023:5453 with a few of
their packages, ALBA-2021:3049.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from feedwriter import Feeds
from hypothesis import given
from hypothesis import strategies as st
from judging import inventory
from judging import package as package_of

from shipworthy.advisories.build import build
from shipworthy.advisories.feeds.almalinux import AlmaLinuxFeed, _rows
from shipworthy.advisories.feeds.interface import RecordRow, Row, Statement
from shipworthy.advisories.feeds.values import Broken
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.errors import FeedError
from shipworthy.matching.match import match
from shipworthy.model.advisory import FeedInfo
from shipworthy.model.package import Distro


def package(name: str, release: str, arch: str, module: str = "") -> dict[str, Any]:
    """A package of an erratum."""
    version, _, rest = release.partition("-")
    made = {
        "name": name,
        "epoch": "0",
        "version": version,
        "release": rest,
        "arch": arch,
        "src": f"{name}-{release}.src.rpm",
        "filename": f"{name}-{release}.{arch}.rpm",
        "checksum_type": "sha256",
        "reboot_suggested": 0,
    }
    return {**made, "module": module} if module else made


MARIADB: dict[str, Any] = {
    "id": "ALSA-2019:3708",
    "issued_date": 1572983623,
    "updated_date": 1651142818,
    "severity": "Moderate",
    "title": "Moderate: mariadb:10.3 security and bug fix update",
    "description": "MariaDB is a multi-user, multi-threaded SQL database server.",
    "type": "security",
    "packages": [
        package(
            "Judy",
            "1.0.5-18.module_el8.5.0+2632+14ced695",
            "x86_64",
            "mariadb:10.3:8050020220427075058:c5368500:x86_64",
        ),
        package(
            "Judy",
            "1.0.5-18.module_el8.6.0+2867+72759d2f",
            "ppc64le",
            "mariadb:10.3:8060020220503130727:9edba152:ppc64le",
        ),
        package(
            "Judy",
            "1.0.5-18.module_el8.6.0+2761+593e5e59",
            "aarch64",
            "mariadb:10.5:8060020220420124706:9edba152:aarch64",
        ),
        package("Judy-debuginfo", "1.0.5-18.module_el8.5.0+2632+14ced695", "x86_64"),
    ],
    "modules": [],
    "references": [
        {
            "id": cve,
            "type": "cve",
            "href": f"https://vulners.com/cve/{cve}",
        }
        for cve in ("CVE-2019-2510", "CVE-2019-2537")
    ],
}
GLIBC: dict[str, Any] = {
    **MARIADB,
    "id": "ALSA-2023:5453",
    "severity": "Important",
    "title": "Important: glibc security update",
    "packages": [
        package("glibc", "2.34-60.el9_2.7", arch) for arch in ("x86_64", "src")
    ],
    "references": [{"id": "CVE-2023-4911", "type": "cve", "href": "https://x.test/"}],
}
BUGFIX: dict[str, Any] = {
    **MARIADB,
    "id": "ALBA-2021:3049",
    "severity": "None",
    "title": "pcsc-lite bug fix and enhancement update",
    "type": "bugfix",
    "packages": [package("pcsc-lite-ccid", "1.4.29-5.1.el8_4", "x86_64")],
    "references": [{"id": "ALBA-2021-3049", "type": "self", "href": "https://x.test"}],
}


def rows(root: Path) -> list[Row]:
    """All that the importer gives."""
    return list(AlmaLinuxFeed().read(root))


def lay(feeds: Feeds, release: str, *errata: Any) -> None:
    """The errata of a release as the publisher lays them out."""
    document = {"schema_version": "1.0", "data": list(errata)}
    feeds.json(document, "almalinux", release, "errata.full.json")


def test_an_erratum(tmp_path: Path) -> None:
    """A statement for each package and module stream, for all its vulnerabilities, whatever build an architecture got."""
    lay(Feeds(tmp_path), "8", MARIADB, BUGFIX)

    found = [row for row in rows(tmp_path) if isinstance(row, Statement)]

    assert [(s.advisory.package, s.advisory.modularity) for s in found] == [
        ("Judy", "mariadb:10.3"),
        ("Judy", "mariadb:10.5"),
    ]
    first = found[0]
    assert first.vulnerabilities == (("CVE-2019-2510",), ("CVE-2019-2537",))
    assert first.modified == "2022-04-28T10:46:58Z"
    assert first.advisory.bucket == "almalinux-8"
    assert first.advisory.rating == "moderate"
    assert [r.events[-1] for r in first.advisory.ranges] == [
        ("fixed", "1.0.5-18.module_el8.5.0+2632+14ced695")
    ]


def test_the_account_and_the_text(tmp_path: Path) -> None:
    """Errata about bugs are counted and say nothing."""
    lay(Feeds(tmp_path), "8", MARIADB, BUGFIX, {"id": 1})

    found = rows(tmp_path)
    (info,) = [row for row in found if isinstance(row, FeedInfo)]
    (told,) = [row.record for row in found if isinstance(row, RecordRow)]

    assert (info.records, info.skipped, info.date) == (2, 1, "2022-04-28T10:46:58Z")
    assert (told.id, told.source, told.published) == (
        "ALSA-2019:3708",
        "almalinux",
        "2019-11-05T19:53:43Z",
    )


def test_judged_by_errata_alone(tmp_path: Path) -> None:
    """They are enough to judge an image by."""
    lay(Feeds(tmp_path / "feeds"), "9", GLIBC)
    build(tmp_path / "feeds", tmp_path / "db", importers=(AlmaLinuxFeed(),))
    glibc = package_of("rpm", "glibc", "2.34-60.el9", arch="x86_64")
    distro = Distro(id="almalinux", version="9.2")
    with AdvisoryStore.open(tmp_path / "db") as store:
        (found,) = match(inventory(glibc, distro=distro), store).matches

    assert (found.id, found.fixed_versions) == ("CVE-2023-4911", ("2.34-60.el9_2.7",))
    assert [ref.id for ref in found.advisories] == ["ALSA-2023:5453"]


def test_what_is_no_list_of_errata(tmp_path: Path) -> None:
    """The older file, a bare list, and other documents are refused; other directories are none of its own."""
    feeds = Feeds(tmp_path)
    feeds.json([], "almalinux", "nine", "errata.full.json")
    assert rows(tmp_path) == []
    feeds.json({"data": {}}, "almalinux", "9", "errata.full.json")

    with pytest.raises(FeedError, match="no list 'data'"):
        rows(tmp_path)


_KEYS = sorted([*MARIADB, *(f"packages.0.{key}" for key in MARIADB["packages"][0])])


@pytest.mark.property
@given(
    st.sampled_from(_KEYS),
    st.none()
    | st.integers()
    | st.text(max_size=20)
    | st.lists(st.none() | st.text(max_size=5), max_size=3)
    | st.dictionaries(st.text(max_size=5), st.none(), max_size=2),
)
def test_anything_anywhere(key: str, value: object) -> None:
    """Whatever is put in the place of anything: rows, or the erratum is broken."""
    erratum = copy.deepcopy(MARIADB)
    holder: Any = erratum
    if key.startswith("packages.0."):
        holder, key = erratum["packages"][0], key.removeprefix("packages.0.")
    holder[key] = value
    try:
        list(_rows("almalinux-8", erratum))
    except Broken:
        return
