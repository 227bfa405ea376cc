"""Advisory ranges held against versions."""

from __future__ import annotations

import pytest

from shipworthy.errors import UsageError, VersionError
from shipworthy.model.advisory import Range
from shipworthy.versions.ranges import AffectedRange, affected


def events(*pairs: str) -> Range:
    """Make a range of ``"introduced 1.0"``, ``"fixed 1.2"`` and so on."""
    split = [pair.split(" ", 1) for pair in pairs]
    return Range(events=tuple((kind, version) for kind, version in split))


def constraint(version: str, *ranges: Range, scheme: str = "semver") -> str | None:
    """Give the interval that holds, if one does."""
    found = affected(scheme, version, ranges)
    return found.constraint if found else None


TWO_BRANCHES = events("introduced 0", "fixed 1.2.5", "introduced 2.0.0", "fixed 2.1.0")


@pytest.mark.parametrize(
    ("version", "expected", "fixed", "all_fixed"),
    [
        ("1.0.0", "< 1.2.5", "1.2.5", ("1.2.5", "2.1.0")),
        ("1.2.5", None, "", ()),
        ("1.9.0", None, "", ()),
        ("2.0.0-rc.1", None, "", ()),
        ("2.0.0", ">= 2.0.0, < 2.1.0", "2.1.0", ("2.1.0",)),
        ("2.1.0-rc.1", ">= 2.0.0, < 2.1.0", "2.1.0", ("2.1.0",)),
        ("2.1.0", None, "", ()),
    ],
)
def test_branches(
    version: str, expected: str | None, fixed: str, all_fixed: tuple[str, ...]
) -> None:
    """The interval that holds the version is named with its fix, then all later fixes."""
    found = affected("semver", version, (TWO_BRANCHES,))

    assert found == (
        AffectedRange(constraint=expected, fixed=fixed, fixed_versions=all_fixed)
        if expected
        else None
    )


def test_events_are_sorted() -> None:
    """The order in which events are listed does not matter."""
    shuffled = events("fixed 2.1.0", "introduced 2.0.0", "fixed 1.2.5", "introduced 0")

    assert affected("semver", "2.0.5", (shuffled,)) == affected(
        "semver", "2.0.5", (TWO_BRANCHES,)
    )


def test_events_order_as_the_scheme_does() -> None:
    """Events are sorted as versions, not as text."""
    assert constraint("1.9", events("introduced 1.2", "fixed 1.10")) == ">= 1.2, < 1.10"


def test_last_affected_is_inclusive() -> None:
    """A range may end with a version that is still affected; then no fix is known."""
    found = affected("pep440", "1.5", (events("introduced 1.0", "last_affected 1.5"),))

    assert found == AffectedRange(
        constraint=">= 1.0, <= 1.5", fixed="", fixed_versions=()
    )
    assert constraint("1.5.1", events("introduced 1.0", "last_affected 1.5")) is None


def test_one_version() -> None:
    """A range from a version to itself is that version."""
    assert constraint("1.5", events("introduced 1.5", "last_affected 1.5")) == "= 1.5"


def test_without_end() -> None:
    """A range that nothing ends holds every later version."""
    assert constraint("99", events("introduced 1.5")) == ">= 1.5"
    assert constraint("0.0.0-0", events("introduced 0")) == ">= 0"


def test_introduced_zero_is_before_everything() -> None:
    """The beginning is before versions that sort below ``0``."""
    assert constraint("0~~1", events("introduced 0", "fixed 1"), scheme="deb") == "< 1"
    assert constraint("0.dev0", events("introduced 0", "fixed 1"), scheme="pep440")


def test_fixed_zero_is_never_affected() -> None:
    """Distributions say *not affected* with a fixed version of 0."""
    assert constraint("1.2-r0", events("introduced 0", "fixed 0"), scheme="apk") is None
    assert constraint("(devel)", events("introduced 0", "fixed 0")) is None


def test_empty_interval_in_a_longer_range() -> None:
    """An interval that ends where it begins takes nothing from those around it."""
    one = events("introduced 1", "fixed 1", "introduced 3", "fixed 4")

    assert constraint("1", one) is None
    assert constraint("2", one) is None
    assert constraint("3.5", one) == ">= 3, < 4"


def test_adjacent_intervals() -> None:
    """Where one interval ends and the next begins, the next holds."""
    one = events("introduced 1", "fixed 2", "introduced 2", "fixed 3")

    assert constraint("2", one) == ">= 2, < 3"


def test_two_introduced_in_a_row() -> None:
    """A second beginning inside an interval changes nothing."""
    assert (
        constraint("1.5", events("introduced 1", "introduced 2", "fixed 3"))
        == ">= 1, < 3"
    )


def test_limit_cuts() -> None:
    """A limit ends every interval, and a star is none."""
    assert constraint("1.5", events("introduced 1", "limit 2")) == ">= 1, < 2"
    assert constraint("2", events("introduced 1", "limit 2")) is None
    assert constraint("2", events("introduced 1", "limit *")) == ">= 1"
    assert constraint("1.1", events("introduced 1", "fixed 1.2", "limit 2"))
    assert constraint("2.5", events("introduced 2.4", "fixed 3", "limit 2")) is None


def test_the_highest_limit_counts() -> None:
    """A version before any of the limits is inside."""
    assert constraint("2.5", events("introduced 1", "limit 2", "limit 3"))


def test_without_introduced() -> None:
    """A range that says only how it ends begins with the first version."""
    assert constraint("0.1", events("fixed 2")) == "< 2"


def test_ranges_are_alternatives() -> None:
    """One range that holds is enough; later fixes come from all of them."""
    found = affected(
        "semver",
        "3.1.0",
        (
            events("introduced 0", "fixed 2.9"),
            events("introduced 3", "fixed 3.2"),
            events("introduced 4", "fixed 4.0.1"),
            events("introduced 3", "fixed 3.2.0"),
        ),
    )

    assert found is not None
    assert found.constraint == ">= 3, < 3.2"
    assert found.fixed_versions == ("3.2.0", "4.0.1")


def test_listed_versions() -> None:
    """A listed version matches however it is written, besides the ranges."""
    listed = ("1.0", "1.1.0", "not a version")

    found = affected("pep440", "1.1", (events("introduced 2", "fixed 3"),), listed)
    assert found == AffectedRange(constraint="= 1.1", fixed="", fixed_versions=("3",))
    assert affected("pep440", "1.10", (), listed) is None
    assert affected("pep440", "not a version", (), listed) is not None
    assert affected("pep440", "nor this", (), listed) is None


def test_listed_version_with_a_label() -> None:
    """Labels that a scheme does not count do not hide a listed version."""
    assert affected("semver", "1.2.3+build.7", (), ("1.2.3",))
    assert affected("semver", "1.2.3", (), ("v1.2.3+build.7",))
    assert affected("maven", "12.10.2.jre11", (), ("12.10.2",))
    assert affected("gem", "1.13.1", (), ("1.13.1-x86_64-linux",))


def test_nothing_to_hold_against() -> None:
    """No ranges and no versions affect nothing."""
    assert affected("semver", "1.0.0", ()) is None
    assert affected("semver", "(devel)", ()) is None
    assert affected("semver", "1.0.0", (Range(events=()),)) is None


def test_unreadable_version_is_undecided() -> None:
    """A version that cannot be placed is not taken for unaffected."""
    with pytest.raises(VersionError, match="devel"):
        affected("golang", "(devel)", (events("introduced 0", "fixed 1.2.0"),))


def test_unreadable_version_in_a_range_of_all() -> None:
    """Where every version is affected, the version need not be understood."""
    found = affected("golang", "(devel)", (events("introduced 0"),))

    assert found is not None
    assert found.constraint == ">= 0"


def test_unreadable_event_is_undecided() -> None:
    """A range that cannot be understood is passed over only when another one holds."""
    broken = events("introduced 0", "fixed ???")

    with pytest.raises(VersionError, match=r"\?\?\?"):
        affected("semver", "1.0.0", (broken,))
    assert constraint("1.0.0", broken, events("introduced 0", "fixed 2")) == "< 2"
    assert affected("semver", "1.0.0", (broken,), ("1.0.0",))
    with pytest.raises(VersionError):
        affected("semver", "3.0.0", (broken, events("introduced 0", "fixed 2")))


def test_unknown_event_is_undecided() -> None:
    """An event of an unknown kind may mean anything."""
    with pytest.raises(VersionError, match="explodes"):
        affected("semver", "1.0.0", (events("introduced 0", "explodes 1"),))


def test_unknown_scheme() -> None:
    """A scheme that does not exist is the caller's mistake."""
    with pytest.raises(UsageError, match="calver"):
        affected("calver", "1.0", (events("introduced 0"),))


def test_local_labels_are_ignored_unless_the_range_has_one() -> None:
    """A local build of the fixed version is fixed; one of the last affected version is affected."""
    until = events("introduced 0", "fixed 2.0.0")
    through = events("introduced 1.0", "last_affected 2.0.0")
    labelled = events("introduced 0", "fixed 2.0.0+b2")

    assert constraint("2.0.0+cu118", until, scheme="pep440") is None
    assert constraint("2.0.0+cu118", through, scheme="pep440") == ">= 1.0, <= 2.0.0"
    assert constraint("2.0.0+b1", labelled, scheme="pep440") == "< 2.0.0+b2"
    assert constraint("2.0.0+b2", labelled, scheme="pep440") is None
    assert constraint("1.0+x", events("introduced 1.0"), scheme="pep440") == ">= 1.0"


def test_versions_beyond_pep440_in_ranges() -> None:
    """What follows a readable version is a label; what has no number at all cannot be placed."""
    one = events("introduced 1.0", "fixed 3.0")
    built = events("introduced 0", "fixed 2.6.0-cu124")
    dated = events("introduced 2023-01-01", "fixed 2024-09-19")

    assert constraint("2.0-custom", one, scheme="pep440") == ">= 1.0, < 3.0"
    assert constraint("3.0.fix1", one, scheme="pep440") is None
    assert constraint("2.9.9abc", one, scheme="pep440") == ">= 1.0, < 3.0"
    assert constraint("2.5.1", built, scheme="pep440") == "< 2.6.0-cu124"
    assert constraint("2.6.1", built, scheme="pep440") is None
    assert constraint("2024-08-20", dated, scheme="pep440")
    assert constraint("2024-09-20", dated, scheme="pep440") is None
    with pytest.raises(VersionError):
        affected("pep440", "custom", (one,))


def test_composer_normalises_in_ranges() -> None:
    """In ranges a missing number is a zero, and a branch cannot be placed."""
    until = events("introduced 5.4.0", "fixed 5.4.20")

    assert constraint("v5.4", until, scheme="composer") == ">= 5.4.0, < 5.4.20"
    assert constraint("5.4.20.0", until, scheme="composer") is None
    assert constraint("5.4.x-dev", until, scheme="composer") is None
    with pytest.raises(VersionError):
        affected("composer", "dev-main", (until,))


def test_toolchains_against_the_go_database() -> None:
    """A Go toolchain is held against ranges written in semantic versions."""
    until = events("introduced 1.22.0-0", "fixed 1.22.3")

    assert constraint("go1.22rc1", until, scheme="golang")
    assert constraint("go1.22.2 X:boringcrypto", until, scheme="golang")
    assert constraint("go1.22.3", until, scheme="golang") is None
    assert constraint("go1.21.9", until, scheme="golang") is None
