"""What the builder compares: which fix is the later, and which listed versions a range covers."""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.errors import UsageError, VersionError
from shipworthy.model.advisory import Range
from shipworthy.versions import compare
from shipworthy.versions import ranges as version_ranges


def is_lower(scheme: str, one: str, other: str) -> bool:
    """Whether ``one`` is before ``other``; false where the scheme does not allow one of them."""
    try:
        return compare(scheme, one, other) < 0
    except (UsageError, VersionError):
        return False


def uncovered(
    scheme: str, ranges: Sequence[Range], versions: Sequence[str]
) -> tuple[str, ...]:
    """
    The listed versions that no range holds, or of which that cannot be told, sorted.

    By the OSV schema a version is affected when it is listed or in a range. Publishers list
    what their ranges already hold, hundreds of versions a record; only the others say
    anything. Whether a range holds them is asked of the very rule that matching uses.
    """
    listed = sorted(set(versions))
    if not ranges:
        return tuple(listed)
    return tuple(version for version in listed if not _held(scheme, ranges, version))


def _held(scheme: str, ranges: Sequence[Range], version: str) -> bool:
    try:
        return version_ranges.affected(scheme, version, ranges) is not None
    except (UsageError, VersionError):
        return False
