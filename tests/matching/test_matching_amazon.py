"""Amazon Linux: binaries by architecture, and extras topics that never speak of the core's packages."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest
from judging import Shelf, advisory, inventory, package
from support import SHARED

from shipworthy.matching.distro import bucket_for, family_for
from shipworthy.matching.families.amazon import AmazonFamily
from shipworthy.matching.links import link_of
from shipworthy.matching.match import match
from shipworthy.model.advisory import Advisory
from shipworthy.model.package import Distro, Package


SBOM = SHARED / "conformance" / "inspector" / "sboms" / "amazonlinux_latest.json"
CVE = "CVE-2021-40490"
"""A race in ext4, fixed in 4.14, 5.4 and 5.10 apart."""


def alas(id_: str, fixed: str, topic: str = "", name: str = "kernel") -> Advisory:
    """An advisory of Amazon Linux 2 on the CVE."""
    return advisory(
        id_,
        "amzn-2",
        name,
        fixed,
        aliases=(CVE,),
        bulletin=True,
        channel=f"extras-{topic}" if topic else "",
        arches=("aarch64", "x86_64"),
    )


KERNELS = (
    alas("ALASKERNEL-5.4-2022-007", "5.4.144-69.257.amzn2", "kernel-5.4"),
    alas("ALASKERNEL-5.10-2022-005", "5.10.62-55.141.amzn2", "kernel-5.10"),
)


def kernel(version: str) -> Package:
    """The kernel of Amazon Linux 2."""
    return package("rpm", "kernel", version, arch="x86_64", vendor="Amazon Linux")


def judged(*topics: str, of: Package, said: tuple[Advisory, ...]) -> list[str]:
    """The fixes found for one package in an image with these topics enabled."""
    channels = tuple(f"extras-{topic}" for topic in topics)
    distro = Distro(id="amazon", version="2", channels=channels)
    result = match(inventory(of, distro=distro), Shelf(said))
    assert not any(status.partial for status in result.statuses)
    return [version for found in result.matches for version in found.fixed_versions]


@pytest.mark.parametrize(
    ("distro", "bucket"),
    [
        (Distro(id="amazon", version="2"), "amzn-2"),
        (Distro(id="amzn", version="2"), "amzn-2"),
        (Distro(id="amazon", version="2023.3.20240219"), "amzn-2023"),
        (Distro(id="amazon", version="2023"), "amzn-2023"),
        (Distro(id="amazon", version="2022"), "amzn-2022"),
        (Distro(id="amazon", version="2018.03", branch="1"), "amzn-1"),
        (Distro(id="amzn", version="2018.03"), "amzn-1"),
        (Distro(id="amazon"), ""),
    ],
)
def test_the_bucket_of_a_release(distro: Distro, bucket: str) -> None:
    """Release 1 is known by dates, 2023 by the year before the point."""
    assert bucket_for(distro) == bucket


def test_the_family_is_amazons() -> None:
    """Its rules are chosen by the distribution."""
    assert isinstance(family_for("rpm", "amzn-2", ()), AmazonFamily)


@pytest.mark.parametrize(
    ("version", "fixes"),
    [
        ("4.14.243-185.433.amzn2", []),
        ("5.4.141-67.229.amzn2", ["5.4.144-69.257.amzn2"]),
        ("5.10.59-52.142.amzn2", ["5.10.62-55.141.amzn2"]),
        ("5.10.62-55.141.amzn2", []),
        ("5.15.28-15.43.amzn2", []),
    ],
)
def test_a_kernel_is_judged_by_its_own_line(version: str, fixes: list[str]) -> None:
    """CVE-2021-40490 where no topic is told: the advisory of 5.10 says nothing of 4.14 or 5.4."""
    assert judged(of=kernel(version), said=KERNELS) == fixes


def test_a_topic_enabled_still_is_not_the_cores() -> None:
    """With kernel-5.10 enabled an installed 4.14 is the core's, and with 5.4 enabled 5.10 is not of it."""
    assert (
        judged("kernel-5.10", of=kernel("4.14.243-185.433.amzn2"), said=KERNELS) == []
    )
    assert judged("kernel-5.10", of=kernel("5.10.59-52.142.amzn2"), said=KERNELS) == [
        "5.10.62-55.141.amzn2"
    ]
    assert judged("kernel-5.4", of=kernel("5.10.59-52.142.amzn2"), said=KERNELS) == []


def test_a_topic_without_a_version_moves_on() -> None:
    """Docker's topic goes from 20.10 to 25.0 and judges the one by the other's fix; where it is not enabled it is silent (numbers made up)."""
    docker = package("rpm", "docker", "20.10.25-1.amzn2.0.3", arch="x86_64")
    said = (alas("ALAS2DOCKER-2024-1", "25.0.3-1.amzn2.0.1", "docker", name="docker"),)
    assert judged("docker", of=docker, said=said) == ["25.0.3-1.amzn2.0.1"]
    assert judged("nginx1", of=docker, said=said) == []
    assert judged(of=docker, said=said) == []


def test_the_cores_advisory_is_on_every_image() -> None:
    """It asks for no topic, and its fix is within reach."""
    said = (*KERNELS, alas("ALAS2-2021-1704", "4.14.246-187.474.amzn2"))
    old = kernel("4.14.243-185.433.amzn2")
    assert judged(of=old, said=said) == ["4.14.246-187.474.amzn2"]
    assert judged("kernel-5.10", of=old, said=said) == ["4.14.246-187.474.amzn2"]


def test_an_advisory_is_on_its_architectures_only() -> None:
    """An advisory for x86_64 and aarch64 says nothing of i686; a live patch has a name of its own."""
    said = (alas("ALAS2-2021-1704", "4.14.246-187.474.amzn2"),)
    i686 = package("rpm", "kernel", "4.14.243-185.433.amzn2", arch="i686")
    patch = package("rpm", "kernel-livepatch-4.14.243-185.433", "1.0-0.amzn2")
    assert judged(of=i686, said=said) == []
    assert judged(of=patch, said=said) == []


def test_packages_from_elsewhere_are_not_amazons() -> None:
    """EPEL's builds carry Fedora's name."""
    epel = package(
        "rpm", "kernel", "4.14.1-1.el7", arch="x86_64", vendor="Fedora Project"
    )
    said = (alas("ALAS2-2021-1704", "4.14.246-187.474.amzn2"),)
    assert judged(of=epel, said=said) == []


@pytest.mark.skipif(not SBOM.is_file(), reason="the SBOM is not beside the checkout")
def test_the_official_image() -> None:
    """ALAS2023-2024-677 on amazonlinux of March 2024: openssl has epoch 1 and lacks the fix, of the rest nothing is said."""
    packages = []
    for component in json.loads(SBOM.read_bytes())["components"]:
        if not component.get("purl", "").startswith("pkg:rpm/"):
            continue  # the operating system itself, and Python's packages
        query = parse_qs(component["purl"].partition("?")[2])
        epoch, version = query["epoch"][0], component["version"]
        full = f"{epoch}:{version}" if epoch != "0" else version
        packages.append(package("rpm", component["name"], full, arch=query["arch"][0]))
    said = [
        advisory(
            "ALAS2023-2024-677",
            "amzn-2023",
            name,
            "1:3.0.8-1.amzn2023.0.14",
            aliases=("CVE-2024-5535",),
            bulletin=True,
            arches=("aarch64", "x86_64"),
        )
        for name in ("openssl", "openssl-libs", "openssl-devel", "openssl-perl")
    ]
    distro = Distro(id="amazon", version="2023.3.20240219")
    found = match(inventory(*packages, distro=distro), Shelf(said)).matches
    assert [(m.id, m.package.name, m.package.version) for m in found] == [
        ("CVE-2024-5535", "openssl", "1:3.0.8-1.amzn2023.0.11"),
        ("CVE-2024-5535", "openssl-libs", "1:3.0.8-1.amzn2023.0.11"),
    ]
    assert len(packages) > 100


def test_advisories_have_pages() -> None:
    """Where Amazon shows an advisory depends on the release."""
    assert link_of("ALAS2023-2024-677", "amzn-2023") == (
        "https://alas.aws.amazon.com/AL2023/ALAS2023-2024-677.html"
    )
    assert link_of("ALAS2GOLANG1.19-2023-001", "amzn-2") == (
        "https://alas.aws.amazon.com/AL2/ALAS2GOLANG1.19-2023-001.html"
    )
    assert link_of("ALAS-2018-939", "amzn-1") == (
        "https://alas.aws.amazon.com/ALAS-2018-939.html"
    )
