"""
TeamCity: build problems, statistics, inspections, test reports, artifacts and the build's status, as service messages.

A closed gate is a build problem that says why, and exit code 1 as well: by its own policy TeamCity runs the steps that
follow unless one has failed, whatever problems are told, and what is pushed or deployed there must not pass the gate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from shipworthy.errors import ShipworthyError
from shipworthy.reports.text import line, quiet
from shipworthy_ci.factfile import write_facts
from shipworthy_ci.facts import facts_of
from shipworthy_ci.job import Job
from shipworthy_ci.platform import Inputs
from shipworthy_ci.surroundings import Surroundings
from shipworthy_ci.teamcity.artifacts import published, tested
from shipworthy_ci.teamcity.checkout import inside
from shipworthy_ci.teamcity.figures import MOST_IMAGES, statistics, status_text
from shipworthy_ci.teamcity.inspections import inspections
from shipworthy_ci.teamcity.messages import message
from shipworthy_ci.teamcity.problems import Problem, problems_of, refused
from shipworthy_ci.teamcity.tab import write_tab


_LONGEST = 2_000
_BLOCK = 200


class TeamcityPlatform:
    """A step of a build."""

    name = "teamcity"
    formats = ("junit", "cyclonedx")
    html_assets = "inline"

    def detects(self, environment: Mapping[str, str]) -> bool:
        """Agents set ``TEAMCITY_VERSION``."""
        return bool(environment.get("TEAMCITY_VERSION"))

    def inputs(self, around: Surroundings) -> Inputs:
        """No conventions; the build's page says what is going on from here on."""
        if self.detects(around.environment):
            around.say(message("progressMessage", "shipworthy: scanning"))
        return Inputs()

    @contextmanager
    def section(
        self, title: str, around: Surroundings
    ) -> Iterator[Callable[[str], None]]:
        """A folded block in which no line is a service message."""
        name = quiet(line(title, _BLOCK))
        around.say(message("blockOpened", name=name))
        around.say(message("disableServiceMessages"))

        def write(text: str) -> None:
            for part in text.splitlines():
                around.say(quiet(line(part, _LONGEST)) if part.strip() else "")

        try:
            yield write
        finally:
            around.say(message("enableServiceMessages"))
            around.say(message("blockClosed", name=name))

    def deliver(self, job: Job, around: Surroundings) -> None:
        """Findings and figures first, then the files, and what fails the build last."""
        for told in _told(job, around):
            around.say(told)
        for problem in problems_of(job):
            around.say(_problem(problem))
        around.say(message("buildStatus", text=status_text(job)))

    def refuse(self, error: ShipworthyError, around: Surroundings) -> None:
        """A build problem of its own kind: wrong usage, or not scanned."""
        around.say(_problem(refused(error)))

    def finish(self, job: Job, around: Surroundings) -> int:
        """As the verdict says."""
        del around
        return job.exit_code


def _told(job: Job, around: Surroundings) -> Iterator[str]:
    dockerfile = inside(job.dockerfile, around) if job.dockerfile else ""
    yield from inspections(job, dockerfile)
    for key, value in statistics(job):
        yield message("buildStatisticValue", key=key, value=str(value))
    if len(job.scanned) > MOST_IMAGES:
        yield _said(f"the first {MOST_IMAGES} images have statistics of their own")
    try:
        tab = write_tab(job)
    except OSError as error:
        tab = None
        yield _said(f"no report.zip: {error.strerror}", status="WARNING")
    more = (*write_facts(job), *((tab,) if tab else ()))
    yield from published(job, more, around)
    yield from tested(job, around)
    if job.comment:
        yield _said(
            "TeamCity has no comments; summary.md among the reports holds one that another step can post"
        )
    yield _said(f"{facts_of(job).headline}; reports in {job.folder}")


def _problem(problem: Problem) -> str:
    if not problem.fails:
        return message("message", text=problem.description, status="WARNING")
    return message(
        "buildProblem", description=problem.description, identity=problem.identity
    )


def _said(text: str, *, status: str = "NORMAL") -> str:
    return message(
        "message", text=quiet(line(f"shipworthy: {text}", _LONGEST)), status=status
    )
