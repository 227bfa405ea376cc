"""What a policy says of a scan: each rule with what it saw, and the verdict they come to."""

from __future__ import annotations

from typing import Literal

from shipworthy.values import dataclass


Effect = Literal["fail", "warn", "inform"]
"""What a broken rule does: close the gate, say so loudly, or only say so."""

RuleStatus = Literal["passed", "broken", "undecided"]
"""``undecided``: it is not broken by what is known, and what is not known could break it."""

VerdictStatus = Literal["pass", "warn", "fail", "partial"]
"""``partial``: not everything could be looked at, or a rule could not be judged."""

EntryState = Literal["used", "unused", "expired", "elsewhere"]
"""``elsewhere``: the entry is for other images than this one, or for what the scan did not look for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """One rule of the policy, what it saw and why it passed or not."""

    name: str
    """As the policy calls it; built-in ones are short and stable: ``fail-on``, ``max-high``, ``suppressions``, ``coverage``."""
    condition: str
    """The rule in words: ``no finding of severity high or worse``."""
    passed: bool
    limit: int
    """How many the rule allows."""
    observed: int
    """How many it saw."""
    reason: str
    """One sentence for a person."""
    effect: Effect = "fail"
    """What it does when it is broken, or, where it is undecided, what that does."""
    status: RuleStatus = "passed"
    undecided: int = 0
    """How many could not be told: they lack the severity, score or date that the rule asks for."""
    remedy: str = ""
    """What would make it pass, one sentence; empty where it passes."""
    source: str = ""
    """Where it is written: ``shipworthy.yaml:4``, ``--fail-on``; empty for a built-in one."""
    findings: tuple[str, ...] = ()
    """``ID package@version`` of the findings counted, or the names of whatever else it counts, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the image may ship, and why."""

    status: VerdictStatus
    exit_code: int
    rules: tuple[RuleOutcome, ...]
    summary: str
    """One sentence for a person."""
    day: str = ""
    """The day that ages, grace periods and expiries were counted from, ``YYYY-MM-DD``: the caller's, else the database's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionUse:
    """One entry of the policy that takes findings out, and what became of it in this scan."""

    entry: str
    """What it is about, in words: ``CVE-2021-44228 in pkg:maven/…``; unique within its source."""
    source: str
    """Where it is written: ``shipworthy.yaml:14``, ``.trivyignore:3``, ``--ignore``, ``vex/app.json``."""
    reason: str
    state: EntryState
    count: int = 0
    """How many findings it took out."""
    owner: str = ""
    expires: str = ""
    """The last day it holds, ``YYYY-MM-DD``; empty where it has no end."""
    days_left: int | None = None
    """Days from the day of judging to ``expires``; negative where it has passed."""
    expiring: bool = False
    """It is used and ends within the days that the policy calls soon."""
    fixable: tuple[str, ...] = ()
    """``ID package@version`` of what it takes out although there is a fix now, sorted."""
    again: int = 0
    """How many findings it fits and no entry takes out, because it has ended or there is a fix now."""
    covered_by: str = ""
    """The entry before it that takes all that it fits, so that it is unused; empty where nothing fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySource:
    """One document that the policy was put together from."""

    name: str
    """The path or reference as it was given."""
    digest: str
    """sha256 of its bytes."""
    kind: str = "policy"
    """``policy``, ``ignore-file``, ``vex`` or ``baseline``."""
