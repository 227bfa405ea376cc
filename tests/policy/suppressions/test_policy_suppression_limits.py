"""What shared policies demand of entries, held against them on the day of judging."""

from __future__ import annotations

import pytest

from shipworthy.errors import UsageError
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.policy.suppressions.limits import EntryLimits, check_limits, unmet


DAY = "2026-11-26"
LONGEST = EntryLimits(source="base.yaml:3", longest=90, free=("base.yaml",))


def entry(expires: str, source: str = "shipworthy.yaml:7") -> Suppression:
    """An entry that ends on a day."""
    return Suppression(reason="x", ids=("CVE-1",), expires=expires, source=source)


def test_an_end_may_be_so_many_days_away() -> None:
    """The last day allowed still is; the one after it is told, with the last one allowed."""
    assert not unmet([entry("2027-02-24")], [LONGEST], DAY)
    (told,) = unmet([entry("2027-02-25")], [LONGEST], DAY)
    assert told == (
        "shipworthy.yaml:7: the suppression ends on 2027-02-25, more than 90 days after"
        " 2026-11-26, expected 2027-02-24 or before (demanded by base.yaml:3)"
    )


def test_an_end_that_has_passed_is_near_enough() -> None:
    """What no longer holds breaks no demand."""
    assert not unmet([entry("2020-01-01")], [LONGEST], DAY)


def test_without_a_day_only_the_end_itself_is_demanded() -> None:
    """How far it is away cannot be told; that there is none can."""
    assert not unmet([entry("2999-01-01")], [LONGEST], "")
    assert unmet([entry("")], [LONGEST], "")


@pytest.mark.parametrize("source", ["--ignore", ".trivyignore:3", "vex/app.json"])
def test_entries_from_elsewhere_are_bound_too(source: str) -> None:
    """An option or another tool's file is no way around a demand."""
    assert unmet([entry("", source)], [LONGEST], DAY)
    assert not unmet([entry("", "base.yaml:9")], [LONGEST], DAY)


def test_every_entry_that_falls_short_is_told() -> None:
    """As one usage error with a line each."""
    with pytest.raises(UsageError) as caught:
        check_limits([entry(""), entry("2026-12-01"), entry("")], [LONGEST], DAY)

    assert caught.value.exit_code == 2
    assert len(caught.value.lines) == 2


def test_the_end_of_the_calendar_is_no_error() -> None:
    """A demand of very many days reaches to the last day there is."""
    endless = EntryLimits(source="base.yaml:3", longest=36_500)

    assert not unmet([entry("9999-12-31")], [endless], "9990-01-01")
