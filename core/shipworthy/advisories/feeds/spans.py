"""
Sets of versions as spans between cuts, for publishers who say what is *not* affected.

A cut lies just before or just after a version; a span goes from one cut to another. Spans
are added and taken from each other in the order of a version scheme and come out as
ranges of events (OSV schema). Versions that the scheme does not allow make a record
``Broken``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field

from shipworthy.advisories.feeds.values import Broken
from shipworthy.errors import VersionError
from shipworthy.model.advisory import Range
from shipworthy.values import dataclass
from shipworthy.versions import scheme
from shipworthy.versions.interface import Key


MAX_SPANS = 2_000

_LOWEST, _VERSION, _HIGHEST = 0, 1, 2
_BEFORE, _AFTER = 0, 1


@dataclass(frozen=True, slots=True, order=True)
class Cut:
    """A place between versions."""

    order: tuple[int, Key, int]
    text: str = field(default="", compare=False)


START = Cut((_LOWEST, (), _BEFORE))
"""Before every version."""
END = Cut((_HIGHEST, (), _BEFORE))
"""After every version."""

Span = tuple[Cut, Cut]

EVERYTHING: Span = (START, END)


def before(version: str, named: str = "generic") -> Cut:
    """The cut just before ``version`` of the scheme ``named``; raises ``Broken``."""
    return Cut((_VERSION, _key(version, named), _BEFORE), version)


def after(version: str, named: str = "generic") -> Cut:
    """The cut just after ``version`` of the scheme ``named``; raises ``Broken``."""
    return Cut((_VERSION, _key(version, named), _AFTER), version)


def exactly(version: str, named: str = "generic") -> Span:
    """The span that holds ``version`` alone."""
    return before(version, named), after(version, named)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, with those that touch as one and the empty ones gone; raises ``Broken`` for too many."""
    out: list[Span] = []
    for low, high in sorted(spans):
        if low >= high:
            continue
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    if len(out) > MAX_SPANS:
        raise Broken
    return out


def without(spans: Iterable[Span], gone: Iterable[Span]) -> list[Span]:
    """What of ``spans`` is not in ``gone``."""
    taken = joined(gone)
    out: list[Span] = []
    for low, high in joined(spans):
        at = low
        for first, last in taken:
            if last <= at or first >= high:
                continue
            if first > at:
                out.append((at, first))
            at = max(at, last)
        if at < high:
            out.append((at, high))
    return out


def upto_fix(span: Span, fixes: Iterable[Cut]) -> Span:
    """
    The span up to the first fix of its release line, so that it ends with the fix and not before it.

    The line is that of its last version's first two numbers: what ends with 6.4.2 is mended
    by 6.4.3 and not by 6.5.
    """
    low, high = span
    line = _line(high)
    later = [fix for fix in fixes if fix >= high and _line(fix) == line]
    return low, min(later, default=high)


def ranges_of(
    spans: Sequence[Span], *, is_fix: Callable[[Cut], bool] = lambda _: True
) -> tuple[Range, ...]:
    """
    The spans as ranges; none affected is a ``fixed`` of ``0``.

    ``is_fix`` tells whether the version that a span ends before is a fix, or merely out of scope.
    """
    if not spans:
        return NEVER
    return tuple(Range(events=_events(low, high, is_fix)) for low, high in spans)


NEVER: tuple[Range, ...] = (Range(events=(("introduced", "0"), ("fixed", "0"))),)
"""The ranges that say: not affected."""


def _line(cut: Cut) -> list[str]:
    return cut.text.split(".")[:2]


def _events(
    low: Cut, high: Cut, is_fix: Callable[[Cut], bool]
) -> tuple[tuple[str, str], ...]:
    if low == START:
        opens = ("introduced", "0")
    elif low.order[2] == _AFTER:
        # events cannot say "after": this is lower than whatever comes next
        opens = ("introduced", f"{low.text}.0.0.0.1")
    else:
        opens = ("introduced", low.text)
    if high == END:
        return (opens,)
    if high.order[2] == _AFTER:
        return (opens, ("last_affected", high.text))
    return (opens, ("fixed" if is_fix(high) else "limit", high.text))


def _key(version: str, named: str) -> Key:
    try:
        return scheme(named).range_key(version)
    except VersionError:
        raise Broken from None
