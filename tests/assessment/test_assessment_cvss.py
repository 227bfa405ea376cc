"""CVSS vectors and their base scores."""

from __future__ import annotations

import time
from itertools import islice, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.assessment.cvss import base_score, newest, scores
from shipworthy.model.advisory import CvssVector
from shipworthy.model.finding import CvssScore


# Examples of FIRST's specifications and of well-known CVEs as NVD scores them.
PUBLISHED = [
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "3.1", 10.0),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.1", 9.8),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "3.1", 0.0),
    ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", "3.0", 6.1),
    ("CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", "3.1", 1.8),
    ("AV:N/AC:L/Au:N/C:P/I:P/A:P", "2.0", 7.5),
    ("(AV:N/AC:L/Au:N/C:C/I:C/A:C)", "2.0", 10.0),
    (
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
        "4.0",
        10.0,
    ),
    (
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
        "4.0",
        9.3,
    ),
]


@pytest.mark.parametrize(("vector", "version", "score"), PUBLISHED)
def test_base_scores_are_those_of_the_specification(
    vector: str, version: str, score: float
) -> None:
    """Every version of CVSS is scored as its specification says."""
    assert base_score(vector) == (version, score)


def test_only_base_metrics_count() -> None:
    """Temporal, threat and supplemental metrics do not move the base score."""
    plain = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"

    assert base_score(f"{plain}/E:U/U:Amber") == base_score(plain)
    assert base_score(
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U/MAV:P"
    ) == ("3.1", 9.8)


@pytest.mark.parametrize(
    "vector",
    [
        "",
        "7.5",
        "CVSS:3.1/",
        "CVSS:3.1/AV:N",
        "CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "AV:N/AC:L/Au:N/C:P/I:P",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" + "/E:U" * 1000,
    ],
)
def test_what_is_no_vector_has_no_score(vector: str) -> None:
    """Missing, doubled, unknown or absurd metrics give no score and no error."""
    assert base_score(vector) is None


@pytest.mark.property
@settings(deadline=None, max_examples=200)
@given(
    st.one_of(
        st.text(max_size=60),
        st.from_regex(
            r"(CVSS:[234]\.[01]/)?([A-Z][A-Za-z]?[A-Z]?:[A-Z]{1,3}/?){1,12}",
            fullmatch=True,
        ),
    )
)
def test_no_vector_breaks_scoring(vector: str) -> None:
    """Whatever the text is, the answer is a score from 0 to 10 or none."""
    rated = base_score(vector)

    assert rated is None or 0.0 <= rated[1] <= 10.0


def test_invalid_vectors_are_left_out() -> None:
    """The order of the publishers stays, repetitions and nonsense go."""
    good = CvssVector(source="ghsa", vector=PUBLISHED[1][0])
    bad = CvssVector(source="nvd", vector="AV:N")

    assert scores([good, bad, good]) == (
        CvssScore(source="ghsa", version="3.1", vector=good.vector, score=9.8),
    )


def test_what_osv_only_carries_is_its_authors() -> None:
    """A copy of another's vector is left out; OSV's own stays."""
    author = CvssVector(source="cisa-adp", vector=PUBLISHED[1][0])
    copy = CvssVector(source="osv", vector=author.vector)
    own = CvssVector(source="osv", vector=PUBLISHED[2][0])

    assert [(s.source, s.score) for s in scores([copy, author, own])] == [
        ("cisa-adp", 9.8),
        ("osv", 0.0),
    ]


def test_the_newest_version_counts() -> None:
    """CVSS 4.0 outranks a higher 3.1; within a version the highest counts."""
    given_scores = [
        CvssScore(source="a", version="2.0", vector="", score=10.0),
        CvssScore(source="b", version="3.1", vector="", score=9.8),
        CvssScore(source="c", version="4.0", vector="", score=5.1),
        CvssScore(source="d", version="4.0", vector="", score=6.9),
    ]

    best = newest(given_scores)
    assert best is not None
    assert best.source == "d"
    assert newest([]) is None


def test_a_thousand_vectors_are_scored_in_a_moment() -> None:
    """
    A large image's findings must not wait for their scores.

    About 40 ms on an idle core; the bound leaves room for a busy one.
    """
    letters = product("NALP", "LH", "NLH", "NR", "UC", "HLN", "HLN", "HLN")
    vectors = [
        "CVSS:3.1/AV:{}/AC:{}/PR:{}/UI:{}/S:{}/C:{}/I:{}/A:{}".format(*letter)
        for letter in islice(letters, 1000)
    ]
    base_score.cache_clear()
    started = time.process_time()
    rated = [base_score(vector) for vector in vectors]

    assert None not in rated
    assert time.process_time() - started < 1.0
