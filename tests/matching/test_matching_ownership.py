"""Language packages that an OS package installed are judged by the distribution's word."""

from __future__ import annotations

import pytest
from judging import Shelf, advisory, inventory, package

from shipworthy.matching.interface import MatchResult
from shipworthy.matching.match import match
from shipworthy.model.advisory import Advisory
from shipworthy.model.package import Distro, Package


DEBIAN = Distro(id="debian", version="12")
OWNER = package("deb", "python3-urllib3", "1.26.12-1+deb12u1", source="python-urllib3")
URLLIB3 = package("pypi", "urllib3", "1.26.12", owner=OWNER.purl)
CVE = "CVE-2023-45803"
GITHUB = advisory("GHSA-g4mx", "pypi", "urllib3", "1.26.18", aliases=(CVE,))


def word(fixed: str, name: str = CVE) -> Advisory:
    """The tracker's word on the owner's source package."""
    return advisory(name, "debian-12", "python-urllib3", fixed, feed="debian/tracker")


def judged(*said: Advisory, owner: Package = OWNER) -> MatchResult:
    """The owner and the package in it, held against GitHub's and the distribution's word."""
    other = advisory("CVE-1999-1000", "debian-12", "other", "1")
    shelf = Shelf([GITHUB, other, *said])
    return match(inventory(owner, URLLIB3, distro=DEBIAN), shelf)


@pytest.mark.parametrize("fixed", ["1.26.12-1+deb12u1", "0"])
def test_fixed_or_never_affected_takes_it_out(fixed: str) -> None:
    """The distribution repaired it, or never had it: no finding, and the count is told."""
    result = judged(word(fixed))

    assert result.matches == ()
    (status,) = result.statuses
    assert status.subject == "ownership"
    assert not status.partial
    assert "1 fixed or not affected there" in status.message


def test_affected_is_one_finding() -> None:
    """It is told with the OS package, which is what an update replaces, under all names."""
    result = judged(word("1.26.12-1+deb12u2"))

    (found,) = result.matches
    assert found.package == OWNER
    assert found.fixed_versions == ("1.26.12-1+deb12u2",)
    assert found.aliases == ("GHSA-g4mx",)
    assert [ref.id for ref in found.advisories] == [CVE, "GHSA-g4mx"]
    assert found.record_ids == (("debian-12", CVE), ("pypi", "GHSA-g4mx"))
    assert [e.bucket for e in found.evidence] == ["debian-12", "pypi"]
    assert found.evidence[1].notes == (f"inside: {URLLIB3.purl}",)
    assert "1 told with the OS package" in result.statuses[0].message


def test_silence_leaves_it_with_less_confidence() -> None:
    """What the distribution does not know of is told once, with its owner."""
    result = judged()

    (found,) = result.matches
    assert found.package == URLLIB3
    assert found.evidence[0].confidence == "medium"
    assert found.evidence[0].notes == (f"owned-by {OWNER.purl}",)
    assert result.statuses == ()


def test_the_word_counts_under_any_name() -> None:
    """A distribution that files the vulnerability under GitHub's id has spoken of it."""
    assert judged(word("0", "GHSA-g4mx")).matches == ()


def test_a_word_on_another_vulnerability_is_silence() -> None:
    """Only the same vulnerability is decided."""
    (found,) = judged(word("0", "CVE-2021-33503")).matches

    assert found.package == URLLIB3


def test_a_third_party_has_no_word() -> None:
    """A package from elsewhere is not what the distribution speaks of."""
    foreign = package(
        "deb",
        "python3-urllib3",
        "1.26.12-1+deb12u1",
        source="python-urllib3",
        vendor="Somebody <x@nodesource.com>",
    )
    result = judged(word("0"), owner=foreign)

    assert [found.package for found in result.matches] == [URLLIB3]
    assert result.matches[0].evidence[0].confidence == "medium"


def test_an_unowned_copy_is_judged_by_itself() -> None:
    """A newer copy put on top by pip has no owner, so the distribution has no word on it."""
    copy = package("pypi", "urllib3", "1.26.12")
    result = match(inventory(OWNER, copy, distro=DEBIAN), Shelf([GITHUB, word("0")]))

    assert [found.package for found in result.matches] == [copy]
    assert result.matches[0].evidence[0].confidence == "high"


def test_what_cannot_be_compared_is_no_word() -> None:
    """An owner whose version is nonsense neither matches nor takes anything out."""
    odd = package("deb", "python3-urllib3", "no version!", source="python-urllib3")
    found = match(
        inventory(
            odd, package("pypi", "urllib3", "1.26.12", owner=odd.purl), distro=DEBIAN
        ),
        Shelf([GITHUB, word("1.26.12-1+deb12u2")]),
    )

    assert [m.package.type for m in found.matches] == ["pypi"]
    assert any(status.partial for status in found.statuses)
