"""What the advisories of one bucket say of each package looked up in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shipworthy.errors import VersionError
from shipworthy.matching.aliases import Group, group
from shipworthy.matching.interface import Family, Hit, Lookup
from shipworthy.model.advisory import Advisory
from shipworthy.model.bucket import scheme_of
from shipworthy.versions.ranges import affected


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is said of one package and one vulnerability: affected where there are hits."""

    group: Group
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All verdicts on one package, and the vulnerabilities that could not be decided."""

    verdicts: tuple[Verdict, ...] = ()
    undecided: tuple[str, ...] = ()


_SILENT = Answer()


class Verdicts:
    """
    Answers look-ups in one bucket.

    Packages of one source and version share an answer, so a source package with
    thousands of advisories is evaluated once and not for each of its binaries.
    """

    def __init__(
        self, family: Family, advisories: Mapping[str, Sequence[Advisory]]
    ) -> None:
        self.family = family
        self._scheme = scheme_of(family.bucket)
        self._advisories = advisories
        self._groups: dict[tuple[str, ...], tuple[Group, ...]] = {}
        self._answers: dict[tuple[tuple[str, ...], str, str, str], Answer] = {}

    def of(self, lookup: Lookup) -> Answer:
        """Everything the bucket's advisories say of the package."""
        names = (lookup.name, *lookup.also)
        if self._advisories.keys().isdisjoint(names):
            return _SILENT
        package = lookup.package
        key = (names, lookup.version, package.arch, package.modularity)
        answer = self._answers.get(key)
        if answer is None:
            groups = self._groups.get(names)
            if groups is None:
                held = [one for name in names for one in self._advisories.get(name, ())]
                groups = self._groups[names] = group(held)
            answer = self._answers[key] = self._answer(lookup, groups)
        return answer

    def _answer(self, lookup: Lookup, groups: Sequence[Group]) -> Answer:
        family, package = self.family, lookup.package
        verdicts = []
        undecided = []
        for one in groups:
            hits: list[Hit] = []
            passed: list[Advisory] = []
            doubtful = False
            for advisory in one.advisories:
                if not family.admits(package, advisory):
                    continue
                try:
                    where = affected(
                        self._scheme,
                        lookup.version,
                        advisory.ranges,
                        advisory.versions,
                    )
                except VersionError:
                    doubtful = True
                    continue
                if where is None:
                    passed.append(advisory)
                    continue
                needs = family.needs(package, advisory)
                hits.append(Hit(advisory=advisory, where=where, needs=needs))
            if hits or passed:
                stand = family.settle(package, hits, passed) if hits else ()
                verdicts.append(Verdict(group=one, hits=tuple(stand)))
            elif doubtful:
                undecided.append(one.id)
        return Answer(verdicts=tuple(verdicts), undecided=tuple(undecided))
