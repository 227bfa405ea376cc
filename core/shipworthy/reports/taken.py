"""
What may be published of a finding that was taken out of the verdict; the same in every VEX.

Statements of VEX keep their status and justification. An entry of the policy is a reason in somebody's
own words: it becomes ``not_affected`` with that reason only where it has no end and does not speak of a risk
that is accepted; else the image is ``affected``, and what was decided is told as such.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shipworthy.values import dataclass


_LABELS = frozenset(
    {
        "component_not_present",
        "vulnerable_code_not_present",
        "vulnerable_code_not_in_execute_path",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "inline_mitigations_already_exist",
    }
)
_OF_CYCLONEDX = {
    "code_not_present": "vulnerable_code_not_present",
    "code_not_reachable": "vulnerable_code_not_in_execute_path",
    "protected_by_compiler": "inline_mitigations_already_exist",
    "protected_at_runtime": "inline_mitigations_already_exist",
}
# Words of somebody who knows that it is affected and lives with it for now.
_LIVES_WITH_IT = re.compile(
    r"accept|tolerat|\brisks?\b|wo(?:n'?t|nt)[ -]?fix|will not (?:be )?fix|no fix|not (?:yet )?fixed|"
    r"until|await|wait(?:ing|s)? (?:for|on)|temporar|postpone|defer|later|mitigat|low (?:impact|priority)|"
    r"\btodo\b|\btbd\b|ticket|backlog",
    re.IGNORECASE,
)
_UNTIL_FIX = "until there is a fix"
_UNTOLD = "Ignored on the command line; no reason was given."


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of one vulnerability; the same of all packages that it is said of."""

    name: str
    aliases: tuple[str, ...]
    status: str
    """``not_affected``, ``fixed`` or ``affected``."""
    justification: str = ""
    """One of OpenVEX's labels, of what is not affected."""
    impact: str = ""
    """Why it is not affected, where no label says it."""
    action: str = ""
    """What was decided of what is affected."""
    notes: str = ""
    """Who says it, and where."""


def said_of(item: Mapping[str, Any]) -> Said:
    """What may be said of a suppressed finding of the document."""
    finding = item["finding"]
    by_vex = item["rule"] == "vex" and item["vexStatus"] in {"not_affected", "fixed"}
    told = _of_vex(item) if by_vex else _of_policy(item)
    return Said(name=finding["id"], aliases=tuple(finding["aliases"]), **told)


def _of_vex(item: Mapping[str, Any]) -> dict[str, str]:
    """What a statement said, as it said it."""
    source = f"As stated by {item['owner'] or 'others'} in {item['source']}"
    notes = f"{source}: {item['reason']}"
    if item["vexStatus"] == "fixed":
        return {"status": "fixed", "notes": notes}
    label = _OF_CYCLONEDX.get(item["justification"], item["justification"])
    if label in _LABELS:
        return {"status": "not_affected", "justification": label, "notes": notes}
    # The schema allows one of both, not both.
    return {"status": "not_affected", "impact": item["reason"], "notes": source}


def _of_policy(item: Mapping[str, Any]) -> dict[str, str]:
    """What an entry of the policy comes to."""
    reason, expires = item["reason"].strip(), item["expires"]
    notes = f"Left out of the verdict by {item['source'] or 'the policy'}"
    if item["owner"]:
        notes += f", owner {item['owner']}"
    if item["rule"] == "ignore" or not reason:
        return {"status": "affected", "action": _UNTOLD, "notes": notes}
    ends = f"until {expires}" if expires else ""
    if _UNTIL_FIX in item["entry"]:
        ends = " or ".join(filter(None, (ends, _UNTIL_FIX)))
    if ends:
        action = f"Accepted {ends}: {reason}"
        return {"status": "affected", "action": action, "notes": notes}
    if _LIVES_WITH_IT.search(reason):
        return {"status": "affected", "action": f"Accepted: {reason}", "notes": notes}
    return {"status": "not_affected", "impact": reason, "notes": notes}
