"""
The dashboard as data: the one value that the page is made from.

Keys are in camel case, lists are in the order the page shows, and nothing depends on the clock or on the order in which
results were given. Its fields are told in ``docs/dashboard.md``; ``schemaVersion`` grows as that of a result does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from shipworthy.fleet.actions import MAX_ACTIONS, actions
from shipworthy.fleet.bases import base_part, shared_bases
from shipworthy.fleet.changes import change
from shipworthy.fleet.expected import Missing, missing
from shipworthy.fleet.model import Asked, Fleet, Image
from shipworthy.fleet.packages import MAX_PACKAGES, packages
from shipworthy.fleet.tallies import severities, summed
from shipworthy.fleet.trend import history, trend
from shipworthy.fleet.verdict import headline, standing
from shipworthy.fleet.vulnerabilities import (
    MAX_VULNERABILITIES,
    ends_of_support,
    vulnerabilities,
)


SCHEMA_VERSION = "1.0"
KIND = "dashboard"

_WORST = ("fail", "partial", "undecided", "open", "warn", "pass")


def to_document(fleet: Fleet, asked: Asked, *, version: str) -> dict[str, Any]:
    """The dashboard of ``fleet`` by ``version`` of the tool, of nothing but dictionaries, lists and plain values."""
    newest = max((image.newest.day for image in fleet.images), default="")
    at = asked.at or newest
    images = [
        _image(image, at, asked.max_age) for image in sorted(fleet.images, key=_order)
    ]
    absent = missing(asked.expected or (), fleet)
    bases = shared_bases(fleet.images)
    found, todo = vulnerabilities(fleet.images), actions(fleet.images, bases)
    affected = packages(fleet.images)
    totals = _totals(fleet, images, len(found), absent)
    return {
        "schemaVersion": SCHEMA_VERSION,
        "kind": KIND,
        "tool": {"name": "shipworthy", "version": version},
        "at": at,
        "maxAge": asked.max_age,
        "headline": headline(totals),
        "totals": totals,
        "actions": todo[:MAX_ACTIONS],
        "actionsCut": len(todo[MAX_ACTIONS:]),
        "images": images,
        "coverage": {
            "expected": None if asked.expected is None else len(asked.expected),
            "missing": [{"name": one.name, "reason": one.reason} for one in absent],
            "unreadable": [
                {"file": one.file, "error": one.error} for one in fleet.unreadable
            ],
            "others": list(fleet.others),
            "copies": fleet.copies,
        },
        "trend": trend(fleet.images),
        "vulnerabilities": found[:MAX_VULNERABILITIES],
        "vulnerabilitiesCut": len(found[MAX_VULNERABILITIES:]),
        "packages": affected[:MAX_PACKAGES],
        "packagesCut": len(affected[MAX_PACKAGES:]),
        "bases": [base_part(base) for base in bases],
        "endsOfSupport": ends_of_support(fleet.images),
    }


def _order(image: Image) -> tuple[object, ...]:
    """Worst first: what does not ship, then what is exploited, then by severity and risk."""
    scan = image.newest
    return (
        _WORST.index(scan.head.tone),
        -scan.exploited,
        tuple(-count for count in scan.counts),
        -scan.risk,
        image.label,
    )


def _image(image: Image, at: str, max_age: int | None) -> dict[str, Any]:
    scan = image.newest
    age = _age(scan.day, at)
    return {
        "name": image.label,
        "reference": scan.reference,
        "platform": scan.platform,
        "system": scan.system,
        "result": scan.file,
        "report": scan.report,
        "day": scan.day,
        "age": age,
        "stale": max_age is not None and (age is None or age > max_age),
        "databaseDate": scan.database,
        "verdict": {
            "tone": scan.head.tone,
            "words": scan.head.words,
            "standing": standing(scan.head.tone),
            "summary": scan.summary,
            "reasons": list(scan.reasons),
        },
        "complete": scan.complete and not scan.head.unseen,
        "unread": list(scan.unread),
        "findings": sum(scan.counts),
        "fixable": sum(scan.fixable),
        "severities": severities(scan),
        "exploited": scan.exploited,
        "suppressed": scan.suppressed,
        "risk": round(scan.risk, 1),
        "change": change(image),
        "results": len(image.scans),
        "history": history(image),
    }


def _age(day: str, at: str) -> int | None:
    """Days from ``day`` to ``at``; ``None`` where one of them is not known."""
    if not day or not at:
        return None
    return max((date.fromisoformat(at) - date.fromisoformat(day)).days, 0)


def _totals(
    fleet: Fleet,
    images: Sequence[dict[str, Any]],
    found: int,
    absent: Sequence[Missing],
) -> dict[str, Any]:
    newest = [image.newest for image in fleet.images]
    broken = {one.file for one in fleet.unreadable} - {one.file for one in absent}
    held = Counter(one["verdict"]["standing"] for one in images)
    return {
        "images": len(images),
        "results": sum(len(image.scans) for image in fleet.images),
        "ship": held["ship"],
        "doNotShip": held["doNotShip"],
        "notScannedWholly": held["notScannedWholly"],
        "notJudgedWholly": held["notJudgedWholly"],
        "notJudged": held["notJudged"],
        "partial": _count(not one["complete"] for one in images),
        "stale": _count(one["stale"] for one in images),
        "missing": len(absent),
        "unreadable": len(fleet.unreadable),
        "notScanned": len(absent) + len(broken),
        "findings": sum(sum(scan.counts) for scan in newest),
        "severities": summed(scan.counts for scan in newest),
        "fixableSeverities": summed(scan.fixable for scan in newest),
        "fixable": sum(sum(scan.fixable) for scan in newest),
        "exploited": sum(scan.exploited for scan in newest),
        "suppressed": sum(scan.suppressed for scan in newest),
        "risk": round(sum(scan.risk for scan in newest), 1),
        "vulnerabilities": found,
    }


def _count(flags: Iterable[bool]) -> int:
    return sum(flags)
