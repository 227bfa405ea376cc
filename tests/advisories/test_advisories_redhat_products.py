"""Where Red Hat's products and packages are filed, by CPE and package URL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.advisories.feeds.redhat_product import (
    Place,
    Rpm,
    minor_of,
    place_of,
    rpm_of,
)
from shipworthy.advisories.feeds.redhat_ranges import ranges_until
from shipworthy.advisories.feeds.values import Broken


@pytest.mark.parametrize(
    ("cpe", "version", "expected"),
    [
        ("cpe:/o:redhat:enterprise_linux:9::baseos", "", ("redhat-9", "", "")),
        ("cpe:/a:redhat:enterprise_linux:8::crb", "", ("redhat-8", "", "")),
        ("cpe:/o:redhat:enterprise_linux:10.0", "", ("redhat-10", "", "")),
        ("cpe:/o:redhat:enterprise_linux:7::server", "", ("redhat-7", "", "")),
        (
            "cpe:/o:redhat:enterprise_linux:9::fastdatapath",
            "",
            ("redhat-9", "", "fastdatapath"),
        ),
        ("cpe:/a:redhat:rhel_eus:9.2::appstream", "", ("redhat-9", "eus-9.2", "")),
        ("cpe:/a:redhat:rhel_e4s:9.0::appstream", "", ("redhat-9", "e4s-9.0", "")),
        ("cpe:/o:redhat:rhel_aus:8.4::baseos", "", ("redhat-8", "aus-8.4", "")),
        ("cpe:/o:redhat:rhel_tus:8.6::baseos", "", ("redhat-8", "tus-8.6", "")),
        ("cpe:/o:redhat:rhel_els:7", "", ("redhat-7", "els-7", "")),
        (
            "cpe:/o:redhat:enterprise_linux_eus:10.0",
            "",
            ("redhat-10", "eus-10.0", ""),
        ),
        (
            "cpe:/a:redhat:openshift:4.16::el9",
            "",
            ("redhat-9", "", "openshift:4.16"),
        ),
        (
            "cpe:/a:redhat:rhel_software_collections:3::el7",
            "",
            ("redhat-7", "", "rhel_software_collections:3"),
        ),
        ("cpe:/a:redhat:ceph_storage:8", "", ("redhat-products", "", "ceph_storage:8")),
        (
            "cpe:/a:redhat:ceph_storage:8",
            "2:19.2.1-222.el9cp",
            ("redhat-9", "", "ceph_storage:8"),
        ),
    ],
)
def test_products(cpe: str, version: str, expected: tuple[str, str, str]) -> None:
    """By release, by channel, and apart from RHEL what is not RHEL."""
    bucket, channel, line = expected

    assert place_of(cpe, version) == Place(bucket=bucket, channel=channel, line=line)


@pytest.mark.parametrize(
    "cpe",
    [
        "cpe:/a:redhat",
        "cpe:/a:oracle:linux:9",
        "cpe:/o:redhat:enterprise_linux",
        "cpe:/o:redhat:enterprise_linux:rawhide",
        "cpe:/o:redhat:rhel_eus",
        "nothing",
        "",
    ],
)
def test_no_products(cpe: str) -> None:
    """The vendor as a whole, others' products, and what names no release."""
    assert place_of(cpe) is None


NODE = "pkg:rpm/redhat/nodejs-docs@20.16.0-1.module%2Bel9.4.0%2B22197%2b9e60f127?arch=x86_64&epoch=1&rpmmod=nodejs:20:9040020240807145403:rhel9"


@pytest.mark.parametrize(
    ("purl", "id_", "module", "expected"),
    [
        (
            "pkg:rpm/redhat/libgcc@11.3.1-4.3.el9?arch=x86_64",
            "libgcc-0:11.3.1-4.3.el9.x86_64",
            "",
            Rpm(name="libgcc", version="11.3.1-4.3.el9", arch="x86_64"),
        ),
        ("pkg:rpm/redhat/gcc?arch=src", "gcc", "", Rpm(name="gcc", arch="src")),
        ("pkg:rpm/redhat/tar", "tar", "", Rpm(name="tar")),
        (
            "pkg:rpm/redhat/libstdc%2B%2B@11.3.1-4.3.el9?arch=i686",
            "libstdc++",
            "",
            Rpm(name="libstdc++", version="11.3.1-4.3.el9", arch="i686"),
        ),
        # the epoch where only the id has it
        (
            "pkg:rpm/redhat/openssl@3.0.1-43.el9_0?arch=x86_64",
            "openssl-1:3.0.1-43.el9_0.x86_64",
            "",
            Rpm(name="openssl", version="1:3.0.1-43.el9_0", arch="x86_64"),
        ),
        (
            NODE,
            "",
            "",
            Rpm(
                name="nodejs-docs",
                version="1:20.16.0-1.module+el9.4.0+22197+9e60f127",
                arch="x86_64",
                module="nodejs:20",
            ),
        ),
        (
            "pkg:rpm/redhat/perl-Math-Complex?rpmmod=perl:5.30",
            "",
            "",
            Rpm(name="perl-Math-Complex", module="perl:5.30"),
        ),
        (
            "pkg:rpmmod/redhat/ruby:2.6/ruby",
            "ruby:2.6/ruby",
            "",
            Rpm(name="ruby", module="ruby:2.6"),
        ),
        (
            "pkg:rpm/redhat/rubygems@3.1.6-139.module%2Bel8.8.0?arch=noarch",
            "",
            "pkg:rpmmod/redhat/ruby@2.7:8080020230427102918:63b34585",
            Rpm(
                name="rubygems",
                version="3.1.6-139.module+el8.8.0",
                module="ruby:2.7",
            ),
        ),
    ],
)
def test_packages(purl: str, id_: str, module: str, expected: Rpm) -> None:
    """Every way in which Red Hat names an rpm."""
    assert rpm_of(purl, id_, module) == expected


@pytest.mark.parametrize(
    "purl",
    [
        "pkg:oci/ubi9?repository_url=registry.redhat.io/ubi9/ubi",
        "pkg:maven/io.vertx/vertx-web@4.4.8.redhat-00001",
        "pkg:rpm/suse/tar",
        "pkg:rpm/redhat/",
        "pkg:rpmmod/redhat/ruby@3.0:8060020220810162001:ad008a3a",
        "pkg:rpm/redhat/rhoai/odh-notebook-controller-rhel8?arch=src",
        # a flatpak of RHEL 10, whose label names no stream
        "pkg:rpm/redhat/firefox-flatpak@128.0-1.el10?arch=src&rpmmod=rhel10",
        "pkg:rpm/redhat/curl-debuginfo@7.76.1-26.el9_3.2?arch=x86_64",
        "pkg:rpm/redhat/curl-debugsource@7.76.1-26.el9_3.2?arch=x86_64",
        "",
    ],
)
def test_no_packages(purl: str) -> None:
    """Containers, modules as such, others' packages, debug symbols."""
    assert rpm_of(purl, "", "") is None


@pytest.mark.parametrize(
    ("product", "version", "minor"),
    [
        ("AppStream-9.2.0.Z.MAIN.EUS", "1-1.el9", "9.2"),
        ("BaseOS-8.9.0.GA", "1-1.el8", "8.9"),
        ("rhel-9.5", "1-1.el9", "9.5"),
        ("7Server-7.9.Z", "1-1.el7_9", "7.9"),
        ("7Server-ELS", "1-1.el7_9", "7.9"),
        ("something", "1-1.el9_4", "9.4"),
        ("something", "1-1.el9", ""),
    ],
)
def test_minor_releases(product: str, version: str, minor: str) -> None:
    """By the product's id, else by the build's dist tag."""
    assert minor_of(product, version) == minor


@pytest.mark.parametrize(
    ("fixes", "events"),
    [
        (
            {"1-23.el9_2.4", "1-26.el9_3.2"},
            ["0", "1-23.el9_2.4", "1-24", "1-26.el9_3.2"],
        ),
        # another upstream version
        (
            {"11.3.1-4.4.el9_2", "11.4.1-4.el9_4"},
            ["0", "11.3.1-4.4.el9_2", "11.3.1-5", "11.4.1-4.el9_4"],
        ),
        # the same release number: the later stream begins with its tag
        (
            {"1-23.el9_2.4", "1-23.el9_3.1"},
            ["0", "1-23.el9_2.4", "1-23.el9_3", "1-23.el9_3.1"],
        ),
        # nothing tells the streams apart: the higher fix is the fix
        ({"1.0", "1.1"}, ["0", "1.1"]),
    ],
)
def test_a_range_for_each_fix(fixes: set[str], events: list[str]) -> None:
    """Each begins where the builds of the one before end."""
    (found,) = ranges_until(frozenset(fixes))

    assert [version for _, version in found.events] == events


@pytest.mark.property
@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=40))
def test_any_text(path: str, id_: str, module: str) -> None:
    """Whatever stands there is a package, none, or broken."""
    place_of(f"cpe:/a:redhat:{path}", id_)
    minor_of(path, id_)
    for purl in (path, f"pkg:rpm/redhat/{path}"):
        try:
            rpm_of(purl, id_, module)
        except Broken:
            continue
