"""SUSE and openSUSE: not affected, LTSS and other terms, hot-fixes, and the base image of SLES 15 SP3."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from feedwriter import Feeds
from judging import Shelf, advisory, inventory, package
from ovalwriter import Suse, all_of, any_of
from support import SHARED

from shipworthy.advisories.build import build
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.matching.distro import bucket_for
from shipworthy.matching.match import match
from shipworthy.model.advisory import Advisory
from shipworthy.model.finding import Match
from shipworthy.model.package import Distro, Package


SP3 = Distro(id="sles", version="15.3")


def says(cve: str, name: str, fixed: str, **more: object) -> Advisory:
    """What SUSE's OVAL says of a CVE."""
    return advisory(cve, "sles-15.3", name, fixed, feed="suse/oval", **more)


def update(id_: str, cve: str, name: str, fixed: str, **more: object) -> Advisory:
    """What SUSE's OSV says by update."""
    return advisory(
        id_,
        "sles-15.3",
        name,
        fixed,
        aliases=(cve,),
        bulletin=True,
        feed="osv/SUSE",
        **more,
    )


def rpm(name: str, version: str, **more: object) -> Package:
    """A package of SUSE's."""
    fields = {"arch": "x86_64", "vendor": "SUSE LLC <https://www.suse.com/>"}
    return package("rpm", name, version, **{**fields, **more})


def found(
    installed: Package,
    *said: Advisory,
    beside: Sequence[Package] = (),
    distro: Distro = SP3,
) -> list[Match]:
    """What is found of one package in an image with others beside it."""
    result = match(inventory(installed, *beside, distro=distro), Shelf(said))
    return [one for one in result.matches if one.package == installed]


@pytest.mark.parametrize(
    ("distro", "bucket"),
    [
        (Distro(id="sles", version="15.5"), "sles-15.5"),
        (Distro(id="sles", version="15"), "sles-15"),
        (Distro(id="sled", version="15.3"), "sles-15.3"),
        (Distro(id="sles_sap", version="15.3"), "sles-15.3"),
        (Distro(id="sle-micro", version="5.4"), "sle-micro-5.4"),
        (Distro(id="sl-micro", version="6.0"), "sle-micro-6.0"),
        (Distro(id="opensuse-leap", version="15.5"), "opensuse-leap-15.5"),
        (Distro(id="opensuse-tumbleweed", version="20240801"), "opensuse-tumbleweed"),
    ],
)
def test_a_service_pack_is_a_release(distro: Distro, bucket: str) -> None:
    """Images are looked up where the feeds file SUSE's products."""
    assert bucket_for(distro) == bucket


@pytest.mark.parametrize(
    ("distro", "name"),
    [
        (Distro(id="sle-micro", version="5.4"), "sle-micro-5.4"),
        (Distro(id="opensuse-tumbleweed"), "opensuse-tumbleweed"),
        (Distro(id="opensuse-leap", version="15.5"), "opensuse-leap-15.5"),
    ],
)
def test_every_release_of_suses_is_judged_as_rpm(distro: Distro, name: str) -> None:
    """By rpm's order, in which a caret and a tilde mean something."""
    said = advisory("CVE-2024-0001", name, "a", "1.0-1.2", feed="suse/oval")
    assert found(rpm("a", "1.0~rc1-1.2"), said, distro=distro)
    assert not found(rpm("a", "1.0-1.2"), said, distro=distro)


def test_not_affected_is_no_finding() -> None:
    """CVE-1999-0524 does not affect kernel-default of any service pack."""
    said = says("CVE-1999-0524", "kernel-default", "0")
    assert not found(rpm("kernel-default", "5.3.18-57.3"), said)


def test_an_update_that_lists_a_package_not_affected() -> None:
    """The CVE's own record says not affected; the update that lists the package too has not the last word."""
    said = [
        says("CVE-2022-23218", "glibc-i18ndata", "0"),
        update(
            "SUSE-SU-2022:0330-1",
            "CVE-2022-23218",
            "glibc-i18ndata",
            "2.31-150300.9.12.1",
        ),
    ]
    assert not found(rpm("glibc-i18ndata", "2.31-9.3.2"), *said)
    assert found(rpm("glibc-i18ndata", "2.31-9.3.2"), said[1])


LTSS_ONLY = says("CVE-2023-4813", "glibc", "2.31-150300.63.1", channel="ltss")


def test_a_fix_for_ltss_needs_ltss() -> None:
    """General support of SP3 ended in 2022: a plain image is affected, and an update alone brings no fix."""
    (one,) = found(rpm("glibc", "2.31-150300.46.1"), LTSS_ONLY)
    assert (one.fix_state, one.fixed_versions) == ("affected", ())
    assert one.advisories[0].needs == "ltss"


@pytest.mark.parametrize("release", ["sles-ltss-release", "SLE_HPC-LTSS-release"])
def test_an_image_on_ltss_gets_the_fix(release: str) -> None:
    """The product's release package says what the image is subscribed to."""
    (one,) = found(
        rpm("glibc", "2.31-150300.46.1"), LTSS_ONLY, beside=[rpm(release, "15.3-1.1")]
    )
    assert (one.fix_state, one.fixed_versions) == ("fixed", ("2.31-150300.63.1",))


def test_a_channel_of_the_image_counts_too() -> None:
    """Whatever told that the image installs from LTSS."""
    distro = Distro(id="sles", version="15.3", channels=("ltss",))
    (one,) = found(rpm("glibc", "2.31-150300.46.1"), LTSS_ONLY, distro=distro)
    assert one.fix_state == "fixed"


def test_an_ltss_build_in_a_plain_image_is_fixed() -> None:
    """Base images past general support carry LTSS builds: who has the fix is not asked for a subscription."""
    said = [LTSS_ONLY, says("CVE-2023-4813", "glibc", "")]
    assert not found(rpm("glibc", "2.31-150300.63.1"), *said)
    (one,) = found(rpm("glibc", "2.31-150300.46.1"), *said)
    assert one.fix_state == "affected"


def test_the_first_fix_of_a_line_is_the_fix() -> None:
    """A later LTSS build that names the CVE again does not make the general one vulnerable."""
    said = [
        says("CVE-2021-29154", "kernel-default", "5.3.18-57.3"),
        says(
            "CVE-2021-29154", "kernel-default", "5.3.18-150300.59.153.2", channel="ltss"
        ),
    ]
    assert not found(rpm("kernel-default", "5.3.18-57.3"), *said)
    (one,) = found(rpm("kernel-default", "5.3.18-54.1"), *said)
    assert one.fixed_versions == ("5.3.18-57.3",)


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ("2.11.1-6.37.1", True),
        ("2.11.1-6.40.1", False),
        ("2.24.0-8.14.1", True),
        ("2.24.0-8.20.1", False),
        ("2.20.0-1.1", False),
    ],
)
def test_two_lines_of_a_package(version: str, affected: bool) -> None:
    """CVE-2024-35195: SLES 12 SP5 has python-requests 2.11.1 and 2.24.0 side by side, each with its fix."""
    said = [
        advisory("CVE-2024-35195", "sles-12.5", "python-requests", fixed)
        for fixed in ("2.11.1-6.40.1", "2.24.0-8.20.1")
    ]
    distro = Distro(id="sles", version="12.5")
    assert (
        bool(found(rpm("python-requests", version), *said, distro=distro)) == affected
    )


@pytest.mark.parametrize(
    ("fixed", "affected"),
    [("5.14.21-150500.55.39.1", False), ("5.14.21-150500.55.44.1", True)],
)
def test_a_hot_fix_is_its_base_and_more(fixed: str, affected: bool) -> None:
    """A PTF goes by the number of the build that it was made from; that it may hold more is said."""
    said = advisory("CVE-2023-6270", "sles-15.5", "kernel-default", fixed)
    hot_fix = rpm("kernel-default", "5.14.21-150500.55.39.1.27360.1.PTF.1215587")
    matches = found(hot_fix, said, distro=Distro(id="sles", version="15.5"))
    assert bool(matches) == affected
    for one in matches:
        (evidence,) = one.evidence
        assert evidence.confidence == "medium"
        assert evidence.notes[0].startswith("ptf-build")


def test_an_ordinary_build_is_not_doubted() -> None:
    """Only hot-fixes are."""
    (one,) = found(rpm("glibc", "2.31-9.3.2"), LTSS_ONLY)
    assert one.evidence[0].confidence == "high"


def sles_15_3() -> list[Package]:
    """The packages of a BCI base image of SLES 15 SP3, as rpm lists them."""
    path = SHARED / "conformance" / "rpmdb" / "sle15-bci" / "expected.json"
    return [
        rpm(
            item["name"],
            f"{item['version']}-{item['release']}",
            arch=item["arch"],
            vendor=item["vendor"],
        )
        for item in json.loads(path.read_bytes())
    ]


def test_the_base_image_of_sles_15_3(tmp_path: Path) -> None:
    """Two CVEs of what is fixed or not affected find nothing; of the others, one is fixed for LTSS alone."""
    document = Suse()
    server = ("SUSE Linux Enterprise Server 15 SP3", "sles", "15.3")
    base = (
        "SUSE Linux Enterprise Module for Basesystem 15 SP3",
        "sle-module-basesystem",
        "15.3",
    )
    ltss = ("SUSE Linux Enterprise Server 15 SP3-LTSS", "sles-ltss", "15.3")
    told = {
        "CVE-2022-23218": (base, document.below("glibc", "0:2.31-150300.9.12.1")),
        "CVE-2022-1271": (base, document.below("liblzma5", "0:5.2.3-150000.4.7.1")),
        "CVE-2021-43618": (base, document.below("libgmp10", "0:6.1.2-4.9.1")),
        "CVE-2023-4813": (ltss, document.below("glibc", "0:2.31-150300.63.1")),
        "CVE-2019-20838": (server, document.below("libpcre1", "0:8.45-20.10.1")),
        "CVE-2023-4911": (server, document.unaffected("glibc")),
    }
    for cve, (product, leaf) in told.items():
        document.cve(cve, all_of(document.product(*product), any_of(leaf)))
    feeds = Feeds(tmp_path / "feeds")
    document.write(feeds.root / "suse" / "oval" / "suse.linux.enterprise.15.xml")
    build(feeds.root, tmp_path / "db")
    with AdvisoryStore.open(tmp_path / "db") as store:
        result = match(inventory(*sles_15_3(), distro=SP3), store)
    assert [(one.id, one.package.name, one.fix_state) for one in result.matches] == [
        ("CVE-2021-43618", "libgmp10", "fixed"),
        ("CVE-2022-1271", "liblzma5", "fixed"),
        ("CVE-2022-23218", "glibc", "fixed"),
        ("CVE-2023-4813", "glibc", "affected"),
    ]
    assert not [status for status in result.statuses if status.partial]
