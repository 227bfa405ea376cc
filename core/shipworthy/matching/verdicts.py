"""What the advisories of one bucket say of each package looked up in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shipworthy.errors import VersionError
from shipworthy.matching.aliases import Group, group
from shipworthy.matching.families.base import is_plain
from shipworthy.matching.interface import Family, Hit, Lookup
from shipworthy.model.advisory import Advisory
from shipworthy.model.bucket import scheme_of
from shipworthy.model.package import Package
from shipworthy.values import dataclass
from shipworthy.versions import Scheme
from shipworthy.versions import scheme as scheme_named
from shipworthy.versions.ranges import AffectedRange, Candidate, RangeSet, candidate


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
    thousands of advisories is evaluated once and not for each of its binaries. Versions of
    one package that meet the same ranges share their verdicts.
    """

    def __init__(
        self, family: Family, advisories: Mapping[str, Sequence[Advisory]]
    ) -> None:
        self.family = family
        self._scheme = scheme_named(scheme_of(family.bucket))
        self._rules = _Rules(
            admits=not is_plain(family, "admits"),
            needs=not is_plain(family, "needs"),
            settles=not is_plain(family, "settle"),
        )
        self._advisories = advisories
        self._questions: dict[tuple[str, ...], tuple[_Question, ...]] = {}
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
            questions = self._questions.get(names)
            if questions is None:
                held = [one for name in names for one in self._advisories.get(name, ())]
                questions = self._questions[names] = tuple(
                    [_Question(self._rules, self._scheme, one) for one in group(held)]
                )
            answer = self._answers[key] = self._answer(lookup, questions)
        return answer

    def _answer(self, lookup: Lookup, questions: Sequence[_Question]) -> Answer:
        wanted = candidate(self._scheme, lookup.version)
        verdicts = []
        undecided = []
        for question in questions:
            verdict, doubtful = question.ask(self.family, lookup.package, wanted)
            if verdict is not None:
                verdicts.append(verdict)
            elif doubtful:
                undecided.append(question.group.id)
        return Answer(verdicts=tuple(verdicts), undecided=tuple(undecided))


_Raw = tuple[Advisory, AffectedRange, str]
"""What becomes a hit."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a family has rules of its own for; where it has none, it need not be asked."""

    admits: bool
    needs: bool
    settles: bool


class _Question:
    """One vulnerability of one package, to be asked about many of its versions."""

    __slots__ = ("_clear", "_parts", "_rules", "_verdicts", "group")

    def __init__(self, rules: _Rules, scheme: Scheme, one: Group) -> None:
        self.group = one
        self._rules = rules
        self._parts = [
            (advisory, RangeSet(scheme, advisory.ranges, advisory.versions))
            for advisory in one.advisories
        ]
        self._clear = Verdict(group=one, hits=())
        self._verdicts: dict[tuple[tuple[int, int, str], ...], Verdict] = {}

    def ask(
        self, family: Family, package: Package, wanted: Candidate
    ) -> tuple[Verdict | None, bool]:
        """The verdict, if anything that speaks of the package could be decided, and whether anything could not."""
        hits: list[_Raw] = []
        passed: list[Advisory] = []
        doubtful = False
        rules = self._rules
        for advisory, ranges in self._parts:
            asks = rules.admits or advisory.arches
            if asks and not family.admits(package, advisory):
                continue
            try:
                where = ranges.find(wanted)
            except VersionError:
                doubtful = True
                continue
            if where is None:
                passed.append(advisory)
                continue
            needs = ""
            if rules.needs or advisory.channel:
                needs = family.needs(package, advisory)
            hits.append((advisory, where, needs))
        if not hits:
            return (self._clear if passed else None), doubtful
        return self._settled(family, package, hits, passed), doubtful

    def _settled(
        self,
        family: Family,
        package: Package,
        raw: Sequence[_Raw],
        passed: Sequence[Advisory],
    ) -> Verdict:
        """The verdict after the family weighed the hits; the same object for the same hits."""
        key = tuple(
            [(id(advisory), id(where), needs) for advisory, where, needs in raw]
        )
        verdict = self._verdicts.get(key)
        if verdict is not None and not self._rules.settles:
            return verdict
        hits = tuple([Hit(advisory=a, where=w, needs=n) for a, w, n in raw])
        stand = tuple(family.settle(package, hits, passed))
        if stand != hits:
            return Verdict(group=self.group, hits=stand) if stand else self._clear
        if verdict is None:
            verdict = self._verdicts[key] = Verdict(group=self.group, hits=hits)
        return verdict
