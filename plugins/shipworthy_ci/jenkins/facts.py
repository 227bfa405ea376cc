"""
What the shared library reads back: a small JSON file of figures, words and names that are ours.

::

    {"schemaVersion": 1, "status": "failed", "exitCode": 1, "headline": "Do not ship", "message": "",
     "thresholdExceeded": true, "counts": {"critical": 1, …, "total": 4, "fixable": 3, …},
     "reports": {"html": "report.html", …}, "images": [{"name": "shop", "status": …, …}]}

``status`` is ``passed``, ``failed`` (the gate closed) or ``error`` (not scanned, not wholly, or the call is wrong).
Paths are relative to the report folder. A target's own text stands in ``message`` alone, harmless and cut short.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from shipworthy.errors import ShipworthyError, UsageError
from shipworthy_ci.factfile import figures, reports_of
from shipworthy_ci.facts import facts_of
from shipworthy_ci.jenkins.console import harmless
from shipworthy_ci.job import Job, Scanned


NAME = "jenkins.json"
"""The file's name in the report folder, where the library names no other place."""
_VERSION = 1
_MESSAGE = 500


def of_job(job: Job) -> dict[str, Any]:
    """The facts of a step that scanned, or tried to."""
    images = [_of_image(one, job) for one in job.scanned]
    messages = [image["message"] for image in images if image["message"]]
    return {
        "schemaVersion": _VERSION,
        **figures(job),
        "message": messages[0] if messages else "",
        "reports": images[0]["reports"] if len(images) == 1 else {},
        "images": images,
    }


def of_error(error: ShipworthyError) -> dict[str, Any]:
    """The facts of a step that scanned nothing."""
    return {
        "schemaVersion": _VERSION,
        "status": "error",
        "exitCode": error.exit_code,
        "headline": "Not scanned",
        "thresholdExceeded": False,
        "counts": {},
        "message": _message(error),
        "reports": {},
        "images": [],
    }


def write(facts: dict[str, Any], path: Path) -> None:
    """
    Put the facts where the library looks for them, whole or not at all.

    Raises ``UsageError`` where they cannot be written.
    """
    data = json.dumps(facts, sort_keys=True, indent=1).encode("ascii")
    temporary = path.with_name(f".{path.name}-{os.urandom(4).hex()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data + b"\n")
        temporary.replace(path)
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be written: {error.strerror}",
            hint="the workspace must be writable",
        ) from error


def _of_image(one: Scanned, job: Job) -> dict[str, Any]:
    alone = replace(job, scanned=(one,))
    return {
        **figures(alone),
        "name": one.name,
        "message": _message(one.error) if one.error is not None else _lacking(alone),
        "reports": reports_of(one, job),
    }


def _lacking(job: Job) -> str:
    """Why a scan that gave a result is none that counts."""
    facts = facts_of(job)
    return facts.headline if facts.status == "error" else ""


def _message(error: ShipworthyError) -> str:
    hint = f" ({error.hint})" if error.hint else ""
    return harmless(f"{error.lines[0]}{hint}", _MESSAGE)
