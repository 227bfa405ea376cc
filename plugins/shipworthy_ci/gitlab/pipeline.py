"""
What GitLab tells a job about itself: "Predefined CI/CD variables reference", docs.gitlab.com.

Whoever opens a merge request chose names of branches and projects in it. What becomes part of an address is checked
or quoted; a value of another form counts as none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from shipworthy.errors import UsageError
from shipworthy.reports.text import link
from shipworthy_ci.rest import Rest
from shipworthy_ci.surroundings import Surroundings


TOKENS = ("SHIPWORTHY_GITLAB_TOKEN", "GITLAB_TOKEN")
"""Variables of a user's, a project's or a group's access token; the first that is set counts."""
_MOST_DIGITS = 18
_LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRequest:
    """One of a project."""

    project: str
    """Its number, or its path, quoted for an address."""
    number: int
    """As people see it, ``!12``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The job, its pipeline and the server."""

    api: str
    project: str
    """The project that the change goes to, quoted for an address; empty where it is not told."""
    branch: str
    """The branch that it goes to."""
    job: str
    job_url: str
    top: Path
    """Where the repository is checked out: artifacts are named from there."""
    merge_request: MergeRequest | None
    job_token: str = field(repr=False)
    token: str = field(repr=False)
    ca_file: str = ""

    def as_job(self) -> Rest:
        """The server, asked with the job's own token, which may read artifacts; raises ``UsageError``."""
        return self._server("JOB-TOKEN", self.job_token, "CI_JOB_TOKEN")

    def as_user(self) -> Rest:
        """The server, asked with the token that the pipeline was given; raises ``UsageError``."""
        return self._server("PRIVATE-TOKEN", self.token, TOKENS[0])

    def _server(self, header: str, token: str, variable: str) -> Rest:
        if not token.isascii() or not token.isprintable() or " " in token or not token:
            raise UsageError(f"{variable}: expected a token, of letters and digits")
        return Rest(base=self.api, headers={header: token}, ca_file=self.ca_file)


def read_pipeline(around: Surroundings) -> Pipeline:
    """All that its variables say; what they do not say is empty."""
    told = around.variable
    ca_file = told("CI_SERVER_TLS_CA_FILE")
    return Pipeline(
        api=told("CI_API_V4_URL"),
        project=_number(told("CI_MERGE_REQUEST_PROJECT_ID"))
        or _number(told("CI_PROJECT_ID")),
        branch=_branch(around),
        job=told("CI_JOB_NAME")[:_LONGEST],
        job_url=link(told("CI_JOB_URL")),
        top=Path(told("CI_PROJECT_DIR") or around.folder),
        merge_request=_merge_request(around),
        job_token=told("CI_JOB_TOKEN"),
        token=next(filter(None, map(told, TOKENS)), ""),
        ca_file=ca_file if ca_file and Path(ca_file).is_file() else "",
    )


def _branch(around: Surroundings) -> str:
    """A merge request's target; else the default branch, and on that itself."""
    target = around.variable("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
    return (target or around.variable("CI_DEFAULT_BRANCH"))[:_LONGEST]


def _merge_request(around: Surroundings) -> MergeRequest | None:
    """That of the pipeline, else the first open one of the branch (``group/project!12,…``)."""
    number = _number(around.variable("CI_MERGE_REQUEST_IID"))
    project = _number(around.variable("CI_MERGE_REQUEST_PROJECT_ID"))
    project = project or _number(around.variable("CI_PROJECT_ID"))
    if not number:
        first = around.variable("CI_OPEN_MERGE_REQUESTS").partition(",")[0].strip()
        path, _, text = first.rpartition("!")
        number = _number(text)
        if path != around.variable("CI_PROJECT_PATH"):
            project = quote(path[:_LONGEST], safe="")
    if not number or not project or project in {".", ".."}:
        return None
    return MergeRequest(project=project, number=int(number))


def _number(text: str) -> str:
    """``text`` where it is a number as ids are, else nothing."""
    good = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return text if good and int(text) else ""
