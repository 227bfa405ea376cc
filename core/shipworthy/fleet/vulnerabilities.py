"""Vulnerabilities and ends of support across images: each with the images it is in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipworthy.fleet.model import Found, Image
from shipworthy.reports.summary import RANK


MAX_VULNERABILITIES = 500
"""Vulnerabilities in the document; what is beyond is counted."""
MAX_PACKAGES = 10
"""Packages named of one vulnerability."""

_Places = list[tuple[Image, Found]]


def vulnerabilities(images: Sequence[Image]) -> list[dict[str, object]]:
    """Every vulnerability: the exploited first, then the worst, then those in most images."""
    found: dict[str, _Places] = {}
    for image in images:
        for one in image.newest.findings:
            if one.kind != "end-of-life":
                found.setdefault(one.id, []).append((image, one))
    parts = ((_order(name, places), name, places) for name, places in found.items())
    return [
        _part(name, places) for _, name, places in sorted(parts, key=lambda p: p[0])
    ]


def ends_of_support(images: Sequence[Image]) -> list[dict[str, object]]:
    """Every system or product whose support ends or has ended, the earliest end first."""
    found: dict[tuple[str, str], set[str]] = {}
    for image in images:
        for one in image.newest.findings:
            if one.kind == "end-of-life":
                found.setdefault(one.support, set()).add(image.label)
    return [
        {"name": name, "ends": ends, "images": sorted(labels)}
        for (name, ends), labels in sorted(
            found.items(), key=lambda pair: (pair[0][1] or "~", pair[0][0])
        )
    ]


def _order(name: str, places: _Places) -> tuple[object, ...]:
    findings = [one for _, one in places]
    return (
        not any(one.exploited for one in findings),
        min(RANK[one.severity] for one in findings),
        -len(_labels(places)),
        -max(one.risk for one in findings),
        name,
    )


def _part(name: str, places: _Places) -> dict[str, object]:
    findings = [one for _, one in places]
    packages = sorted({f"{one.package} ({one.type})" for one in findings})
    return {
        "id": name,
        "severity": min((one.severity for one in findings), key=RANK.__getitem__),
        "risk": max(one.risk for one in findings),
        "exploited": any(one.exploited for one in findings),
        "findings": len(findings),
        "fixable": sum(one.fixable for one in findings),
        "title": max(
            (one.title for one in findings), key=lambda text: (len(text), text)
        ),
        "packages": packages[:MAX_PACKAGES],
        "packagesCut": len(packages[MAX_PACKAGES:]),
        "images": _labels(places),
    }


def _labels(places: Iterable[tuple[Image, Found]]) -> list[str]:
    return sorted({image.label for image, _ in places})
