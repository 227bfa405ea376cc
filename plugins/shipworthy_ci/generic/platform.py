"""The platform for every CI system that has none of its own: a log, files and an exit code."""

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


_LONGEST = 2000


class GenericPlatform:
    """What any pipeline understands: plain lines, reports in a folder, figures in a file of variables."""

    name = "generic"
    formats = ("junit", "sarif", "cyclonedx")
    html_assets = "inline"

    def detects(self, environment: Mapping[str, str]) -> bool:
        """Always: it is asked last."""
        del environment
        return True

    def inputs(self, around: Surroundings) -> Inputs:
        """No conventions."""
        del around
        return Inputs()

    @contextmanager
    def section(
        self, title: str, around: Surroundings
    ) -> Iterator[Callable[[str], None]]:
        """The title, then the text, in which no platform sees a command."""
        around.say(f"== {_harmless(title)}")

        def write(text: str) -> None:
            for part in text.splitlines():
                around.say(_harmless(part))

        yield write

    def deliver(self, job: Job, around: Surroundings) -> None:
        """Files of facts for the steps that follow, one line, and where the reports are."""
        write_facts(job)
        around.say(
            f"shipworthy: {facts_of(job).headline}; reports in {_harmless(str(job.overview or job.folder))}"
        )

    def refuse(self, error: ShipworthyError, around: Surroundings) -> None:
        """Nothing beyond what stands on stderr."""

    def finish(self, job: Job, around: Surroundings) -> int:
        """As the verdict says."""
        del around
        return job.exit_code


def _harmless(text: str) -> str:
    return quiet(line(text, _LONGEST)) if text.strip() else ""
