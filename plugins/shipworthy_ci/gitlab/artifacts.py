"""
Results that earlier pipelines left as artifacts, by GitLab's REST interface ("Job artifacts API", docs.gitlab.com).

``GET /projects/:id/jobs/artifacts/:ref/raw/*path?job=NAME`` gives one file of the last successful pipeline of a branch,
with the job's own token. One file at a time is asked for, never the archive: nothing is unpacked here. A pipeline
that ended red is passed over by GitLab, one with an allowed failure is not. Since 18.7 it looks through earlier
pipelines too where it is asked to; older versions pay no heed to that.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from shipworthy.errors import UnreachableError, UsageError
from shipworthy.remote.transfer import Patience, persist
from shipworthy_ci.gitlab.pipeline import Pipeline
from shipworthy_ci.rest import RefusedError, Rest


PATIENCE = Patience(tries=3, first=1.0)
_RESULT = ("schemaVersion", "findings", "image")
"""Keys that every result has."""


def path_in_checkout(place: Path, pipeline: Pipeline, here: Path) -> PurePosixPath:
    """``place`` as GitLab names files and artifacts, from the checkout's top; raises ``UsageError`` where it is outside."""
    whole = Path(here, place)
    try:
        inside = whole.resolve().relative_to(pipeline.top.resolve())
    except (OSError, ValueError, RuntimeError):
        raise UsageError(
            f"{place} is not below the checkout",
            hint="name a folder by a path that is not absolute",
        ) from None
    return PurePosixPath(inside.as_posix())


def fetch(
    server: Rest,
    pipeline: Pipeline,
    path: PurePosixPath,
    patience: Patience = PATIENCE,
) -> bytes:
    """
    A result of the target branch's last successful pipeline, as bytes of JSON.

    Raises ``RefusedError`` where there is none, where the server will not give it, or where it is no result.
    """
    import orjson

    ref = quote(pipeline.branch.encode("utf-8", "surrogatepass"), safe="")
    name = quote(str(path).encode("utf-8", "surrogatepass"), safe="/")
    asked = f"/projects/{pipeline.project}/jobs/artifacts/{ref}/raw/{name}"
    query = {"job": pipeline.job, "search_recent_successful_pipelines": "true"}

    def once() -> Any:
        return server.ask("GET", asked, query=query)

    try:
        answer = persist("the artifact", patience, once)
    except UnreachableError as error:
        raise RefusedError(error.message) from None
    if not isinstance(answer, dict) or not all(key in answer for key in _RESULT):
        raise RefusedError("what the server gives is no result of shipworthy")
    return orjson.dumps(answer)
