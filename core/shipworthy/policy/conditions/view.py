"""The subjects of one kind, and the answers already given about them."""

from __future__ import annotations

from shipworthy.policy.conditions.interface import Condition
from shipworthy.policy.facts import Facts, Kind, Subject
from shipworthy.policy.selection import Selection, everything


class View:
    """The subjects that a rule counts; an equal condition is asked once, whoever asks."""

    def __init__(self, facts: Facts, kind: Kind, *, suppressible: bool = True) -> None:
        self.facts = facts
        self.kind = kind
        self.subjects: tuple[Subject, ...] = facts.subjects(
            kind, suppressible=suppressible
        )
        self._answers: dict[Condition, Selection] = {}

    def select(self, condition: Condition) -> Selection:
        """Where ``condition`` holds; where what it needs was not provided, it cannot be told of anything."""
        found = self._answers.get(condition)
        if found is None:
            if condition.lacks(self.facts):
                found = Selection(0, everything(len(self.subjects)))
            else:
                found = condition.select(self)
            self._answers[condition] = found
        return found
