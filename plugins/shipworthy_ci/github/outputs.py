"""
What a job hands to the steps after it, by the names of the action's outputs; and how runner's files are written.

GitHub takes 1 MB of outputs a job, counted as UTF-16; a list of paths that is longer than its share is cut at a line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from shipworthy.errors import ScanError
from shipworthy.reports.text import line
from shipworthy_ci.facts import Counts, Facts, facts_of
from shipworthy_ci.github.escaping import output
from shipworthy_ci.job import Job


PATHS = {
    "result": "json",
    "html": "html",
    "csv": "csv",
    "markdown": "markdown",
    "sbom": "cyclonedx",
}
"""Outputs that are paths of reports, a line an image, and the format of each."""
SARIF = "sarif-github"

_LIST = 40_000
_TEXT = 1_000


def outputs_of(job: Job, sarif: Path | None) -> dict[str, str]:
    """Every output; ``sarif`` is what can be uploaded to code scanning."""
    facts = facts_of(job)
    return {
        **_figures(facts, job.exit_code),
        "report-dir": line(str(job.folder), _TEXT),
        **{
            name: _listed(
                one.reports[format_] for one in job.scanned if format_ in one.reports
            )
            for name, format_ in PATHS.items()
        },
        "sarif": str(sarif) if sarif else "",
    }


def nothing(exit_code: int, words: str) -> dict[str, str]:
    """The outputs of a job in which nothing could be scanned."""
    return _figures(Facts(status="error", headline=words), exit_code)


def append(path: str, name: str, text: str) -> None:
    """
    Add ``text`` to the runner's file ``path``, which the variable ``name`` told; nothing where it told none.

    Raises ``ScanError`` where it cannot be written: what reads it must not take silence for a good word.
    """
    if not path:
        return
    try:
        with Path(path).open("ab") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ScanError(
            f"{name}: {path} cannot be written: {error.strerror}",
            hint="the runner makes this file; let the step write to it",
        ) from error


def written(values: Mapping[str, str]) -> str:
    """``values`` as the file of outputs holds them."""
    return "".join(output(name, value) for name, value in values.items())


def _figures(facts: Facts, exit_code: int) -> dict[str, str]:
    counts: Counts = facts.counts
    return {
        "verdict": facts.status,
        "summary": facts.headline,
        "exit-code": str(exit_code),
        "threshold-exceeded": str(facts.threshold_exceeded).lower(),
        **{name: str(number) for name, number in counts.severities.items()},
        "total": str(counts.total),
        "fixable": str(counts.fixable),
        "exploited": str(counts.exploited),
        "new": str(counts.new),
        "suppressed": str(counts.suppressed),
        "packages": str(counts.packages),
    }


def _listed(paths: Iterable[Path]) -> str:
    kept: list[str] = []
    room = _LIST
    for path in paths:
        text = os.fspath(path)
        room -= len(text) + 1
        if room < 0:
            break
        kept.append(text)
    return "\n".join(kept)
