"""Durations of a policy, and days between dates."""

from __future__ import annotations

import pytest

from shipworthy.policy.conditions.interface import Expected
from shipworthy.policy.durations import days, days_between, in_days


@pytest.mark.parametrize(
    ("text", "number"),
    [("7d", 7), ("2w", 14), ("0d", 0), (" 30 days ", 30), ("1 week", 7), ("1D", 1)],
)
def test_days_and_weeks(text: str, number: int) -> None:
    """A number with d or w, or the words."""
    assert days(text) == number


@pytest.mark.parametrize("value", ["7", "d", "-1d", "1.5d", "3m", "٣d", 7, True, None])
def test_anything_else_is_expected_otherwise(value: object) -> None:
    """A month is no number of days, and a number alone has no unit."""
    with pytest.raises(Expected, match="7d or 2w"):
        days(value)


def test_a_bare_number_is_answered_with_its_days() -> None:
    """Who writes 7 most probably means seven days."""
    with pytest.raises(Expected) as caught:
        days(7)
    assert caught.value.near == "7d"


def test_days_between_dates() -> None:
    """Time stamps count by their day; what is no day gives nothing."""
    assert days_between("2026-11-19", "2026-11-26") == 7
    assert days_between("2026-11-26T23:59:59Z", "2026-11-19") == -7
    assert days_between("", "2026-11-26") is None
    assert days_between("2026-02-30", "2026-11-26") is None
    assert (in_days(1), in_days(7)) == ("1 day", "7 days")
