"""
Advisory ranges held against a version (OSV schema, "Evaluation").

Events are sorted by the scheme's order and read as intervals; ranges are alternatives.
What cannot be decided is never taken for "not affected": it raises ``VersionError``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shipworthy import versions as schemes
from shipworthy.errors import VersionError
from shipworthy.model.advisory import Range
from shipworthy.versions.interface import Key, Scheme
from shipworthy.versions.listed import is_listed


_START = "0"
_NO_LIMIT = "*"
_CACHED_RANGES = 1 << 16

_KINDS = ("introduced", "fixed", "last_affected", "limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedRange:
    """What a version was found in."""

    constraint: str
    """The interval that held: ``>= 1.0, < 1.2.3``, ``< 2``, ``= 1.1``; ``>= 0`` for every version."""
    fixed: str
    """The fix that ends the interval; empty where no fix does."""
    fixed_versions: tuple[str, ...]
    """All fixed versions of all ranges that come after the version, in order, each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bound:
    """One end of an interval."""

    key: Key
    text: str
    labelled: bool
    """The key says more than the public version, so that it is compared in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Everything that happens at one version; no bound at the beginning of all."""

    bound: _Bound | None
    kinds: set[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Interval:
    """From ``low`` (None: from the beginning) to ``high`` (None: without end)."""

    low: _Bound | None
    high: _Bound | None
    inclusive: bool = False
    fixed: str = ""

    @property
    def constraint(self) -> str:
        low, high = self.low, self.high
        if low and high and self.inclusive and low.key == high.key:
            return f"= {high.text}"
        parts = [f">= {low.text}"] if low else []
        if high:
            parts.append(f"{'<=' if self.inclusive else '<'} {high.text}")
        return ", ".join(parts) or ">= 0"

    def holds(self, full: Key, public: Key) -> bool:
        low, high = self.low, self.high
        if low and (full if low.labelled else public) < low.key:
            return False
        if high is None:
            return True
        key = full if high.labelled else public
        return key < high.key or (self.inclusive and key == high.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    """A range ready to be held against versions; ``broken`` says why it could not be made so."""

    intervals: tuple[_Interval, ...] = ()
    fixes: tuple[_Bound, ...] = ()
    broken: str = ""


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
    compiled = [_compile(scheme, one) for one in ranges]
    try:
        full = found.range_key(version)
    except VersionError:
        return _affected_by_text(version, compiled, versions)
    public = found.public(full)
    for one in compiled:
        for interval in one.intervals:
            if interval.holds(full, public):
                return AffectedRange(
                    constraint=interval.constraint,
                    fixed=interval.fixed,
                    fixed_versions=_fixes_after(compiled, full, public),
                )
    if versions and is_listed(found, version, versions):
        return AffectedRange(
            constraint=f"= {version}",
            fixed="",
            fixed_versions=_fixes_after(compiled, full, public),
        )
    for one in compiled:
        if one.broken:
            raise VersionError(one.broken)
    return None


def _affected_by_text(
    version: str, compiled: Iterable[_Compiled], versions: Sequence[str]
) -> AffectedRange | None:
    """Decide for a version that its scheme does not allow, where that can be done."""
    if version in versions:
        return AffectedRange(constraint=f"= {version}", fixed="", fixed_versions=())
    undecided = False
    for one in compiled:
        if any(part.low is None and part.high is None for part in one.intervals):
            return AffectedRange(constraint=">= 0", fixed="", fixed_versions=())
        undecided = undecided or bool(one.intervals) or bool(one.broken)
    if undecided:
        shown = version[:60]
        raise VersionError(
            f"{shown!r} cannot be held against the advisory's ranges: expected a version of its scheme"
        )
    return None


def _fixes_after(
    compiled: Iterable[_Compiled], full: Key, public: Key
) -> tuple[str, ...]:
    later = {
        fix.key: fix.text
        for one in compiled
        for fix in one.fixes
        if fix.key > (full if fix.labelled else public)
    }
    return tuple(later[key] for key in sorted(later))


@lru_cache(maxsize=_CACHED_RANGES)
def _compile(scheme: str, one: Range) -> _Compiled:
    found = schemes.scheme(scheme)
    try:
        return _sorted_intervals(found, one)
    except VersionError as error:
        return _Compiled(broken=error.message)


def _bound(scheme: Scheme, text: str) -> _Bound:
    key = scheme.range_key(text)
    return _Bound(key=key, text=text, labelled=scheme.public(key) != key)


def _sorted_intervals(scheme: Scheme, one: Range) -> _Compiled:
    """Read a range's events into intervals; raises ``VersionError`` for an event that is not to be understood."""
    if len(one.events) == 2 and (found := _until_fixed(scheme, *one.events)):
        return found
    at: dict[Key, _Place] = {}
    limits: list[_Bound] = []
    kinds = set()
    for kind, text in one.events:
        if kind not in _KINDS:
            raise VersionError(
                f"{kind[:60]!r} is not a range's event: expected {', '.join(_KINDS)}"
            )
        kinds.add(kind)
        if kind == "limit":
            if text != _NO_LIMIT:
                limits.append(_bound(scheme, text))
            continue
        first = text == _START and kind != "last_affected"
        bound = None if first else _bound(scheme, text)
        order = (0,) if bound is None else (1, bound.key)
        at.setdefault(order, _Place(bound=bound, kinds=set())).kinds.add(kind)
    if kinds and "introduced" not in kinds:
        at.setdefault((0,), _Place(bound=None, kinds=set())).kinds.add("introduced")
    places = [at[order] for order in sorted(at)]
    intervals = _walk(places)
    if limits and ("limit", _NO_LIMIT) not in one.events:
        limit = max(limits, key=lambda bound: bound.key)
        intervals = [part for whole in intervals for part in _clip(whole, limit)]
    fixes = [place.bound for place in places if place.bound and "fixed" in place.kinds]
    return _Compiled(intervals=tuple(intervals), fixes=tuple(fixes))


def _until_fixed(
    scheme: Scheme, first: tuple[str, str], last: tuple[str, str]
) -> _Compiled | None:
    """The shape that most ranges have, introduced before fixed, without the general way's detours."""
    (opens, since), (closes, until) = first, last
    if opens != "introduced" or closes != "fixed" or until == _START:
        return None
    low = None if since == _START else _bound(scheme, since)
    high = _bound(scheme, until)
    if low is not None and low.key >= high.key:
        return None
    interval = _Interval(low=low, high=high, fixed=until)
    return _Compiled(intervals=(interval,), fixes=(high,))


def _walk(places: Iterable[_Place]) -> list[_Interval]:
    """
    Turn sorted events into intervals.

    At one place a fix comes first where an interval is open (the next begins where it ends) and
    last where none is (the interval is empty); ``last_affected`` comes last of all.
    """
    out: list[_Interval] = []
    is_open, low = False, None
    for place in places:
        here, kinds = place.bound, place.kinds
        if "fixed" in kinds and is_open:
            assert here is not None
            out.append(_Interval(low=low, high=here, fixed=here.text))
            is_open = False
        elif "fixed" in kinds and "introduced" in kinds:
            continue
        if "introduced" in kinds and not is_open:
            is_open, low = True, here
        if "last_affected" in kinds and is_open:
            out.append(_Interval(low=low, high=here, inclusive=True))
            is_open = False
    if is_open:
        out.append(_Interval(low=low, high=None))
    return out


def _clip(whole: _Interval, limit: _Bound) -> Iterable[_Interval]:
    """Give what of an interval is before the limit."""
    if whole.low and whole.low.key >= limit.key:
        return
    if whole.high and whole.high.key < limit.key:
        yield whole
    else:
        yield _Interval(low=whole.low, high=limit)
