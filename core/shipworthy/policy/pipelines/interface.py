"""
The seam between a step of another scanner and our policy.

A tool is a table of its inputs, each with what becomes of it, and a pure function from what a step
gave for them to rules and suppressions. What these let through its own gate would have let through:
where the same cannot be said, the stricter is, with a note.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from shipworthy.model.verdict import Effect
from shipworthy.policy.pipelines.given import Given
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.values import dataclass


Fate = Literal["policy", "step", "nothing"]
"""Where an input goes: into the policy, to an option of our own step, or nowhere."""


ENDS = "{end-of-life: true}"
"""What is no vulnerability, so that a gate on vulnerabilities alone does not count it."""

ENDS_NOTE = "{} fails on no end of support; without the key not the rule counts them, of severity high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input of the other tool's step."""

    name: str
    fate: Fate
    here: str
    """The key of the policy, or the option of the step, that takes its place; of an input without one, why."""
    default: str = ""
    """What its tool takes where the step does not give it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule, as it is written down."""

    name: str
    when: tuple[tuple[str, str | tuple[str, ...]], ...]
    """Its keys with texts, or with YAML that is written as it is."""
    said: str
    """What of the step it stands for."""
    max: int = 0
    effect: Effect = "fail"
    suppressible: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a step's inputs come to."""

    rules: tuple[Rule, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    ignore_files: tuple[str, ...] = ()
    vex: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What is not the same, or was left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One scanner's step."""

    name: str
    """As ``--from`` takes it: ``trivy-action``."""
    title: str
    """In words."""
    inputs: tuple[Input, ...]
    take: Callable[[Given], Taken]
    """Raises :class:`UsageError` for a value that its tool would refuse, too."""
    uses: str = ""
    """The action that a workflow's step names; empty where there are no workflows."""

    @property
    def defaults(self) -> dict[str, str]:
        """The defaults by name."""
        return {one.name: one.default for one in self.inputs}
