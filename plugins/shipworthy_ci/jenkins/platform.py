"""
Jenkins: a console, reports that its plug-ins read, and a file of facts for the shared library.

Source: jenkins.io, "Using environment variables" (``JENKINS_URL``, ``BUILD_ID``, ``BUILD_TAG``). The
build's result is set by the library's steps from the exit code and the facts; nothing here speaks to the controller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from shipworthy.errors import ShipworthyError, UsageError
from shipworthy_ci.facts import facts_of
from shipworthy_ci.jenkins.console import harmless, set_in
from shipworthy_ci.jenkins.facts import NAME, of_error, of_job, write
from shipworthy_ci.job import Job
from shipworthy_ci.platform import Inputs
from shipworthy_ci.surroundings import Surroundings


FACTS = "SHIPWORTHY_JENKINS_FACTS"
"""The variable that says where the library wants the facts."""
_TAG = "jenkins-"


class JenkinsPlatform:
    """A step of a Jenkins build, be it the library's or a plain ``sh``."""

    name = "jenkins"
    formats = ("junit", "warnings-ng")
    html_assets = "external"

    def detects(self, environment: Mapping[str, str]) -> bool:
        """A build's number, and the controller's address or, where it knows none, the build's tag."""
        tagged = environment.get("BUILD_TAG", "").startswith(_TAG)
        return bool(
            environment.get("BUILD_ID") and (environment.get("JENKINS_URL") or tagged)
        )

    def inputs(self, around: Surroundings) -> Inputs:
        """No conventions of its own: the library passes its arguments as variables."""
        del around
        return Inputs()

    @contextmanager
    def section(
        self, title: str, around: Surroundings
    ) -> Iterator[Callable[[str], None]]:
        """The title, then the text set in; the console folds nothing."""
        around.say(f"== {harmless(title)}")

        def write_lines(text: str) -> None:
            for part in text.splitlines():
                around.say(set_in(part))

        yield write_lines

    def deliver(self, job: Job, around: Surroundings) -> None:
        """The verdict, where the reports are, and the facts for the library."""
        write(of_job(job), self._place(around) or job.folder / NAME)
        around.say(
            f"shipworthy: {facts_of(job).headline}; reports in {harmless(str(job.folder))}"
        )
        if job.comment:
            around.say(
                "shipworthy: Jenkins has no comments of its own; summary.md among the reports holds one"
                " that another step can post"
            )

    def refuse(self, error: ShipworthyError, around: Surroundings) -> None:
        """Let the library name what is wrong, where it asked for facts; the console has it on stderr."""
        place = self._place(around)
        if place is not None:
            with suppress(UsageError):  # the first error is the one to tell
                write(of_error(error), place)

    def finish(self, job: Job, around: Surroundings) -> int:
        """As the verdict says; what the build becomes is the library's part."""
        del around
        return job.exit_code

    def _place(self, around: Surroundings) -> Path | None:
        named = around.variable(FACTS)
        return around.folder / named if named else None
