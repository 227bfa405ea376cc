"""
Who has the last word: the statements on one source package of a distribution, settled.

A distribution's tracker decides on every (package, vulnerability) it knows; what other
records say of the same pair only adds names and bulletins to it. Among equals the
highest fixed version stands (Debian: of a DSA and a DLA for one CVE; Alpine: of a
vulnerability fixed again later).

Two things are taken over from those with less authority. Where no fix is known, or none that
was published yet, the fix of a bulletin counts: Debian's team says ``no-dsa`` and a later
DSA or point release repairs it after all. And a statement that says only what becomes of a
vulnerability (:data:`~shipworthy.advisories.feeds.interface.OUTLOOK`) lends that to one
which says no more than that it is there.

Channels are settled each on their own: what Ubuntu Pro or Extended LTS repair is another
line of builds than the release's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from shipworthy.advisories.feeds.identity import cve_of
from shipworthy.advisories.feeds.interface import BULLETIN, OUTLOOK, Statement
from shipworthy.advisories.order import is_lower, told_order
from shipworthy.model.advisory import UNRELEASED, Advisory, FixState
from shipworthy.values import dataclass


_WEIGHT: tuple[FixState, ...] = (
    "will-not-fix",
    "end-of-life",
    "fix-deferred",
    "affected",
    "under-investigation",
    "fixed",
)
"""Of several outlooks the one that says most stands."""

Settled = tuple[Advisory, tuple[tuple[str, ...], ...]]
"""An advisory and the alias sets it stands for."""


@dataclass(slots=True)
class _Held:
    """The statement that stands for a vulnerability so far."""

    advisory: Advisory
    authority: int
    names: set[str]
    also: set[str]
    borrowed: bool = False
    """Its fix is a bulletin's."""


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
    by_channel: dict[str, dict[str, _Held]] = {}
    for row in sorted(statements, key=_order):
        channel = row.advisory.channel
        line = "" if channel == UNRELEASED else channel
        owner = by_channel.setdefault(line, {})
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
    elif other.authority == BULLETIN and _lends_fix(advisory, first):
        first.borrowed = True
        first.advisory = replace(
            first.advisory,
            ranges=advisory.ranges,
            versions=advisory.versions,
            channel=advisory.channel,
            fixed_on=advisory.fixed_on,
        )
    elif other.authority == OUTLOOK and _says_no_more(first.advisory):
        first.advisory = replace(first.advisory, fix_state=advisory.fix_state)
    if advisory.fixed_on and _fixed(advisory) == _fixed(first.advisory):
        first.advisory = replace(first.advisory, fixed_on=advisory.fixed_on)
    first.also.add(advisory.id)


def _says_no_more(advisory: Advisory) -> bool:
    """Whether all that is said is that the vulnerability is there."""
    return advisory.fix_state == "affected" and not _fixed(advisory)


def _lends_fix(bulletin: Advisory, held: _Held) -> bool:
    """Whether the bulletin's fix is the first that is known, or later than another bulletin's."""
    if not _fixed(bulletin):
        return False
    if held.borrowed:
        return _later(bulletin, held.advisory)
    return not _fixed(held.advisory) or held.advisory.channel == UNRELEASED


def _later(one: Advisory, other: Advisory) -> bool:
    """Whether ``one`` is fixed later than ``other``; nothing is later than never."""
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


def _order(row: Statement) -> tuple[object, ...]:
    advisory = row.advisory
    return (
        row.authority,
        advisory.id,
        advisory.channel,
        _fixed(advisory),
        advisory.rating,
        _WEIGHT.index(advisory.fix_state),
        advisory.feed,
        advisory.fixed_on,
        advisory.arches,
        advisory.modularity,
        *told_order(advisory),
        row.vulnerabilities,
    )
