"""
An advisory's range as intervals (OSV schema, "Evaluation"): events sorted by the scheme's order, walked once.

Thousands of these are made in a scan, so they are tuples, which are made in a third of a dataclass's time.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from shipworthy import versions as schemes
from shipworthy.errors import VersionError
from shipworthy.model.advisory import Range
from shipworthy.values import dataclass
from shipworthy.versions.interface import Key, Scheme


_START = "0"
_NO_LIMIT = "*"
_CACHED_RANGES = 1 << 16

_KINDS = ("introduced", "fixed", "last_affected", "limit")


class Bound(NamedTuple):
    """One end of an interval."""

    key: Key
    text: str
    labelled: bool
    """The key says more than the public version, so that it is compared in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Everything that happens at one version; no bound at the beginning of all."""

    bound: Bound | None
    kinds: set[str]


class Interval(NamedTuple):
    """From ``low`` (None: from the beginning) to ``high`` (None: without end)."""

    low: Bound | None
    high: Bound | None
    inclusive: bool = False
    fixed: str = ""

    @property
    def constraint(self) -> str:
        """The interval as comparisons: ``>= 1.0, < 1.2.3``."""
        low, high = self.low, self.high
        if low and high and self.inclusive and low.key == high.key:
            return f"= {high.text}"
        parts = [f">= {low.text}"] if low else []
        if high:
            parts.append(f"{'<=' if self.inclusive else '<'} {high.text}")
        return ", ".join(parts) or ">= 0"

    def holds(self, full: Key, public: Key) -> bool:
        """Tell whether the version of these keys is in it."""
        low, high = self.low, self.high
        if low and (full if low.labelled else public) < low.key:
            return False
        if high is None:
            return True
        key = full if high.labelled else public
        return key < high.key or (self.inclusive and key == high.key)


class Intervals(NamedTuple):
    """A range ready to be held against versions; ``broken`` says why it could not be made so."""

    intervals: tuple[Interval, ...] = ()
    fixes: tuple[Bound, ...] = ()
    broken: str = ""


@lru_cache(maxsize=_CACHED_RANGES)
def intervals_of(scheme: str, one: Range) -> Intervals:
    """The intervals of a range; one that cannot be understood says why and has none."""
    found = schemes.scheme(scheme)
    try:
        return _sorted_intervals(found, one)
    except VersionError as error:
        return Intervals(broken=error.message)


def _bound(scheme: Scheme, text: str) -> Bound:
    key = scheme.range_key(text)
    return Bound(key=key, text=text, labelled=scheme.public(key) != key)


def _sorted_intervals(scheme: Scheme, one: Range) -> Intervals:
    """Read a range's events into intervals; raises ``VersionError`` for an event that is not to be understood."""
    if len(one.events) == 2 and (found := _until_fixed(scheme, *one.events)):
        return found
    at: dict[Key, _Place] = {}
    limits: list[Bound] = []
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
    return Intervals(intervals=tuple(intervals), fixes=tuple(fixes))


def _until_fixed(
    scheme: Scheme, first: tuple[str, str], last: tuple[str, str]
) -> Intervals | None:
    """The shape that most ranges have, introduced before fixed, without the general way's detours."""
    (opens, since), (closes, until) = first, last
    if opens != "introduced" or closes != "fixed" or until == _START:
        return None
    low = None if since == _START else _bound(scheme, since)
    high = _bound(scheme, until)
    if low is not None and low.key >= high.key:
        return None
    interval = Interval(low=low, high=high, fixed=until)
    return Intervals(intervals=(interval,), fixes=(high,))


def _walk(places: Iterable[_Place]) -> list[Interval]:
    """
    Turn sorted events into intervals.

    At one place a fix comes first where an interval is open (the next begins where it ends) and
    last where none is (the interval is empty); ``last_affected`` comes last of all.
    """
    out: list[Interval] = []
    is_open, low = False, None
    for place in places:
        here, kinds = place.bound, place.kinds
        if "fixed" in kinds and is_open:
            assert here is not None
            out.append(Interval(low=low, high=here, fixed=here.text))
            is_open = False
        elif "fixed" in kinds and "introduced" in kinds:
            continue
        if "introduced" in kinds and not is_open:
            is_open, low = True, here
        if "last_affected" in kinds and is_open:
            out.append(Interval(low=low, high=here, inclusive=True))
            is_open = False
    if is_open:
        out.append(Interval(low=low, high=None))
    return out


def _clip(whole: Interval, limit: Bound) -> Iterable[Interval]:
    """Give what of an interval is before the limit."""
    if whole.low and whole.low.key >= limit.key:
        return
    if whole.high and whole.high.key < limit.key:
        yield whole
    else:
        yield Interval(low=whole.low, high=limit)
