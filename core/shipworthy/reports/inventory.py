"""
The inventory of a result: what ``shipworthy sbom`` lists of the same target, without what was looked up and judged.

A bill of materials made of it has the bytes of the one that the command writes, for the same target, base and platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


_LOOKING_UP = frozenset({"database", "matching"})


def inventory_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """
    ``document`` as one that nothing was looked up for: no findings, no database, no day of judging.

    It is whole where everything could be read, whatever the database lacked.
    """
    statuses = [
        status
        for status in document["statuses"]
        if status["source"] not in _LOOKING_UP
        and not status["source"].startswith("policy/")
    ]
    whole = document["coverage"]["complete"] or not any(
        status["partial"] for status in statuses
    )
    return {
        **document,
        "findings": [],
        "suppressed": [],
        "lookedFor": [],
        "statuses": statuses,
        "coverage": {**document["coverage"], "complete": whole},
        "database": {**document["database"], "date": "", "digest": ""},
        "verdict": {**document["verdict"], "day": ""},
    }
