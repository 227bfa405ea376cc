"""
Who has the last word: the statements on one source package of a distribution, settled.

A distribution's tracker decides on every (package, vulnerability) it knows; what other
records say of the same pair only adds names and bulletins to it. Among equals the
highest fixed version stands (Debian: of a DSA and a DLA for one CVE; Alpine: of a
vulnerability fixed again later).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from shipworthy.advisories.feeds.identity import cve_of
from shipworthy.advisories.feeds.interface import Statement
from shipworthy.model.advisory import Advisory


Settled = tuple[Advisory, tuple[tuple[str, ...], ...]]
"""An advisory and the alias sets it stands for."""


@dataclass(slots=True)
class _Held:
    """The statement that stands for a vulnerability so far."""

    advisory: Advisory
    authority: int
    names: set[str]
    also: set[str]


def current(statements: Iterable[Statement]) -> list[Statement]:
    """The statements without older versions of the same record and without copies."""
    by_id: dict[str, list[Statement]] = {}
    for row in statements:
        by_id.setdefault(row.advisory.id, []).append(row)
    found: list[Statement] = []
    for rows in by_id.values():
        if len(rows) == 1:
            found += rows
            continue
        newest = max(row.modified for row in rows)
        found += dict.fromkeys(row for row in rows if row.modified == newest)
    return found


def alias_sets(row: Statement, rejected: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    """The alias sets of a statement, without those of vulnerabilities that were taken back."""
    advisory = row.advisory
    sets = row.vulnerabilities or (advisory.aliases,)
    if not rejected:
        return sets
    kept = []
    for names in sets:
        valid = tuple(name for name in names if name not in rejected)
        own = () if advisory.bulletin and names else (advisory.id,)
        if valid or any(id_ not in rejected for id_ in own):
            kept.append(valid)
    return tuple(kept)


def settle(
    statements: Sequence[Statement],
    known: Mapping[str, str],
    rejected: frozenset[str],
) -> list[Settled]:
    """
    One advisory for each vulnerability of one source package.

    Args:
        statements: All that is said of the package, in any order.
        known: CVE by other id, where records elsewhere say that they are the same.
        rejected: CVEs that were taken back.
    """
    held: list[_Held] = []
    owner: dict[str, _Held] = {}
    for row in sorted(statements, key=_order):
        for names in alias_sets(row, rejected):
            entry = _entry(row, names, known)
            owners = list(
                {id(o): o for n in sorted(entry.names) if (o := owner.get(n))}.values()
            )
            first = owners[0] if owners else entry
            if not owners:
                held.append(entry)
            else:
                _absorb(first, entry)
            for other in owners[1:]:
                _absorb(first, other)
                held.remove(other)
            owner.update(dict.fromkeys(first.names, first))
    return [_settled(entry) for entry in held]


def _entry(row: Statement, names: tuple[str, ...], known: Mapping[str, str]) -> _Held:
    advisory = row.advisory
    identity = set(names) if advisory.bulletin and names else {advisory.id, *names}
    identity |= {known[name] for name in identity if name in known}
    return _Held(
        advisory=advisory,
        authority=row.authority,
        names=identity,
        also=set(advisory.also),
    )


def _absorb(first: _Held, other: _Held) -> None:
    first.names |= other.names
    first.also |= other.also
    advisory = other.advisory
    if other.authority == first.authority and _later(advisory, first.advisory):
        advisory, first.advisory = first.advisory, other.advisory
    first.also.add(advisory.id)


def _later(one: Advisory, other: Advisory) -> bool:
    """Whether ``one`` is fixed later than ``other``; nothing is later than never."""
    from shipworthy.advisories.order import is_lower

    ends = [_fixed(one), _fixed(other)]
    if "" in ends:
        return ends[0] == "" != ends[1]
    return is_lower(one.scheme, ends[1], ends[0])


def _fixed(advisory: Advisory) -> str:
    return next(
        (v for r in advisory.ranges for kind, v in r.events if kind == "fixed"), ""
    )


def _settled(entry: _Held) -> Settled:
    advisory = entry.advisory
    own = {name for name in entry.names if cve_of(name) in {"", name}}
    also = {name for name in entry.also if not cve_of(name)} - own - {advisory.id}
    if also or advisory.also or advisory.aliases:
        advisory = replace(advisory, also=tuple(sorted(also)), aliases=())
    return advisory, (tuple(sorted(own - {advisory.id})),)


def _order(row: Statement) -> tuple[int, str, str, str]:
    return (row.authority, row.advisory.id, _fixed(row.advisory), row.advisory.rating)
