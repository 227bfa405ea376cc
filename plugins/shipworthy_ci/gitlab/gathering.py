"""
One report of a kind for a job of several images, because GitLab takes one file of it.

A job may hand on one ``container_scanning`` and one ``codequality`` report ("artifacts:reports", docs.gitlab.com); JUnit
and CycloneDX may be many. The reports are those that were written before; here they are put together.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shipworthy.errors import ScanError
from shipworthy.reports.gitlab import VERSION
from shipworthy.reports.identity import DOCKERFILE
from shipworthy.reports.text import line, quiet
from shipworthy_ci.gitlab.metrics import FILE, metrics
from shipworthy_ci.job import Job
from shipworthy_ci.reportset import file_of


SECURITY, QUALITY = "gitlab", "gitlab-codequality"
_IMAGE = 255
_MESSAGE = 900


def gather(job: Job, default_branch_image: str = "", dockerfile: str = "") -> None:
    """
    Write the figures, and what has to be one file.

    Args:
        job: What was scanned, its reports written.
        default_branch_image: What the image is called on the default branch, for its findings to be known again.
        dockerfile: The Dockerfile whose lines are named, from the checkout's top; empty for none.

    Raises:
        ScanError: A file cannot be read or written.
    """
    try:
        (job.folder / FILE).write_text(metrics(job), encoding="utf-8")
        for kind in (SECURITY, QUALITY):
            made = [one.reports[kind] for one in job.scanned if kind in one.reports]
            place = file_of(job.folder, kind)
            if len(job.scanned) > 1:  # an earlier run's must not pass for this one's
                place.unlink(missing_ok=True)
            if not made:
                continue
            written: Any
            if kind == SECURITY:
                written = _security(job, made, line(default_branch_image)[:_IMAGE])
            else:
                written = _quality(made, dockerfile)
            place.write_bytes(_bytes(written))
    except OSError as error:
        raise ScanError(
            f"{error.filename}: cannot be written: {error.strerror}",
            hint="--report-dir names a directory that may be written to",
        ) from error


def _security(job: Job, made: list[Path], known_as: str) -> dict[str, Any]:
    """All vulnerabilities; a ``failure`` where one image could not be scanned, or not wholly."""
    reports = [_read(path) for path in made]
    scans = [report["scan"] for report in reports]
    messages = [message for scan in scans for message in scan["messages"]]
    whole = all(scan["status"] == "success" for scan in scans)
    for one in job.scanned:
        if one.document is None:
            whole = False
            words = quiet(line(f"not scanned: {one.target}", _MESSAGE))
            messages.append({"level": "fatal", "value": words})
    found: dict[str, Any] = {}
    for report in reports:
        for entry in report["vulnerabilities"]:
            if known_as and entry["location"]["image"] != known_as:
                entry["location"]["default_branch_image"] = known_as
            found.setdefault(entry["id"], entry)
    return {
        "version": VERSION,
        "scan": {
            **scans[0],
            "messages": messages,
            "status": "success" if whole else "failure",
        },
        "vulnerabilities": list(found.values()),
        "remediations": [],
    }


def _quality(made: list[Path], dockerfile: str) -> list[Any]:
    """All issues, the first that a fingerprint has, as GitLab counts them; those at lines in the file that has these."""
    found: dict[str, Any] = {}
    for path in made:
        for issue in _read(path):
            if dockerfile and issue["location"]["path"] == DOCKERFILE:
                issue["location"]["path"] = dockerfile
            found.setdefault(issue["fingerprint"], issue)
    return list(found.values())


def _read(path: Path) -> Any:
    import orjson

    return orjson.loads(path.read_bytes())


def _bytes(value: object) -> bytes:
    import orjson

    from shipworthy.reports.json import quieted

    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return quieted(orjson.dumps(value, option=options))
