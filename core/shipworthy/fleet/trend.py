"""
How the findings went over time, a point a day on which there is a result.

On each day an image counts with its newest result up to that day, so that a day on which only some images were scanned
does not look like a better one.
"""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.fleet.model import Image, Scan
from shipworthy.fleet.tallies import summed
from shipworthy.model.advisory import SEVERITIES


MAX_DAYS = 366
"""Days in a trend: the newest."""


def trend(images: Sequence[Image]) -> list[dict[str, object]]:
    """All images together, a point a day, oldest first."""
    days = sorted({scan.day for image in images for scan in image.scans if scan.day})
    at = dict.fromkeys(range(len(images)), -1)
    series = [_daily(image) for image in images]
    points: list[dict[str, object]] = []
    for day in days:
        for number, scans in enumerate(series):
            while at[number] + 1 < len(scans) and scans[at[number] + 1].day <= day:
                at[number] += 1
        held = [series[number][place] for number, place in at.items() if place >= 0]
        points.append(
            {
                "day": day,
                "images": len(held),
                "doNotShip": sum(scan.head.tone == "fail" for scan in held),
                "findings": sum(sum(scan.counts) for scan in held),
                "severities": summed(scan.counts for scan in held),
                "exploited": sum(scan.exploited for scan in held),
                "risk": round(sum(scan.risk for scan in held), 1),
            }
        )
    return points[-MAX_DAYS:]


def history(image: Image) -> list[dict[str, object]]:
    """One image, a point a day, oldest first."""
    return [
        {
            "day": scan.day,
            "reference": scan.reference,
            "tone": scan.head.tone,
            "verdict": scan.head.words,
            "findings": sum(scan.counts),
            "severities": dict(zip(SEVERITIES, scan.counts, strict=True)),
            "exploited": scan.exploited,
            "risk": round(scan.risk, 1),
            "complete": scan.complete,
        }
        for scan in _daily(image)[-MAX_DAYS:]
    ]


def _daily(image: Image) -> list[Scan]:
    """The last result of each day; results that tell no day have no place in time."""
    last = {scan.day: scan for scan in image.scans if scan.day}
    return [last[day] for day in sorted(last)]
