"""
What a step comes to, for the steps after it: ``facts.json`` with everything, ``facts.env`` for shells and dotenv readers.

::

    {"schemaVersion": 1, "status": "failed", "exitCode": 1, "headline": "Do not ship", "thresholdExceeded": true,
     "counts": {"critical": 1, …, "total": 4}, "images": [{"name": "shop", "target": "…", "status": …, "reports": {…}}]}

``status`` is ``passed``, ``failed`` (the gate closed) or ``error`` (not scanned, or not wholly). Paths are relative to the
folder. The values of ``facts.env`` are letters and digits alone, so that it needs no quotes, whoever reads it; texts of
others stand in the JSON file and nowhere else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from shipworthy.errors import ScanError
from shipworthy.reports.text import line
from shipworthy_ci.facts import Counts, facts_of
from shipworthy_ci.job import Job, Scanned


JSON, DOTENV = "facts.json", "facts.env"
PREFIX = "SHIPWORTHY_RESULT_"
"""What the variables of ``facts.env`` begin with; no option of the command has a variable like that."""

_VERSION = 1
_TEXT = 500


def write_facts(job: Job) -> tuple[Path, ...]:
    """
    Both files in the job's folder, each whole or not at all; gives their paths.

    Raises ``ScanError`` where they cannot be written: what reads them must not take an older word for this one.
    """
    facts = facts_in(job)
    texts = {JSON: json.dumps(facts, indent=1, sort_keys=True), DOTENV: dotenv(facts)}
    made = []
    for name, text in texts.items():
        path = job.folder / name
        temporary = path.with_name(f".{name}-{os.urandom(4).hex()}")
        try:
            temporary.write_bytes(text.rstrip("\n").encode("ascii") + b"\n")
            temporary.replace(path)
        except OSError as error:
            raise ScanError(f"{path}: cannot be written: {error.strerror}") from error
        made.append(path)
    return tuple(made)


def facts_in(job: Job) -> dict[str, Any]:
    """The job as the JSON file has it."""
    images = [_image(one, job) for one in job.scanned]
    return {"schemaVersion": _VERSION, **figures(job), "images": images}


def dotenv(facts: Mapping[str, Any]) -> str:
    """The figures and the status as ``NAME=value``, a line each."""
    values = {
        "STATUS": facts["status"],
        "EXIT_CODE": facts["exitCode"],
        "THRESHOLD_EXCEEDED": str(facts["thresholdExceeded"]).lower(),
        **{name.upper(): number for name, number in facts["counts"].items()},
    }
    return "".join(f"{PREFIX}{name}={value}\n" for name, value in values.items())


def _image(one: Scanned, job: Job) -> dict[str, Any]:
    error = one.error
    return {
        **figures(replace(job, scanned=(one,))),
        "name": one.name,
        "target": line(one.target, _TEXT),
        "message": line(error.lines[0], _TEXT) if error else "",
        "reports": reports_of(one, job),
    }


def reports_of(one: Scanned, job: Job) -> dict[str, str]:
    """Its reports by format, relative to the job's folder."""
    return {
        name: path.relative_to(job.folder).as_posix()
        for name, path in sorted(one.reports.items())
    }


def figures(job: Job) -> dict[str, Any]:
    """Status, exit code, headline and counts."""
    facts = facts_of(job)
    return {
        "status": facts.status,
        "exitCode": job.exit_code,
        "headline": facts.headline,
        "thresholdExceeded": facts.threshold_exceeded,
        "counts": _counts(facts.counts),
    }


def _counts(counts: Counts) -> dict[str, int]:
    return {
        **counts.severities,
        "total": counts.total,
        "fixable": counts.fixable,
        "exploited": counts.exploited,
        "new": counts.new,
        "suppressed": counts.suppressed,
        "packages": counts.packages,
    }
