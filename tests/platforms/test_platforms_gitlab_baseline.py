"""Results of the target branch, asked of GitLab's server, whatever it answers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakegithub import Fault
from fakegitlab import JOB, FakeGitlab, around, gitlab, told
from pipelining import Images, step

from shipworthy.errors import UsageError
from shipworthy.remote.transfer import Patience
from shipworthy_ci.gitlab.artifacts import fetch, path_in_checkout
from shipworthy_ci.gitlab.pipeline import read_pipeline
from shipworthy_ci.gitlab.platform import GitlabPlatform
from shipworthy_ci.rest import RefusedError


SLEPT: list[float] = []
PATIENT = Patience(tries=3, first=1.0, sleep=SLEPT.append)
RESULT = "shipworthy-report/result.json"
POLICY = "rules:\n  - name: new\n    when: {state: new}\n    effect: fail\n"


@pytest.fixture
def server() -> Iterator[FakeGitlab]:
    """A GitLab without an artifact."""
    SLEPT.clear()
    with gitlab() as fake:
        yield fake


def test_only_what_a_change_adds(
    server: FakeGitlab, tmp_path: Path, images: Images, database: Path
) -> None:
    """The target branch's result is the baseline, asked for with the job's token; nothing there is everything new."""
    policy = tmp_path / "new.yaml"
    policy.write_text(POLICY)
    call = (images.failing, "--db", database, "--policy", policy)
    ask = (*call, "--baseline", "target-branch")
    environment = told(server, tmp_path)
    first = step(tmp_path, *ask, **environment)
    branch = "release%2F1%20%C3%A4"
    made = (tmp_path / RESULT).read_bytes()
    server.artifacts["3", branch, RESULT, JOB] = made
    second = step(tmp_path, *ask, **environment)

    assert (1, 0) == (first.returncode, second.returncode), second.stdout
    assert "says 404: 404 Not found; everything is new" in first.stdout
    assert "shipworthy: baseline for shipworthy-report/result.json" in second.stdout
    result = json.loads((tmp_path / RESULT).read_text())
    assert {"existing"} == {one["state"] for one in result["findings"]}
    assert {f"GET /projects/3/jobs/artifacts/{branch}/raw/{RESULT}"} == set(
        server.asked
    )


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(status=403), "says 403"),
        (Fault(status=404), "says 404"),
        (Fault(status=302, headers=(("Location", "http://127.0.0.1:9/"),)), "says 302"),
        (Fault(status=200, body="PK\x03\x04 ../../etc/passwd"), "expected JSON"),
        (Fault(status=200, body='{"findings": []}'), "no result of shipworthy"),
        (Fault(status=200, body="[" * 100_000), "expected JSON"),
        (Fault(status=200, body="null"), "expected JSON"),
    ],
)
def test_what_is_no_result_is_none(
    server: FakeGitlab, tmp_path: Path, fault: Fault, reason: str
) -> None:
    """No permission, no artifact, a redirect, an archive, other JSON: told, not followed, not unpacked."""
    pipeline = read_pipeline(around(server, tmp_path))
    path = path_in_checkout(Path(RESULT), pipeline, tmp_path)
    server.faults["GET"] = [fault]
    with pytest.raises(RefusedError, match=reason):
        fetch(pipeline.as_job(), pipeline, path, PATIENT)

    assert [] == SLEPT


def test_a_server_that_fails_once_is_asked_again(
    server: FakeGitlab, tmp_path: Path
) -> None:
    """500, then the result."""
    pipeline = read_pipeline(around(server, tmp_path))
    path = path_in_checkout(Path(RESULT), pipeline, tmp_path)
    held = b'{"schemaVersion": "1", "findings": [], "image": {}}'
    server.artifacts["3", "release%2F1%20%C3%A4", RESULT, JOB] = held
    server.faults["GET"] = [Fault(status=500), Fault()]

    assert json.loads(held) == json.loads(
        fetch(pipeline.as_job(), pipeline, path, PATIENT)
    )
    assert [1.0, 2.0] == SLEPT


def test_a_server_that_drips_or_floods_is_given_up(
    server: FakeGitlab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is a bound on what is read, and on how long."""
    pipeline = read_pipeline(around(server, tmp_path))
    path = path_in_checkout(Path(RESULT), pipeline, tmp_path)
    monkeypatch.setattr("shipworthy_ci.rest._MOST", 1 << 20)
    server.faults["GET"] = [Fault(status=200, body=" " * (3 << 20))]
    with pytest.raises(RefusedError, match="larger than 1 MB"):
        fetch(pipeline.as_job(), pipeline, path, PATIENT)
    monkeypatch.setattr("shipworthy_ci.rest._LONGEST", 0.3)
    server.drips = True
    with pytest.raises(RefusedError, match="takes more than"):
        fetch(pipeline.as_job(), pipeline, path, PATIENT)


def test_a_server_that_hangs_is_given_up(server: FakeGitlab, tmp_path: Path) -> None:
    """After some tries, each bounded."""
    pipeline = read_pipeline(around(server, tmp_path))
    path = path_in_checkout(Path(RESULT), pipeline, tmp_path)
    server.hangs = True
    asked = replace(pipeline.as_job(), timeout=0.2)
    with pytest.raises(RefusedError, match="timed out"):
        fetch(asked, pipeline, path, PATIENT)

    assert [1.0, 2.0] == SLEPT


def test_a_silent_server_stops_no_scan(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """Where nobody is, everything is new, and only one image waits for it."""
    call = (images.failing, images.passing, "--db", database)
    with gitlab() as server:
        environment = told(server, tmp_path)
    done: subprocess.CompletedProcess[str] = step(
        tmp_path, *call, "--baseline", "target-branch", **environment
    )

    assert 0 == done.returncode, done.stdout
    assert 1 == done.stdout.count("no answer (connection refused); everything is new")


def test_paths_that_lead_elsewhere_are_none_of_the_checkout(
    server: FakeGitlab, tmp_path: Path
) -> None:
    """Neither a folder outside nor a branch that would climb is asked for."""
    pipeline = read_pipeline(
        around(server, tmp_path, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="..")
    )
    for name in ("/etc/passwd", "../x", "a/../../x"):
        with pytest.raises(UsageError, match="not below the checkout"):
            path_in_checkout(Path(name), pipeline, tmp_path)
    place = tmp_path / "into"
    GitlabPlatform().recall(
        {Path(RESULT): place},
        around(server, tmp_path, CI_MERGE_REQUEST_TARGET_BRANCH_NAME=".."),
    )
    assert [] == server.asked
    assert not place.exists()
