"""Ends of support: distributions, runtimes, frameworks and Debian's lists, with real dates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judging import inventory, package
from support import SHARED

from shipworthy.advisories.build import build
from shipworthy.advisories.feeds.distroinfo import DistroInfoFeed
from shipworthy.advisories.feeds.eol import EolFeed
from shipworthy.advisories.feeds.supportlists import SupportListsFeed
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.assessment.lifecycle import end_of_life
from shipworthy.assessment.severity import RANK
from shipworthy.assessment.support import SOON, cycle_of, gets_extended, standing
from shipworthy.model.finding import EndOfLife, Finding
from shipworthy.model.lifecycle import Cycle, Product
from shipworthy.model.package import Distro, Location, Package


FEEDS = SHARED / "feeds"
DAY = "2026-08-22"
real = pytest.mark.skipif(not FEEDS.is_dir(), reason="no feeds beside the checkout")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdvisoryStore]:
    """The real life cycles."""
    path = tmp_path_factory.mktemp("eol") / "db"
    feeds = (EolFeed(), DistroInfoFeed(), SupportListsFeed())
    build(FEEDS, path, importers=feeds)
    with AdvisoryStore.open(path) as opened:
        yield opened


def distro(id_: str, version: str, **more: object) -> Distro:
    """A distribution."""
    return Distro(id=id_, version=version, path="etc/os-release", **more)  # type: ignore[arg-type]  # keywords of a test


def of_distro(store: AdvisoryStore, found: Distro, day: str = DAY) -> list[str]:
    """Id, severity and days left of a distribution's findings."""
    return said(end_of_life(inventory(distro=found), store, day))


def of(store: AdvisoryStore, *packages: Package, day: str = DAY) -> list[str]:
    """Id, severity and days left of packages' findings."""
    return said(end_of_life(inventory(*packages), store, day))


def said(findings: tuple[Finding, ...]) -> list[str]:
    """Each finding in three words."""
    return [f"{f.id} {f.severity} {_end(f).days_left}" for f in findings]


def _end(finding: Finding) -> EndOfLife:
    assert finding.end_of_life is not None
    return finding.end_of_life


@real
def test_debian_10_has_ended(store: AdvisoryStore) -> None:
    """Long-term support ended on 2024-06-30; everything that a person asks is in the finding."""
    (found,) = end_of_life(inventory(distro=distro("debian", "10")), store, DAY)

    assert (found.id, found.kind, found.severity) == (
        "EOL-debian-10",
        "end-of-life",
        "high",
    )
    assert found.package.locations == (Location(path="etc/os-release"),)
    assert (found.package.type, found.package.version) == ("os", "10")
    assert found.title == "Debian 10: security support ended on 2024-06-30"
    assert found.fix_state == "end-of-life"
    assert found.fixed_versions == ()
    assert found.references == ("https://endoflife.date/debian",)
    assert found.end_of_life == EndOfLife(
        product="debian",
        label="Debian",
        cycle="10",
        ends="2022-09-10",
        extended="2024-06-30",
        days_left=-783,
        latest="10.13",
        supported=("13",),
    )


@real
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (distro("debian", "12"), "EOL-debian-12 low 678"),
        (distro("debian", "11"), "EOL-debian-11 medium 9"),
        (distro("debian", "13"), ""),
        (distro("alpine", "3.10.9"), "EOL-alpine-linux-3.10 high -1939"),
        (distro("alpine", "3.19.1", branch="3.24"), ""),
        (distro("alpine", "3.23.0", branch="edge"), ""),
        (distro("ubuntu", "20.04"), "EOL-ubuntu-20.04 high -450"),
        (distro("ubuntu", "20.04", channels=("esm-infra",)), "EOL-ubuntu-20.04 low 1340"),
        (distro("ubuntu", "24.04"), ""),
        (distro("centos", "8", name="CentOS Linux 8"), "EOL-centos-8 high -1695"),
        (distro("centos", "8", name="CentOS Stream 8"), "EOL-centos-stream-8 high -813"),
        (distro("centos", "9", name="CentOS Stream 9"), ""),
        (distro("amzn", "2018.03"), "EOL-amazon-linux-2018.03 high -965"),
        (distro("fedora", "40"), "EOL-fedora-40 high -466"),
        (distro("rocky", "9.4"), ""),
        (distro("sles", "15.4"), "EOL-sles-15.4 high -965"),
        (distro("sles", "15.4", channels=("ltss",)), "EOL-sles-15.4 low 131"),
        (distro("wolfi", ""), ""),
        (distro("nowhere", "1"), ""),
    ],
    ids=lambda value: "-".join((value.id, value.version, *value.channels))
    if isinstance(value, Distro) else None,
)  # fmt: skip
def test_distributions(store: AdvisoryStore, found: Distro, expected: str) -> None:
    """By their release, and by the extended support that the image is set up to get."""
    assert of_distro(store, found) == ([expected] if expected else [])


@real
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (package("pypi", "Django", "2.2.28"), "EOL-django-2.2 high -1594"),
        (package("pypi", "django", "5.2.1"), ""),
        (package("generic", "node", "14.21.3"), "EOL-nodejs-14 high -1210"),
        (package("generic", "node", "2.5.0"), "EOL-nodejs-2 high None"),
        (package("generic", "python", "3.10.1"), "EOL-python-3.10 medium 70"),
        (package("generic", "python", "3.1.5"), "EOL-python-3.1 high -5248"),
        (package("golang", "stdlib", "1.19.13"), "EOL-go-1.19 high -1081"),
        (package("golang", "stdlib", "1.27.0"), ""),
        (package("maven", "log4j:log4j", "1.2.17"), "EOL-log4j-1 high -3964"),
        (package("maven", "org.apache.logging.log4j:log4j-core", "2.3.1"), "EOL-log4j-2.3 high -3989"),
        (package("maven", "org.apache.logging.log4j:log4j-core", "2.25.0"), ""),
        (package("npm", "@angular/core", "14.3.0"), "EOL-angular-14 high -1008"),
        (package("npm", "angular", "1.8.3"), "EOL-angularjs-1.8 high -1695"),
        (package("maven", "org.springframework.boot:spring-boot", "2.7.18"), "EOL-spring-boot-2.7 high -1149"),
        (package("nuget", "Microsoft.NETCore.App", "6.0.36"), "EOL-dotnet-6 high -648"),
        (package("generic", "php", "7.2.34"), "EOL-php-7.2 high -2091"),
        (package("pypi", "Django", ""), ""),
        (package("pypi", "Django", "0.0"), ""),
        (package("deb", "php", "7.2.34"), ""),
    ],
    ids=lambda value: f"{value.name}-{value.version}" if isinstance(value, Package) else None,
)  # fmt: skip
def test_runtimes_and_frameworks(
    store: AdvisoryStore, found: Package, expected: str
) -> None:
    """By package URL and the longest line that begins the version."""
    assert of(store, found) == ([expected] if expected else [])


@real
def test_what_the_distribution_brought_it_supports(store: AdvisoryStore) -> None:
    """Debian's python3-django is Debian's to repair, whatever Django's own dates are."""
    owned = package(
        "pypi",
        "Django",
        "2.2.28",
        owner="pkg:deb/debian/python3-django@2:2.2.28-1~deb11u2",
    )

    assert of(store, owned) == []


@real
def test_a_framework_of_many_packages_is_one_finding(store: AdvisoryStore) -> None:
    """Of each version; the others of it are named in the evidence."""
    boot = "org.springframework.boot:spring-boot"
    jars = [
        package("maven", f"{boot}{end}", version)
        for end in ("-starter-web", "", "-autoconfigure")
        for version in ("2.7.18", "1.5.22.RELEASE")
    ]
    found = end_of_life(inventory(*jars), store, DAY)

    assert [(f.id, f.package.name) for f in found] == [
        ("EOL-spring-boot-1.5", boot),
        ("EOL-spring-boot-2.7", boot),
    ]
    assert found[0].evidence[0].notes == (
        f"also {boot}-starter-web, {boot}-autoconfigure",
    )


@real
def test_the_day_decides(store: AdvisoryStore) -> None:
    """Nothing until 90 days before, medium until the last day, high from the next on."""
    node = package("generic", "node", "20.1.0")
    seen = {
        day: of(store, node, day=day)
        for day in ("2026-01-29", "2026-01-30", "2026-04-30", "2026-05-01", "")
    }

    assert seen == {
        "2026-01-29": [],
        "2026-01-30": ["EOL-nodejs-20 medium 90"],
        "2026-04-30": ["EOL-nodejs-20 medium 0"],
        "2026-05-01": ["EOL-nodejs-20 high -1"],
        "": [],
    }


@real
def test_debian_s_lists_speak_of_source_packages(store: AdvisoryStore) -> None:
    """One finding a source; ended is high, limited negligible, a version past the last supported one not meant."""
    web = package("deb", "libwebkit2gtk-4.1-0", "2.50.6-1~deb12u1", source="webkit2gtk")
    more = package(
        "deb", "libjavascriptcoregtk-4.1-0", "2.50.6-1~deb12u1", source="webkit2gtk"
    )
    newer = package("deb", "pdns-server", "4.9.0-1", source="pdns")
    tools = package("deb", "binutils-common", "2.40-2", source="binutils")
    binutils = package("deb", "binutils", "2.40-2")
    go = package("deb", "golang-1.19-go", "1.19.8-2", source="golang-1.19")
    found = end_of_life(
        inventory(web, more, newer, tools, binutils, go, distro=distro("debian", "12")),
        store,
        DAY,
    )

    assert [(f.id, f.severity, f.package.name) for f in found] == [
        ("EOL-debian-12", "low", "debian"),
        ("EOL-debian-12-binutils", "negligible", "binutils"),
        ("EOL-debian-12-golang-1.19", "negligible", "golang-1.19-go"),
        ("EOL-debian-12-webkit2gtk", "high", "libwebkit2gtk-4.1-0"),
    ]
    assert "Can no longer be backported" in found[3].description
    assert _end(found[3]).days_left == -114
    assert found[3].evidence[0].constraint == "<= 2.50.6-1~deb12u1"
    assert _end(found[1]).limited


@real
def test_an_exception_stands_before_a_wide_line(store: AdvisoryStore) -> None:
    """Debian 13 limits ``rust.*`` and supports rust-sequoia-sqv; php-horde of Debian 12 ended in every version."""
    trixie = inventory(
        package("deb", "sqv", "1.3.0-3", source="rust-sequoia-sqv"),
        package("deb", "librust-x", "1-1", source="rust-x"),
        distro=distro("debian", "13"),
    )
    bookworm = inventory(
        package("deb", "php-horde-core", "2.31.16-1"), distro=distro("debian", "12")
    )

    assert said(end_of_life(trixie, store, DAY)) == [
        "EOL-debian-13-rust-x negligible None"
    ]
    assert "EOL-debian-12-php-horde-core high -518" in said(
        end_of_life(bookworm, store, DAY)
    )


def test_a_line_is_told_by_whole_parts() -> None:
    """2.3 is not the line of 2.30; the longest line counts; a leading v is Go's."""
    product = Product(
        name="x",
        label="X",
        cycles=tuple(Cycle(name=name) for name in ("2", "2.3", "2.3.1", "10 LTS")),
    )
    names = {
        version: found.name if (found := cycle_of(product, version)) else ""
        for version in ("2.30", "2.3.0", "v2.3.1-rc1", "3", "", "2", "20")
    }

    assert names == {
        "2.30": "2",
        "2.3.0": "2.3",
        "v2.3.1-rc1": "2.3.1",
        "3": "",
        "": "",
        "2": "2",
        "20": "",
    }


def test_extended_support_counts_where_the_image_gets_it() -> None:
    """Debian's comes by itself, others' by a channel, nobody else's at all."""
    assert gets_extended("debian", ())
    assert gets_extended("ubuntu", ("esm-infra",))
    assert not gets_extended("ubuntu", ("esmeralda",))
    assert gets_extended("rhel", ("repo:rhel-7-server-els-rpms",))
    assert not gets_extended("django", ("esm", "els", "ltss"))


_DAYS = st.dates().map(str) | st.sampled_from(["", "x", "2024-02-30"])


@pytest.mark.property
@given(
    ends=_DAYS,
    extended=_DAYS,
    early=st.dates(),
    late=st.dates(),
    ended=st.booleans(),
    gets=st.booleans(),
)
def test_time_makes_it_never_better(
    ends: str, extended: str, early: object, late: object, ended: bool, gets: bool
) -> None:
    """Of two days the later one finds at least what the earlier did, unless extended support takes over."""
    first, second = sorted((str(early), str(late)))
    cycle = Cycle(name="1", ends=ends, extended=extended, ended=ended)
    one = standing(cycle, first, gets_extended=gets)
    other = standing(cycle, second, gets_extended=gets)

    if one is not None:
        assert other is not None
        if not other.by_extended or one.by_extended:
            assert RANK[other.severity] <= RANK[one.severity]
        assert one.days_left is None or one.by_extended or one.days_left <= SOON
    if not gets and other is not None:
        assert not other.by_extended
