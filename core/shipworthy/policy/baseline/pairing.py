"""
Which finding of a result is which of an earlier one.

Two findings are about the same thing where they share any id and are of one package. What is paired
is not findings but copies of the package, each a place and a version: a finding has one for every place.
So two versions that become one, one copy of two that goes, and one version of two in the
same directory come out right. Copies are paired in their own place first, same version first, then with
one whose place is not told, then with one in another place: it moved.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import field

from shipworthy.policy.baseline.baseline import Key, Known
from shipworthy.policy.baseline.fingerprint import Loose, canonical
from shipworthy.policy.baseline.place import UNKNOWN
from shipworthy.values import dataclass


@dataclass(slots=True)
class Fate:
    """What became of the copies of one finding, seen from either side."""

    stayed: bool = False
    """A copy has a counterpart in its place."""
    anywhere: bool = False
    """A copy has a counterpart whose place is not told, which may be all the others' as well."""
    moved: list[tuple[str, str]] = field(default_factory=list)
    """(place before, place now) of copies with a counterpart in another place."""
    alone: list[str] = field(default_factory=list)
    """Places of copies that have no counterpart."""
    known: bool = False
    """The other side has the same vulnerability in this package, be it another copy."""

    @property
    def paired(self) -> bool:
        """Whether any copy has a counterpart."""
        return self.stayed or bool(self.moved)


Fates = tuple[list[Fate], list[Fate]]
Copy = tuple[str, str]
"""Place and version."""


@dataclass(slots=True)
class _Group:
    """The findings of both sides that are about one vulnerability in one package, by index."""

    old: list[int] = field(default_factory=list)
    new: list[int] = field(default_factory=list)


def pair(old: Sequence[Known], new: Sequence[Known]) -> Fates:
    """The fates of ``old`` and of ``new``, in their orders."""
    fates = [Fate() for _ in old], [Fate() for _ in new]
    for group in _groups(old, new):
        for side, chosen, others in (
            (fates[0], group.old, group.new),
            (fates[1], group.new, group.old),
        ):
            for at in chosen if others else ():
                side[at].known = True
        if len(group.old) == len(group.new) == 1:
            before, now = group.old[0], group.new[0]
            if old[before].places == new[now].places:
                fates[0][before].stayed = fates[1][now].stayed = True
                continue
        _pair_group(_copies(old, group.old), _copies(new, group.new), fates)
    return fates


def _groups(old: Sequence[Known], new: Sequence[Known]) -> Iterable[_Group]:
    """Findings of one package whose ids hang together, in the order in which they come."""
    groups: dict[Loose, _Group] = {}
    for at, known in enumerate(old):
        groups.setdefault(known.loose, _Group()).old.append(at)
    for at, known in enumerate(new):
        groups.setdefault(known.loose, _Group()).new.append(at)
    # Nearly all are settled by the canonical id; the rest may have got another.
    lonely = {
        loose[1:] for loose, group in groups.items() if not (group.old and group.new)
    }
    lonely &= {known.key for known in old} & {known.key for known in new}
    if lonely:
        _merge(groups, old, new, lonely)
    return groups.values()


def _merge(
    groups: dict[Loose, _Group],
    old: Sequence[Known],
    new: Sequence[Known],
    keys: set[Key],
) -> None:
    """Make one of the groups that share an id, of these packages."""
    homes: dict[tuple[Key, str], Loose] = {}
    named: dict[Loose, set[str]] = {}
    for loose in [loose for loose in groups if loose[1:] in keys]:
        group, key = groups[loose], loose[1:]
        held = [old[at] for at in group.old] + [new[at] for at in group.new]
        names = {canonical((id_,)) for known in held for id_ in known.ids}
        for home in sorted({homes[key, n] for n in names if (key, n) in homes}):
            other = groups.pop(home)
            group.old, group.new = other.old + group.old, other.new + group.new
            names |= named.pop(home)
        named[loose] = names
        homes.update({(key, name): loose for name in names})


def _copies(side: Sequence[Known], chosen: Iterable[int]) -> dict[Copy, list[int]]:
    """The copies of the chosen findings, with the findings that have each."""
    copies: dict[Copy, list[int]] = {}
    for at in chosen:
        for place in side[at].places:
            copies.setdefault((place, side[at].version), []).append(at)
    return copies


def _pair_group(
    olds: dict[Copy, list[int]], news: dict[Copy, list[int]], fates: Fates
) -> None:
    """Pair the copies of one group, the surest first, and note it on both sides."""
    left = sorted(olds), sorted(news)
    both = {copy for copy in left[0] if copy in news}
    stayed = [(copy, copy) for copy in left[0] if copy in both]
    for side in left:
        side[:] = [copy for copy in side if copy not in both]
    stayed += _matched(*left, by=0)
    lost = _matched_unknown(*left)
    moved = _matched(*left, by=1) + _matched(*left, by=None)
    for pairs in (stayed, lost, moved):
        for before, now in pairs:
            owners = [fates[0][at] for at in olds[before]]
            owners += [fates[1][at] for at in news[now]]
            for fate in owners:
                if pairs is moved:
                    fate.moved.append((before[0], now[0]))
                else:
                    fate.stayed = True
                    fate.anywhere |= pairs is lost
    for copies, mine, rest in zip((olds, news), fates, left, strict=True):
        for copy in rest:
            for at in copies[copy]:
                mine[at].alone.append(copy[0])


def _matched(
    olds: list[Copy], news: list[Copy], *, by: int | None
) -> list[tuple[Copy, Copy]]:
    """Pairs of copies that agree in one of their parts, or in none; both leave their lists."""
    waiting: dict[str, deque[Copy]] = {}
    for copy in olds:
        waiting.setdefault("" if by is None else copy[by], deque()).append(copy)
    pairs: list[tuple[Copy, Copy]] = []
    left: list[Copy] = []
    for copy in news:
        queue = waiting.get("" if by is None else copy[by])
        if queue:
            pairs.append((queue.popleft(), copy))
        else:
            left.append(copy)
    gone = {before for before, _ in pairs}
    olds[:] = [copy for copy in olds if copy not in gone]
    news[:] = left
    return pairs


def _matched_unknown(olds: list[Copy], news: list[Copy]) -> list[tuple[Copy, Copy]]:
    """Pairs of a copy whose place is not told with one that is anywhere; both leave their lists."""
    pairs: list[tuple[Copy, Copy]] = []
    for placeless, others in ((olds, news), (news, olds)):
        lost = [copy for copy in placeless if copy[0] == UNKNOWN][: len(others)]
        mates = others[: len(lost)]
        sides = (lost, mates) if placeless is olds else (mates, lost)
        pairs += zip(*sides, strict=True)
        gone = set(lost)
        placeless[:] = [copy for copy in placeless if copy not in gone]
        del others[: len(lost)]
    return pairs
