"""The parts of the JSON result that the policy brings: verdict, entries, comparison, what to do."""

from __future__ import annotations

from shipworthy.model.check import Check, SuppressedCheck
from shipworthy.model.comparison import Comparison, Gone
from shipworthy.model.remediation import Action, Upgrade
from shipworthy.model.verdict import PolicySource, SuppressionUse, Verdict


def verdict_part(verdict: Verdict) -> dict[str, object]:
    """The verdict and every rule in it."""
    return {
        "status": verdict.status,
        "exitCode": verdict.exit_code,
        "summary": verdict.summary,
        "day": verdict.day,
        "rules": [
            {
                "name": rule.name,
                "condition": rule.condition,
                "passed": rule.passed,
                "limit": rule.limit,
                "observed": rule.observed,
                "reason": rule.reason,
                "effect": rule.effect,
                "status": rule.status,
                "undecided": rule.undecided,
                "remedy": rule.remedy,
                "source": rule.source,
                "findings": list(rule.findings),
            }
            for rule in verdict.rules
        ],
    }


def source_part(source: PolicySource) -> dict[str, object]:
    """One document that the policy was put together from."""
    return {"name": source.name, "digest": source.digest, "kind": source.kind}


def use_part(use: SuppressionUse) -> dict[str, object]:
    """One entry that takes findings out, and what became of it."""
    return {
        "entry": use.entry,
        "source": use.source,
        "reason": use.reason,
        "state": use.state,
        "count": use.count,
        "owner": use.owner,
        "expires": use.expires,
        "daysLeft": use.days_left,
        "expiring": use.expiring,
        "fixable": list(use.fixable),
        "again": use.again,
        "coveredBy": use.covered_by,
    }


def check_part(check: Check) -> dict[str, object]:
    """One thing that a check found."""
    return {
        "id": check.id,
        "kind": check.kind,
        "severity": check.severity,
        "title": check.title,
        "path": check.path,
        "layer": check.layer if check.layer >= 0 else None,
        "message": check.message,
    }


def suppressed_check_part(item: SuppressedCheck) -> dict[str, object]:
    """One thing that a check found and an entry took out, and why."""
    return {
        "reason": item.reason,
        "rule": item.rule,
        "entry": item.entry,
        "source": item.source,
        "owner": item.owner,
        "expires": item.expires,
        "check": check_part(item.check),
    }


def comparison_part(comparison: Comparison | None) -> dict[str, object] | None:
    """What the findings' states were told by, and what is gone since."""
    if comparison is None:
        return None
    return {
        "name": comparison.name,
        "target": comparison.target,
        "imageId": comparison.image_id,
        "databaseDate": comparison.database_date,
        "partial": comparison.partial,
        "fixed": [_gone(gone) for gone in comparison.fixed],
    }


def action_part(action: Action) -> dict[str, object]:
    """One thing to do, with all that it closes."""
    return {
        "kind": action.kind,
        "title": action.title,
        "detail": action.detail,
        "command": action.command,
        "upgrades": [_upgrade(upgrade) for upgrade in action.upgrades],
        "layer": action.layer if action.layer >= 0 else None,
        "instruction": action.instruction,
        "line": action.line or None,
        "origin": action.origin,
        "closes": list(action.closes),
        "findings": list(action.findings),
        "worst": action.worst,
        "risk": action.risk,
    }


def _upgrade(upgrade: Upgrade) -> dict[str, object]:
    return {
        "type": upgrade.type,
        "name": upgrade.name,
        "current": upgrade.current,
        "target": upgrade.target,
        "purl": upgrade.purl,
    }


def _gone(gone: Gone) -> dict[str, object]:
    return {
        "id": gone.id,
        "aliases": list(gone.aliases),
        "type": gone.type,
        "package": gone.package,
        "version": gone.version,
        "severity": gone.severity,
        "fingerprint": gone.fingerprint,
        "reason": gone.reason,
    }
