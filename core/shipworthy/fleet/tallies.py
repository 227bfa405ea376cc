"""Findings counted, in the form the document has counts in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from shipworthy.fleet.model import Found, Scan
from shipworthy.model.advisory import SEVERITIES


def by_severity(findings: Iterable[Found]) -> dict[str, int]:
    """How many of each severity, worst first, none left out."""
    counts = Counter(found.severity for found in findings)
    return {name: counts[name] for name in SEVERITIES}


def summed(rows: Iterable[Sequence[int]]) -> dict[str, int]:
    """Counts by severity, added up."""
    total = [0] * len(SEVERITIES)
    for row in rows:
        total = [one + more for one, more in zip(total, row, strict=True)]
    return dict(zip(SEVERITIES, total, strict=True))


def severities(scan: Scan) -> dict[str, dict[str, int]]:
    """A result's findings by severity, all of them and those with a fix."""
    return {
        name: {"total": total, "fixable": fixable}
        for name, total, fixable in zip(
            SEVERITIES, scan.counts, scan.fixable, strict=True
        )
    }
