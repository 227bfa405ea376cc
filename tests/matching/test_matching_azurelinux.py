"""Azure Linux and Mariner: by source package, also where a manifest is all there is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from feedwriter import Feeds
from judging import inventory, package
from ovalwriter import Azure
from support import SHARED

from shipworthy.advisories.build import build
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.matching.distro import bucket_for
from shipworthy.matching.match import match
from shipworthy.model.finding import Match
from shipworthy.model.package import Distro, Package


MARINER = Distro(id="mariner", version="2.0")
BELOW, UP_TO, ABOVE = "less than", "less than or equal", "greater than"


def mariner_2_0() -> list[Package]:
    """The packages of a base image of CBL-Mariner 2.0, as rpm lists them."""
    path = SHARED / "conformance" / "rpmdb" / "cbl-mariner-2.0" / "expected.json"
    found = []
    for item in json.loads(path.read_bytes()):
        source, version, release = (item["sourcerpm"] or "--").rsplit("-", 2)
        found.append(
            package(
                "rpm",
                item["name"],
                f"{item['version']}-{item['release']}",
                arch=item["arch"],
                vendor=item["vendor"],
                source=source,
                source_version=f"{version}-{release.removesuffix('.src.rpm')}",
            )
        )
    return found


def found(tmp_path: Path, document: Azure, *installed: Package) -> list[Match]:
    """What the document finds among packages of Mariner 2.0."""
    feeds = Feeds(tmp_path / "feeds")
    document.write(feeds.root / "azurelinux" / "cbl-mariner-2.0-oval.xml")
    build(feeds.root, tmp_path / "db")
    with AdvisoryStore.open(tmp_path / "db") as store:
        return list(match(inventory(*installed, distro=MARINER), store).matches)


@pytest.mark.parametrize(
    ("distro", "bucket"),
    [
        (MARINER, "mariner-2"),
        (Distro(id="azurelinux", version="3.0"), "azurelinux-3"),
    ],
)
def test_the_bucket_of_a_release(distro: Distro, bucket: str) -> None:
    """Release 2 is Mariner, release 3 Azure Linux."""
    assert bucket_for(distro) == bucket


def test_the_base_image_of_mariner_2(tmp_path: Path) -> None:
    """Microsoft names sources: a CVE of openssl is one of openssl-libs too."""
    document = Azure()
    document.says("CVE-2022-0778", "openssl", (BELOW, "0:1.1.1k-14.cm2"))
    document.says(
        "CVE-2022-3736", "bind", (UP_TO, "0:9.16.33-1.cm2"), patchable="false"
    )
    document.says("CVE-2022-22576", "curl", (BELOW, "0:7.83.1-1.cm2"))
    document.says("CVE-2022-25235", "expat", (BELOW, "0:2.4.3-1.cm2"))
    document.says(
        "CVE-2023-0687", "glibc", (UP_TO, "0:2.35-4.cm2"), patchable="Not Applicable"
    )
    matches = found(tmp_path, document, *mariner_2_0())
    assert [(one.id, one.package.name, one.fix_state) for one in matches] == [
        ("CVE-2022-0778", "openssl", "fixed"),
        ("CVE-2022-0778", "openssl-libs", "fixed"),
        ("CVE-2022-22576", "curl", "fixed"),
        ("CVE-2022-22576", "curl-libs", "fixed"),
    ]


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ("9.16.29-1.cm2", True),
        ("9.16.33-1.cm2", True),
        ("9.16.33-2.cm2", False),
    ],
)
def test_up_to_and_with_a_version(tmp_path: Path, version: str, affected: bool) -> None:
    """CVE-2022-3736 of bind, without a patch: 9.16.33-1 itself is affected."""
    document = Azure()
    document.says(
        "CVE-2022-3736", "bind", (UP_TO, "0:9.16.33-1.cm2"), patchable="false"
    )
    matches = found(tmp_path, document, package("rpm", "bind", version))
    assert bool(matches) == affected
    assert all(
        (one.fix_state, one.fixed_versions) == ("affected", ()) for one in matches
    )


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ("1.18.8-2.cm2", False),
        ("1.19.10-1.cm2", True),
        ("1.20.4-1.cm2", True),
        ("1.20.7-1.cm2", False),
    ],
)
def test_after_a_version(tmp_path: Path, version: str, affected: bool) -> None:
    """CVE-2023-29404 of Go began after 1.19.0."""
    document = Azure()
    document.says(
        "CVE-2023-29404", "golang", (BELOW, "0:1.20.7-1.cm2"), (ABOVE, "0:1.19.0.cm2")
    )
    installed = package("rpm", "golang", version)
    assert bool(found(tmp_path, document, installed)) == affected


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ("1.24.9-1.cm2", True),
        ("1.25.7-1.cm2", True),
        ("1.25.8-1.cm2", False),
        ("1.26.0-1.cm2", True),
        ("1.26.1-1.cm2", False),
    ],
)
def test_each_line_of_go_has_its_fix(
    tmp_path: Path, version: str, affected: bool
) -> None:
    """A fixed 1.25 is not an old 1.26."""
    document = Azure()
    for evr in ("0:1.26.1-1.cm2", "0:1.25.8-1.cm2"):
        document.says("CVE-2026-42505", "golang", (BELOW, evr))
    installed = package("rpm", "golang", version)
    assert bool(found(tmp_path, document, installed)) == affected
