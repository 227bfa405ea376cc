"""Short ways to ask one question of a scan in tests, and to see what the gate makes of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from judging import finding
from policing import DAY, scanned

from shipworthy.model.advisory import DatabaseInfo, FeedInfo
from shipworthy.model.comparison import Comparison
from shipworthy.model.finding import Finding
from shipworthy.model.result import Scanned
from shipworthy.model.verdict import RuleOutcome, SuppressionUse, Verdict
from shipworthy.policy.conditions.combine import All, AnyOf, Not
from shipworthy.policy.conditions.interface import Condition
from shipworthy.policy.conditions.table import ATOMS
from shipworthy.policy.facts import Facts
from shipworthy.policy.gate import conclude, judge_rules
from shipworthy.policy.judge import judge
from shipworthy.policy.outcomes import Judgement
from shipworthy.policy.rules import Policy, Rule, Settings


WHOLE = tuple(
    FeedInfo(name=name, date=DAY, records=1)
    for name in ("epss", "kev", "nvd", "metasploit", "exploitdb", "malicious", "eol")
)
"""The feeds of a database that lacks nothing a rule can ask for."""


def when(asked: Mapping[str, object]) -> Condition:
    """The condition that ``when`` of a policy says; several keys must all hold."""
    parts: list[Condition] = []
    for key, value in asked.items():
        if key in {"all", "any"}:
            assert isinstance(value, list)
            inner = tuple(map(when, value))
            parts.append(All(inner) if key == "all" else AnyOf(inner))
        elif key == "not":
            assert isinstance(value, dict)
            parts.append(Not((when(value),)))
        else:
            parts.append(ATOMS[key].parse(value))
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def found(**more: Any) -> Finding:
    """A finding of high severity, changed as asked."""
    return replace(finding("CVE-2024-1", "high"), **more)


def database(*names: str, date: str = DAY) -> DatabaseInfo:
    """A database of these feeds; without names of all that a rule can ask for."""
    feeds = tuple(f for f in WHOLE if not names or f.name in names)
    return DatabaseInfo(schema=2, digest="sha256:0", date=date, feeds=feeds)


def scan_of(findings: Sequence[Finding], **more: object) -> Scanned:
    """A scan that found these, with a database that lacks nothing unless it is said."""
    return scanned(findings, **{"database": database(), **more})


def closed(
    asked: Mapping[str, object],
    *findings: Finding,
    today: str = DAY,
    settings: Settings | None = None,
    rule: Mapping[str, object] | None = None,
    **more: Any,
) -> tuple[RuleOutcome, Verdict]:
    """What one rule that asks this sees in a scan, and the verdict, by the whole way of judging."""
    one = Rule(name="rule", when=when(asked), **(rule or {}))  # type: ignore[arg-type]  # keywords of a test
    policy = Policy(rules=(one,), settings=settings or Settings())
    verdict = judge(scan_of(findings, **more), policy, today=today).verdict
    return verdict.rules[0], verdict


def held(
    asked: Mapping[str, object],
    *findings: Finding,
    uses: tuple[SuppressionUse, ...] = (),
    comparison: Comparison | None = None,
    rule: Mapping[str, object] | None = None,
    today: str = DAY,
    **more: Any,
) -> tuple[Judgement, Verdict]:
    """The same of facts that only a baseline or entries bring."""
    facts = Facts(
        scanned=scan_of(findings, **more),
        findings=findings,
        uses=uses,
        comparison=comparison,
        today=today,
    )
    one = Rule(name="rule", when=when(asked), **(rule or {}))  # type: ignore[arg-type]  # keywords of a test
    policy = Policy(rules=(one,))
    judgements = judge_rules(facts, policy)
    return judgements[0], conclude(facts, judgements, policy)
