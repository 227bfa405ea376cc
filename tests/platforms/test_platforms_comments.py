"""One comment on a merge request, kept up to date through everything that a forge may answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakegithub import FakeGithub, Fault, github

from shipworthy.errors import ImageError, UsageError
from shipworthy.remote.transfer import Patience
from shipworthy_ci.comments import marker_of, upsert
from shipworthy_ci.github.pulls import PullRequest, pull_request
from shipworthy_ci.job import Job, Scanned
from shipworthy_ci.rest import RefusedError, Rest


MARKER = "<!-- shipworthy:comment title=x -->"
SLEPT: list[float] = []
PATIENT = Patience(tries=4, first=1.0, sleep=SLEPT.append)


@pytest.fixture
def forge() -> Iterator[FakeGithub]:
    """A forge without a comment."""
    SLEPT.clear()
    with github() as fake:
        yield fake


def pull(forge: FakeGithub) -> PullRequest:
    """The thread of pull request 7."""
    return pull_request(7, base=forge.url, repository="acme/shop", token="t0ken")


def put(forge: FakeGithub, text: str) -> str:
    """What becomes of one run."""
    return upsert(pull(forge), MARKER, f"{MARKER}\n{text}", PATIENT)


def bodies(forge: FakeGithub) -> list[str]:
    """The comments that are there."""
    return [comment["body"].partition("\n")[2] for comment in forge.comments]


def test_a_comment_is_added_then_changed_in_place(forge: FakeGithub) -> None:
    """Runs of the same step leave one comment, with what the last one said."""
    told = [put(forge, "one"), put(forge, "two"), put(forge, "two")]

    assert ["added", "changed", "same"] == told
    assert ["two"] == bodies(forge)
    assert {"Bearer t0ken"} == forge.tokens


@pytest.mark.parametrize("login", ["github-actions[bot]", "release-user"])
def test_nobody_else_s_comment_is_touched(forge: FakeGithub, login: str) -> None:
    """Whoever writes the marker into a comment of their own gets neither it changed nor ours into it."""
    forge.login = login
    forge.hold(f"{MARKER}\nmine", "mallory")
    forge.hold(f"> {MARKER}\nquoted", login, "Bot")
    put(forge, "one")
    put(forge, "two")

    assert ["mine", "quoted", "two"] == bodies(forge)


def test_a_comment_on_a_later_page_is_found(forge: FakeGithub) -> None:
    """However many others there are."""
    for at in range(250):
        forge.hold(f"chat {at}", "somebody")
    put(forge, "one")

    assert "changed" == put(forge, "two")
    assert 251 == len(forge.comments)


LIMITED = (
    Fault(status=429, headers=(("Retry-After", "7"),)),
    Fault(status=403, headers=(("Retry-After", "7"),)),
    Fault(status=403, headers=(("X-RateLimit-Remaining", "0"),)),
    Fault(status=403, body='{"message": "You have exceeded a secondary rate limit."}'),
    Fault(status=502, body="<html>Bad gateway</html>"),
    Fault(),
)


@pytest.mark.parametrize("method", ["GET /user", "GET", "POST", "PATCH"])
@pytest.mark.parametrize("fault", LIMITED)
def test_what_may_go_better_is_tried_again(
    forge: FakeGithub, method: str, fault: Fault
) -> None:
    """A limit, a broken gateway and a dropped line end nothing, and waits are as long as asked for."""
    if method == "PATCH":
        forge.hold(f"{MARKER}\nold", forge.login, "Bot")
    forge.faults[method] = [fault, fault]
    put(forge, "new")

    assert ["new"] == bodies(forge)
    assert 2 == len(SLEPT)
    if fault.headers and fault.headers[0][0] == "Retry-After":
        assert [7.0, 7.0] == SLEPT


@pytest.mark.parametrize("fault", [Fault(done=True), Fault(status=500, done=True)])
def test_a_lost_answer_makes_no_second_comment(forge: FakeGithub, fault: Fault) -> None:
    """What was written although nobody heard of it is found by the next try."""
    forge.faults["POST"] = [fault]

    assert "same" == put(forge, "one")
    assert ["one"] == bodies(forge)


def test_a_comment_that_somebody_removes_meanwhile_is_written_anew(
    forge: FakeGithub,
) -> None:
    """The thread is looked through again."""
    forge.hold(f"{MARKER}\nold", forge.login, "Bot")
    forge.faults["PATCH"] = [Fault(status=404)]

    assert "changed" == put(forge, "new")
    assert ["new"] == bodies(forge)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault(status=403), "says 403: no"),
        (Fault(status=401, body="not JSON"), "says 401"),
        (Fault(status=404), "says 404"),
        (Fault(status=422, body="[" * 100_000), "says 422"),
        (Fault(status=301, headers=(("Location", "http://127.0.0.1:9/"),)), "says 301"),
        (Fault(status=200, body="<html>"), "expected JSON"),
        (Fault(status=200, body='{"a": 1}'), "expected a list"),
    ],
)
def test_what_is_refused_is_refused_at_once(
    forge: FakeGithub, fault: Fault, told: str
) -> None:
    """No permission, no thread, no redirect: one answer is enough."""
    forge.faults["GET /repos/acme/shop/issues/7/comments"] = [fault]
    with pytest.raises(RefusedError, match=told) as caught:
        put(forge, "one")

    assert "t0ken" not in str(caught.value)
    assert [] == SLEPT


def test_a_forge_that_never_answers_is_given_up(forge: FakeGithub) -> None:
    """After some tries, with the reason."""
    forge.faults["POST"] = [Fault(status=503)] * 9
    with pytest.raises(RefusedError, match="no answer"):
        put(forge, "one")

    assert [1.0, 2.0, 4.0] == SLEPT


def test_entries_that_are_no_comments_are_passed_by(forge: FakeGithub) -> None:
    """Whatever else stands in the list."""
    odd = '[1, null, {}, {"id": "7", "body": 1}, {"id": 7, "body": "x", "user": null}]'
    forge.faults["GET /repos/acme/shop/issues/7/comments"] = [
        Fault(status=200, body=odd)
    ]

    assert "added" == put(forge, "one")


def test_an_address_that_nobody_is_at_is_told_without_its_token() -> None:
    """A wrong scheme and a closed port."""
    for base in ("file:///etc", "http://127.0.0.1:1"):
        thread = pull_request(7, base=base, repository="acme/shop", token="t0ken")
        assert "t0ken" not in repr(thread)
        with pytest.raises(RefusedError) as caught:
            upsert(thread, MARKER, MARKER, PATIENT)
        assert "t0ken" not in str(caught.value)


def test_an_answer_without_end_is_given_up(
    forge: FakeGithub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is a bound on what is read."""
    monkeypatch.setattr("shipworthy_ci.rest._MOST", 1 << 20)
    forge.faults["GET /user"] = [Fault(status=200, body=" " * (3 << 20))]
    rest = Rest(base=forge.url, headers={})

    with pytest.raises(RefusedError, match="larger than 1 MB"):
        rest.ask("GET", "/user")


@pytest.mark.parametrize(
    ("repository", "token"),
    [("acme", "t"), ("../x", "t"), ("a/..", "t"), ("a/b", "t\nX: y"), ("a/b", "t t")],
)
def test_what_would_lead_elsewhere_is_refused(repository: str, token: str) -> None:
    """Neither a path nor a header comes out of the environment unchecked."""
    with pytest.raises(UsageError):
        pull_request(7, base="", repository=repository, token=token)


def job(title: str, *targets: str) -> Job:
    """A job in which nothing could be scanned."""
    scanned = tuple(
        Scanned(
            target=target,
            name="n",
            folder=Path(),
            reports={},
            error=ImageError("not there"),
        )
        for target in targets
    )
    return Job(scanned=scanned, folder=Path(), title=title)


def test_the_marker_is_the_step_s_own() -> None:
    """Tags and folders do not matter, images and titles do, and nothing in them ends the line."""
    one = marker_of(job("shipworthy", "out/1/app.tar", "oci:base:1.2"))

    assert one == marker_of(job("shipworthy", "oci:base:1.3", "out/2/app.tar"))
    assert one != marker_of(job("shipworthy", "out/1/app.tar"))
    assert marker_of(job("nightly", "a.tar")) == marker_of(job("nightly", "b.tar"))
    hostile = marker_of(job("--> @all\n\ud800" + "x" * 5000, "a"))
    assert hostile.isascii()
    assert hostile.isprintable()
    assert 1 == hostile.count("--", 4)
    assert 300 > len(hostile)
