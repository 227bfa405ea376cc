"""What the pull request is told by a step of GitHub Actions, and what is taken out of the event."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakegithub import Fault, github
from hypothesis import given
from hypothesis import strategies as st
from jobs import WARNED, deliver, job
from pipelining import HOSTILE

from shipworthy_ci.github.event import Event, read_event


def event(folder: Path, *, fork: bool) -> str:
    """The payload of a pull request."""
    path = folder / "event.json"
    head = "mallory/shop" if fork else "acme/shop"
    pull = {
        "number": 7,
        "title": HOSTILE[0],
        "head": {"repo": {"full_name": head}},
        "base": {"repo": {"full_name": "acme/shop"}},
    }
    path.write_text(json.dumps({"number": 7, "pull_request": pull}))
    return str(path)


@pytest.mark.parametrize(
    ("fault", "fork", "kind", "word"),
    [
        (Fault(status=403), True, "notice", "fork"),
        (Fault(status=403), False, "notice", "pull-requests: write"),
        (Fault(status=422), False, "warning", "422"),
    ],
)
def test_a_comment_that_cannot_be_written_fails_nothing(
    tmp_path: Path, fault: Fault, fork: bool, kind: str, word: str
) -> None:
    """A message says why there is none; the verdict stands."""
    with github() as forge:
        forge.faults["POST"] = [fault]
        log = deliver(
            job(WARNED, comment=True),
            tmp_path,
            GITHUB_API_URL=forge.url,
            GITHUB_REPOSITORY="acme/shop",
            GITHUB_TOKEN="ghs_token",
            GITHUB_EVENT_PATH=event(tmp_path, fork=fork),
        )

    (told,) = [
        one for one in log.of(kind) if one.properties["title"].endswith("comment")
    ]
    assert word in told.data
    assert "ghs_token" not in told.data


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"GITHUB_TOKEN": ""}, "there is no token"),
        ({"GITHUB_REPOSITORY": "../.."}, "expected owner/name"),
        ({"GITHUB_TOKEN": "a\nb"}, "expected a token"),
    ],
)
def test_a_comment_without_its_means(
    tmp_path: Path, more: dict[str, str], told: str
) -> None:
    """A warning says what is missing."""
    setting = {
        "GITHUB_API_URL": "http://127.0.0.1:1",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_TOKEN": "t",
        "GITHUB_EVENT_PATH": event(tmp_path, fork=False),
        **more,
    }
    log = deliver(job(WARNED, comment=True), tmp_path, **setting)

    assert any(told in one.data for one in log.of("warning"))


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"number": 7, "pull_request": {}}, Event()),
        ({"pull_request": {"number": 7}}, Event(number=7)),
        ({"issue": {"number": 7, "pull_request": {"url": "x"}}}, Event(number=7)),
        ({"issue": {"number": 7}}, Event()),
        ({"number": 7}, Event()),
        ({"pull_request": {"number": True}}, Event()),
        ({"pull_request": {"number": -1}}, Event()),
        ({"pull_request": {"number": "7/../8"}}, Event()),
        ([1], Event()),
        ("x", Event()),
    ],
)
def test_only_a_number_is_taken_out_of_an_event(
    tmp_path: Path, payload: object, expected: Event
) -> None:
    """Whatever else stands in it."""
    path = tmp_path / "event.json"
    path.write_text(json.dumps(payload))

    assert expected == read_event(str(path))


@pytest.mark.property
@given(data=st.binary(max_size=200))
def test_an_event_of_any_bytes_is_none(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No form of it raises anything."""
    path = tmp_path_factory.getbasetemp() / "event.bin"
    path.write_bytes(data)

    assert Event() == read_event(str(path))


def test_an_event_that_is_not_there() -> None:
    """As on any machine but a runner."""
    assert Event() == read_event("")
    assert Event() == read_event("/")
