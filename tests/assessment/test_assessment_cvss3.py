"""The short way to CVSS v3 base scores gives what the library gives."""

from __future__ import annotations

from itertools import product

import pytest
from cvss import CVSS3

from shipworthy.assessment.cvss3 import plain_base_score


VALUES = {
    "AV": "NALP",
    "AC": "LH",
    "PR": "NLH",
    "UI": "NR",
    "S": "UC",
    "C": "NLH",
    "I": "NLH",
    "A": "NLH",
}
EVERY = [
    [f"{name}:{value}" for name, value in zip(VALUES, values, strict=True)]
    for values in product(*VALUES.values())
]


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_every_vector_scores_as_in_the_library(version: str) -> None:
    """All 2,592 combinations of the base metrics, by both versions."""
    expected = [
        float(CVSS3(f"CVSS:{version}/{'/'.join(metrics)}").base_score)
        for metrics in EVERY
    ]
    assert [plain_base_score(metrics) for metrics in EVERY] == expected


def test_order_does_not_matter() -> None:
    """Metrics may stand in any order."""
    metrics = ["AV:N", "AC:L", "PR:L", "UI:N", "S:C", "C:H", "I:L", "A:N"]
    assert plain_base_score(metrics[::-1]) == plain_base_score(metrics) == 8.5


@pytest.mark.parametrize(
    "metrics",
    [
        "AV:N AC:L PR:L UI:N S:C C:H I:L",
        "AV:N AC:L PR:L UI:N S:C C:H I:L I:L",
        "AV:N AC:L PR:L UI:N S:C C:H I:L A:N A:N",
        "AV:X AC:L PR:L UI:N S:C C:H I:L A:N",
        "AV:N AC:L PR:L UI:N S:C C:H I:L E:U",
    ],
)
def test_what_is_not_plain_is_left_to_others(metrics: str) -> None:
    """A metric too few, twice, unknown, or of an unknown value."""
    assert plain_base_score(metrics.split()) is None
