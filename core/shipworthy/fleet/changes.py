"""
What changed from one result of an image to the next, by the findings' fingerprints.

A fingerprint has the package's places in it. Where one vulnerability of one package went under one fingerprint and came
under another, it has moved and is neither new nor fixed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from shipworthy.fleet.model import Found, Image
from shipworthy.model.advisory import SEVERITIES


def change(image: Image) -> dict[str, object] | None:
    """What is new and what is fixed since the result before; ``None`` for an image with one result."""
    before, now = image.previous, image.newest
    if before is None:
        return None
    old = {found.mark: found for found in before.findings}
    new = {found.mark: found for found in now.findings}
    came = [found for mark, found in new.items() if mark not in old]
    went = [found for mark, found in old.items() if mark not in new]
    moved = set(map(_apart_from_place, came)) & set(map(_apart_from_place, went))
    same = [found for found in came if _apart_from_place(found) in moved]
    came = [found for found in came if _apart_from_place(found) not in moved]
    went = [found for found in went if _apart_from_place(found) not in moved]
    return {
        "since": before.day,
        "reference": before.reference,
        "new": len(came),
        "moved": len(same),
        "fixed": len(went),
        "newBySeverity": _by_severity(came),
        "fixedBySeverity": _by_severity(went),
        "partial": not (before.complete and now.complete),
        "verdictBefore": before.head.words,
    }


def _apart_from_place(found: Found) -> tuple[str, str, str]:
    return (found.id, found.type, found.package)


def _by_severity(findings: Iterable[Found]) -> dict[str, int]:
    counts = Counter(found.severity for found in findings)
    return {name: counts[name] for name in SEVERITIES if counts[name]}
