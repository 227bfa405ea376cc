"""The one severity rule."""

from __future__ import annotations

import pytest
from judging import record

from shipworthy.assessment.severity import (
    publisher,
    rate,
    severity_of_score,
    severity_of_word,
)
from shipworthy.model.advisory import CvssVector, Record, Severity


HIGH = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"
CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
LOW = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"


@pytest.mark.parametrize(
    ("score", "severity"),
    [
        (0.0, "none"),
        (0.1, "low"),
        (3.9, "low"),
        (4.0, "medium"),
        (6.9, "medium"),
        (7.0, "high"),
        (8.9, "high"),
        (9.0, "critical"),
        (10.0, "critical"),
    ],
)
def test_bands_are_those_of_first(score: float, severity: Severity) -> None:
    """Both ends of each band belong to it."""
    assert severity_of_score(score) == severity


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("Important", "high"),
        (" MODERATE", "medium"),
        ("unimportant", "negligible"),
        ("negligible", "negligible"),
        ("not yet assigned", None),
        ("end-of-life", None),
        ("low**", None),
        ("", None),
    ],
)
def test_publishers_words(word: str, severity: Severity | None) -> None:
    """Each publisher's vocabulary maps to one severity; what does not rate gives none."""
    assert severity_of_word(word) == severity


def test_the_distribution_has_the_first_word() -> None:
    """A distribution's rating of its package outranks every score."""
    nvd = record("CVE-1", "nvd", CRITICAL)

    assert rate((("debian/tracker", "unimportant"),), (), nvd) == (
        "negligible",
        "debian",
    )


def test_a_rating_that_does_not_rate_is_passed_over() -> None:
    """``not yet assigned`` leaves the decision to the next in order."""
    nvd = record("CVE-1", "nvd", HIGH)

    assert rate((("debian/tracker", "not yet assigned"),), (), nvd) == ("high", "nvd")


def test_words_before_scores_and_the_ecosystem_before_github() -> None:
    """A publisher's own word outranks GitHub's, and any word outranks a score."""
    github = record("GHSA-1", "ghsa", CRITICAL, rating="MODERATE")
    own = record("RUSTSEC-1", "rustsec", LOW)

    assert rate((), (github, own), None) == ("medium", "ghsa")
    rated = record("RUSTSEC-1", "rustsec", LOW, rating="high")
    assert rate((), (github, rated), None) == ("high", "rustsec")


def test_github_scores_before_others() -> None:
    """Where nobody uses words, GitHub's score comes before the ecosystem's, both before NVD."""
    github = record("GHSA-1", "ghsa", HIGH)
    own = record("PYSEC-1", "pysec", LOW)
    nvd = record("CVE-1", "nvd", CRITICAL)

    assert rate((), (own, github), nvd) == ("high", "ghsa")
    assert rate((), (own,), nvd) == ("low", "pysec")
    assert rate((), (), nvd) == ("critical", "nvd")


def test_nvd_before_those_it_quotes() -> None:
    """Of the scores that NVD shows its own counts first, then the others', by name."""
    quoted = CvssVector(source="cisa-adp", vector=CRITICAL)
    own = CvssVector(source="nvd", vector=HIGH)

    both = Record(id="CVE-1", source="nvd", cvss=(quoted, own))
    assert rate((), (), both) == ("high", "nvd")
    alone = Record(id="CVE-1", source="nvd", cvss=(quoted,))
    assert rate((), (), alone) == ("critical", "cisa-adp")


def test_nvds_word_before_its_scores() -> None:
    """Where NVD names a severity, that is what it says; its record among others stays last."""
    rated = record("CVE-1", "nvd", HIGH, rating="low")

    assert rate((), (), rated) == ("low", "nvd")
    github = record("GHSA-1", "ghsa", rating="moderate")
    assert rate((), (rated, github), None) == ("medium", "ghsa")


def test_nobody_rates() -> None:
    """Without any word or valid score the severity is unknown, not low."""
    broken = record("GHSA-1", "ghsa", "CVSS:3.1/AV:N")

    assert rate((), (broken,), None) == ("unknown", "")


@pytest.mark.parametrize(
    ("feed", "name"),
    [
        ("debian/tracker", "debian"),
        ("osv/AlmaLinux", "almalinux"),
        ("alpine/secdb", "alpine"),
        ("ghsa", "ghsa"),
    ],
)
def test_a_feed_names_its_publisher(feed: str, name: str) -> None:
    """OSV only carries what others publish."""
    assert publisher(feed) == name
