"""What is said of a finding, at which package on the way up to the image, and what of it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from shipworthy.model.finding import Finding
from shipworthy.policy.vex.index import (
    Filed,
    Index,
    Meant,
    Naming,
    ancestors,
    names_of,
    rank,
)
from shipworthy.policy.vex.parents import ROOT, Parents
from shipworthy.policy.vex.statement import VexStatement
from shipworthy.policy.vex.things import Thing
from shipworthy.policy.vex.ways import MOST, Rank, always_through, outcomes
from shipworthy.values import dataclass


@dataclass(slots=True)
class Said:
    """The statements and everything they are held against."""

    statements: Sequence[VexStatement]
    index: Mapping[str, Index]
    naming: Naming
    parents: Parents
    _above: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def outcomes(self, finding: Finding) -> frozenset[Rank | None]:
        """What counts for the finding on each way to its package."""
        found = [self.index[n] for n in sorted(names_of(finding)) if n in self.index]
        if not found:
            return _UNSAID
        said = self._said(finding, found)
        if not said:
            return _UNSAID
        counted = {
            place: max(rank(self.statements, at) for at in several)
            for place, several in said.items()
        }
        return outcomes(finding.package.purl, counted, self.parents)

    def _said(self, finding: Finding, found: Sequence[Index]) -> dict[str, set[int]]:
        """The statements on the finding, by the package they are said at, ``ROOT`` for the image."""
        purl = finding.package.purl
        said: dict[str, set[int]] = {}
        thing = self.naming.thing(finding.package) if purl else None
        for index in found:
            if index.anything:
                said.setdefault(ROOT, set()).update(index.anything)
            if thing is None:
                continue
            for key in thing.keys:
                for filed in index.parts.get(key, ()):
                    self._add_part(filed, thing, purl, said)
            if index.products:
                for at in (purl, *self._ancestors(purl)):
                    self._add_products(index, at, said)
        return said

    def _add_part(
        self, filed: Filed, thing: Thing, purl: str, said: dict[str, set[int]]
    ) -> None:
        """A statement on a package inside a product: said at every place where the product contains it."""
        if not filed.part.covers(thing):
            return
        if not filed.holders:
            said.setdefault(ROOT, set()).add(filed.statement)
            return
        for at in self._ancestors(purl):
            if self._is(filed.holders, at):
                said.setdefault(at, set()).add(filed.statement)

    def _add_products(self, index: Index, at: str, said: dict[str, set[int]]) -> None:
        """Statements on a product as a whole: said at the product, of all that is in it."""
        thing = self.naming.thing_under(at)
        for key in thing.keys if thing is not None else ():
            for filed in index.products.get(key, ()):
                if self._is((*filed.holders, filed.part), at):
                    said.setdefault(at, set()).add(filed.statement)

    def _is(self, holders: Sequence[Meant], at: str) -> bool:
        """Whether ``at`` is the last of the holders and always inside all the others."""
        thing = self.naming.thing_under(at)
        if thing is None or not holders[-1].covers(thing):
            return False
        return all(
            always_through(at, self._covered_by(holder), self.parents)
            for holder in holders[:-1]
        )

    def _covered_by(self, meant: Meant) -> Callable[[str], bool]:
        def is_it(purl: str) -> bool:
            thing = self.naming.thing_under(purl)
            return thing is not None and meant.covers(thing)

        return is_it

    def _ancestors(self, purl: str) -> tuple[str, ...]:
        if purl not in self._above:
            self._above[purl] = tuple(ancestors(self.parents, purl, MOST))
        return self._above[purl]


_UNSAID: frozenset[Rank | None] = frozenset({None})
