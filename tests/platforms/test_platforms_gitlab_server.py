"""What is said to GitLab's server and asked of it: one note, and results of the target branch, whatever it answers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakegithub import Fault
from fakegitlab import JOB_TOKEN, ME, TOKEN, FakeGitlab, gitlab
from pipelining import Images, step, variables

from shipworthy.remote.transfer import Patience
from shipworthy_ci.comments import upsert
from shipworthy_ci.gitlab.artifacts import fetch, path_in_checkout
from shipworthy_ci.gitlab.notes import Notes
from shipworthy_ci.gitlab.pipeline import MergeRequest, read_pipeline
from shipworthy_ci.rest import RefusedError, Rest
from shipworthy_ci.surroundings import Surroundings, here


MARKER = "<!-- shipworthy:comment title=x -->"
SLEPT: list[float] = []
PATIENT = Patience(tries=3, first=1.0, sleep=SLEPT.append)
RESULT = "shipworthy-report/result.json"
POLICY = "rules:\n  - name: new\n    when: {state: new}\n    effect: fail\n"
JOB = "shipworthy: [main, 1]"


@pytest.fixture
def server() -> Iterator[FakeGitlab]:
    """A GitLab without a note."""
    SLEPT.clear()
    with gitlab() as fake:
        yield fake


def told(server: FakeGitlab, folder: Path, **more: str | Path) -> dict[str, str]:
    """The variables of a merge request's pipeline."""
    return variables(
        **{
            "GITLAB_CI": "true",
            "CI_API_V4_URL": server.url,
            "CI_PROJECT_ID": "5",
            "CI_PROJECT_PATH": "acme/shop",
            "CI_PROJECT_DIR": folder,
            "CI_JOB_NAME": JOB,
            "CI_JOB_TOKEN": JOB_TOKEN,
            "CI_DEFAULT_BRANCH": "main",
            "CI_MERGE_REQUEST_IID": "12",
            "CI_MERGE_REQUEST_PROJECT_ID": "3",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "release/1 ä",
            **more,
        }
    )


def around(server: FakeGitlab, folder: Path, **more: str | Path) -> Surroundings:
    """The pipeline of it."""
    return Surroundings(
        environment=told(server, folder, **more), log=here().log, folder=folder
    )


def notes(server: FakeGitlab, token: str = TOKEN) -> Notes:
    """Those of merge request 12."""
    rest = Rest(base=server.url, headers={"PRIVATE-TOKEN": token}, timeout=2)
    return Notes(rest=rest, of=MergeRequest(project="3", number=12))


def put(server: FakeGitlab, text: str) -> str:
    """What becomes of one run."""
    return upsert(notes(server), MARKER, f"{MARKER}\n{text}", PATIENT)


def bodies(server: FakeGitlab) -> list[str]:
    """The notes that are there."""
    return [note["body"].partition("\n")[2] for note in server.notes]


def test_a_note_is_added_then_changed_in_place(server: FakeGitlab) -> None:
    """One, with what the last run said; what others or the system wrote stays."""
    server.hold(f"{MARKER}\nmine", 99)
    server.hold(f"{MARKER}\nsystem", ME, system=True)
    for at in range(150):
        server.hold(f"chat {at}", 98)
    done = [put(server, "one"), put(server, "two"), put(server, "two")]

    assert ["added", "changed", "same"] == done
    assert ["mine", "system", "two"] == [one for one in bodies(server) if one]


@pytest.mark.parametrize("method", ["GET /user", "GET", "POST", "PUT"])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=429, headers=(("Retry-After", "7"),)),
        Fault(status=502, body="<html>"),
        Fault(),
    ],
)
def test_what_may_go_better_is_tried_again(
    server: FakeGitlab, method: str, fault: Fault
) -> None:
    """A limit, a broken server and a dropped line end nothing."""
    if method == "PUT":
        server.hold(f"{MARKER}\nold", ME)
    server.faults[method] = [fault]
    put(server, "new")

    assert ["new"] == bodies(server)
    assert [7.0 if fault.headers else 1.0] == SLEPT


def test_without_a_user_there_is_no_note(server: FakeGitlab) -> None:
    """Whoever cannot tell its own notes would write another in every run."""
    for fault in (Fault(status=403), Fault(status=200, body='{"id": true}')):
        server.faults["GET /user"] = [fault]
        with pytest.raises(RefusedError):
            put(server, "one")
    with pytest.raises(RefusedError, match="401") as caught:
        upsert(notes(server, "glpat-wrong"), MARKER, MARKER, PATIENT)

    assert "glpat" not in str(caught.value)
    assert [] == server.notes


def test_entries_that_are_no_notes_are_passed_by(server: FakeGitlab) -> None:
    """Whatever else stands in the list."""
    odd = '[1, null, {}, {"id": "7", "body": 1}, {"id": 7, "body": "x", "author": 7}]'
    path = "GET /projects/3/merge_requests/12/notes"
    server.faults[path] = [Fault(status=200, body=odd)]

    assert "added" == put(server, "one")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, MergeRequest(project="3", number=12)),
        ({"CI_MERGE_REQUEST_IID": "12/../1"}, None),
        ({"CI_MERGE_REQUEST_IID": ""}, None),
        (
            {"CI_MERGE_REQUEST_IID": "", "CI_OPEN_MERGE_REQUESTS": "acme/shop!4,b/c!5"},
            MergeRequest(project="3", number=4),
        ),
        (
            {"CI_MERGE_REQUEST_IID": "", "CI_OPEN_MERGE_REQUESTS": "a/../b?x!4"},
            MergeRequest(project="a%2F..%2Fb%3Fx", number=4),
        ),
        ({"CI_MERGE_REQUEST_IID": "", "CI_OPEN_MERGE_REQUESTS": "..!4"}, None),
        ({"CI_MERGE_REQUEST_IID": "٣"}, None),
    ],
)
def test_the_merge_request_of_a_pipeline(
    server: FakeGitlab,
    tmp_path: Path,
    environment: dict[str, str],
    expected: MergeRequest | None,
) -> None:
    """That of its variables, or the first open one of its branch; nothing in them leads elsewhere."""
    pipeline = read_pipeline(around(server, tmp_path, **environment))

    assert expected == pipeline.merge_request
    assert JOB_TOKEN not in repr(pipeline)


def test_the_merge_request_is_told(
    server: FakeGitlab, tmp_path: Path, images: Images, database: Path
) -> None:
    """By a token of the pipeline; without one, or with one that may not, there is a line in the log and the verdict stands."""
    call = (images.hostile, "--db", database, "--comment")
    lines = []
    for token in ("", TOKEN, TOKEN, "wrong"):
        environment = told(server, tmp_path, SHIPWORTHY_GITLAB_TOKEN=token)
        done = step(tmp_path, *call, **environment)
        assert 0 == done.returncode, done.stdout
        assert not [one for one in (TOKEN, JOB_TOKEN) if one in done.stdout]
        lines += [one for one in done.stdout.splitlines() if " comment" in one]

    assert 4 == len(lines), lines
    assert "CI_JOB_TOKEN may not write notes" in lines[0]
    assert lines[1].endswith("comment on merge request !12: added")
    assert lines[2].endswith("comment on merge request !12: same")
    assert "says 401" in lines[3]
    assert "the token needs the scope api" in lines[3]
    assert 1 == len(server.notes)
    orders = [
        one for one in server.notes[0]["body"].splitlines() if one.lstrip()[:1] == "/"
    ]
    assert [] == orders  # GitLab would take it for a quick action


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
        with pytest.raises(Exception, match="not below the checkout"):
            path_in_checkout(Path(name), pipeline, tmp_path)
    from shipworthy_ci.gitlab.platform import GitlabPlatform

    place = tmp_path / "into"
    GitlabPlatform().recall(
        {Path(RESULT): place},
        around(server, tmp_path, CI_MERGE_REQUEST_TARGET_BRANCH_NAME=".."),
    )
    assert [] == server.asked
    assert not place.exists()
