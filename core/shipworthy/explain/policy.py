"""
What the policy says of one finding: the rules that counted it, the baseline, the entry that took
it out, and the action that closes it; out of a saved result of any release of this schema.
"""

from __future__ import annotations

from typing import Any

from shipworthy.explain.saved import Saved
from shipworthy.reports.fields import Json, index_of, items, mapping, text, texts


_RULE = ("name", "condition", "effect", "status", "reason", "remedy", "source")
_SUPPRESSION = (
    "reason",
    "rule",
    "entry",
    "source",
    "owner",
    "expires",
    "vexStatus",
    "justification",
)
_ACTION = ("kind", "title", "detail", "command", "instruction", "origin")


def policy_of(saved: Saved, finding: Json) -> dict[str, Any]:
    """What a result's policy says of ``finding``, of plain values; what it does not tell is empty."""
    verdict = mapping(saved.document, "verdict")
    # Rules of a release that did not tell what they counted say nothing of a finding.
    rules = [
        one for one in items(verdict, "rules") if type(one.get("findings")) is list
    ]
    label = label_of(finding)
    return {
        "fingerprint": text(finding, "fingerprint"),
        "state": text(finding, "state"),
        "stateReason": text(finding, "stateReason"),
        "comparedWith": text(mapping(saved.document, "comparison"), "name"),
        "vexStatus": text(finding, "vexStatus"),
        "day": text(verdict, "day"),
        "rulesInAll": len(rules),
        "rules": [
            {key: text(rule, key) for key in _RULE}
            for rule in rules
            if label in texts(rule, "findings")
        ],
        "action": _action(saved, finding),
    }


def suppression_of(saved: Saved, suppressed: Json | None) -> dict[str, Any] | None:
    """What took a finding out, of plain values, and what became of that entry; ``None`` if nothing did."""
    if suppressed is None:
        return None
    wanted = (text(suppressed, "entry"), text(suppressed, "source"))
    uses = items(saved.document, "suppressions")
    found = (one for one in uses if (text(one, "entry"), text(one, "source")) == wanted)
    use: Json = next(found, {})
    days = use.get("daysLeft")
    label = label_of(mapping(suppressed, "finding"))
    return {
        **{key: text(suppressed, key) for key in _SUPPRESSION},
        "daysLeft": days if type(days) is int else None,
        "fixable": label in texts(use, "fixable"),
    }


def label_of(finding: Json) -> str:
    """How verdicts and actions name a finding: ``ID package@version``."""
    package = mapping(finding, "package")
    return f"{text(finding, 'id')} {text(package, 'name')}@{text(package, 'version')}"


def _action(saved: Saved, finding: Json) -> dict[str, Any] | None:
    """The one action that closes the finding, or says why nothing does."""
    mark, label = text(finding, "fingerprint"), label_of(finding)
    for action in items(saved.document, "remediation"):
        closes = texts(action, "closes")
        if mark in closes if mark and closes else label in texts(action, "findings"):
            line = action.get("line")
            layer = index_of(action)
            return {
                **{key: text(action, key) for key in _ACTION},
                "layer": layer if layer >= 0 else None,
                "line": line if type(line) is int else None,
                "closes": max(len(closes), len(texts(action, "findings"))),
            }
    return None
