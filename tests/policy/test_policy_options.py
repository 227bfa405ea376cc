"""Reading the gate's rules from the command line."""

from __future__ import annotations

import pytest

from shipworthy.errors import UsageError
from shipworthy.policy.options import parse_fail_on, parse_ignore, parse_max


def test_severities_are_read_in_any_order_and_case() -> None:
    """Words may be repeated, padded and in upper case; they come back worst first."""
    assert parse_fail_on(" unknown, HIGH,high ") == ("high", "unknown")


def test_no_text_is_no_rule() -> None:
    """An empty value, as an unset variable gives, sets nothing."""
    assert parse_fail_on("") == ()
    assert parse_max(" ,") == ()


@pytest.mark.parametrize(
    ("word", "hint"),
    [("hihg", "high"), ("CRIT", "critical"), ("moderate", "one of"), ("med", "medium")],
)
def test_a_wrong_severity_is_answered_with_the_right_one(word: str, hint: str) -> None:
    """The error names the word, its hint the nearest severity or all of them."""
    with pytest.raises(UsageError) as caught:
        parse_fail_on(word)

    assert word in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


def test_limits_are_read() -> None:
    """Each severity has its own limit, worst first."""
    assert parse_max("high=5, critical = 0") == (("critical", 0), ("high", 5))


@pytest.mark.parametrize(
    "text",
    ["high", "high=", "high=-1", "high=1.5", "high=٣", "hgih=1", "high=1,high=2", "=3"],
)
def test_a_wrong_limit_is_a_usage_error(text: str) -> None:
    """Nothing that is not SEVERITY=N passes, whatever it is, and one line says so."""
    with pytest.raises(UsageError) as caught:
        parse_max(text)

    assert caught.value.message.startswith("--max: ")
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_the_same_limit_twice_is_no_contradiction() -> None:
    """A limit that repeats itself is accepted."""
    assert parse_max("low=3,low=3") == (("low", 3),)


def test_an_absurd_limit_is_bounded() -> None:
    """Ten digits are a number, more are not."""
    assert parse_max("low=9999999999") == (("low", 1_000_000_000),)
    with pytest.raises(UsageError):
        parse_max("low=" + "9" * 5000)


def test_ids_to_ignore_are_split_at_commas() -> None:
    """An option given twice and a list say the same; order stays, repetition goes."""
    assert parse_ignore(["CVE-1,GHSA-x", " CVE-1 "]) == ("CVE-1", "GHSA-x")
