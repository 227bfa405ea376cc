"""
GitHub Actions: outputs, annotations, the step's summary, and a comment on the pull request.

What the runner offers is documented at docs.github.com, "Workflow commands for GitHub Actions" and "Variables":
the files at ``GITHUB_OUTPUT`` and ``GITHUB_STEP_SUMMARY``, at most 1 MiB of summary a step. Gitea and Forgejo
speak the same language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from shipworthy.errors import ScanError, ShipworthyError, UsageError
from shipworthy.reports.markdown import LEAST
from shipworthy.reports.markdown_text import words
from shipworthy.reports.text import line, link, quiet
from shipworthy_ci.annotations import Annotation, annotate
from shipworthy_ci.comments import marker_of, upsert
from shipworthy_ci.facts import facts_of
from shipworthy_ci.github.escaping import command, token
from shipworthy_ci.github.event import read_event
from shipworthy_ci.github.masks import masks
from shipworthy_ci.github.outputs import append, nothing, outputs_of, written
from shipworthy_ci.github.pulls import pull_request
from shipworthy_ci.github.sarif import gathered
from shipworthy_ci.job import WRONG, Job
from shipworthy_ci.overview import overview, size_in_bytes
from shipworthy_ci.platform import Inputs
from shipworthy_ci.rest import RefusedError
from shipworthy_ci.surroundings import Surroundings


SUMMARY = 900 * 1024
"""Bytes of a step's summary that are used; GitHub refuses it whole above 1 MiB."""
COMMENT = 65_000
"""Characters of a comment that are used; GitHub takes 65,536."""

_OUTPUT, _SUMMARY = "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"
_LONGEST = 2000
_TITLE = 200
_MESSAGE = 1_500
_NAMED = re.compile(r"--([a-z][a-z-]{1,40})|SHIPWORTHY_([A-Z][A-Z_]{1,40})")
_NOT_ALLOWED = frozenset({401, 403, 404})


class GithubPlatform:
    """A step of a workflow."""

    name = "github"
    formats = ("sarif-github", "cyclonedx")
    html_assets = "inline"

    def detects(self, environment: Mapping[str, str]) -> bool:
        """Runners set ``GITHUB_ACTIONS``."""
        return environment.get("GITHUB_ACTIONS", "").lower() == "true"

    def inputs(self, around: Surroundings) -> Inputs:
        """Notifications lead to the run; what is secret is hidden from here on, where a runner reads the log."""
        if self.detects(around.environment):
            for told in masks(around.environment):
                around.say(told)
        page = _run(around)
        return Inputs(options={"notify_link": page} if page else {})

    @contextmanager
    def section(
        self, title: str, around: Surroundings
    ) -> Iterator[Callable[[str], None]]:
        """A folded group in which the runner takes no line for a command."""
        end = token()
        around.say(command("group", line(title, _LONGEST)))
        around.say(command("stop-commands", end))

        def write(text: str) -> None:
            for part in text.splitlines():
                around.say(quiet(line(part, _LONGEST)) if part.strip() else "")

        try:
            yield write
        finally:
            around.say(command(end))
            around.say(command("endgroup"))

    def deliver(self, job: Job, around: Surroundings) -> None:
        """Outputs first, for what follows goes by them; then what people read."""
        told = outputs_of(job, gathered(job))
        append(around.variable(_OUTPUT), _OUTPUT, written(told))
        for one in annotate(job, _in_repository(job.dockerfile, around)):
            around.say(_annotated(one))
        _summarise(job, around)
        if job.comment:
            _comment(job, around)
        around.say(
            f"shipworthy: {facts_of(job).headline}; reports in {quiet(line(str(job.folder), _LONGEST))}"
        )

    def refuse(self, error: ShipworthyError, around: Surroundings) -> None:
        """An error whose title names the input, and outputs that let nothing pass for a scan."""
        wrong = error.exit_code == WRONG
        title = f"wrong input{_input_in(error)}" if wrong else "could not scan"
        told = "; ".join(filter(None, (*error.lines, error.hint)))
        message = line(told, _LONGEST)
        around.say(command("error", message, {"title": f"shipworthy: {title}"}))
        with suppress(ScanError):  # the exit code says it all the same
            values = nothing(error.exit_code, "Not scanned")
            append(around.variable(_OUTPUT), _OUTPUT, written(values))
            text = f"## Not scanned\n\n{words(told, _LONGEST)}\n"
            append(around.variable(_SUMMARY), _SUMMARY, text)

    def finish(self, job: Job, around: Surroundings) -> int:
        """As the verdict says."""
        del around
        return job.exit_code


def _summarise(job: Job, around: Surroundings) -> None:
    path = around.variable(_SUMMARY)
    if not path:
        return
    try:
        there = Path(path).stat().st_size
    except OSError:
        there = 0
    if SUMMARY - there < LEAST:
        _warn(around, "no summary", "the step has written as much as it may hold")
        return
    try:
        text = overview(job, SUMMARY - there, size_in_bytes)
        append(path, _SUMMARY, text)
    except ScanError as error:
        _warn(around, "no summary", error.message)


def _comment(job: Job, around: Surroundings) -> None:
    """Tell the pull request; whatever goes wrong with that, the verdict stands."""
    event = read_event(around.variable("GITHUB_EVENT_PATH"))
    key = around.variable("GITHUB_TOKEN")
    if not event.number:
        around.say("shipworthy: no pull request to comment on")
        return
    if not key:
        _warn(around, "no comment", "there is no token; give input token")
        return
    marker = marker_of(job)
    try:
        thread = pull_request(
            event.number,
            base=around.variable("GITHUB_API_URL"),
            repository=around.variable("GITHUB_REPOSITORY"),
            token=key,
        )
        done = upsert(thread, marker, overview(job, COMMENT, top=marker))
    except RefusedError as error:
        if error.status in _NOT_ALLOWED:
            why = "a fork's token may not write" if event.fork else _PERMISSION
            _warn(around, "no comment", f"{error.message}; {why}", kind="notice")
        else:
            _warn(around, "no comment", error.message)
    except UsageError as error:
        _warn(around, "no comment", error.message)
    else:
        around.say(f"shipworthy: comment on pull request {event.number}: {done}")


_PERMISSION = "the job needs permissions: pull-requests: write"


def _warn(
    around: Surroundings, what: str, message: str, *, kind: str = "warning"
) -> None:
    title = f"shipworthy: {what}"
    around.say(command(kind, line(message, _LONGEST), {"title": title}))


def _input_in(error: ShipworthyError) -> str:
    """The input that an error is about, as far as its text names one."""
    found = _NAMED.search(error.message)
    if found is None:
        return " image" if error.message.startswith("no target") else ""
    return f" {found[1] or found[2].lower().replace('_', '-')}"


def _run(around: Surroundings) -> str:
    """The page of the workflow's run; empty where the runner does not say which it is."""
    parts = [around.variable(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY")]
    run = around.variable("GITHUB_RUN_ID")
    address = f"{parts[0]}/{parts[1]}/actions/runs/{run}"
    return link(address) if all(parts) and run.isdecimal() else ""


def _in_repository(dockerfile: str, around: Surroundings) -> str:
    """The Dockerfile as GitHub names files, from the checkout's top; empty where it is not in there."""
    if not dockerfile:
        return ""
    top = Path(around.variable("GITHUB_WORKSPACE") or around.folder)
    try:
        inside = (around.folder / dockerfile).resolve().relative_to(top.resolve())
    except (OSError, ValueError):
        return ""
    return inside.as_posix()


def _annotated(one: Annotation) -> str:
    """The workflow command of an annotation."""
    place = {"file": one.file, "line": str(one.line)} if one.line else {}
    return command(
        one.kind,
        line(one.message, _MESSAGE),
        {**place, "title": line(one.title, _TITLE)},
    )
