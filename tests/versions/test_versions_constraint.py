"""Constraints as people and databases write them."""

from __future__ import annotations

import pytest

from shipworthy.errors import UsageError, VersionError
from shipworthy.versions.constraint import satisfies


@pytest.mark.parametrize(
    ("version", "constraint", "expected"),
    [
        ("1.5", "", True),
        ("1.5", "   ", True),
        ("1.5", ">=1.0,<2.0", True),
        ("1.5", ">= 1.0 < 2.0", True),
        ("2.0", ">= 1.0 < 2.0", False),
        ("1.5", "!= 1.5", False),
        ("1.5", "== 1.5.0", True),
        ("1.5", "1.4||1.5", True),
        ("1.5", "'1.4' || \"1.5\"", True),
        ("2.0rc1", "< 2.0", True),
        ("1!1.0", "= 1!1.0", True),
        ("1!1.0", "!=1!1.0", False),
    ],
)
def test_forms(version: str, constraint: str, *, expected: bool) -> None:
    """A comma is *and*, two bars are *or*, operators may stand side by side."""
    assert satisfies("pep440", version, constraint) is expected


@pytest.mark.parametrize(
    "constraint",
    [
        ">",
        "> 1.0,",
        ", > 1.0",
        "|| > 1.0",
        "> 1.0 ||",
        "> 1.0 | < 2.0",
        ">> 1.0",
        "=> 1.0",
        "! 1.0",
        "1.0 2.0",
        "> 1.0 2.0",
        "(> 1.0)",
        "> '1.0",
        "~> 1.0",
        "^1.0",
        "> banana",
        ">" * 1000,
        "> 1.0, " * 20_000,
    ],
)
def test_refused(constraint: str) -> None:
    """What is no constraint is refused, not half understood."""
    with pytest.raises(VersionError):
        satisfies("semver", "1.5.0", constraint)


def test_all_comparisons_are_understood() -> None:
    """A part that is not understood is an error though another part has decided already."""
    with pytest.raises(VersionError):
        satisfies("semver", "1.5.0", "> 1.0 || > banana")
    with pytest.raises(VersionError):
        satisfies("semver", "1.5.0", "> 2.0, > banana")


def test_missing_epoch() -> None:
    """An absent epoch is 0, or that of the constraint where the caller says so."""
    assert satisfies("deb", "2.0", "< 1:1.5")
    assert not satisfies("deb", "2.0", "< 1:1.5", missing_epoch="auto")
    assert not satisfies("rpm", "2.0-1", "< 1:1.5-1", missing_epoch="auto")
    assert satisfies("rpm", "1:1.0-1", "< 1:1.5-1", missing_epoch="auto")


def test_unknown_scheme() -> None:
    """A scheme that does not exist is the caller's mistake."""
    with pytest.raises(UsageError):
        satisfies("calver", "1.0", "")
