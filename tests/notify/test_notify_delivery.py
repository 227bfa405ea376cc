"""A delivery against a real server that fails in each way; the clock is the test's own."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from notifying import (
    Handler,
    Hours,
    cut,
    endless,
    hang,
    status,
    trickle,
    webhook,
)
from registries import need
from reports_events import read_event
from reports_sample import sample
from standardwebhooks import Webhook as Verifier

from shipworthy.errors import UsageError
from shipworthy.notify.delivery import LIMIT, TRIES, Outcome, SystemTiming, Timing
from shipworthy.notify.receiver import parse_receivers
from shipworthy.notify.send import Sender
from shipworthy.notify.sign import keys_of
from shipworthy.reports.document import to_document


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DOCUMENT = to_document(sample())


def send(
    *urls: str,
    timing: Timing | None = None,
    secret: str = "",
    token: str = "",
    **more: Any,
) -> list[Outcome]:
    """Send the sample's result; nothing of an address is ever told."""
    sender = Sender(
        receivers=parse_receivers(urls, token=token),
        keys=keys_of(secret),
        timing=timing or Hours(),
        **more,
    )
    outcomes = sender.send(DOCUMENT)
    assert "S3CRET" not in repr(outcomes) + repr(sender)
    return outcomes


def test_an_event_arrives_signed_and_valid() -> None:
    """What a bus gets: the event, its headers, a signature that the standard's library takes, and the token."""
    with webhook() as receiver:
        (told,) = send(
            receiver.url,
            timing=Hours(moment=time.time()),
            secret=SECRET,
            token="T0KEN",
        )
    (got,) = receiver.got
    assert (told.is_delivered, told.tries) == (True, 1)
    assert got.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert got.headers["authorization"] == "Bearer T0KEN"
    assert got.headers["webhook-id"] == read_event(got.body)["id"]
    assert Verifier(SECRET).verify(got.body, got.headers)["verdict"] == "partial"


def test_chats_get_their_form_and_no_secret() -> None:
    """Neither a signature, by which they could pass for us at the bus, nor the token."""
    with webhook() as receiver:
        told = send(
            f"slack={receiver.url}",
            f"teams={receiver.url}",
            secret=SECRET,
            token="T0KEN",
        )
    assert all(one.is_delivered for one in told)
    assert len(receiver.got) == 2
    for got in receiver.got:
        assert got.headers["content-type"].startswith("application/json")
        assert {"authorization", "webhook-signature"} & got.headers.keys() == set()


@pytest.mark.parametrize(
    "plan",
    [status(code) for code in (408, 425, 429, 500, 502, 503, 504)] + [cut],
)
def test_what_may_pass_is_tried_again(plan: Callable[[Handler], None]) -> None:
    """With the same id and the same bytes; only the time of sending, and so the signature, is new."""
    hours = Hours(chances=[1.0, 0.0, 0.5])
    with webhook(plan, plan, plan) as receiver:
        (told,) = send(receiver.url, timing=hours, secret=SECRET)
    assert (told.is_delivered, told.tries) == (True, 4)
    assert hours.slept == [0.5, 0.5, 1.5]
    assert len({got.body for got in receiver.got}) == 1
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    times = [int(got.headers["webhook-timestamp"]) for got in receiver.got]
    assert times == sorted(times)
    assert times[-1] > times[0]
    assert len({got.headers["webhook-signature"] for got in receiver.got}) == len(
        set(times)
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (400, "it says 400"),
        (401, "it says 401, access denied"),
        (404, "it says 404, nothing is at this address"),
        (410, "it says 410, it wants no notifications any more"),
        (413, "it says 413, the message is too long"),
        (415, "it says 415"),
    ],
)
def test_a_refusal_is_not_tried_again(code: int, words: str) -> None:
    """One request, and why in plain words."""
    with webhook(status(code)) as receiver:
        (told,) = send(receiver.url)
    assert (told.is_delivered, told.tries, len(receiver.got)) == (False, 1, 1)
    assert told.reason.startswith(words)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(code: int) -> None:
    """Neither message nor token reaches a host that nobody named."""
    with webhook() as other, webhook(status(code, Location=other.url)) as receiver:
        (told,) = send(receiver.url, token="T0KEN")
    assert other.got == []
    assert len(receiver.got) == 1
    assert (
        told.reason
        == f"it says {code}, a redirect, which is not followed: give the new address"
    )


def test_the_receiver_says_when() -> None:
    """Retry-After is obeyed, in seconds and as a date by the receiver's own clock."""
    later = {
        "Date": "Tue, 15 Nov 1994 08:12:31 GMT",
        "Retry_After": "Tue, 15 Nov 1994 08:12:40 GMT",
    }
    hours = Hours()
    plans = [status(429, Retry_After="7"), status(503, **later)]
    with webhook(*plans) as receiver:
        (told,) = send(receiver.url, timing=hours)
    assert (told.is_delivered, hours.slept) == (True, [7.0, 9.0])


@pytest.mark.parametrize("after", ["31", "86400"])
def test_who_asks_for_more_time_than_there_is_is_left_alone(after: str) -> None:
    """Not asked earlier than it wants, and nobody waits for it."""
    hours = Hours()
    with webhook(status(429, Retry_After=after)) as receiver:
        (told,) = send(receiver.url, timing=hours)
    assert (told.is_delivered, len(receiver.got), hours.slept) == (False, 1, [])
    assert told.reason == f"it says 429; it asks to wait {int(after):,} seconds"


@pytest.mark.parametrize("after", ["-5", "soon", "1e9", "9" * 40, ""])
def test_a_wait_that_is_none_is_ours(after: str) -> None:
    """Nonsense counts as nothing said."""
    hours = Hours()
    with webhook(status(503, Retry_After=after)) as receiver:
        (told,) = send(receiver.url, timing=hours)
    assert (told.is_delivered, hours.slept) == (True, [0.5])


def test_it_ends_after_some_tries_within_the_time() -> None:
    """Six tries that wait twice as long each time."""
    hours = Hours()
    with webhook(*[status(500)] * 20) as receiver:
        (told,) = send(receiver.url, timing=hours)
    assert (told.is_delivered, told.tries, len(receiver.got)) == (False, TRIES, TRIES)
    assert hours.slept == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert sum(hours.slept) < LIMIT


def test_nobody_there() -> None:
    """A port that nobody listens on, as often as everything else."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (told,) = send(f"http://127.0.0.1:{port}/S3CRET")
    assert (told.tries, told.reason) == (TRIES, "connection refused")
    assert told.place == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("plan", [hang, trickle])
def test_a_receiver_that_hangs_holds_nobody(plan: Callable[[Handler], None]) -> None:
    """In real time: silence, and a header that comes byte by byte, which no limit on a read ever ends."""
    started = time.monotonic()
    with webhook(*[plan] * 9) as receiver, webhook() as other:
        told = send(receiver.url, other.url, timing=SystemTiming(), limit=0.4)
        assert time.monotonic() - started < 4
    assert [one.is_delivered for one in told] == [False, True]
    assert told[0].reason in {"timed out", "no answer within 0.4 seconds"}


def test_an_answer_without_end_is_not_read() -> None:
    """The status says all."""
    with webhook(endless) as receiver:
        (told,) = send(receiver.url)
    assert told.is_delivered


def test_what_is_no_http_is_told() -> None:
    """A server that speaks something else is as good as none."""

    def nonsense(handler: Handler) -> None:
        handler.wfile.write(b"220 mail.example S3CRET\r\n")
        handler.close_connection = True

    with webhook(*[nonsense] * TRIES) as receiver:
        (told,) = send(receiver.url)
    assert (told.tries, told.is_delivered) == (TRIES, False)


def test_no_proxy_sees_what_stays_on_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy of the environment is asked for everything else, not for the loopback."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with webhook() as receiver:
        (told,) = send(receiver.url)
    assert told.is_delivered


def test_a_proxy_is_asked_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's proxy gets the whole address of what is elsewhere."""
    with webhook() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        receivers = parse_receivers(["http://bus.example/x"], plain_http=True)
        (told,) = Sender(receivers=receivers, timing=Hours()).send(DOCUMENT)
    assert told.is_delivered
    assert [got.path for got in proxy.got] == ["http://bus.example/x"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with an authority of our own and a server's certificate by it."""
    need("openssl")
    place = tmp_path_factory.mktemp("ca")
    (place / "ext").write_text("subjectAltName=IP:127.0.0.1\n")
    for command in (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=TestCA -keyout ca.key -out ca.crt",
        "openssl req -newkey rsa:2048 -nodes -subj /CN=hook -keyout srv.key -out srv.csr",
        "openssl x509 -req -in srv.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile ext -out srv.crt",
    ):
        subprocess.run(command.split(), cwd=place, check=True, capture_output=True)
    both = (place / "srv.crt").read_text() + (place / "srv.key").read_text()
    (place / "srv.pem").write_text(both)
    return place


def test_an_authority_of_the_callers_own_is_trusted(authority: Path) -> None:
    """With the file it arrives; without it nothing is sent, nor is it tried again."""
    with webhook(certificate=authority / "srv.pem") as receiver:
        (told,) = send(receiver.url, ca_file=authority / "ca.crt")
        assert told.is_delivered
        (told,) = send(receiver.url)
    assert (told.is_delivered, told.tries, len(receiver.got)) == (False, 1, 1)
    assert told.reason.startswith("TLS: certificate verify failed")
    assert "--notify-ca-file" in told.reason


def test_a_file_of_authorities_that_is_none_is_found_first(tmp_path: Path) -> None:
    """Before anything is scanned."""
    receivers = parse_receivers(["https://bus.example"])
    for text in ("", "nonsense"):
        (tmp_path / "ca").write_text(text)
        with pytest.raises(UsageError, match="expected certificates"):
            Sender(receivers=receivers, ca_file=tmp_path / "ca").check()


def test_all_receivers_are_told_in_their_order() -> None:
    """Side by side, and one that fails keeps nothing from the others."""
    with webhook(status(404)) as lost, webhook() as first, webhook() as second:
        told = send(first.url, lost.url, second.url)
    assert [one.is_delivered for one in told] == [True, False, True]
    assert [got.body for got in first.got] == [got.body for got in second.got]
