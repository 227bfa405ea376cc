"""
One module a version scheme, and ranges and constraints over them.

    scheme("deb").key("1:2.0-1")            an orderable, hashable value
    compare("pep440", "1.0rc1", "1.0")      -1, 0 or 1
    ranges.affected(…)                      an advisory's ranges against a version
    constraint.satisfies(…)                 ``>= 1.0, < 2.0 || 3.1``

A scheme's module is loaded when the scheme is first asked for.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from shipworthy.errors import UsageError
from shipworthy.versions.interface import Key, MissingEpoch, Scheme


__all__ = ["SCHEMES", "Key", "MissingEpoch", "Scheme", "compare", "scheme"]

SCHEMES: tuple[str, ...] = (
    "alpm",
    "apk",
    "composer",
    "cran",
    "deb",
    "gem",
    "generic",
    "golang",
    "hackage",
    "maven",
    "nuget",
    "pep440",
    "pub",
    "rpm",
    "semver",
)
"""The names of all schemes, each that of its module."""


@cache
def scheme(name: str) -> Scheme:
    """Give the scheme of that name; raises ``UsageError`` for one that does not exist."""
    if name not in SCHEMES:
        raise UsageError(
            f"unknown version scheme {name!r}",
            hint=f"known are {', '.join(SCHEMES)}",
        )
    found: Scheme = import_module(f"{__name__}.{name}").SCHEME
    return found


def compare(
    scheme_name: str, a: str, b: str, *, missing_epoch: MissingEpoch = "zero"
) -> int:
    """
    Give -1, 0 or 1 as ``a`` is before, equal to or after ``b``.

    Args:
        scheme_name: A name of ``SCHEMES``.
        a: One version.
        b: The other.
        missing_epoch: ``auto`` gives ``a`` the epoch of ``b`` where ``a`` carries none
            (deb and rpm); by default an absent epoch is 0.

    Raises:
        UsageError: There is no such scheme.
        VersionError: One of the versions is none of that scheme.
    """
    found = scheme(scheme_name)
    if missing_epoch == "auto":
        a = found.with_epoch_of(a, b)
    left, right = found.key(a), found.key(b)
    return (left > right) - (left < right)
