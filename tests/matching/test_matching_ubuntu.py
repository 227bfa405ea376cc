"""
Ubuntu's rules end to end: ESM, FIPS, and what VEX says, through a real database.

Versions and states are those of Canonical's records of the CVEs that the tests name.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from feedwriter import Feeds
from judging import Shelf, advisory, inventory, package
from policing import gate
from ubuntuwriter import NOTES, canonical, notice, says, slice_of, ubuntu_cve, vex

from shipworthy.matching.families.ubuntu import FIPS
from shipworthy.matching.match import match
from shipworthy.model.finding import Finding
from shipworthy.model.package import Distro, Package
from shipworthy.policy.options import GateOptions


XENIAL = Distro(id="ubuntu", version="16.04")
BIONIC = Distro(id="ubuntu", version="18.04")
JAMMY = Distro(id="ubuntu", version="22.04")
XENIAL_PRO = Distro(id="ubuntu", version="16.04", channels=("esm-apps", "esm-infra"))
JAMMY_PRO = Distro(id="ubuntu", version="22.04", channels=("esm-apps", "esm-infra"))

PRO = "Available with Ubuntu Pro: https://ubuntu.com/pro"
INFRA = "Available with Ubuntu Pro (Infra-only): https://ubuntu.com/pro"
NETTY = "1:4.1.48-4+deb11u2ubuntu0.1~esm1"

Judge = Callable[..., list[Finding]]

INFINITE_LOOP = ubuntu_cve(
    "CVE-2022-0778",
    slice_of(
        "Ubuntu:Pro:16.04:LTS",
        "openssl",
        "1.0.2g-1ubuntu4.20+esm2",
        "esm-infra/xenial",
        availability=INFRA,
    ),
    slice_of(
        "Ubuntu:Pro:FIPS:16.04:LTS",
        "openssl",
        "1.0.2g-1ubuntu4.fips.4.20.2",
        "fips-updates/xenial",
        availability=PRO,
    ),
    slice_of("Ubuntu:Pro:FIPS:16.04:LTS", "openssl", "", "fips/xenial"),
    slice_of("Ubuntu:18.04:LTS", "openssl", "1.1.1-1ubuntu2.1~18.04.15", "bionic"),
    priority="high",
)
TEMPORARY_FILES = ubuntu_cve(
    "CVE-2022-24823",
    slice_of(
        "Ubuntu:Pro:22.04:LTS", "netty", NETTY, "esm-apps/jammy", availability=PRO
    ),
    priority="low",
)


def told(findings: list[Finding]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Id, state and fixes of findings."""
    return [(f.id, f.fix_state, f.fixed_versions) for f in findings]


def needed(findings: list[Finding]) -> list[str]:
    """What the image lacks for the fixes that advisories name."""
    return [ref.needs for f in findings for ref in f.advisories]


def ssl(version: str) -> Package:
    """A binary of openssl."""
    return package("deb", "libssl1.0.0", version, source="openssl")


def netty(version: str) -> Package:
    """The binary of netty, which is in universe."""
    return package("deb", "libnetty-java", version, source="netty")


def test_a_fix_in_esm_is_out_of_reach(feeds: Feeds, judge: Judge) -> None:
    """16.04 gets CVE-2022-0778 repaired in esm-infra only: affected, will not be fixed, needs Ubuntu Pro."""
    canonical(feeds, INFINITE_LOOP)

    found = judge(ssl("1.0.2g-1ubuntu4.20"), distro=XENIAL)
    assert told(found) == [("CVE-2022-0778", "will-not-fix", ())]
    assert needed(found) == ["Ubuntu Pro (esm-infra)"]
    assert found[0].severity == "high"
    assert found[0].evidence[0].notes == ("fix-needs Ubuntu Pro (esm-infra)",)
    assert found[0].advisories[0].fixed_versions == ("1.0.2g-1ubuntu4.20+esm2",)


def test_no_gate_on_fixable_findings_counts_it(feeds: Feeds, judge: Judge) -> None:
    """With ``--only-fixed`` the image passes, with Ubuntu Pro set up it does not."""
    canonical(feeds, INFINITE_LOOP)
    options = GateOptions(fail_on=("high",), only_fixed=True)

    plain = judge(ssl("1.0.2g-1ubuntu4.20"), distro=XENIAL)
    pro = judge(ssl("1.0.2g-1ubuntu4.20"), distro=XENIAL_PRO)
    assert gate(plain, (), options).verdict.status == "pass"
    assert gate(pro, (), options).verdict.status == "fail"


@pytest.mark.parametrize(
    ("version", "distro", "states"),
    [
        ("1.0.2g-1ubuntu4.20", XENIAL_PRO, ["fixed"]),
        ("1.0.2g-1ubuntu4.20+esm1", XENIAL, ["fixed"]),
        ("1.0.2g-1ubuntu4.20+esm1", XENIAL_PRO, ["fixed"]),
        ("1.0.2g-1ubuntu4.20+esm2", XENIAL, []),
        ("1.0.2g-1ubuntu4.20+esm9", XENIAL, []),
        (
            "1.0.2g-1ubuntu4.20",
            Distro(id="ubuntu", version="16.04", channels=("esm-apps",)),
            ["will-not-fix"],
        ),
    ],
)
def test_who_gets_esm_is_held_against_it(
    feeds: Feeds, judge: Judge, version: str, distro: Distro, states: list[str]
) -> None:
    """A package of ESM, or any in an image that installs from the part that has the fix."""
    canonical(feeds, INFINITE_LOOP)

    found = judge(ssl(version), distro=distro)
    assert [f.fix_state for f in found] == states
    lacks = ["Ubuntu Pro (esm-infra)"] if states == ["will-not-fix"] else [""]
    assert needed(found) == lacks * len(states)


def test_universe_is_repaired_in_esm_apps(feeds: Feeds, judge: Judge) -> None:
    """22.04, netty: out of reach without Ubuntu Pro although the release is supported."""
    canonical(feeds, TEMPORARY_FILES)

    found = judge(netty("1:4.1.48-4+deb11u1build0.22.04.1"), distro=JAMMY)
    assert told(found) == [("CVE-2022-24823", "will-not-fix", ())]
    assert needed(found) == ["Ubuntu Pro (esm-apps)"]
    repaired = judge(netty("1:4.1.48-4+deb11u1build0.22.04.1"), distro=JAMMY_PRO)
    assert told(repaired) == [("CVE-2022-24823", "fixed", (NETTY,))]
    assert judge(netty(NETTY), distro=JAMMY) == []


def test_the_releases_own_fix_is_for_everybody(feeds: Feeds, judge: Judge) -> None:
    """18.04 had CVE-2022-0778 repaired while it was supported."""
    canonical(feeds, INFINITE_LOOP)

    found = judge(ssl("1.1.1-1ubuntu2.1~18.04.14"), distro=BIONIC)
    assert told(found) == [("CVE-2022-0778", "fixed", ("1.1.1-1ubuntu2.1~18.04.15",))]
    assert needed(found) == [""]
    assert judge(ssl("1.1.1-1ubuntu2.1~18.04.15"), distro=BIONIC) == []


def test_who_has_esms_fix_has_it_whatever_the_release_says(
    feeds: Feeds, judge: Judge
) -> None:
    """The release's slice is open for ever, ESM's is fixed."""
    open_and_fixed = ubuntu_cve(
        "CVE-2022-24823",
        slice_of("Ubuntu:22.04:LTS", "netty", "", "jammy"),
        slice_of("Ubuntu:Pro:22.04:LTS", "netty", NETTY, "esm-apps/jammy"),
    )
    canonical(feeds, open_and_fixed)

    assert judge(netty(NETTY), distro=JAMMY) == []
    found = judge(netty("1:4.1.48-4"), distro=JAMMY)
    assert told(found) == [("CVE-2022-24823", "affected", ())]
    assert needed(found) == ["Ubuntu Pro (esm-apps)"]
    assert [e.notes for e in found[0].evidence] == [
        (),
        ("fix-needs Ubuntu Pro (esm-apps)",),
    ]
    assert told(judge(netty("1:4.1.48-4"), distro=JAMMY_PRO)) == [
        ("CVE-2022-24823", "fixed", (NETTY,))
    ]


def test_who_has_the_releases_fix_needs_none_of_esm(feeds: Feeds, judge: Judge) -> None:
    """Imagemagick in 22.04: USN-6200-1 repaired esm-apps first, then USN-7440-1 the release."""
    base = "8:6.9.11.60+dfsg-1.3ubuntu0.22.04.5"
    esm = "8:6.9.11.60+dfsg-1.3ubuntu0.22.04.3+esm2"
    canonical(
        feeds,
        ubuntu_cve(
            "CVE-2023-34151", slice_of("Ubuntu:22.04:LTS", "imagemagick", base, "jammy")
        ),
        notice(
            "USN-6200-1",
            ["CVE-2023-34151"],
            slice_of("Ubuntu:Pro:22.04:LTS", "imagemagick", esm, "esm-apps/jammy"),
        ),
    )

    def magick(version: str, distro: Distro = JAMMY) -> list[Finding]:
        return judge(package("deb", "imagemagick", version), distro=distro)

    before = magick("8:6.9.11.60+dfsg-1.3ubuntu0.22.04.3")
    assert told(before) == [("CVE-2023-34151", "fixed", (base,))]
    assert magick(base) == []
    assert magick(esm) == []
    assert magick("8:6.9.11.60+dfsg-1.3ubuntu0.22.04.3+esm1", JAMMY_PRO) != []


def test_what_only_esm_lists_is_in_the_release_too(feeds: Feeds, judge: Judge) -> None:
    """glibc, CVE-2016-20013: open in the Pro slice of 18.04, which has no other."""
    record = ubuntu_cve(
        "CVE-2016-20013",
        slice_of("Ubuntu:Pro:18.04:LTS", "glibc", "", "esm-infra/bionic"),
        priority="negligible",
    )
    canonical(feeds, record)
    libc = package("deb", "libc6", "2.27-3ubuntu1.6", source="glibc")
    pro = Distro(id="ubuntu", version="18.04", channels=("esm-infra",))

    plain = judge(libc, distro=BIONIC)
    assert told(plain) == [("CVE-2016-20013", "will-not-fix", ())]
    assert needed(plain) == [""]
    assert plain[0].severity == "negligible"
    assert told(judge(libc, distro=pro)) == [("CVE-2016-20013", "affected", ())]


def test_fips_builds_are_held_against_their_lines(feeds: Feeds, judge: Judge) -> None:
    """What fips-updates repaired says nothing of a plain package, and the other way round."""
    canonical(feeds, INFINITE_LOOP)

    found = judge(ssl("1.0.2g-1ubuntu4.fips.4.6.3"), distro=XENIAL)
    assert told(found) == [("CVE-2022-0778", "affected", ())]
    assert needed(found) == ["Ubuntu Pro (fips-updates)"]
    assert {e.bucket for e in found[0].evidence} == {"ubuntu-16.04-pro-fips"}
    updates = Distro(id="ubuntu", version="16.04", channels=("fips-updates",))
    assert told(judge(ssl("1.0.2g-1ubuntu4.fips.4.20.1"), distro=updates)) == [
        ("CVE-2022-0778", "fixed", ("1.0.2g-1ubuntu4.fips.4.20.2",))
    ]
    assert judge(ssl("1.0.2g-1ubuntu4.fips.4.20.2"), distro=XENIAL) == []
    plain = judge(ssl("1.0.2g-1ubuntu4.20"), distro=XENIAL)
    assert {e.bucket for e in plain[0].evidence} == {"ubuntu-16.04"}


def test_a_fips_build_without_advisories_is_told() -> None:
    """It is not judged by the plain package's advisories, and the scan is not whole."""
    shelf = Shelf([advisory("CVE-2022-0778", "ubuntu-22.04", "openssl", "9")])
    fips = ssl("3.0.2-0ubuntu1.10+Fips1")

    result = match(inventory(fips, distro=JAMMY), shelf)
    assert result.matches == ()
    (status,) = result.statuses
    assert (status.subject, status.partial) == (FIPS.subject, True)
    assert "libssl1.0.0 3.0.2-0ubuntu1.10+Fips1" in status.message


@pytest.mark.parametrize(
    ("line", "distro"),
    [
        ("Ubuntu:Pro:Realtime:22.04:LTS", "realtime/jammy"),
        ("Ubuntu:Nvidia-BlueField:22.04:LTS", "bluefield/jammy"),
        ("Ubuntu:Pro:FIPS-preview:22.04:LTS", "fips-preview/jammy"),
    ],
)
def test_other_builds_never_speak_of_the_release(
    feeds: Feeds, judge: Judge, line: str, distro: str
) -> None:
    """Realtime, BlueField and FIPS are rebuilt on version lines of their own."""
    other = ubuntu_cve("CVE-2024-0001", slice_of(line, "openssl", "9", distro))
    canonical(feeds, other, TEMPORARY_FILES)

    assert judge(ssl("3.0.2-0ubuntu1.10"), distro=JAMMY) == []


CLEARED = says(
    "not_affected",
    "openssl",
    "bionic",
    justification="vulnerable_code_not_present",
    impact_statement="This package (for the given release) is not affected by the issue.",
)


def test_vex_clears_what_osv_calls_affected(feeds: Feeds, judge: Judge) -> None:
    """The tracker's not-affected outweighs the fix that OSV made of it, and a notice."""
    canonical(
        feeds,
        INFINITE_LOOP,
        notice(
            "USN-5328-1",
            ["CVE-2022-0778"],
            slice_of("Ubuntu:18.04:LTS", "openssl", "9", "bionic"),
        ),
        vex("CVE-2022-0778", CLEARED),
    )

    assert judge(ssl("1.1.1-1ubuntu2.1~18.04.14"), distro=BIONIC) == []


def test_a_clearance_of_esm_clears_the_release(feeds: Feeds, judge: Judge) -> None:
    """Curl in 20.04, CVE-2023-38545: the code came with 7.69; the word was given on esm-infra/focal."""
    record = ubuntu_cve(
        "CVE-2023-38545", slice_of("Ubuntu:20.04:LTS", "curl", "", "focal")
    )
    cleared = says(
        "not_affected",
        "curl",
        "esm-infra/focal",
        justification="vulnerable_code_not_present",
    )
    curl = package("deb", "curl", "7.68.0-1ubuntu2.20")
    focal = Distro(id="ubuntu", version="20.04")
    canonical(feeds, record)
    assert told(judge(curl, distro=focal)) == [("CVE-2023-38545", "affected", ())]

    canonical(feeds, vex("CVE-2023-38545", cleared))
    assert judge(curl, distro=focal) == []


@pytest.mark.parametrize(
    ("status", "note", "state"),
    [
        ("affected", {"action_statement": NOTES["needed"]}, "affected"),
        ("affected", {"action_statement": NOTES["ignored"]}, "will-not-fix"),
        (
            "affected",
            {
                "action_statement": NOTES["ignored"]
                + " CVE Notes / justification: end of life, was needs-triage"
            },
            "end-of-life",
        ),
        ("affected", {"action_statement": NOTES["unsupported"]}, "end-of-life"),
        ("affected", {}, "affected"),
        (
            "affected",
            {"action_statement": f"{NOTES['needed']} CVE Notes: deferred upstream"},
            "affected",
        ),
        (
            "under_investigation",
            {"status_notes": NOTES["needs-triage"]},
            "under-investigation",
        ),
        ("under_investigation", {"status_notes": NOTES["deferred"]}, "fix-deferred"),
    ],
)
def test_vex_says_what_becomes_of_it(
    feeds: Feeds, judge: Judge, status: str, note: dict[str, str], state: str
) -> None:
    """OSV has one form for all that is not repaired; the tracker's states are in VEX."""
    record = ubuntu_cve(
        "CVE-2016-20013", slice_of("Ubuntu:22.04:LTS", "glibc", "", "jammy")
    )
    statement = says(status, "glibc", "jammy", **note)
    canonical(feeds, record, vex("CVE-2016-20013", statement))
    libc = package("deb", "libc6", "2.35-0ubuntu3.1", source="glibc")

    assert told(judge(libc, distro=JAMMY)) == [("CVE-2016-20013", state, ())]


def test_vex_takes_no_fix_away(feeds: Feeds, judge: Judge) -> None:
    """Where OSV knows the version that repairs it, a document that is behind changes nothing."""
    ignored = says("affected", "openssl", "bionic", action_statement=NOTES["ignored"])
    canonical(feeds, INFINITE_LOOP, vex("CVE-2022-0778", ignored))

    found = judge(ssl("1.1.1-1ubuntu2.1~18.04.14"), distro=BIONIC)
    assert told(found) == [("CVE-2022-0778", "fixed", ("1.1.1-1ubuntu2.1~18.04.15",))]


def test_what_only_vex_names_is_a_finding(feeds: Feeds, judge: Judge) -> None:
    """With the tracker's priority out of the notes, and the words of the document."""
    statement = says(
        "affected",
        "glibc",
        "jammy",
        action_statement=NOTES["needed"],
        status_notes="Ubuntu Security Team classified this CVE as of Medium priority.",
    )
    canonical(feeds, vex("CVE-2024-0001", statement))

    (found,) = judge(
        package("deb", "libc6", "2.35-0ubuntu3.1", source="glibc"), distro=JAMMY
    )
    assert told([found]) == [("CVE-2024-0001", "affected", ())]
    assert found.severity == "medium"
    assert found.description == "Told of CVE-2024-0001."
    assert found.advisories[0].url == "https://ubuntu.com/security/CVE-2024-0001"


def test_a_package_that_the_release_has_not_is_not_cleared(
    feeds: Feeds, judge: Judge
) -> None:
    """``component_not_present`` says that there is nothing to speak of; an installed package is there."""
    absent = says(
        "not_affected", "netty", "jammy", justification="component_not_present"
    )
    canonical(feeds, TEMPORARY_FILES, vex("CVE-2022-24823", absent))

    assert told(judge(netty("1:4.1.48-4"), distro=JAMMY)) == [
        ("CVE-2022-24823", "will-not-fix", ())
    ]


def test_what_warns_outweighs_in_a_contradiction(feeds: Feeds, judge: Judge) -> None:
    """One document that both clears and warns, in either order."""
    record = ubuntu_cve(
        "CVE-2016-20013", slice_of("Ubuntu:22.04:LTS", "glibc", "", "jammy")
    )
    cleared = says("not_affected", "glibc", "jammy")
    ignored = says("affected", "glibc", "jammy", action_statement=NOTES["ignored"])
    libc = package("deb", "libc6", "2.35-0ubuntu3.1", source="glibc")

    for statements in ((cleared, ignored), (ignored, cleared)):
        canonical(feeds, record, vex("CVE-2016-20013", *statements))
        assert told(judge(libc, distro=JAMMY)) == [
            ("CVE-2016-20013", "will-not-fix", ())
        ]


@pytest.mark.parametrize(
    ("status", "note", "state"),
    [
        ("under_investigation", {}, "under-investigation"),
        ("affected", {"action_statement": NOTES["unsupported"]}, "end-of-life"),
        ("affected", {"action_statement": NOTES["needed"]}, "will-not-fix"),
    ],
)
def test_what_esm_says_of_a_release_that_is_silent(
    feeds: Feeds, judge: Judge, status: str, note: dict[str, str], state: str
) -> None:
    """What ESM has not looked into yet is not known of the release either."""
    statement = says(status, "glibc", "esm-infra/bionic", **note)
    canonical(feeds, vex("CVE-2016-20013", statement))
    libc = package("deb", "libc6", "2.27-3ubuntu1.6", source="glibc")

    assert told(judge(libc, distro=BIONIC)) == [("CVE-2016-20013", state, ())]
