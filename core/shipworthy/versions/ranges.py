"""
Advisory ranges held against a version (OSV schema, "Evaluation").

Events are sorted by the scheme's order and read as intervals; ranges are alternatives.
What cannot be decided is never taken for "not affected": it raises ``VersionError``.

    affected("deb", "2.36-9+deb12u1", advisory.ranges)       one question
    RangeSet(scheme, advisory.ranges).find(candidate(…))     many versions, one advisory
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from shipworthy import versions as schemes
from shipworthy.errors import VersionError
from shipworthy.model.advisory import Range
from shipworthy.versions.interface import Key, Scheme
from shipworthy.versions.intervals import Interval, Intervals, intervals_of
from shipworthy.versions.listed import is_listed


class AffectedRange(NamedTuple):
    """What a version was found in."""

    constraint: str
    """The interval that held: ``>= 1.0, < 1.2.3``, ``< 2``, ``= 1.1``; ``>= 0`` for every version."""
    fixed: str
    """The fix that ends the interval; empty where no fix does."""
    fixed_versions: tuple[str, ...]
    """All fixed versions of all ranges that come after the version, in order, each once."""


class Candidate(NamedTuple):
    """A version read once, to be held against any number of advisories."""

    version: str
    full: Key | None
    """``None`` where the scheme does not allow the version."""
    public: Key = ()


def candidate(scheme: Scheme, version: str) -> Candidate:
    """Read ``version`` by ``scheme``."""
    try:
        full = scheme.range_key(version)
    except VersionError:
        return Candidate(version=version, full=None)
    return Candidate(version=version, full=full, public=scheme.public(full))


class RangeSet:
    """
    The ranges and listed versions of one advisory, ready to be held against versions.

    Most advisories that are looked at do not cover the version, so no more is made ready than
    the question needs.
    """

    __slots__ = ("_by_place", "_compiled", "_fixes", "_found", "_ranges", "_versions")

    def __init__(
        self, scheme: Scheme, ranges: Sequence[Range], versions: Sequence[str] = ()
    ) -> None:
        self._found = scheme
        self._ranges = ranges
        self._versions = versions
        self._compiled: list[Intervals] | None = None
        self._fixes: _Fixes | None = None
        self._by_place: dict[tuple[int, tuple[str, ...]], AffectedRange] = {}

    def find(self, wanted: Candidate) -> AffectedRange | None:
        """
        Give the interval that holds the version, the first of the first range; None if it is not affected.

        The same answer is the same object. Raises ``VersionError`` where the version, or an
        event that matters, cannot be understood, and nothing that can be matched.
        """
        if self._compiled is None:
            if self._is_past(wanted):
                return None
            name = self._found.name
            self._compiled = [intervals_of(name, one) for one in self._ranges]
        full, public = wanted.full, wanted.public
        if full is None:
            return self._by_text(wanted.version, self._compiled)
        place = 0
        for one in self._compiled:
            for interval in one.intervals:
                if interval.holds(full, public):
                    return self._at(place, interval, self._after(full, public))
                place += 1
        if self._versions and is_listed(self._found, wanted.version, self._versions):
            return AffectedRange(
                constraint=f"= {wanted.version}",
                fixed="",
                fixed_versions=self._after(full, public),
            )
        for one in self._compiled:
            if one.broken:
                raise VersionError(one.broken)
        return None

    def _is_past(self, wanted: Candidate) -> bool:
        """Whether one comparison tells all: a version not before the fix of the one plain range there is."""
        if len(self._ranges) != 1 or self._versions or wanted.full is None:
            return False
        events = self._ranges[0].events
        if len(events) != 2 or events[0][0] != "introduced" or events[1][0] != "fixed":
            return False
        try:
            fix = self._found.range_key(events[1][1])
        except VersionError:
            return False
        return fix <= wanted.public and self._found.public(fix) == fix

    def _after(self, full: Key, public: Key) -> tuple[str, ...]:
        if self._fixes is None:
            self._fixes = _Fixes(self._compiled or ())
        return self._fixes.after(full, public)

    def _at(
        self, place: int, interval: Interval, fixes: tuple[str, ...]
    ) -> AffectedRange:
        made = self._by_place.get((place, fixes))
        if made is None:
            made = self._by_place[place, fixes] = AffectedRange(
                constraint=interval.constraint,
                fixed=interval.fixed,
                fixed_versions=fixes,
            )
        return made

    def _by_text(
        self, version: str, compiled: Sequence[Intervals]
    ) -> AffectedRange | None:
        """Decide for a version that its scheme does not allow, where that can be done."""
        if version in self._versions:
            return AffectedRange(constraint=f"= {version}", fixed="", fixed_versions=())
        intervals = [part for one in compiled for part in one.intervals]
        if any(part.low is None and part.high is None for part in intervals):
            return AffectedRange(constraint=">= 0", fixed="", fixed_versions=())
        if intervals or any(one.broken for one in compiled):
            shown = version[:60]
            raise VersionError(
                f"{shown!r} cannot be held against the advisory's ranges: expected a version of its scheme"
            )
        return None


class _Fixes:
    """The fixes of all ranges in order, each once."""

    __slots__ = ("_bounds", "_keys", "_labelled", "_tails")

    def __init__(self, ranges: Sequence[Intervals]) -> None:
        found = {fix.key: fix for one in ranges for fix in one.fixes}
        self._keys = sorted(found) if len(found) > 1 else list(found)
        self._bounds = [found[key] for key in self._keys]
        self._labelled = any(fix.labelled for fix in self._bounds)
        self._tails: dict[int, tuple[str, ...]] = {}

    def after(self, full: Key, public: Key) -> tuple[str, ...]:
        """The fixes after a version; one that is labelled is compared in full."""
        if self._labelled and full != public:
            return tuple(
                fix.text
                for fix in self._bounds
                if fix.key > (full if fix.labelled else public)
            )
        start = bisect_right(self._keys, public)
        tail = self._tails.get(start)
        if tail is None:
            tail = tuple([fix.text for fix in self._bounds[start:]])
            self._tails[start] = tail
        return tail


def affected(
    scheme: str, version: str, ranges: Sequence[Range], versions: Sequence[str] = ()
) -> AffectedRange | None:
    """
    Tell whether a version is in any of the ranges or listed in ``versions``, and where.

    Pre-releases follow plain order in every scheme. A ``fixed`` of ``0`` ends an interval
    before it begins, so it means never affected. A range without ``introduced`` begins with the
    first version of all. Listed versions match by text, and by key where they have one.

    Args:
        scheme: A name of :data:`shipworthy.versions.SCHEMES`.
        version: The installed version.
        ranges: Alternatives, each of sorted or unsorted events.
        versions: Versions affected besides the ranges.

    Returns:
        The interval that holds, the first of the first range; None if the version is not affected.

    Raises:
        UsageError: There is no such scheme.
        VersionError: The version, or an event that matters, cannot be understood, and
            nothing that can be understood matched.
    """
    found = schemes.scheme(scheme)
    return RangeSet(found, ranges, versions).find(candidate(found, version))
