"""
The seam between a rule and its questions.

A condition is a frozen value. It is asked once for all subjects of a kind and answers with a
:class:`~shipworthy.policy.selection.Selection`; equal conditions in different rules are asked once
(:class:`~shipworthy.policy.conditions.view.View`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Protocol

from shipworthy.policy.facts import Facts, Kind
from shipworthy.policy.selection import Selection
from shipworthy.values import dataclass


if TYPE_CHECKING:
    from shipworthy.policy.conditions.view import View


class Condition(Protocol):
    """**Protocol:** one question, hashable and comparable."""

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of subject that it can be asked about."""
        ...

    @property
    def natural(self) -> Kind:
        """The kind it is asked about where the rule does not say."""
        ...

    @property
    def evident(self) -> bool:
        """Whether what is found counts although a source is missing: one exploit is enough, wherever the others would be."""
        ...

    def select(self, view: View) -> Selection:
        """The subjects of ``view`` that it holds for, and those of which it cannot be told."""
        ...

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """
        What it needs and nobody provided, in words: ``EPSS scores, which the database does not hold``.

        Then it cannot be told of any subject.
        """
        ...

    def unseen(self, facts: Facts, *, denied: bool) -> tuple[str, ...]:
        """
        What is missing so that the subjects themselves are not there that it holds for: secrets that nobody looked for.

        ``denied``: the same for those that it does not hold for.
        """
        ...

    def words(self) -> str:
        """What follows the noun: ``of severity high or worse``, ``known to be exploited``."""
        ...

    def denied(self) -> str:
        """What follows the noun where it does not hold: ``not from the base image``, ``without a fix``."""
        ...

    def doubt(self) -> str:
        """What a subject is of which it cannot be told: ``of unknown severity``, ``without an EPSS score``."""
        ...

    def seen(self, facts: Facts) -> str:
        """What was seen that a count does not show: ``the database is 12 days old``; mostly nothing."""
        ...


class Expected(Exception):  # noqa: N818  # says what was expected, and becomes a UsageError with file and line
    """
    A value of a policy that is not what its key takes.

    Args:
        words: What was expected: ``a severity, such as high``.
        near: The nearest right word, where there is one.
    """

    def __init__(self, words: str, *, near: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.near = near


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """One key of ``when``: how its value is read, and what the published schema says of it."""

    key: str
    parse: Callable[[object], Condition]
    """From the plain value (text, number, boolean, list, mapping); raises :class:`Expected`."""
    schema: Mapping[str, Any] = field(default_factory=dict)
    """The JSON Schema of its value."""
    words: str = ""
    """What it asks, for the documentation and for ``policy explain``."""
