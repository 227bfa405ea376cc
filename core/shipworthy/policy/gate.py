"""
The gate: whether an image may ship, which rules say so, and what each of them saw.

* ``fail-on`` counts findings of the named severities or worse and allows none. Severities
  are ordered critical, high, medium, low, negligible, none; ``unknown`` stands outside
  of that order and is counted only where it is named.
* ``max-SEVERITY`` counts findings of exactly that severity and allows as many as it says.
* ``only_fixed`` lets both count only findings for which a fixed version exists.
* ``ignore`` takes findings out of all counting; they stay in the result as suppressed.
* ``coverage`` is always there: a scan that could not look at everything does not pass
  unless the caller accepts that.

Exit codes: 0 passed, 1 the gate closed, 3 something could not be looked at. A partial
scan ends with 3 even where a rule closed, for its counts are only a lower bound; the
closed rules stand in the verdict all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shipworthy.model.advisory import SEVERITIES, Severity
from shipworthy.model.finding import Finding, Suppressed
from shipworthy.model.package import Status
from shipworthy.model.result import RuleOutcome, Verdict
from shipworthy.policy.ignore import leave_out
from shipworthy.policy.options import GateOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The findings that count, those left out, and the verdict."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    verdict: Verdict


def judge(
    findings: Sequence[Finding], statuses: Sequence[Status], options: GateOptions
) -> Judged:
    """
    Hold ``findings`` and ``statuses`` against the rules of ``options``.

    The order of the findings is kept; every rule that was set appears in the verdict,
    passed or not, and ``coverage`` last.
    """
    kept, suppressed, ignored = leave_out(findings, options.ignore)
    gates = _gates(kept, options)
    coverage = _coverage(statuses, allowed=options.allow_partial)
    rules = (*gates, *([ignored] if ignored else []), coverage)
    return Judged(
        findings=kept,
        suppressed=suppressed,
        verdict=_verdict(kept, gates, coverage, rules),
    )


def or_worse(severities: Sequence[Severity]) -> frozenset[Severity]:
    """The severities named and all that are worse; ``unknown`` only where it is named."""
    known = [SEVERITIES.index(name) for name in severities if name != "unknown"]
    worse = SEVERITIES[: max(known) + 1] if known else ()
    return frozenset((*worse, *(name for name in severities if name == "unknown")))


def _gates(
    findings: Sequence[Finding], options: GateOptions
) -> tuple[RuleOutcome, ...]:
    counted = [
        finding
        for finding in findings
        if not options.only_fixed
        or (finding.fix_state == "fixed" and finding.fixed_versions)
    ]
    fixable = " with a fix" if options.only_fixed else ""
    outcomes = []
    if options.fail_on:
        closing = or_worse(options.fail_on)
        words = f"{_fail_on_words(options.fail_on)}{fixable}"
        seen = [finding for finding in counted if finding.severity in closing]
        outcomes.append(_count("fail-on", words, seen, limit=0))
    for severity, limit in options.max_counts:
        words = f"severity {severity}{fixable}"
        seen = [finding for finding in counted if finding.severity == severity]
        outcomes.append(_count(f"max-{severity}", words, seen, limit=limit))
    return tuple(outcomes)


def _fail_on_words(severities: Sequence[Severity]) -> str:
    known = [name for name in SEVERITIES if name in severities and name != "unknown"]
    worst = known[-1:] == [SEVERITIES[0]]
    parts = [name if worst else f"{name} or worse" for name in known[-1:]]
    if "unknown" in severities:
        parts.append("unknown")
    return f"severity {', or '.join(parts)}"


def _count(
    name: str, words: str, seen: Sequence[Finding], *, limit: int
) -> RuleOutcome:
    passed = len(seen) <= limit
    allowed = "none" if limit == 0 else f"at most {limit}"
    return RuleOutcome(
        name=name,
        condition=f"{'no finding' if limit == 0 else f'at most {_findings(limit)}'} of {words}",
        passed=passed,
        limit=limit,
        observed=len(seen),
        reason=f"{_findings(len(seen))} of {words}, {allowed} allowed",
        findings=tuple(sorted(label(finding) for finding in seen)),
    )


def label(finding: Finding) -> str:
    """``ID package@version``: how a verdict names a finding."""
    return f"{finding.id} {finding.package.name}@{finding.package.version}"


def _coverage(statuses: Sequence[Status], *, allowed: bool) -> RuleOutcome:
    unseen = sorted({status for status in statuses if status.partial})
    if not unseen:
        reason = "nothing stayed unread or unjudged"
    else:
        first = unseen[0]
        others = f", and {len(unseen) - 1} more" if len(unseen) > 1 else ""
        accepted = "accepted by --allow-partial: " if allowed else ""
        reason = f"{accepted}{first.source}: {first.subject}: {first.message}{others}"
    return RuleOutcome(
        name="coverage",
        condition="everything in the image was looked at",
        passed=allowed or not unseen,
        limit=len(unseen) if allowed else 0,
        observed=len(unseen),
        reason=reason,
    )


def _verdict(
    kept: Sequence[Finding],
    gates: Sequence[RuleOutcome],
    coverage: RuleOutcome,
    rules: tuple[RuleOutcome, ...],
) -> Verdict:
    closed = [rule.reason for rule in gates if not rule.passed]
    if closed:
        judged = f"The gate closed: {'; '.join(closed)}."
    elif gates:
        judged = f"Every rule passed; {_findings(len(kept))} in all."
    else:
        judged = f"No rule was set: {_findings(len(kept))} reported, none judged."
    if coverage.observed:
        judged = f"{judged} Not everything was looked at: {coverage.reason}."
    if not coverage.passed:
        return Verdict(status="partial", exit_code=3, rules=rules, summary=judged)
    if closed:
        return Verdict(status="fail", exit_code=1, rules=rules, summary=judged)
    return Verdict(status="pass", exit_code=0, rules=rules, summary=judged)


def _findings(count: int) -> str:
    return f"{count} finding" if count == 1 else f"{count} findings"
