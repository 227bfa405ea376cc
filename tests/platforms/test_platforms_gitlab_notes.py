"""One note on the merge request, kept up to date whatever GitLab's server answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakegithub import Fault
from fakegitlab import JOB_TOKEN, ME, TOKEN, FakeGitlab, around, gitlab, told
from pipelining import Images, step

from shipworthy.remote.transfer import Patience
from shipworthy_ci.comments import upsert
from shipworthy_ci.gitlab.notes import Notes
from shipworthy_ci.gitlab.pipeline import MergeRequest, read_pipeline
from shipworthy_ci.rest import RefusedError, Rest


MARKER = "<!-- shipworthy:comment title=x -->"
SLEPT: list[float] = []
PATIENT = Patience(tries=3, first=1.0, sleep=SLEPT.append)


@pytest.fixture
def server() -> Iterator[FakeGitlab]:
    """A GitLab without a note."""
    SLEPT.clear()
    with gitlab() as fake:
        yield fake


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
