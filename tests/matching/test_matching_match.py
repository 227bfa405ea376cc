"""The loop: packages × advisories, and what could not be judged."""

from __future__ import annotations

import random
import time

from judging import Shelf, advisory, below, inventory, package

from shipworthy.matching.match import match
from shipworthy.model.finding import Match
from shipworthy.model.package import Distro, Status


DEBIAN = Distro(id="debian", version="12")
OPENSSL = advisory(
    "CVE-2023-5363",
    "debian-12",
    "openssl",
    "3.0.11-1~deb12u2",
    feed="debian/tracker",
    rating="medium",
    also=("DSA-5532-1",),
)
LIBSSL = package("deb", "libssl3", "3.0.11-1~deb12u1", source="openssl", arch="amd64")


def subjects(statuses: tuple[Status, ...], *, partial: bool) -> list[str]:
    """What the statuses are about."""
    return [status.subject for status in statuses if status.partial == partial]


def test_a_match_holds_its_evidence() -> None:
    """The binary is reported, the source was compared, and every step is written down."""
    result = match(inventory(LIBSSL, distro=DEBIAN), Shelf([OPENSSL]))

    (found,) = result.matches
    assert (found.id, found.package) == ("CVE-2023-5363", LIBSSL)
    assert (found.fix_state, found.fixed_versions) == ("fixed", ("3.0.11-1~deb12u2",))
    assert found.ratings == (("debian/tracker", "medium"),)
    assert found.record_ids == (
        ("debian-12", "CVE-2023-5363"),
        ("debian-12", "DSA-5532-1"),
    )
    (evidence,) = found.evidence
    assert (evidence.matched_name, evidence.matched_version) == (
        "openssl",
        "3.0.11-1~deb12u1",
    )
    assert (evidence.bucket, evidence.scheme) == ("debian-12", "deb")
    assert evidence.constraint == "< 3.0.11-1~deb12u2"
    assert evidence.confidence == "high"
    assert [(ref.id, ref.url) for ref in found.advisories] == [
        (
            "CVE-2023-5363",
            "https://security-tracker.debian.org/tracker/CVE-2023-5363",
        ),
        ("DSA-5532-1", "https://security-tracker.debian.org/tracker/DSA-5532-1"),
    ]
    assert result.statuses == ()
    assert result.unmatched == ()


def test_the_fixed_version_and_never_affected_do_not_match() -> None:
    """At the fix it is over, and a fix of 0 says that it never began."""
    fixed = package("deb", "openssl", "3.0.11-1~deb12u2")
    never = advisory("CVE-2023-0001", "debian-12", "openssl", "0")

    result = match(inventory(fixed, distro=DEBIAN), Shelf([OPENSSL, never]))
    assert result.matches == ()


def test_another_release_says_nothing() -> None:
    """Advisories of Debian 11 are not held against packages of Debian 12."""
    other = advisory("CVE-2023-1", "debian-11", "bash", "9", feed="debian/tracker")
    bash = package("deb", "bash", "5.2-1")

    result = match(inventory(bash, distro=DEBIAN), Shelf([OPENSSL, other]))
    assert result.matches == ()


def test_unfixed_states_are_the_publishers() -> None:
    """Without a fix the match says what the publisher says of it."""
    held = advisory("CVE-2023-1000", "debian-12", "bash", "", fix_state="will-not-fix")

    (found,) = match(
        inventory(package("deb", "bash", "5.2-1"), distro=DEBIAN), Shelf([held])
    ).matches
    assert (found.fix_state, found.fixed_versions) == ("will-not-fix", ())
    assert found.evidence[0].constraint == ">= 0"


def test_a_rating_is_told_with_who_gave_it() -> None:
    """GitHub's word stays GitHub's, whichever feed carried it."""
    held = advisory("GHSA-1", "npm", "lodash", "5", rating="high")

    (found,) = match(
        inventory(package("npm", "lodash", "4.0.0")), Shelf([held])
    ).matches
    assert found.ratings == (("ghsa", "high"),)


def test_of_several_fixes_in_a_release_the_last_is_whole() -> None:
    """A CVE in two errata is fixed by the later one; both are named."""
    held = [
        advisory(
            f"ALSA-2024:{n}",
            "almalinux-9",
            "curl",
            f"7.76.1-{n}.el9",
            aliases=("CVE-2024-1000",),
            bulletin=True,
        )
        for n in (26, 9)
    ]
    curl = package("rpm", "curl", "7.76.1-8.el9", vendor="AlmaLinux")
    alma = Distro(id="almalinux", version="9.3")

    (found,) = match(inventory(curl, distro=alma), Shelf(held)).matches
    assert found.id == "CVE-2024-1000"
    assert found.aliases == ()
    assert found.fixed_versions == ("7.76.1-26.el9",)
    assert [ref.id for ref in found.advisories] == ["ALSA-2024:26", "ALSA-2024:9"]


def test_one_vulnerability_under_three_names_is_one_match() -> None:
    """GHSA and PYSEC of one CVE merge; fixes are those that satisfy both."""
    held = [
        advisory("GHSA-1", "pypi", "urllib3", "1.26.18", aliases=("CVE-2023-45803",)),
        advisory(
            "PYSEC-1",
            "pypi",
            "urllib3",
            "1.26.17",
            aliases=("CVE-2023-45803", "GHSA-1"),
        ),
    ]

    (found,) = match(
        inventory(package("pypi", "urllib3", "1.26.5")), Shelf(held)
    ).matches
    assert found.id == "CVE-2023-45803"
    assert found.aliases == ("GHSA-1", "PYSEC-1")
    assert found.fixed_versions == ("1.26.18",)
    assert [e.constraint for e in found.evidence] == ["< 1.26.18", "< 1.26.17"]


def test_lines_with_their_own_fix_are_all_named() -> None:
    """An update within the line or to the next both repair it."""
    lines = (*below("3.2.15"), *below("4.0.7", introduced="4.0"))
    held = advisory("GHSA-1", "pypi", "django", "", ranges=lines)

    (found,) = match(
        inventory(package("pypi", "Django", "3.2.1")), Shelf([held])
    ).matches
    assert found.fixed_versions == ("3.2.15", "4.0.7")
    assert found.evidence[0].matched_name == "django"


def test_the_name_holds_even_where_the_naming_record_does_not_match() -> None:
    """The CVE is known from a record whose own range has ended."""
    held = [
        advisory("GHSA-1", "pypi", "a", "1.5", aliases=("CVE-2024-1000",)),
        advisory("PYSEC-1", "pypi", "a", "1.7", aliases=("GHSA-1",)),
    ]

    (found,) = match(inventory(package("pypi", "a", "1.6")), Shelf(held)).matches
    assert found.id == "CVE-2024-1000"
    assert [ref.id for ref in found.advisories] == ["PYSEC-1"]
    assert ("pypi", "GHSA-1") in found.record_ids


def test_versions_are_separate_matches() -> None:
    """The same package in two versions is two findings."""
    held = advisory("GHSA-1", "npm", "lodash", "4.17.21")
    result = match(
        inventory(
            package("npm", "lodash", "4.17.15"), package("npm", "lodash", "4.17.20")
        ),
        Shelf([held]),
    )

    assert [found.package.version for found in result.matches] == ["4.17.15", "4.17.20"]


def test_os_packages_that_nobody_judges_make_the_scan_partial() -> None:
    """No distribution, no release, no shard: zero findings would mean nothing."""
    shelf = Shelf([OPENSSL])
    for distro, said in (
        (None, "no release file names the distribution"),
        (Distro(id="debian"), "the release of debian is not told"),
        (Distro(id="ubuntu", version="22.04"), "no advisories for ubuntu-22.04"),
        (Distro(id="alpine", version="3.18"), "alpine-3.18"),
    ):
        result = match(inventory(LIBSSL, distro=distro), shelf)
        (status,) = result.statuses
        assert status.partial
        assert said in status.message
        assert "1 package could not be judged" in status.message
        assert sum(count for _, count in result.unmatched) == 1


def test_an_ecosystem_without_a_shard_is_told() -> None:
    """A known ecosystem makes it partial, a type that nobody publishes for does not."""
    found = inventory(
        package("npm", "lodash", "4.17.15"),
        package("generic", "thing", "1"),
        LIBSSL,
        distro=DEBIAN,
    )
    result = match(found, Shelf([OPENSSL]))

    assert result.unmatched == (("generic", 1), ("npm", 1))
    assert subjects(result.statuses, partial=True) == ["npm"]
    assert subjects(result.statuses, partial=False) == ["generic"]


def test_nothing_to_judge_is_told() -> None:
    """An image without packages is not clean by that alone, nor one without an operating system."""
    (empty,) = match(inventory(), Shelf([OPENSSL])).statuses
    assert not empty.partial
    assert "nothing to judge is not the same as clean" in empty.message

    (bare,) = match(
        inventory(package("golang", "stdlib", "1.22.3")),
        Shelf(buckets=frozenset({"golang"})),
    ).statuses
    assert not bare.partial
    assert "nothing was judged but 1 package of language ecosystems" in bare.message


def test_what_a_rule_leaves_out_is_counted() -> None:
    """Headers and third parties are told once each, with their names."""
    result = match(
        inventory(
            package("deb", "linux-libc-dev", "6.1.55-1", source="linux"),
            package("deb", "nginx", "1.25-1~bookworm", vendor="N <x@nginx.com>"),
            LIBSSL,
            distro=DEBIAN,
        ),
        Shelf([OPENSSL, advisory("CVE-2023-1", "debian-12", "linux", "6.9")]),
    )

    assert subjects(result.statuses, partial=False) == [
        "kernel headers",
        "third-party packages",
    ]
    assert "linux-libc-dev 6.1.55-1" in result.statuses[0].message
    assert [found.package.name for found in result.matches] == ["libssl3"]


def test_a_version_that_cannot_be_compared_is_partial() -> None:
    """It may be affected; but only where there is an advisory on that name."""
    odd = package("pypi", "sample", "not a version")
    held = advisory("PYSEC-1", "pypi", "sample", "2.0")
    result = match(inventory(odd, package("pypi", "other", "??")), Shelf([held]))

    assert result.matches == ()
    assert subjects(result.statuses, partial=True) == [
        "versions that cannot be compared"
    ]
    status = next(status for status in result.statuses if status.partial)
    assert "sample not a version (PYSEC-1)" in status.message
    assert "other" not in status.message


def test_an_odd_version_that_is_listed_still_matches() -> None:
    """Listed versions are matched by text, whatever they look like."""
    held = advisory("PYSEC-1", "pypi", "sample", "2.0", versions=("2004d!",))

    (found,) = match(
        inventory(package("pypi", "sample", "2004d!")), Shelf([held])
    ).matches
    assert found.evidence[0].constraint == "= 2004d!"


def test_the_order_of_packages_and_advisories_does_not_matter() -> None:
    """Matches and statuses come sorted, whatever came first."""
    packages = [package("pypi", f"p{n}", "1.0") for n in range(6)] + [
        package("maven", "no-group", "1")
    ]
    held = [
        advisory(id_, "pypi", f"p{n}", "2.0", aliases=(f"CVE-2024-10{n}0",))
        for n in range(6)
        for id_ in (f"GHSA-{n}", f"PYSEC-{n}")
    ]
    expected = match(inventory(*packages), Shelf(held, buckets=frozenset({"maven"})))
    shuffler = random.Random(7)
    shuffler.shuffle(packages)
    shuffler.shuffle(held)

    actual = match(inventory(*packages), Shelf(held, buckets=frozenset({"maven"})))
    assert expected == actual
    assert len(actual.matches) == 6
    assert list(actual.matches) == sorted(actual.matches, key=_by_id)


def _by_id(found: Match) -> str:
    return found.id


def test_a_hundred_thousand_packages_take_seconds() -> None:
    """Nearly all packages have no advisories and cost a look-up each; about 0.5 s when idle."""
    packages = [package("npm", f"package-{n}", "1.0.0") for n in range(100_000)]
    held = [advisory(f"GHSA-{n}", "npm", f"package-{n}", "2.0.0") for n in range(1_000)]
    started = time.process_time()
    result = match(inventory(*packages), Shelf(held))

    assert len(result.matches) == 1_000
    assert time.process_time() - started < 8.0
