"""
Debian's rules end to end: what the tracker and the bulletins say, through a real database.

States and versions are those of the security tracker at the time that each test names.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from feedwriter import Feeds, osv, released, unfixed
from judging import package
from support import SHARED

from shipworthy.model.finding import Finding
from shipworthy.model.package import Distro, Package


BOOKWORM = Distro(id="debian", version="12")
BULLSEYE = Distro(id="debian", version="11")

Judge = Callable[..., list[Finding]]


@pytest.fixture(name="judge")
def _judge(judge: Judge) -> Judge:
    """Findings in bookworm where nothing else is said."""

    def found(*packages: Package, distro: Distro = BOOKWORM) -> list[Finding]:
        return judge(*packages, distro=distro)

    return found


def tracked(feeds: Feeds, source: str, cve: str, **releases: dict[str, object]) -> None:
    """A tracker that holds one vulnerability of one source package."""
    feeds.tracker({source: {cve: {"releases": releases}}})


def told(findings: list[Finding]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Id, state and fixes of findings."""
    return [(f.id, f.fix_state, f.fixed_versions) for f in findings]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the feeds are not beside the checkout")
def test_each_release_has_its_own_fix(feeds: Feeds, judge: Judge) -> None:
    """Looney Tunables: 2.36-9+deb12u3 repaired bookworm, 2.31-13+deb11u7 bullseye."""
    path = SHARED / "feeds" / "debian" / "tracker.json"
    glibc = json.loads(path.read_bytes())["glibc"]
    feeds.tracker({"glibc": {"CVE-2023-4911": glibc["CVE-2023-4911"]}})

    def libc(version: str, distro: Distro) -> list[Finding]:
        return judge(package("deb", "libc6", version, source="glibc"), distro=distro)

    assert told(libc("2.36-9+deb12u1", BOOKWORM)) == [
        ("CVE-2023-4911", "fixed", ("2.36-9+deb12u3",))
    ]
    assert told(libc("2.31-13+deb11u6", BULLSEYE)) == [
        ("CVE-2023-4911", "fixed", ("2.31-13+deb11u7",))
    ]
    assert libc("2.36-9+deb12u3", BOOKWORM) == []
    assert libc("2.31-13+deb11u7", BULLSEYE) == []


def test_no_dsa_is_no_fix(feeds: Feeds, judge: Judge) -> None:
    """bash, CVE-2022-3715: bullseye has it and gets no advisory for so little."""
    state = unfixed(
        nodsa="Minor issue",
        nodsa_reason="",
        repositories={"bullseye": "5.1-2+deb11u1"},
    )
    tracked(feeds, "bash", "CVE-2022-3715", bullseye=state)

    found = judge(package("deb", "bash", "5.1-2+deb11u1"), distro=BULLSEYE)
    assert told(found) == [("CVE-2022-3715", "will-not-fix", ())]


def test_a_point_release_overrides_no_dsa(feeds: Feeds, judge: Judge) -> None:
    """What the tracker calls resolved is, whatever was decided about it before."""
    state = released("5.1-2+deb11u2", nodsa="Minor issue", nodsa_reason="ignored")
    tracked(feeds, "bash", "CVE-2022-3715", bullseye=state)

    found = judge(package("deb", "bash", "5.1-2+deb11u1"), distro=BULLSEYE)
    assert told(found) == [("CVE-2022-3715", "fixed", ("5.1-2+deb11u2",))]


def test_a_later_advisory_overrides_no_dsa(feeds: Feeds, judge: Judge) -> None:
    """openssl, CVE-2023-0464: postponed in bullseye until DSA-5417-1 brought it along after all."""
    state = unfixed(
        nodsa="Minor issue, fix along with next update",
        nodsa_reason="postponed",
        repositories={"bullseye": "1.1.1n-0+deb11u4"},
    )
    tracked(feeds, "openssl", "CVE-2023-0464", bullseye=state)
    before = package("deb", "libssl1.1", "1.1.1n-0+deb11u4", source="openssl")
    assert told(judge(before, distro=BULLSEYE)) == [
        ("CVE-2023-0464", "fix-deferred", ())
    ]

    dsa = osv(
        "DSA-5417-1",
        "Debian:11",
        "openssl",
        fixed="1.1.1n-0+deb11u5",
        upstream=["CVE-2023-0464", "CVE-2023-2650"],
    )
    ela = osv(
        "ELA-900-1",
        "Debian:11",
        "openssl",
        fixed="1.1.1n-0+deb11u9",
        upstream=["CVE-2023-0464"],
    )
    feeds.osv_zip("Debian", dsa, ela)
    found = judge(before, distro=BULLSEYE)[0]
    assert told([found]) == [("CVE-2023-0464", "fixed", ("1.1.1n-0+deb11u5",))]
    assert found.advisories[0].id == "CVE-2023-0464"
    after = package("deb", "libssl1.1", "1.1.1n-0+deb11u5", source="openssl")
    assert judge(after, distro=BULLSEYE) == []


def test_the_highest_of_several_bulletins_repairs_what_was_open(
    feeds: Feeds, judge: Judge
) -> None:
    """9 is before 10 by dpkg's order, in whatever order the bulletins come."""
    tracked(feeds, "one", "CVE-2024-0001", bullseye=unfixed(nodsa="", nodsa_reason=""))
    feeds.osv_zip(
        "Debian",
        *(
            osv(id_, "Debian:11", "one", fixed=fix, upstream=["CVE-2024-0001"])
            for id_, fix in (
                ("DSA-5001-1", "1.0-9"),
                ("DLA-4001-1", "1.0-10"),
                ("DSA-5001-2", "1.0-2"),
            )
        ),
    )
    found = judge(package("deb", "one", "1.0-9"), distro=BULLSEYE)
    assert told(found) == [("CVE-2024-0001", "fixed", ("1.0-10",))]
    assert [ref.id for ref in found[0].advisories] == [
        "CVE-2024-0001",
        "DLA-4001-1",
        "DSA-5001-1",
        "DSA-5001-2",
    ]


def test_a_fix_that_is_in_no_archive_yet_is_none(feeds: Feeds, judge: Judge) -> None:
    """DSA-5514-1 was out before the archive had glibc 2.36-9+deb12u3; who has it is not affected."""
    archive = {"bookworm": "2.36-9+deb12u1", "bookworm-security": "2.36-9+deb12u1"}
    state = released("2.36-9+deb12u3", repositories=archive)
    tracked(feeds, "glibc", "CVE-2023-4911", bookworm=state)

    found = judge(package("deb", "libc6", "2.36-9+deb12u1", source="glibc"))
    assert told(found) == [("CVE-2023-4911", "affected", ())]
    (ref,) = found[0].advisories
    assert (ref.fixed_versions, ref.needs) == (("2.36-9+deb12u3",), "unreleased")
    assert judge(package("deb", "libc6", "2.36-9+deb12u3", source="glibc")) == []


@pytest.mark.parametrize(
    "archive",
    [
        {"bookworm": "2.36-9+deb12u1", "bookworm-security": "2.36-9+deb12u3"},
        {"bookworm": "not a version!", "bookworm-security": 5},
        {},
        None,
        ["2.36-9+deb12u1"],
    ],
)
def test_a_fix_counts_unless_every_archive_is_older(
    feeds: Feeds, judge: Judge, archive: object
) -> None:
    """One archive that has it is enough, and where none is told nothing speaks against it."""
    state = released("2.36-9+deb12u3", repositories=archive)
    tracked(feeds, "glibc", "CVE-2023-4911", bookworm=state)

    found = judge(package("deb", "libc6", "2.36-9+deb12u1", source="glibc"))
    assert told(found) == [("CVE-2023-4911", "fixed", ("2.36-9+deb12u3",))]


def test_a_bulletin_says_that_the_fix_is_out(feeds: Feeds, judge: Judge) -> None:
    """The tracker's list of archives is older than the advisory."""
    state = released("2.36-9+deb12u3", repositories={"bookworm": "2.36-9+deb12u1"})
    tracked(feeds, "glibc", "CVE-2023-4911", bookworm=state)
    fixed = "2.36-9+deb12u3"
    feeds.osv_zip(
        "Debian",
        osv("DEBIAN-CVE-2023-4911", "Debian:12", "glibc", fixed=fixed),
        osv(
            "DSA-5514-1", "Debian:12", "glibc", fixed=fixed, upstream=["CVE-2023-4911"]
        ),
    )

    found = judge(package("deb", "libc6", "2.36-9+deb12u1", source="glibc"))
    assert told(found) == [("CVE-2023-4911", "fixed", (fixed,))]


def test_what_osv_takes_from_the_tracker_does_not_say_that_the_fix_is_out(
    feeds: Feeds, judge: Judge
) -> None:
    """OSV's record is made of the same entry, without the archives."""
    state = released("2.36-9+deb12u3", repositories={"bookworm": "2.36-9+deb12u1"})
    tracked(feeds, "glibc", "CVE-2023-4911", bookworm=state)
    record = osv("DEBIAN-CVE-2023-4911", "Debian:12", "glibc", fixed="2.36-9+deb12u3")
    feeds.osv_zip("Debian", record)

    found = judge(package("deb", "libc6", "2.36-9+deb12u1", source="glibc"))
    assert told(found) == [("CVE-2023-4911", "affected", ())]


def test_unimportant_is_negligible_and_starred_is_unrated(
    feeds: Feeds, judge: Judge
) -> None:
    """systemd, CVE-2013-4392: unimportant in every release. ``low**`` is a guess taken from NVD."""
    feeds.tracker(
        {
            "systemd": {
                "CVE-2013-4392": {
                    "releases": {"bookworm": unfixed(urgency="unimportant")}
                },
                "CVE-2013-4393": {"releases": {"bookworm": unfixed(urgency="low**")}},
            }
        }
    )
    found = judge(package("deb", "libsystemd0", "252.6-1", source="systemd"))
    assert [(f.id, f.severity) for f in found] == [
        ("CVE-2013-4392", "negligible"),
        ("CVE-2013-4393", "unknown"),
    ]


@pytest.mark.parametrize(
    ("fields", "fixed_at_source"),
    [
        ({"version": "5.2.15-2+b2"}, "5.2.15-2"),
        ({"version": "1:5.2.15-2+b10"}, "1:5.2.15-2"),
        ({"version": "5.2.15-2+b2", "source_version": "5.2.15-2"}, "5.2.15-2"),
    ],
)
def test_a_rebuild_of_the_binary_is_not_a_new_source(
    feeds: Feeds, judge: Judge, fields: dict[str, str], fixed_at_source: str
) -> None:
    """Bookworm's bash is 5.2.15-2+b2; its source 5.2.15-2 is what advisories speak of."""
    tracked(feeds, "bash", "CVE-2022-3715", bookworm=unfixed())

    bash = package("deb", "bash", **fields)
    (found,) = judge(bash)
    assert found.evidence[0].matched_version == fixed_at_source


def test_a_version_that_only_looks_rebuilt_is_left_alone(
    feeds: Feeds, judge: Judge
) -> None:
    """``+bp1`` and ``+dfsg+b`` are no rebuilds."""
    tracked(feeds, "one", "CVE-2024-0001", bookworm=unfixed())

    versions = [
        judge(package("deb", "one", version))[0].evidence[0].matched_version
        for version in ("1.0-1+bp1", "1.0+b-1", "1.0+b2-1")
    ]
    assert versions == ["1.0-1+bp1", "1.0+b-1", "1.0+b2-1"]


def test_a_release_without_an_entry_is_not_judged_by_unstable(
    feeds: Feeds, judge: Judge
) -> None:
    """Absence means unknown: nothing is inferred from sid's fix."""
    state = {"sid": released("2.0-1"), "bullseye": released("1.0-1")}
    feeds.tracker({"one": {"CVE-2024-0001": {"releases": state}}})
    feeds.osv_zip("Debian", osv("DSA-1-1", "Debian:12", "two", fixed="1"))

    assert judge(package("deb", "one", "0.5-1")) == []


def test_extended_lts_is_no_fix_of_the_release(feeds: Feeds, judge: Judge) -> None:
    """What Freexian sells for buster tells that buster has it; who has that build is not affected."""
    buster = Distro(id="debian", version="10")
    ela = osv(
        "ELA-1200-1",
        "Debian:10",
        "openssl",
        fixed="1.1.1n-0+deb10u7",
        upstream=["CVE-2024-5535"],
    )
    feeds.osv_zip("Debian", ela)
    before = package("deb", "libssl1.1", "1.1.1n-0+deb10u6", source="openssl")
    after = package("deb", "libssl1.1", "1.1.1n-0+deb10u7", source="openssl")

    (found,) = judge(before, distro=buster)
    assert told([found]) == [("CVE-2024-5535", "end-of-life", ())]
    assert found.advisories[0].needs == "elts"
    assert judge(after, distro=buster) == []


def test_a_temporary_id_gives_way_to_the_cve(feeds: Feeds, judge: Judge) -> None:
    """``TEMP-…`` stays an id as long as it is the only one; with a CVE there is one finding under that."""
    temp = "TEMP-0841856-B18BAF"
    feeds.tracker({"bash": {temp: {"releases": {"bookworm": unfixed()}}}})
    bash = package("deb", "bash", "5.2.15-2")
    assert [(f.id, f.aliases) for f in judge(bash)] == [(temp, ())]

    record = osv("CVE-2016-0001", "Debian:12", "bash", aliases=[temp])
    feeds.osv_zip("Debian", record)
    assert [(f.id, f.aliases) for f in judge(bash)] == [("CVE-2016-0001", (temp,))]


def test_sid_and_testing_are_releases(feeds: Feeds, judge: Judge) -> None:
    """Unstable by its name, testing by the number that it will get."""
    states = {"sid": released("2-1"), "forky": released("1-5")}
    feeds.tracker({"one": {"CVE-2024-0001": {"releases": states}}})
    one = package("deb", "one", "1-4")

    sid = Distro(id="debian", codename="sid", branch="sid")
    testing = Distro(id="debian", codename="forky", version="14")
    assert judge(one, distro=sid)[0].fixed_versions == ("2-1",)
    assert judge(one, distro=testing)[0].fixed_versions == ("1-5",)
