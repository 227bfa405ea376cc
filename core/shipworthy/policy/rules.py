"""The policy as values: what a file says once it is read, and what a judge goes by."""

from __future__ import annotations

from dataclasses import field

from shipworthy.model.advisory import Severity
from shipworthy.model.verdict import Effect, PolicySource
from shipworthy.policy.conditions.interface import Condition
from shipworthy.policy.facts import Kind
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.policy.suppressions.limits import EntryLimits
from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: it is broken where more than ``max`` subjects meet ``when``."""

    name: str
    when: Condition
    effect: Effect = "fail"
    max: int = 0
    max_by_severity: tuple[tuple[Severity, int], ...] = ()
    """Limits of their own for exactly these severities; a finding of another counts against ``max``."""
    of: Kind | None = None
    """What is counted; where ``None``, what the condition is naturally about."""
    undecided: Effect | None = None
    """What happens where it cannot be told whether the rule is broken; the policy's setting where ``None``."""
    locked: bool = False
    """A policy that extends this one cannot change, weaken or remove it."""
    suppressible: bool = True
    """Whether findings that an entry takes out do not count; where false, they do."""
    description: str = ""
    """Its author's own words."""
    source: str = ""
    """Where it is written: ``shipworthy.yaml:4``, ``--fail-on``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds for all rules and entries."""

    undecided: Effect | None = None
    """
    What a rule does that cannot be told to be broken or not. Where ``None``: for want of a
    severity, score or date of single findings it warns; for want of a whole source (no EPSS in
    the database, no baseline) the verdict is partial.
    """
    partial: Effect = "fail"
    """What a scan does that could not look at everything; ``fail`` ends with 3."""
    partial_by: str = ""
    """Who said so, where it is not ``fail``: ``--allow-partial``."""
    expiring_within: int = 14
    """An entry that ends within so many days is told of."""
    limits: tuple[EntryLimits, ...] = ()
    """What shared policies demand of entries; held against them where the day is known."""
    partial_demanded: str = ""
    """Where a shared policy says ``partial: fail``, which then no option may weaken; empty where none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Rules, entries and settings, with the documents they were put together from."""

    rules: tuple[Rule, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    settings: Settings = field(default_factory=Settings)
    ignore_files: tuple[str, ...] = ()
    """Ignore files of other tools, by path."""
    vex: tuple[str, ...] = ()
    """VEX documents and directories, by path."""
    baseline: str = ""
    """A result or an image to compare with."""
    sources: tuple[PolicySource, ...] = ()
