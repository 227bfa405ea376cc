"""Addresses: what is taken, what is refused, and that nothing secret of them is ever told."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.errors import UsageError
from shipworthy.notify.receiver import Receiver, parse_receivers


SLACK = "https://hooks.slack.com/services/T0/B0/S3CRET?x=S3CRET#S3CRET"


def one(text: str, *, token: str = "", plain_http: bool = False) -> Receiver:
    """The receiver of one address."""
    (receiver,) = parse_receivers([text], token=token, plain_http=plain_http)
    return receiver


@pytest.mark.parametrize(
    ("text", "form", "place", "url"),
    [
        ("https://bus.example", "cloudevents", "https://bus.example", "https://bus.example/"),
        ("https://bus.example:8443/a?b=c", "cloudevents", "https://bus.example:8443", "https://bus.example:8443/a?b=c"),
        ("cloudevents=https://b.example/x=y", "cloudevents", "https://b.example", "https://b.example/x=y"),
        ("SLACK=HTTPS://hooks.example/S3CRET", "slack", "https://hooks.example", "https://hooks.example/S3CRET"),
        ("teams=https://prod.example/w?sig=S3CRET", "teams", "https://prod.example", "https://prod.example/w?sig=S3CRET"),
        ("http://127.0.0.1:80/x", "cloudevents", "http://127.0.0.1:80", "http://127.0.0.1:80/x"),
        ("http://[::1]:8080/x", "cloudevents", "http://[::1]:8080", "http://[::1]:8080/x"),
        ("http://localhost/x", "cloudevents", "http://localhost", "http://localhost/x"),
    ],
)  # fmt: skip
def test_an_address_is_taken_apart(text: str, form: str, place: str, url: str) -> None:
    """Format, what may be printed, and what is asked."""
    receiver = one(text)
    assert (form, place, url) == (receiver.format, receiver.place, receiver.url)
    assert "S3CRET" not in receiver.place + repr(receiver)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "S3CRET",
        "hooks.slack.com/S3CRET",
        "mattermost=https://chat.example/S3CRET",
        "slack=",
        "slack=S3CRET",
        "slack=slack=https://chat.example/S3CRET",
        "ftp://bus.example/S3CRET",
        "javascript:S3CRET",
        "https:///S3CRET",
        "https://bus.example:99999/S3CRET",
        "https://bus.example:x/S3CRET",
        "https://bus.example\\@evil.example/S3CRET",
        "https://bus.example/S3CRET\r\nX-Header: 1",
        "https://bus.example/S3CRET 2",
        "https://bü.example/S3CRET",
        "https://[::1/S3CRET",
        "https://b%2fc.example/S3CRET",
        "https://" + "a" * 5000,
        "http://bus.example/S3CRET",
        "http://127.0.0.1.evil.example/S3CRET",
        "http://u:S3CRET@bus.example/S3CRET",
    ],
)
def test_what_cannot_be_notified_is_refused_by_its_number(text: str) -> None:
    """Nothing of an address is in the message but a host without a password."""
    with pytest.raises(UsageError, match="--notify, address 2: ") as caught:
        parse_receivers(["https://ok.example", text])
    assert "S3CRET" not in str(caught.value) + caught.value.hint
    assert caught.value.exit_code == 2


def test_http_elsewhere_has_to_be_allowed() -> None:
    """Only a caller who says that the network is trusted sends without encryption."""
    assert one("http://bus.example/x", plain_http=True).url == "http://bus.example/x"


def test_a_password_in_an_address_becomes_a_header() -> None:
    """It is not part of what is asked, logged or printed."""
    receiver = one("https://us%40er:S3CRET%2F@bus.example/x")
    assert (receiver.url, receiver.place) == (
        "https://bus.example/x",
        "https://bus.example",
    )
    coded = receiver.authorization.removeprefix("Basic ")
    assert base64.b64decode(coded) == b"us@er:S3CRET/"


def test_a_token_goes_to_buses_and_to_no_chat() -> None:
    """Each gets what is its own."""
    told = parse_receivers(
        ["https://bus.example/", f"slack={SLACK}", f"teams={SLACK}"], token="S3CRET"
    )
    assert [one.authorization for one in told] == ["Bearer S3CRET", "", ""]


@pytest.mark.parametrize("token", ["S3CRET two", "S3CRET\r\nX: y", "ü"])
def test_a_token_that_is_none_is_refused_and_not_told(token: str) -> None:
    """It would make a header of its own."""
    with pytest.raises(UsageError, match="SHIPWORTHY_NOTIFY_TOKEN") as caught:
        one("https://bus.example/", token=token)
    assert "S3CRET" not in str(caught.value)


def test_a_password_and_a_token_are_one_too_many() -> None:
    """Nobody could tell which is meant."""
    with pytest.raises(UsageError, match="has a password, and SHIPWORTHY_NOTIFY_TOKEN"):
        one("https://a:b@bus.example/", token="S3CRET")


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(
    text=st.text(max_size=40), lead=st.sampled_from(["", "https://", "slack=http://["])
)
def test_any_text_is_taken_or_refused(text: str, lead: str) -> None:
    """Nothing else ever comes out."""
    try:
        receiver = one(lead + text)
    except UsageError:
        return
    assert receiver.url.startswith(("https://", "http://"))
