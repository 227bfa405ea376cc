"""
Azure Pipelines: issues of the step, its summary, output variables, and a result between success and failure.

What the agent offers is documented at learn.microsoft.com, "Logging commands" and "Predefined variables"
(``TF_BUILD``). An issue fails no step: the exit code does; a closed gate that may not fail leaves the step succeeded
with issues, which the run's page shows in another colour.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from shipworthy.errors import ShipworthyError
from shipworthy.reports.text import line, quiet
from shipworthy_ci.annotations import annotate
from shipworthy_ci.azure.commands import command
from shipworthy_ci.factfile import write_facts
from shipworthy_ci.facts import facts_of
from shipworthy_ci.job import CLOSED, WRONG, Job
from shipworthy_ci.overview import overview, size_in_bytes
from shipworthy_ci.platform import Inputs
from shipworthy_ci.surroundings import Surroundings


SUMMARY = "shipworthy.md"
"""The file in the report folder that becomes a part of the run's page, headed by its name."""

_ROOM = 400 * 1024
_LONGEST = 2_000


class AzurePlatform:
    """A step of a run."""

    name = "azure"
    formats = ("junit", "sarif", "cyclonedx")
    html_assets = "inline"

    def detects(self, environment: Mapping[str, str]) -> bool:
        """Agents set ``TF_BUILD``."""
        return environment.get("TF_BUILD", "").lower() == "true"

    def inputs(self, around: Surroundings) -> Inputs:
        """No conventions."""
        del around
        return Inputs()

    @contextmanager
    def section(
        self, title: str, around: Surroundings
    ) -> Iterator[Callable[[str], None]]:
        """A folded group, in which no line is a command."""
        around.say(f"##[group]{_harmless(title)}")

        def write(text: str) -> None:
            for part in text.splitlines():
                around.say(_harmless(part) if part.strip() else "")

        try:
            yield write
        finally:
            around.say("##[endgroup]")

    def deliver(self, job: Job, around: Surroundings) -> None:
        """Outputs first, for what follows goes by them; then what people read."""
        write_facts(job)
        for told in (*_outputs(job), *_issues(job, around)):
            around.say(told)
        place = Path(os.path.abspath(around.folder / job.folder / SUMMARY))  # noqa: PTH100  # links stay as they are
        try:
            text = overview(job, _ROOM, size_in_bytes)
            place.write_bytes(text.encode("utf-8", "backslashreplace"))
            around.say(command("task.uploadsummary", str(place)))
        except OSError as error:
            around.say(_issue("warning", f"shipworthy: no summary: {error.strerror}"))
        if job.comment:
            around.say(
                "shipworthy: no comments here; summary.md among the reports holds one that another step can post"
            )
        around.say(
            f"shipworthy: {facts_of(job).headline}; reports in {_harmless(str(job.folder))}"
        )

    def refuse(self, error: ShipworthyError, around: Surroundings) -> None:
        """An error that says whether the call is wrong or the scan could not be done."""
        what = "wrong usage" if error.exit_code == WRONG else "could not scan"
        told = "; ".join(filter(None, (*error.lines, error.hint)))
        around.say(_issue("error", f"shipworthy: {what}: {told}"))

    def finish(self, job: Job, around: Surroundings) -> int:
        """As the verdict says; a closed gate that may not fail is a success with issues."""
        if job.no_fail and job.verdict_code == CLOSED:
            properties = {"result": "SucceededWithIssues"}
            around.say(command("task.complete", "the gate is closed", properties))
        return job.exit_code


def _outputs(job: Job) -> Iterator[str]:
    facts = facts_of(job)
    counts = facts.counts
    values = {
        "verdict": facts.status,
        "summary": facts.headline,
        "exitCode": str(job.exit_code),
        "thresholdExceeded": str(facts.threshold_exceeded).lower(),
        **{name: str(number) for name, number in counts.severities.items()},
        "total": str(counts.total),
        "fixable": str(counts.fixable),
        "exploited": str(counts.exploited),
        "new": str(counts.new),
    }
    for name, value in values.items():
        properties = {"variable": name, "isOutput": "true"}
        yield command("task.setvariable", value, properties)


def _issues(job: Job, around: Surroundings) -> Iterator[str]:
    """What is told beside the code elsewhere: errors and warnings; the plan's notices are in the summary."""
    dockerfile = _in_checkout(job.dockerfile, around)
    for one in annotate(job, dockerfile):
        if one.kind != "notice":
            place = {"sourcepath": one.file, "linenumber": str(one.line)}
            words = f"{one.title}: {one.message}"
            yield _issue(one.kind, words, place if one.line else {})


def _issue(kind: str, words: str, place: Mapping[str, str] | None = None) -> str:
    properties = {"type": kind, **(place or {})}
    return command("task.logissue", _harmless(words), properties)


def _in_checkout(dockerfile: str, around: Surroundings) -> str:
    """The Dockerfile from the sources' top; empty where it lies elsewhere."""
    if not dockerfile:
        return ""
    top = Path(around.variable("BUILD_SOURCESDIRECTORY") or around.folder)
    try:
        inside = (around.folder / dockerfile).resolve().relative_to(top.resolve())
    except (OSError, ValueError):
        return ""
    return inside.as_posix()


def _harmless(text: str) -> str:
    return quiet(line(text, _LONGEST))
