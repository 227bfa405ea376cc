"""
GitLab CI/CD: sections in the job's log, reports for its pages, a note on the merge request, a baseline from its artifacts.

The exit code tells the job's colour, by ``allow_failure: exit_codes`` of the component: 1 is a closed gate, and never
anything else. See ``gitlab/README.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from urllib.parse import quote

from shipworthy.errors import ShipworthyError, UsageError
from shipworthy_ci.comments import marker_of, upsert
from shipworthy_ci.facts import facts_of
from shipworthy_ci.gitlab import log
from shipworthy_ci.gitlab.artifacts import fetch, path_in_checkout
from shipworthy_ci.gitlab.conventions import conventions
from shipworthy_ci.gitlab.gathering import gather
from shipworthy_ci.gitlab.notes import LIMIT, Notes
from shipworthy_ci.gitlab.pipeline import TOKENS, Pipeline, read_pipeline
from shipworthy_ci.job import CLOSED, PASSED, WRONG, Job
from shipworthy_ci.overview import overview
from shipworthy_ci.platform import Inputs
from shipworthy_ci.rest import RefusedError
from shipworthy_ci.surroundings import Surroundings


_NAMED = re.compile(r"--([a-z][a-z-]{1,40})|SHIPWORTHY_([A-Z][A-Z_]{1,40})")
_NOT_ALLOWED = frozenset({401, 403, 404})
_NO_TOKEN = (
    f"no comment: CI_JOB_TOKEN may not write notes; give variable {TOKENS[0]},"
    " a project access token with the scope api"
)


class GitlabPlatform:
    """A job of a pipeline."""

    name = "gitlab"
    formats = ("gitlab", "gitlab-codequality", "junit", "cyclonedx")
    html_assets = "inline"

    def __init__(self) -> None:
        self._sections = count(1)

    def detects(self, environment: Mapping[str, str]) -> bool:
        """Runners set ``GITLAB_CI``."""
        return environment.get("GITLAB_CI", "").lower() == "true"

    def inputs(self, around: Surroundings) -> Inputs:
        """What GitLab's own container scanning would go by."""
        return conventions(around)

    @contextmanager
    def section(
        self, title: str, around: Surroundings
    ) -> Iterator[Callable[[str], None]]:
        """A section of the log that can be folded."""
        name = log.section_name(title, next(self._sections))
        around.say(log.begin(name, title))

        def write(text: str) -> None:
            for part in text.splitlines():
                around.say(log.harmless(part))

        try:
            yield write
        finally:
            around.say(log.end(name))

    def recall(self, places: Mapping[Path, Path], around: Surroundings) -> None:
        """Bring results of the target branch's last successful pipeline; where there is none, everything is new."""
        pipeline = read_pipeline(around)
        if not pipeline.project or pipeline.branch in {"", ".", ".."}:
            _warn(around, "no baseline: no target branch is told; everything is new")
            return
        branch = log.harmless(pipeline.branch)
        for place, into in places.items():
            try:
                path = path_in_checkout(place, pipeline, around.folder)
                data = fetch(pipeline.as_job(), pipeline, path)
            except (RefusedError, UsageError) as error:
                told = f"no baseline for {place} from {branch}: {error.message}"
                _warn(around, f"{told}; everything is new")
                if not getattr(error, "status", 0):
                    return  # nobody answers: the others would wait as long
            else:
                into.parent.mkdir(parents=True, exist_ok=True)
                into.write_bytes(data)
                around.say(log.harmless(f"shipworthy: baseline for {place}: {branch}"))

    def deliver(self, job: Job, around: Surroundings) -> None:
        """The reports that GitLab takes as one file, then the note, then where to look."""
        pipeline = read_pipeline(around)
        dockerfile = ""
        with suppress(UsageError):
            if job.dockerfile:
                place = path_in_checkout(Path(job.dockerfile), pipeline, around.folder)
                dockerfile = place.as_posix()
        gather(job, around.variable("CS_DEFAULT_BRANCH_IMAGE"), dockerfile)
        if job.comment:
            _comment(job, pipeline, around)
        around.say(log.harmless(f"shipworthy: reports in {job.folder}"))
        with suppress(UsageError):
            folder = path_in_checkout(job.folder, pipeline, around.folder)
            if pipeline.job_url:
                page = f"{pipeline.job_url}/artifacts/browse/{quote(str(folder))}/"
                around.say(log.harmless(f"shipworthy: after the job: {page}"))

    def refuse(self, error: ShipworthyError, around: Surroundings) -> None:
        """An error in the runner's own manner, which names the input."""
        wrong = error.exit_code == WRONG
        what = _input_in(error) if wrong else "could not scan: "
        for told in error.lines:
            around.say(log.coloured(f"ERROR: {what}{told}", log.RED))
        if error.hint:
            around.say(log.harmless(f"hint: {error.hint}"))

    def finish(self, job: Job, around: Surroundings) -> int:
        """As the verdict says; the last line tells a closed gate from a scan that could not be done."""
        words = facts_of(job).headline
        code, verdict = job.exit_code, job.verdict_code
        if verdict == CLOSED:
            told = f"GATE CLOSED: {words}"
            colour = log.YELLOW if code == PASSED else log.RED
        elif verdict == PASSED:
            told, colour = f"PASSED: {words}", log.GREEN
        else:
            told, colour = f"NO VERDICT: {words}", log.MAGENTA
        around.say(log.coloured(f"shipworthy: {told} (exit code {code})", colour))
        return code


def _comment(job: Job, pipeline: Pipeline, around: Surroundings) -> None:
    """Tell the merge request; whatever goes wrong with that, the verdict stands."""
    if pipeline.merge_request is None:
        around.say("shipworthy: no merge request to comment on")
        return
    if not pipeline.token:
        _warn(around, _NO_TOKEN)
        return
    marker = marker_of(job)
    try:
        notes = Notes(rest=pipeline.as_user(), of=pipeline.merge_request)
        done = upsert(notes, marker, overview(job, LIMIT, top=marker))
    except RefusedError as error:
        needed = "; the token needs the scope api, and a role in this project"
        why = needed if error.status in _NOT_ALLOWED else ""
        _warn(around, f"no comment: {error.message}{why}")
    except UsageError as error:
        _warn(around, f"no comment: {error.message}")
    else:
        number = pipeline.merge_request.number
        around.say(f"shipworthy: comment on merge request !{number}: {done}")


def _warn(around: Surroundings, message: str) -> None:
    around.say(log.coloured(f"shipworthy: {message}", log.YELLOW))


def _input_in(error: ShipworthyError) -> str:
    """The input that an error is about as GitLab tells of inputs, as far as its text names one."""
    found = _NAMED.search(error.message)
    if found is None:
        return "`image` input: " if error.message.startswith("no target") else ""
    return f"`{found[1] or found[2].lower().replace('_', '-')}` input: "
