"""RHEL and what takes its packages, held against what Red Hat told of real vulnerabilities."""

from __future__ import annotations

from pathlib import Path

import pytest
import redhatcases
from csafwriter import Document, repositories
from feedwriter import Feeds, osv
from judging import inventory, package

from shipworthy.advisories.build import build
from shipworthy.advisories.feeds.osv import OsvFeed
from shipworthy.advisories.feeds.redhat import RedHatFeed
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.matching.match import match
from shipworthy.model.finding import Match
from shipworthy.model.package import Distro, Package


Said = dict[str, tuple[str, tuple[str, ...]]]

EUS_92 = (
    "repo:rhel-9-for-x86_64-appstream-eus-rpms__9_DOT_2",
    "repo:rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2",
)
EUS_94 = ("repo:rhel-9-for-x86_64-appstream-eus-rpms__9_DOT_4",)
OPENSHIFT = ("repo:rhocp-4.16-for-rhel-9-x86_64-rpms",)
MAIN = ("repo:rhel-9-for-x86_64-baseos-rpms",)
MAP = {
    "rhel-9-for-x86_64-baseos-rpms": ["cpe:/o:redhat:enterprise_linux:9::baseos"],
    "rhel-9-for-x86_64-appstream-eus-rpms__9_DOT_2": [
        "cpe:/a:redhat:rhel_eus:9.2::appstream"
    ],
    "rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2": [
        "cpe:/o:redhat:rhel_eus:9.2::baseos"
    ],
    "rhel-9-for-x86_64-appstream-eus-rpms__9_DOT_4": [
        "cpe:/a:redhat:rhel_eus:9.4::appstream"
    ],
    "rhocp-4.16-for-rhel-9-x86_64-rpms": ["cpe:/a:redhat:openshift:4.16::el9"],
}


def openshift() -> Document:
    """CVE-2024-24786: OpenShift's cri-tools, and what is not fixed in any 4.x."""
    made = Document("CVE-2024-24786", severity="Moderate")
    made.fixed("9Base-RHOSE-4.16", "cri-tools-0:1.29.0-3.1.el9")
    return made.unfixed("red_hat_openshift_container_platform_4", "openshift-clients")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> AdvisoryStore:
    """A database of the cases, with the map of repositories."""
    root = tmp_path_factory.mktemp("redhat")
    feeds = Feeds(root / "feeds")
    for case in (*redhatcases.ALL, openshift):
        document = case()
        name = f"{document.cve.lower()}.json"
        feeds.json(document.vex(), "redhat", "csaf", "v2", "vex", "2024", name)
    feeds.json(repositories(MAP), "redhat", "metrics", "repository-to-cpe.json")
    feeds.osv_files(
        "npm",
        osv("GHSA-9999-aaaa-bbbb", "npm", "minizlib", aliases=["CVE-2021-22931"]),
        osv("GHSA-9999-aaaa-cccc", "npm", "curlish", aliases=["CVE-2023-38545"]),
    )
    build(feeds.root, root / "db", importers=(RedHatFeed(), OsvFeed()))
    return AdvisoryStore.open(root / "db")


def rpm(name: str, version: str, **more: object) -> Package:
    """A package as rpm's header has it."""
    return package(
        "rpm", name, version, **{"arch": "x86_64", "vendor": "Red Hat, Inc.", **more}
    )


def rhel(version: str, *channels: str, id_: str = "redhat") -> Distro:
    """An image of a release."""
    return Distro(id=id_, version=version, channels=channels)


def matches(
    store: AdvisoryStore, distro: Distro, *packages: Package
) -> tuple[Match, ...]:
    """What is found."""
    return match(inventory(*packages, distro=distro), store).matches


def said(store: AdvisoryStore, distro: Distro, *packages: Package) -> Said:
    """State and fix by id."""
    return {
        found.id: (found.fix_state, found.fixed_versions)
        for found in matches(store, distro, *packages)
    }


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("7.76.1-14.el9_0.4", "7.76.1-26.el9_3.2"),
        ("7.76.1-23.el9_2.2", "7.76.1-26.el9_3.2"),
        ("7.76.1-23.el9_2.4", ""),
        ("7.76.1-23.el9_2.5", ""),
        ("7.76.1-26.el9_3", "7.76.1-26.el9_3.2"),
        ("7.76.1-26.el9", "7.76.1-26.el9_3.2"),
        ("7.76.1-26.el9_3.2", ""),
        ("7.76.1-29.el9_4", ""),
    ],
)
def test_each_minor_release_by_its_own_fix(
    store: AdvisoryStore, version: str, expected: str
) -> None:
    """9.2 with its fix is not affected, 9.3 without its own is, although it is higher."""
    found = said(store, rhel("9.3"), rpm("curl", version))

    assert found == ({"CVE-2023-38545": ("fixed", (expected,))} if expected else {})


def test_never_affected_is_no_finding(store: AdvisoryStore) -> None:
    """Curl of RHEL 8 never had CVE-2023-38545."""
    assert said(store, rhel("8.10"), rpm("curl", "7.61.1-34.el8")) == {}


def test_both_releases_of_glibc(store: AdvisoryStore) -> None:
    """CVE-2023-4911 is in 8 and in 9, each with its fix, and not in 7."""
    old = said(store, rhel("8.8"), rpm("glibc", "2.28-225.el8"))
    new = said(store, rhel("9.2"), rpm("glibc", "2.34-60.el9"))

    assert old == {"CVE-2023-4911": ("fixed", ("2.28-225.el8_8.6",))}
    assert new == {"CVE-2023-4911": ("fixed", ("2.34-60.el9_2.7",))}
    assert said(store, rhel("7.9"), rpm("glibc", "2.17-326.el7_9")) == {}


def test_openssl_3_and_not_1(store: AdvisoryStore) -> None:
    """CVE-2022-3602 is in 9 and not in 8; the header's epoch counts."""
    nine = rpm("openssl-libs", "1:3.0.1-41.el9_0", source="openssl")
    eight = rpm("openssl-libs", "1:1.1.1k-9.el8_7", source="openssl")

    assert said(store, rhel("9.0"), nine) == {
        "CVE-2022-3602": ("fixed", ("1:3.0.1-43.el9_0",))
    }
    assert said(store, rhel("8.7"), eight) == {}


@pytest.mark.parametrize(
    ("version", "label", "fixed"),
    [
        (
            "1:12.22.3-2.module+el8.4.0+11732+c668cc9f",
            "nodejs:12:8040020210708131418:522a0ee4",
            "1:12.22.5-1.module+el8.4.0+12242+af52a4c7",
        ),
        ("1:12.22.5-1.module+el8.4.0+12242+af52a4c7", redhatcases.NODE_12, ""),
        (
            "1:14.17.3-2.module+el8.4.0+11738+3bd42762",
            redhatcases.NODE_14,
            "1:14.17.5-1.module+el8.4.0+12247+e2879e58",
        ),
        ("1:10.24.0-1.module+el8.3.0+10166+b07ac28e", "nodejs:10:8030:229f0a1c", ""),
        ("1:12.22.3-2.el8", "", ""),
    ],
)
def test_streams_of_nodejs(
    store: AdvisoryStore, version: str, label: str, fixed: str
) -> None:
    """A stream's build is measured by its own stream's fix, and no other's; what is of no module by none."""
    node = rpm("nodejs", version, modularity=label)

    found = said(store, rhel("8.4"), node)

    assert found == ({"CVE-2021-22931": ("fixed", (fixed,))} if fixed else {})


def test_a_module_without_its_label_is_not_judged(store: AdvisoryStore) -> None:
    """The release says that httpd is of a module, but not of which stream."""
    httpd = rpm("httpd", "2.4.37-30.module+el8.3.0+7001+0766b9e7")

    result = match(inventory(httpd, distro=rhel("8.3")), store)

    assert result.matches == ()
    assert [status.subject for status in result.statuses] == ["module packages"]


def test_httpd_with_its_label(store: AdvisoryStore) -> None:
    """CVE-2021-40438 in the module httpd:2.4."""
    label = "httpd:2.4:8030020200818000036:30b713e6"
    version = "2.4.37-30.module+el8.3.0+7001+0766b9e7"

    found = said(store, rhel("8.3"), rpm("httpd", version, modularity=label))

    assert list(found) == ["CVE-2021-40438"]


def test_will_not_fix(store: AdvisoryStore) -> None:
    """Tar's CVE-2005-2541 stays; it is told once, although its source is named too."""
    (found,) = matches(store, rhel("8.10"), rpm("tar", "2:1.30-9.el8"))

    assert (found.fix_state, found.fixed_versions) == ("will-not-fix", ())
    assert len(found.evidence) == 1
    assert found.ratings == (("redhat/vex", "moderate"),)


def test_what_is_said_of_the_source_is_said_of_its_binaries(
    store: AdvisoryStore,
) -> None:
    """Red Hat names gcc's source alone; libgcc is built from it, binutils is not."""
    libgcc = rpm("libgcc", "11.4.1-3.el9", source="gcc")
    binutils = rpm("binutils", "2.35.2-43.el9")

    found = said(store, rhel("9.4"), libgcc, binutils)

    assert found == {"CVE-2022-27943": ("fix-deferred", ())}


def test_a_backport_is_not_measured_by_a_later_rebase(store: AdvisoryStore) -> None:
    """Gcc of 9.4 with 9.4's fix is not affected, although 9.5 was repaired on 11.5."""
    fixed = rpm("cpp", "11.4.1-4.el9_4", source="gcc-toolset")

    for distro in (rhel("9.4", *EUS_94), rhel("9.4"), rhel("9.4", *MAIN)):
        assert said(store, distro, fixed) == {}


def test_a_channels_fix_is_for_images_of_the_channel(store: AdvisoryStore) -> None:
    """On EUS 9.2 the fix is EUS's; elsewhere it is that of the main line, and EUS's is shown with what it needs."""
    cpp = rpm("cpp", "11.3.1-4.3.el9_2", source="gcc-toolset")

    eus = said(store, rhel("9.2", *EUS_92), cpp)
    (main,) = matches(store, rhel("9.2"), cpp)

    assert eus == {"CVE-2020-11023": ("fixed", ("11.3.1-4.4.el9_2",))}
    assert main.fixed_versions == ("11.5.0-5.el9_5",)
    assert [ref.needs for ref in main.advisories] == [""]
    assert any("fix-needs eus-9.2" in e.notes for e in main.evidence)


def test_other_channels_say_nothing(store: AdvisoryStore) -> None:
    """A build of 9.3 is none of 9.2's or 9.4's: only the main line speaks of it."""
    (found,) = matches(store, rhel("9.3"), rpm("cpp", "11.4.1-2.1.el9", source="x"))

    assert [e.constraint for e in found.evidence] == ["< 11.5.0-5.el9_5"]


def test_another_products_packages(store: AdvisoryStore) -> None:
    """OpenShift's cri-tools and clients are judged where the image was built from OpenShift's repository."""
    tools = rpm("cri-tools", "1.29.0-2.el9")
    clients = rpm("openshift-clients", "4.16.0-202406.p0.el9")

    assert said(store, rhel("9.4"), tools, clients) == {}
    assert said(store, rhel("9.4", *OPENSHIFT), clients) == {
        "CVE-2024-24786": ("affected", ())
    }
    assert said(store, rhel("9.4", *OPENSHIFT), tools) == {
        "CVE-2024-24786": ("fixed", ("1.29.0-3.1.el9",))
    }


def test_architecture(store: AdvisoryStore) -> None:
    """Curl's document names x86_64 and aarch64: nothing is said of another; noarch is anything."""
    version = "7.76.1-26.el9_3"
    on = {
        arch: said(store, rhel("9.3"), rpm("curl", version, arch=arch))
        for arch in ("x86_64", "noarch", "riscv64")
    }

    assert on["x86_64"]
    assert on["noarch"]
    assert not on["riscv64"]


def test_symbols_and_keys_are_no_software(store: AdvisoryStore) -> None:
    """They are passed over without a word."""
    passed = (
        rpm("curl-debuginfo", "7.76.1-26.el9_3"),
        rpm("curl-debugsource", "7.76.1-26.el9_3"),
        rpm("gpg-pubkey", "fd431d51-4ae0493b"),
    )

    result = match(inventory(*passed, distro=rhel("9.3")), store)

    assert (result.matches, result.statuses) == ((), ())


def test_centos_is_judged_by_red_hat(store: AdvisoryStore) -> None:
    """It has no feed of its own; its own builder's packages count, another's do not."""
    own = rpm("glibc", "2.28-225.el8", vendor="CentOS")
    other = rpm("glibc", "2.28-225.el8", vendor="Fedora Project")
    centos = rhel("8", id_="centos")

    assert list(said(store, centos, own)) == ["CVE-2023-4911"]
    assert said(store, centos, other) == {}


@pytest.mark.parametrize("id_", ["almalinux", "rocky"])
def test_a_rebuild_whose_feed_was_not_read(store: AdvisoryStore, id_: str) -> None:
    """Where the database has nothing of AlmaLinux or Rocky, Red Hat answers for them, and that is told."""
    vendor = {"almalinux": "AlmaLinux", "rocky": "Rocky Enterprise Software Foundation"}
    glibc = rpm("glibc", "2.34-60.el9", vendor=vendor[id_])

    result = match(inventory(glibc, distro=rhel("9.2", id_=id_)), store)

    assert [found.id for found in result.matches] == ["CVE-2023-4911"]
    assert [(told.subject, told.message, told.partial) for told in result.statuses] == [
        (
            f"{id_}-9",
            f"the database holds no advisories for {id_}-9: 1 package judged by those of redhat-9",
            False,
        )
    ]


def test_red_hats_word_on_what_an_rpm_brought(store: AdvisoryStore) -> None:
    """Npm's package inside a repaired nodejs is not affected; inside an older one it is told with it."""
    inner = {}
    for version in (
        "1:12.22.5-1.module+el8.4.0+12242+af52a4c7",
        "1:12.22.3-2.module+el8.4.0+11732+c668cc9f",
    ):
        node = rpm("nodejs", version, modularity=redhatcases.NODE_12)
        owned = package("npm", "minizlib", "1.0.0", owner=node.purl)
        inner[version] = matches(store, rhel("8.4"), node, owned)

    repaired, older = inner.values()
    assert repaired == ()
    assert [(found.package.name, found.id) for found in older] == [
        ("nodejs", "CVE-2021-22931")
    ]


def test_never_affected_is_said_of_what_an_rpm_brought(store: AdvisoryStore) -> None:
    """Red Hat's word that curl of 8 never had it takes out a language package that curl's rpm installed."""
    curl = rpm("curl", "7.61.1-34.el8")
    binding = package("npm", "curlish", "1.0.0", owner=curl.purl)
    alone = package("npm", "curlish", "1.0.0")

    assert matches(store, rhel("8.10"), curl, binding) == ()
    assert [found.id for found in matches(store, rhel("8.10"), curl, alone)] == [
        "CVE-2023-38545"
    ]


def test_kernel_headers_stand_for_a_kernel_that_is_there(store: AdvisoryStore) -> None:
    """Headers alone are no kernel; with one they are judged like it."""
    headers = rpm("kernel-headers", "5.14.0-284.25.1.el9_2", source="kernel")
    kernel = rpm("kernel-core", "5.14.0-284.25.1.el9_2", source="kernel")

    with_kernel = matches(store, rhel("9.2"), headers, kernel)

    assert matches(store, rhel("9.2"), headers) == ()
    assert {found.package.name for found in with_kernel} == {
        "kernel-core",
        "kernel-headers",
    }


def test_two_bulletins_do_not_cover_a_release(tmp_path: Path) -> None:
    """A few of Red Hat's records in OSV's export are no answer for RHEL 9: the image counts as not judged."""
    feeds = Feeds(tmp_path / "feeds")
    feeds.osv_files(
        "Red Hat",
        osv(
            "RHSA-2024:6220",
            "Red Hat:enterprise_linux:9::baseos",
            "expat",
            fixed="0:2.5.0-2.el9_4.1",
            upstream=["CVE-2024-45490"],
        ),
    )
    build(feeds.root, tmp_path / "db", importers=(OsvFeed(),))
    with AdvisoryStore.open(tmp_path / "db") as store:
        result = match(
            inventory(rpm("expat", "2.5.0-1.el9"), distro=rhel("9.4")), store
        )

    assert result.matches == ()
    assert result.unmatched == (("redhat-9", 1),)
    assert [status.partial for status in result.statuses] == [True]
