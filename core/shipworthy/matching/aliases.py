"""
Which advisories on one package are about the same vulnerability.

- Ids and aliases connect; two CVEs are never joined, whatever connects them.
- The id of a bulletin (DSA, ALSA, a record on several CVEs) connects nothing: the
  database marks such advisories and gives one of them for each vulnerability.
- What has no CVE belongs to the vulnerability it shares an id with. Where these are several
  it stands with each of them, since it is no finding of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipworthy.model.advisory import Advisory
from shipworthy.values import dataclass


_CVE = "CVE-"
_FIRST = (_CVE, "GHSA-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One vulnerability of one package, with everything said of it."""

    id: str
    """The CVE, else GitHub's id, else the first of the publishers' ids."""
    aliases: tuple[str, ...]
    advisories: tuple[Advisory, ...]
    """Sorted by id."""

    @property
    def ids(self) -> frozenset[str]:
        """All names of the vulnerability."""
        return frozenset((self.id, *self.aliases))


def group(advisories: Iterable[Advisory]) -> tuple[Group, ...]:
    """Sort ``advisories`` of one package into vulnerabilities, ordered by id."""
    held = list(advisories)
    alone = {a.id: a for a in held if not a.aliases and a.id.startswith(_CVE)}
    if len(alone) == len(held):
        # A distribution's tracker: one CVE a statement, under no other name.
        return tuple(
            [
                Group(id=id_, aliases=(), advisories=(alone[id_],))
                for id_ in sorted(alone)
            ]
        )
    return _grouped(held)


def _grouped(advisories: Sequence[Advisory]) -> tuple[Group, ...]:
    named = [names_of(advisory) for advisory in advisories]
    if _are_apart(named):
        groups = [
            _group(set(names), [advisory])
            for names, advisory in zip(named, advisories, strict=True)
        ]
        return tuple(sorted(groups, key=lambda made: made.id))
    return _joined(advisories)


def _are_apart(named: Sequence[frozenset[str]]) -> bool:
    """Whether no two share a name, and none holds two CVEs, so that each is a vulnerability of its own."""
    return sum(map(len, named)) == len(frozenset().union(*named)) and all(
        len(names) == 1 or sum(name.startswith(_CVE) for name in names) < 2
        for names in named
    )


def _joined(advisories: Iterable[Advisory]) -> tuple[Group, ...]:
    by_cve: dict[str, tuple[set[str], list[Advisory]]] = {}
    rest: list[tuple[set[str], list[Advisory]]] = []
    for advisory in advisories:
        names = names_of(advisory)
        cves = {name for name in names if name.startswith(_CVE)}
        for cve in cves:
            ids, held = by_cve.setdefault(cve, (set(), []))
            ids.update(names - cves, (cve,))
            held.append(advisory)
        if not cves:
            _join(rest, set(names), advisory)
    left = [(ids, held) for ids, held in rest if not _give(by_cve, ids, held)]
    groups = [_group(ids, held) for ids, held in (*by_cve.values(), *left)]
    return tuple(sorted(groups, key=lambda made: made.id))


def names_of(advisory: Advisory) -> frozenset[str]:
    """The names of the vulnerability that ``advisory`` is about, its own only if it is one."""
    if advisory.bulletin and advisory.aliases:
        return frozenset(advisory.aliases)
    return frozenset((advisory.id, *advisory.aliases))


def _join(
    rest: list[tuple[set[str], list[Advisory]]], names: set[str], advisory: Advisory
) -> None:
    """Add to what shares a name, joining what thereby comes together."""
    held = [advisory]
    apart = []
    for other in rest:
        if other[0].isdisjoint(names):
            apart.append(other)
        else:
            names |= other[0]
            held = [*other[1], *held]
    rest[:] = [*apart, (names, held)]


def _give(
    by_cve: dict[str, tuple[set[str], list[Advisory]]],
    ids: set[str],
    held: Sequence[Advisory],
) -> bool:
    """Hand statements without a CVE to the CVEs they share a name with; false where there is none."""
    takers = [taker for taker in by_cve.values() if not taker[0].isdisjoint(ids)]
    for names, advisories in takers:
        advisories.extend(held)
        names.update(ids)
    return bool(takers)


def _group(ids: set[str], held: Sequence[Advisory]) -> Group:
    names = list(ids) if len(ids) == 1 else sorted(ids, key=_preference)
    if len(held) > 1:
        held = sorted(held, key=lambda advisory: (advisory.id, advisory.feed))
    return Group(id=names[0], aliases=tuple(sorted(names[1:])), advisories=tuple(held))


def _preference(name: str) -> tuple[int, str]:
    for rank, prefix in enumerate(_FIRST):
        if name.startswith(prefix):
            return rank, name
    return len(_FIRST), name
