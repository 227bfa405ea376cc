"""The subjects of one kind, and the answers already given about them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import cached_property
from typing import Any, NamedTuple

from shipworthy.model.finding import Finding
from shipworthy.model.package import Package
from shipworthy.policy.conditions.interface import Condition
from shipworthy.policy.facts import Facts, Kind, Subject
from shipworthy.policy.labels import label
from shipworthy.policy.naming import Subject as Named
from shipworthy.policy.selection import Selection, answered, chosen, everything, told


class View:
    """
    The subjects that a rule counts; an equal condition is asked once, whoever asks.

    What conditions look at is read of every subject once, too, and conditions are asked about each
    different value of it alone.
    """

    def __init__(self, facts: Facts, kind: Kind, *, suppressible: bool = True) -> None:
        self.facts = facts
        self.kind = kind
        self.subjects: tuple[Subject, ...] = facts.subjects(
            kind, suppressible=suppressible
        )
        self._answers: dict[Condition, Selection] = {}
        self._values: dict[Callable[..., Any], list[Any]] = {}
        self._labels: list[str] | None = None
        self._columns: dict[Callable[..., Hashable], _Column] = {}

    def select(self, condition: Condition) -> Selection:
        """
        Where ``condition`` holds.

        Where what it needs was not provided, and of a kind of subject that it is not about, it
        cannot be told of anything but what is evident all the same.
        """
        found = self._answers.get(condition)
        if found is None:
            found = self._asked(condition)
            self._answers[condition] = found
        return found

    def _asked(self, condition: Condition) -> Selection:
        nobody = Selection(0, everything(len(self.subjects)))
        if self.kind not in condition.kinds:
            return nobody
        if not condition.lacks(self.facts):
            return condition.select(self)
        if not condition.evident:
            return nobody
        yes = condition.select(self).yes
        return Selection(yes, everything(len(self.subjects)) & ~yes)

    def where(
        self, read: Callable[[Any], Hashable], holds: Callable[[Any], bool | None]
    ) -> Selection:
        """Where ``holds`` is true of what ``read`` gives of a subject; where it is ``None``, it cannot be told."""
        column = self._columns.get(read)
        if column is None:
            column = self._columns[read] = _column(map(read, self.subjects))
        return _answered(column, holds)

    def each(
        self, read: Callable[[Any], Any], holds: Callable[[Any], bool | None]
    ) -> Selection:
        """The same for values of which hardly two are alike."""
        values = self._values.get(read)
        if values is None:
            values = self._values[read] = [read(subject) for subject in self.subjects]
        return told(map(holds, values))

    def where_package(
        self, read: Callable[[Package], Hashable], holds: Callable[[Any], bool | None]
    ) -> Selection:
        """The same of the packages that the subjects are or are about; many findings share one."""
        packages, places = self._packages
        values = self._values.get(read)
        if values is None:
            values = self._values[read] = [read(package) for package in packages]
        answers = {value: holds(value) for value in dict.fromkeys(values)}
        by_package = [answers[value] for value in values]
        return told(map(by_package.__getitem__, places))

    @cached_property
    def _packages(self) -> tuple[list[Package], list[int]]:
        """Every package once, and of each subject which of them it is or is about."""
        known: dict[int, int] = {}  # by identity: the subjects keep them
        packages: list[Package] = []
        places: list[int] = []
        for subject in self.subjects:
            package = package_of(subject)
            at = known.setdefault(id(package), len(packages))
            if at == len(packages):
                packages.append(package)
            places.append(at)
        return packages, places

    def named(self, package: Package) -> Named:
        """The package as the policy's names are held against it; to be read with :meth:`where_package`."""
        return Named(package, self.facts.scanned.distro)

    def labels(self, number: int) -> tuple[str, ...]:
        """How a verdict names the subjects whose bits are set, sorted."""
        if self._labels is None:
            self._labels = [label(subject) for subject in self.subjects]
        return tuple(sorted(chosen(self._labels, number)))


class _Column(NamedTuple):
    """What all subjects have of one thing, and which values there are."""

    values: list[Hashable]
    different: frozenset[Hashable]


def package_of(subject: Subject) -> Package:
    """The package that a finding is about, or the package itself."""
    if isinstance(subject, Finding):
        return subject.package
    assert isinstance(subject, Package)
    return subject


def _column(found: Iterable[Hashable]) -> _Column:
    values = list(found)
    return _Column(values, frozenset(values))


def _answered(column: _Column, holds: Callable[[Any], bool | None]) -> Selection:
    return answered(column.values, {value: holds(value) for value in column.different})
