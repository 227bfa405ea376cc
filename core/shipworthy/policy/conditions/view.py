"""The subjects of one kind, and the answers already given about them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from shipworthy.policy.conditions.interface import Condition
from shipworthy.policy.facts import Facts, Kind, Subject
from shipworthy.policy.selection import Selection, answered, everything


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
        self._columns: dict[
            Callable[[Any], Hashable], tuple[list[Hashable], frozenset[Hashable]]
        ] = {}

    def select(self, condition: Condition) -> Selection:
        """
        Where ``condition`` holds.

        Where what it needs was not provided, and of a kind of subject that it is not about, it
        cannot be told of anything.
        """
        found = self._answers.get(condition)
        if found is None:
            if self.kind not in condition.kinds or condition.lacks(self.facts):
                found = Selection(0, everything(len(self.subjects)))
            else:
                found = condition.select(self)
            self._answers[condition] = found
        return found

    def where(
        self,
        read: Callable[[Any], Hashable],
        holds: Callable[[Any], bool | None],
    ) -> Selection:
        """Where ``holds`` is true of what ``read`` gives of a subject; where it is ``None``, it cannot be told."""
        column = self._columns.get(read)
        if column is None:
            values = [read(subject) for subject in self.subjects]
            column = self._columns[read] = (values, frozenset(values))
        values, different = column
        return answered(values, {value: holds(value) for value in different})
