"""Comparisons as sentences."""

from __future__ import annotations

import pytest

from shipworthy.model.advisory import Range
from shipworthy.versions.ranges import affected
from shipworthy.versions.words import in_words, why_not


def ranges(*events: tuple[str, str]) -> tuple[Range, ...]:
    """One range of these events."""
    return (Range(events=events),)


@pytest.mark.parametrize(
    ("scheme", "version", "constraint", "words"),
    [
        (
            "deb",
            "2.36-9+deb12u1",
            "< 2.36-9+deb12u3",
            "2.36-9+deb12u1 is below 2.36-9+deb12u3 by dpkg's order",
        ),
        (
            "pep440",
            "3.2",
            ">= 3.0, <= 3.2.1",
            "3.2 is not below 3.0 and is not above 3.2.1 by PEP 440",
        ),
        ("semver", "1.1", "= 1.1", "1.1 is the version named by semantic versioning"),
        ("rpm", "1-1", ">= 0", "every version is affected, so 1-1 is"),
        ("new", "1", "< 2", "1 is below 2 by the order of new"),
    ],
)
def test_why_a_range_holds(
    scheme: str, version: str, constraint: str, words: str
) -> None:
    """Every sign has its words, every scheme its order."""
    assert words == in_words(scheme, version, constraint)


@pytest.mark.parametrize(
    ("events", "listed", "outcome", "words"),
    [
        ((("introduced", "0"), ("fixed", "0")), (), "never-affected", "never was"),
        ((("introduced", "0"), ("fixed", "1.0-1")), (), "fixed", "is not below that"),
        ((("introduced", "0"), ("fixed", "2.0-1")), (), "fixed", "is this version"),
        ((("introduced", "0"), ("last_affected", "1")), (), "fixed", "up to 1,"),
        ((("introduced", "3"), ("fixed", "4")), (), "later", "introduced in 3,"),
        ((), ("1.0", "1.1"), "other-versions", "1.0, 1.1"),
        ((), (), "other-versions", "no range"),
    ],
)
def test_why_a_range_does_not_hold(
    events: tuple[tuple[str, str], ...],
    listed: tuple[str, ...],
    outcome: str,
    words: str,
) -> None:
    """Each way not to be affected has its word, and matching agrees that it is none."""
    assert affected("deb", "2.0-1", ranges(*events), listed) is None
    found, sentence = why_not("deb", "2.0-1", ranges(*events), listed)

    assert outcome == found
    assert words in sentence


def test_the_fix_nearest_below_is_named() -> None:
    """Of several branches' fixes the last that the version has is the one that counts."""
    events = (
        ("introduced", "2.0"),
        ("fixed", "2.1.9"),
        ("introduced", "2.2"),
        ("fixed", "2.2.4"),
    )

    assert "fixed in 2.1.9," in why_not("pep440", "2.1.10", ranges(*events), ())[1]
