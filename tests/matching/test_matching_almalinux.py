"""AlmaLinux by its own real advisories, and by Red Hat's where it is silent."""

from __future__ import annotations

from pathlib import Path

import pytest
import redhatcases
from csafwriter import Document
from feedwriter import Feeds, entry, osv
from judging import inventory, package

from shipworthy.advisories.build import build
from shipworthy.advisories.feeds.osv import OsvFeed
from shipworthy.advisories.feeds.redhat import RedHatFeed
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.matching.match import match
from shipworthy.model.finding import Match
from shipworthy.model.package import Distro, Package


REAL = Path(__file__).parents[3] / "shared" / "feeds" / "osv" / "AlmaLinux"
EL8 = redhatcases.EL8
MARIADB = "mariadb:10.3:8080020230715101112:fd72936b"

needs_feed = pytest.mark.skipif(
    not REAL.is_dir(), reason=f"no AlmaLinux feed in {REAL}"
)


def mariadb() -> Document:
    """CVE-2022-32084: Red Hat's build of the module has a higher number than AlmaLinux's."""
    return Document("CVE-2022-32084", severity="Moderate").fixed(
        "AppStream-8.8.0.Z.MAIN.EUS",
        "mariadb-3:10.3.39-1.module+el8.8.0+19673+72b0d35f",
        rhsa="RHSA-2023:5259",
        module=MARIADB,
    )


def kernel() -> Document:
    """CVE-2015-1593: repaired by RHSA-2019:3517, which AlmaLinux has no advisory for."""
    return Document("CVE-2015-1593", severity="Low").fixed(
        "BaseOS-8.1.0",
        "kernel-core-0:4.18.0-147.el8",
        rhsa="RHSA-2019:3517",
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> AdvisoryStore:
    """AlmaLinux's real advisories, and Red Hat's word on the cases."""
    root = tmp_path_factory.mktemp("almalinux")
    feeds = Feeds(root / "feeds")
    target = feeds.path("osv", "AlmaLinux", "all.zip")
    target.write_bytes((REAL / "all.zip").read_bytes())
    for case in (*redhatcases.ALL, mariadb, kernel):
        document = case()
        name = f"{document.cve.lower()}.json"
        feeds.json(document.vex(), "redhat", "csaf", "v2", "vex", "2024", name)
    build(feeds.root, root / "db", importers=(RedHatFeed(), OsvFeed()))
    return AdvisoryStore.open(root / "db")


def rpm(name: str, version: str, **more: object) -> Package:
    """A package that AlmaLinux built."""
    fields = {"arch": "x86_64", "vendor": "AlmaLinux", **more}
    return package("rpm", name, version, **fields)


def on(store: AdvisoryStore, release: str, cve: str, *found: Package) -> list[Match]:
    """What is found of one CVE on a release."""
    distro = Distro(id="almalinux", version=release)
    result = match(inventory(*found, distro=distro), store)
    return [one for one in result.matches if one.id == cve]


@needs_feed
@pytest.mark.parametrize(
    ("release", "name", "version", "cve", "fixed"),
    [
        ("8.8", "glibc", "2.28-225.el8", "CVE-2023-4911", "2.28-225.el8_8.6"),
        ("9.2", "glibc", "2.34-60.el9", "CVE-2023-4911", "2.34-60.el9_2.7"),
        ("9.0", "openssl-libs", "1:3.0.1-41.el9", "CVE-2022-3602", "1:3.0.1-43.el9_0"),
    ],
)
def test_versions_come_from_almalinux(
    store: AdvisoryStore, release: str, name: str, version: str, cve: str, fixed: str
) -> None:
    """Its advisory says what is fixed, and is the one that is shown."""
    (found,) = on(store, release, cve, rpm(name, version))

    assert (found.fix_state, found.fixed_versions) == ("fixed", (fixed,))
    assert all(ref.id.startswith("ALSA-") for ref in found.advisories)
    assert on(store, release, cve, rpm(name, fixed)) == []


@needs_feed
def test_the_rebuilds_suffix_sorts_above(store: AdvisoryStore) -> None:
    """AlmaLinux repaired CVE-2007-4559 in ``….el8_9.alma.1``: RHEL's number alone is not it."""
    cve = "CVE-2007-4559"
    below = rpm("platform-python", "3.6.8-56.el8_9", source="python3")
    fixed = rpm("platform-python", "3.6.8-56.el8_9.alma.1", source="python3")

    assert [m.fixed_versions for m in on(store, "8.9", cve, below)] == [
        ("3.6.8-56.el8_9.alma.1",)
    ]
    assert on(store, "8.9", cve, fixed) == []


@needs_feed
def test_builds_of_modules_are_measured_by_almalinux(store: AdvisoryStore) -> None:
    """Its mariadb has a lower build number than Red Hat's and the fix all the same."""
    fixed = rpm(
        "mariadb",
        "3:10.3.39-1.module_el8.8.0+3609+204d4ab0",
        modularity=MARIADB,
    )

    assert on(store, "8.8", "CVE-2022-32084", fixed) == []


@needs_feed
def test_what_has_no_fix_comes_from_red_hat(store: AdvisoryStore) -> None:
    """Tar's CVE-2005-2541 and gcc's CVE-2022-27943 are in no ALSA, and are there."""
    (tar,) = on(store, "8.10", "CVE-2005-2541", rpm("tar", "2:1.30-9.el8"))
    libgcc = rpm("libgcc", "11.4.1-3.el9", source="gcc")
    (gcc,) = on(store, "9.4", "CVE-2022-27943", libgcc)

    assert (tar.fix_state, tar.fixed_versions) == ("will-not-fix", ())
    assert gcc.fix_state == "fix-deferred"
    assert gcc.evidence[0].bucket == "redhat-9"


@needs_feed
def test_a_fix_that_only_red_hat_announced(store: AdvisoryStore) -> None:
    """It tells that older builds are affected; which of AlmaLinux's is fixed, it does not."""
    cve = "CVE-2015-1593"
    (found,) = on(store, "8.3", cve, rpm("kernel-core", "4.18.0-80.el8"))

    assert (found.fix_state, found.fixed_versions) == ("affected", ())
    assert found.advisories[0].needs == "an advisory of almalinux-8"
    assert on(store, "8.3", cve, rpm("kernel-core", "4.18.0-240.el8")) == []


@needs_feed
def test_red_hat_is_not_asked_where_almalinux_speaks(store: AdvisoryStore) -> None:
    """Of gcc's many fixes only AlmaLinux's own counts where it has one."""
    cve = "CVE-2020-11023"

    (found,) = on(store, "9.5", cve, rpm("cpp", "11.5.0-2.el9"))

    assert {evidence.bucket for evidence in found.evidence} == {"almalinux-9"}


def test_alone_without_red_hat(tmp_path: Path) -> None:
    """Where Red Hat's feed was not read, AlmaLinux's advisories are all there is."""
    feeds = Feeds(tmp_path / "feeds")
    feeds.osv_files(
        "AlmaLinux",
        osv(
            "ALSA-2023:5453",
            "AlmaLinux:9",
            "glibc",
            fixed="2.34-60.el9_2.7",
            related=["CVE-2023-4911"],
            summary="Important: glibc security update",
        ),
    )
    build(feeds.root, tmp_path / "db", importers=(OsvFeed(), RedHatFeed()))
    with AdvisoryStore.open(tmp_path / "db") as store:
        (found,) = on(store, "9.2", "CVE-2023-4911", rpm("glibc", "2.34-60.el9"))

    assert found.fixed_versions == ("2.34-60.el9_2.7",)


def test_rocky_speaks_for_itself(tmp_path: Path) -> None:
    """RLSA and RXSA are Rocky's own, with its rating of the package."""
    feeds = Feeds(tmp_path / "feeds")
    feeds.osv_files(
        "Rocky Linux",
        osv(
            "RLSA-2023:5453",
            "Rocky Linux:9",
            "glibc",
            affected=[
                entry(
                    "Rocky Linux:9",
                    "glibc",
                    ("introduced", "0"),
                    ("fixed", "0:2.34-60.el9_2.7"),
                )
            ],
            upstream=["CVE-2023-4911"],
            summary="Important: glibc security update",
        ),
        osv(
            "RXSA-2024:0001",
            "Rocky Linux:9",
            "glibc",
            fixed="0:2.34-60.el9_2.8.rocky.1",
            upstream=["CVE-2024-0001"],
            summary="Moderate: glibc security update",
        ),
    )
    build(feeds.root, tmp_path / "db", importers=(OsvFeed(),))
    glibc = rpm("glibc", "2.34-60.el9", vendor="Rocky Enterprise Software Foundation")
    distro = Distro(id="rocky", version="9.2")
    with AdvisoryStore.open(tmp_path / "db") as store:
        found = match(inventory(glibc, distro=distro), store).matches

    assert [(m.id, m.fix_state, m.ratings) for m in found] == [
        ("CVE-2023-4911", "fixed", (("osv/Rocky Linux", "important"),)),
        ("CVE-2024-0001", "fixed", (("osv/Rocky Linux", "moderate"),)),
    ]
