"""Packages across images: what an upgrade of each would close; packages built from one source are one."""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.fleet.model import Found, Image
from shipworthy.reports.summary import RANK


MAX_PACKAGES = 200
"""Packages in the document; what is beyond is counted."""
MAX_VERSIONS = 10
"""Versions named of one package."""


def packages(images: Sequence[Image]) -> list[dict[str, object]]:
    """Every package that findings are about, the one with most risk first."""
    found: dict[tuple[str, str], list[tuple[Image, Found]]] = {}
    for image in images:
        for one in image.newest.findings:
            if one.kind != "end-of-life":
                key = (one.type, one.source)
                found.setdefault(key, []).append((image, one))
    ranked = sorted(
        found.items(),
        key=lambda pair: (-round(sum(one.risk for _, one in pair[1]), 1), pair[0]),
    )
    return [_part(kind, name, places) for (kind, name), places in ranked]


def _part(
    kind: str, name: str, places: Sequence[tuple[Image, Found]]
) -> dict[str, object]:
    findings = [one for _, one in places]
    versions = sorted({one.version for one in findings})
    return {
        "type": kind,
        "name": name,
        "versions": versions[:MAX_VERSIONS],
        "versionsCut": len(versions[MAX_VERSIONS:]),
        "worst": min((one.severity for one in findings), key=RANK.__getitem__),
        "findings": len(findings),
        "fixable": sum(one.fixable for one in findings),
        "exploited": sum(one.exploited for one in findings),
        "vulnerabilities": len({one.id for one in findings}),
        "risk": round(sum(one.risk for one in findings), 1),
        "images": sorted({image.label for image, _ in places}),
    }
