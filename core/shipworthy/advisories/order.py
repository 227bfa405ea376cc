"""What the builder compares: which fix is the later, and which listed versions a range covers."""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.errors import UsageError, VersionError
from shipworthy.model.advisory import Advisory, Range
from shipworthy.versions import Scheme, compare
from shipworthy.versions import scheme as scheme_named
from shipworthy.versions.ranges import RangeSet, candidate


def told_order(advisory: Advisory) -> tuple[object, ...]:
    """What sets two advisories on the same package and vulnerability apart, for sorting them."""
    return (
        tuple(one.events for one in advisory.ranges),
        advisory.rating,
        advisory.feed,
        advisory.fix_state,
        advisory.versions,
        advisory.aliases,
        advisory.also,
        advisory.cpes,
        advisory.fixed_on,
        advisory.bulletin,
    )


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
    try:
        found = scheme_named(scheme)
    except UsageError:
        return tuple(listed)
    held = RangeSet(found, ranges)
    return tuple(version for version in listed if not _holds(held, found, version))


def _holds(held: RangeSet, scheme: Scheme, version: str) -> bool:
    try:
        return held.find(candidate(scheme, version)) is not None
    except VersionError:
        return False
