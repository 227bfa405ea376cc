"""Why a package matches, and why it does not: a reason for every advisory on its name."""

from __future__ import annotations

import pytest
from judging import Shelf, advisory, inventory, package

from shipworthy.matching.explain import Explained, explain, limited
from shipworthy.matching.match import match
from shipworthy.model.advisory import Advisory, Range
from shipworthy.model.package import Distro, Package


DEBIAN = Distro(id="debian", version="12")
ALMA = Distro(id="almalinux", version="8")
LIBC = package("deb", "libc6", "2.36-9+deb12u1", source="glibc")
NPM = package(
    "rpm",
    "npm",
    "1:6.14.8-1.12.18.4.2.module_el8.3.0+2023+d2377ea3",
    arch="x86_64",
    modularity="nodejs:12:8030020201124152102:229f0a1c",
)


def explained(
    one: Package,
    *held: Advisory,
    distro: Distro = DEBIAN,
    with_: tuple[Package, ...] = (),
) -> Explained:
    """How ``one`` is judged by ``held``; matching must say the same."""
    whole = inventory(one, *with_, distro=distro)
    shelf = Shelf(held)
    (found,) = explain([one], whole, shelf)
    matched = {m.id for m in match(whole, shelf).matches if m.package == one}
    assert matched == {s.id for s in found.said if s.verdict == "affected"}
    return found


def outcome(found: Explained) -> tuple[str, str]:
    """The one statement's outcome and reason."""
    ((statement,),) = [said.statements for said in found.said]
    return statement.outcome, statement.reason


def test_affected_is_told_with_the_comparison() -> None:
    """CVE-2023-4911 in bookworm's glibc, looked up by source."""
    held = advisory("CVE-2023-4911", "debian-12", "glibc", "2.36-9+deb12u3")
    found = explained(LIBC, held)

    assert found.lookup is not None
    assert ("glibc", ("debian-12",), "deb") == (
        found.lookup.name,
        found.buckets,
        found.scheme,
    )
    assert (
        "affected",
        "2.36-9+deb12u1 is below 2.36-9+deb12u3 by dpkg's order",
    ) == outcome(found)


@pytest.mark.parametrize(
    ("fixed", "expected", "words"),
    [
        ("2.36-9+deb12u1", "fixed", "which is this version"),
        ("2.31-1", "fixed", "fixed in 2.31-1"),
        ("0", "never-affected", "never was affected"),
    ],
)
def test_fixed_and_never_affected(fixed: str, expected: str, words: str) -> None:
    """What Debian's tracker says of glibc in bookworm."""
    found = explained(LIBC, advisory("CVE-2021-3326", "debian-12", "glibc", fixed))

    assert "not affected" == found.said[0].verdict
    assert expected == outcome(found)[0]
    assert words in outcome(found)[1]


def test_introduced_later() -> None:
    """CVE-2024-6387 came into OpenSSH with 8.5p1."""
    old = package("deb", "openssh-server", "1:8.4p1-5", source="openssh")
    events = (("introduced", "1:8.5p1-1"), ("fixed", "1:9.2p1-2+deb12u3"))
    held = advisory(
        "CVE-2024-6387", "debian-12", "openssh", "", ranges=(Range(events=events),)
    )

    assert "later" == outcome(explained(old, held))[0]


def test_another_architecture_and_another_module_stream() -> None:
    """AlmaLinux's advisories are on an architecture and on a stream."""
    fixed = "1:6.14.9-1.12.18.4.3.module_el8.3.0+2100+aa"
    arch = advisory("ALSA-1", "almalinux-8", "npm", fixed, arches=("aarch64",))
    stream = advisory("ALSA-2", "almalinux-8", "npm", fixed, modularity="nodejs:10")
    plain = package("rpm", "npm", "1:6.14.8-1.el8", arch="x86_64")
    module = advisory("ALSA-3", "almalinux-8", "npm", fixed, modularity="nodejs:12")

    assert ("other-build", "only on aarch64, and the package is for x86_64") == outcome(
        explained(NPM, arch, distro=ALMA)
    )
    other, words = outcome(explained(NPM, stream, distro=ALMA))
    assert "other-build" == other
    assert "nodejs:10" in words
    assert "nodejs:12" in words
    assert "of no module" in outcome(explained(plain, module, distro=ALMA))[1]


def test_a_fix_kept_apart_is_told() -> None:
    """Ubuntu Pro's fix is none to an image without Pro."""
    jammy = Distro(id="ubuntu", version="22.04")
    one = package("deb", "imagemagick", "8:6.9.11-1", source="imagemagick")
    held = advisory(
        "CVE-2023-34151",
        "ubuntu-22.04",
        "imagemagick",
        "8:6.9.11-2+esm1",
        channel="esm-apps",
    )
    found = explained(one, held, distro=jammy)

    assert "affected" == outcome(found)[0]
    assert outcome(found)[1].endswith("; its fix needs Ubuntu Pro (esm-apps)")


def test_a_version_that_cannot_be_compared() -> None:
    """Undecided is neither affected nor not."""
    one = package("pypi", "sample", "not a version")
    found = explained(one, advisory("PYSEC-1", "pypi", "sample", "2.0"))

    assert "undecided" == found.said[0].verdict
    assert "undecided" == outcome(found)[0]


@pytest.mark.parametrize(
    ("fixed", "verdict", "words"),
    [
        ("1.26.12-1+deb12u1", "not affected", "fixed or not affected"),
        ("1.26.12-1+deb12u2", "told with the owner", "affected"),
        ("", "told with the owner", "affected"),
    ],
)
def test_the_owners_word(fixed: str, verdict: str, words: str) -> None:
    """CVE-2023-45803 of urllib3 in Debian's python3-urllib3 is Debian's to judge."""
    owner = package("deb", "python3-urllib3", "1.26.12-1+deb12u1")
    inner = package("pypi", "urllib3", "1.26.12", owner=owner.purl)
    cve = "CVE-2023-45803"
    found = explained(
        inner,
        advisory("GHSA-g4mx", "pypi", "urllib3", "1.26.18", aliases=(cve,)),
        advisory(cve, "debian-12", "python3-urllib3", fixed),
        with_=(owner,),
    )

    assert verdict == found.said[0].verdict
    assert words in found.said[0].reason
    assert owner.purl in found.said[0].reason


def test_an_owner_without_a_word_leaves_it() -> None:
    """The distribution is silent, so the ecosystem's advisory stands."""
    owner = package("deb", "python3-urllib3", "1.26.12-1+deb12u1")
    inner = package("pypi", "urllib3", "1.26.12", owner=owner.purl)
    found = explained(
        inner,
        advisory("GHSA-g4mx", "pypi", "urllib3", "1.26.18"),
        advisory("CVE-1999-0001", "debian-12", "other", "1"),
        with_=(owner,),
    )

    assert "affected" == found.said[0].verdict
    assert "does not speak of it" in found.said[0].reason


@pytest.mark.parametrize(
    ("one", "distro", "words"),
    [
        (package("deb", "linux-libc-dev", "6.1.55-1"), DEBIAN, "kernel headers"),
        (package("maven", "log4j", "1.2"), DEBIAN, "no group is named"),
        (package("npm", "lodash", "4"), DEBIAN, "holds no advisories for npm"),
        (package("conan", "zlib", "1.3"), DEBIAN, "no advisories are published"),
        (package("deb", "x", "1"), Distro(id="debian", version="99"), "debian-99"),
        (package("rpm", "gpg-pubkey", "1-1"), ALMA, "no software of its own"),
    ],
)
def test_why_a_package_was_not_looked_up(
    one: Package, distro: Distro, words: str
) -> None:
    """Every reason that a scan tells in a status, for the one package."""
    others = (
        advisory("A-1", "debian-12", "x", "1"),
        advisory("A-2", "maven", "a:b", "1"),
        advisory("A-3", "almalinux-8", "x", "1"),
    )
    with_ = (package("rpm", "bash", "1-1"),) if one.type == "rpm" else ()
    found = explained(one, *others, distro=distro, with_=with_)

    assert found.lookup is None
    assert words in found.reason


def test_one_vulnerability_can_be_asked_for() -> None:
    """By id, alias or the advisory's own name, in any case."""
    found = explained(
        package("pypi", "django", "2.2"),
        advisory("GHSA-6r97", "pypi", "django", "2.2.4", aliases=("CVE-2019-14234",)),
        advisory("GHSA-c4qh", "pypi", "django", "2.2.4", aliases=("CVE-2019-14232",)),
    )

    assert 2 == len(found.said)
    for name in ("CVE-2019-14234", "ghsa-6R97"):
        assert ["CVE-2019-14234"] == [one.id for one in limited(found, name).said]
    assert () == limited(found, "CVE-1").said
