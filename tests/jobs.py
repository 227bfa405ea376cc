"""Jobs made of the sample result, and what GitHub is told of them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelining import HOSTILE
from reports_sample import sample, undecided, warned
from runnerlog import Log, read_log

from shipworthy.errors import ImageError
from shipworthy.reports.document import to_document
from shipworthy_ci.github.platform import GithubPlatform
from shipworthy_ci.job import Job, Scanned
from shipworthy_ci.surroundings import Surroundings


CLOSED = to_document(sample())
WARNED = to_document(warned())
UNDECIDED = to_document(undecided())


def scanned(name: str, result: Mapping[str, Any] | None) -> Scanned:
    """A target with its result; without one it could not be scanned."""
    error = None if result else ImageError(f"{name}: {HOSTILE[0]}", hint=HOSTILE[4])
    return Scanned(
        target=f"{name}{HOSTILE[5]}",
        name=name,
        folder=Path(),
        reports={},
        document=result,
        error=error,
    )


def job(*results: Mapping[str, Any] | None, **more: Any) -> Job:
    """A job of these results."""
    each = tuple(scanned(f"image-{at}", one) for at, one in enumerate(results))
    return Job(scanned=each, folder=Path("reports"), **more)


def deliver(one: Job, folder: Path, **environment: str) -> Log:
    """What the runner reads when the job is told."""
    text = io.StringIO()
    around = Surroundings(
        environment={
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            **environment,
        },
        log=text,
        folder=folder,
    )
    GithubPlatform().deliver(one, around)
    return read_log(text.getvalue())
