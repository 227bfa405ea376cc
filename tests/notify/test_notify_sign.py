"""Signatures: those of the specification, verified by its own library and by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from shipworthy.errors import UsageError
from shipworthy.notify.sign import headers, keys_of


# The secret, message and signature that the specification's libraries are tested with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DOCS = Path(__file__).resolve().parents[2] / "docs/notify.md"
BODY = b'{"verdict": "fail"}'


def test_a_known_signature_comes_out() -> None:
    """The vector of the specification's own libraries."""
    told = headers(
        keys_of(SECRET),
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert (
        told["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_the_standard_library_takes_it_and_refuses_what_was_changed() -> None:
    """Id, time and body are all signed."""
    told = dict(headers(keys_of(SECRET), "5f-1", int(time.time()), BODY))
    assert Webhook(SECRET).verify(BODY, told) == {"verdict": "fail"}
    changed: list[tuple[bytes, dict[str, str]]] = [
        (BODY + b" ", told),
        (BODY, told | {"webhook-id": "5f-2"}),
        (BODY, told | {"webhook-timestamp": str(int(time.time()) + 9)}),
    ]
    for body, sent in changed:
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(body, sent)


def test_the_lines_in_the_docs_verify() -> None:
    """What readers are told to paste takes a message, and neither a changed nor an old one."""
    (lines,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(lines, names)  # our own page
    keys, now = keys_of(SECRET), int(time.time())
    told = dict(headers(keys, "id", now, BODY))
    assert names["verified"](SECRET, told, BODY)
    assert not names["verified"](SECRET, told, BODY + b" ")
    old = dict(headers(keys, "id", now - 3600, BODY))
    assert not names["verified"](SECRET, old, BODY)


def test_a_plain_secret_is_taken_as_it_is() -> None:
    """Its bytes are the key, as HMAC by hand says."""
    secret = "correct-horse-battery-staple"
    told = headers(keys_of(secret), "id", 7, BODY)
    digest = hmac.new(secret.encode(), b"id.7." + BODY, hashlib.sha256).digest()
    assert told["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_two_secrets_sign_twice() -> None:
    """So a receiver that knows either, the old one or the new, takes it."""
    other = "whsec_" + base64.b64encode(b"n" * 32).decode()
    told = dict(headers(keys_of(f"{SECRET} {other}\n"), "id", int(time.time()), BODY))
    for secret in (SECRET, other):
        assert Webhook(secret).verify(BODY, told)


def test_without_a_secret_nothing_is_signed() -> None:
    """Id and time are told all the same: a receiver drops repeats by them."""
    assert headers(keys_of(" "), "id", 7, BODY) == {
        "webhook-id": "id",
        "webhook-timestamp": "7",
    }


@pytest.mark.parametrize(
    "secret",
    [
        "short-S3CRET",
        "whsec_S3CRET*not*base64*S3CRET*S3CRET",
        "whsec_UzNDUkVU",
        "whsec_",
    ],
)
def test_a_secret_that_is_none_is_refused_and_not_told(secret: str) -> None:
    """Too short or not base64: named by its variable alone."""
    with pytest.raises(
        UsageError, match="SHIPWORTHY_NOTIFY_SECRET: expected"
    ) as caught:
        keys_of(secret)
    assert "S3CRET" not in str(caught.value) + caught.value.hint.replace("whsec_$", "")
