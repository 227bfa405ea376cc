"""
Findings as inspections of TeamCity: one type a severity, the worst findings first, each at a line or at its image.

A type must be told before the first inspection of it. TeamCity takes 255 characters of a type's name and 4,000 of
a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shipworthy.model.advisory import SEVERITIES
from shipworthy.reports.identity import lines_by_finding, reference, repository
from shipworthy.reports.summary import RANK, Document, fix_words, fixed_in, ranked
from shipworthy.reports.text import line, quiet
from shipworthy_ci.job import Job
from shipworthy_ci.teamcity.messages import message


MOST = 500
"""Inspections of one step."""

_LEVELS = {
    "critical": "ERROR",
    "high": "ERROR",
    "medium": "WARNING",
    "low": "WEAK WARNING",
    "unknown": "WARNING",
}
_TEXT = 3_900
_SAID = 300
_PATH = 1_000
_UNFIT = re.compile(r"[^A-Za-z0-9._:-]+")


def inspections(job: Job, dockerfile: str = "") -> Iterator[str]:
    """
    The messages of a job's inspections.

    Args:
        job: What was scanned.
        dockerfile: The Dockerfile as a path in the checkout, whose lines the plans name; empty for none.
    """
    found = [
        (finding, one.document)
        for one in job.scanned
        if one.document is not None
        for finding in ranked(one.document["findings"])
    ]
    found.sort(key=lambda pair: RANK[pair[0]["severity"]])
    kept = found[:MOST]
    there = {finding["severity"] for finding, _ in kept}
    for severity in SEVERITIES:
        if severity in there:
            yield _type(severity)
    several = len(job.scanned) > 1
    lines = (
        {id(document): lines_by_finding(document) for _, document in kept}
        if dockerfile
        else {}
    )
    for finding, document in kept:
        at = lines.get(id(document), {}).get(finding["fingerprint"], 0)
        place = (
            {"file": dockerfile, "line": str(at)} if at else {"file": _path(document)}
        )
        yield message(
            "inspection",
            typeId=_id(finding["severity"]),
            message=_words(finding, reference(document) if several else ""),
            **place,
            SEVERITY=_LEVELS.get(finding["severity"], "INFO"),
        )
    if len(found) > MOST:
        told = f"shipworthy: {len(found) - MOST:,} findings are no inspections; the report has all"
        yield message("message", text=told, status="WARNING")


def _id(severity: str) -> str:
    return f"shipworthy.{severity}"


def _type(severity: str) -> str:
    return message(
        "inspectionType",
        id=_id(severity),
        name=f"{severity.capitalize()} findings in container images",
        category="shipworthy",
        description=f"What shipworthy found and rates as {severity}; its report has the evidence of each.",
    )


def _words(finding: Document, image: str) -> str:
    package = finding["package"]
    best, _ = fixed_in(finding)
    places = package["locations"]
    parts = [
        f"{finding['id']} ({finding['severity']}) in {package['name']} {package['version']}".strip(),
        f"Image {image}" if image else "",
        line(finding["title"], _SAID).rstrip(". "),
        f"Fixed in {best}" if best else fix_words(finding).capitalize(),
        f"Found in {line(places[0]['path'])}" if places else "",
    ]
    return quiet(line(". ".join(filter(None, parts)), _TEXT))


def _path(document: Document) -> str:
    """The image's repository as a path that leads nowhere."""
    parts = (_UNFIT.sub("-", part) for part in repository(document).split("/"))
    kept = "/".join(part for part in parts if part.strip(".-"))
    return kept[:_PATH].rstrip("/") or "image"
