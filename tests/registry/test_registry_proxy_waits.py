"""What a registry and its token service ask to wait, seen through a proxy before real ones."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate

import pytest
from faultproxy import FOREVER, Fault, fault_proxy
from proxied import (
    MANIFEST,
    PASSWORD,
    USER,
    WHERE,
    Line,
    found,
    header,
    patient,
)
from registries import certificates, registry
from tokenserver import token_server


pytestmark = pytest.mark.functional
HOUR = 3600


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_is_too_long_is_told(status: int, where: str, line: Line) -> None:
    """An hour, in seconds or as a date: nobody waits, and the line says how long it would be."""
    for after in (str(HOUR), formatdate(time.time() + HOUR, usegmt=True)):
        waited: list[float] = []
        headers = header(Retry_After=after)
        line.proxy.set(Fault(where=where, status=status, headers=headers))
        error = line.ends(patient(waited))
        hour = r"the server says \d+ and to wait for (3600|35\d\d) s"
        assert re.search(hour, error.message)
        assert "log in, wait" in error.hint or status == 503
        assert ([], 1) == (waited, line.proxy.struck)


@pytest.mark.parametrize(
    ("after", "least", "most"),
    [
        ("Fri, 27 Nov 2020 10:00:00 GMT", 0, 0),
        ("0", 0, 0),
        ("-7", 0, 0),
        ("7.5", 0, 0),
        ("\xb2", 0, 0),
        ("Fri, 32 Foo 2026 25:00:00 GMT", 0, 0),
        ("Fri, 27 Nov 2026 10:00:00 +99999999999999999999", 0, 0),
        ("Fri, 27 Nov 2026 10:00:00 -0000", 0, 0),
        ("60", 60, 60),
    ],
)
def test_any_wait_is_taken_or_passed_over(
    after: str, least: float, most: float, line: Line
) -> None:
    """Whatever is said of the wait, the next answer is a good one."""
    waited: list[float] = []
    line.proxy.set(Fault(where=MANIFEST, status=429, headers=header(Retry_After=after)))
    assert line.whole == found(line.scan(patient(waited)))
    assert least <= sum(waited) <= most


def test_a_wait_of_weeks_is_told(line: Line) -> None:
    """Not passed over."""
    headers = header(Retry_After="1000000")
    line.proxy.set(Fault(where=MANIFEST, status=429, headers=headers))
    assert "to wait for 1000000 s" in line.ends().message


@pytest.fixture(scope="module")
def tokens(real: Line, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A registry that asks for tokens, and a proxy before the service that gives them."""
    folder = tmp_path_factory.mktemp("tokens")
    certificates(folder)
    shutil.copytree(real.folder / "reg", folder / "reg")
    with (
        token_server(folder, {USER: PASSWORD}) as service,
        fault_proxy(service.realm.split("/")[2]) as proxy,
    ):
        service.realm = f"http://{proxy.host}/token"
        with registry(folder, more=service.lines) as host:
            yield replace(real, proxy=proxy, host=host)


TOKEN = "GET /token"
SERVICE = {
    "failing": (Fault(where=TOKEN, status=500), "the token service: the server says"),
    "overloaded": (Fault(where=TOKEN, status=503), "the token service: the server"),
    "limited": (Fault(where=TOKEN, status=429), "the token service: the server says"),
    "cut": (Fault(where=TOKEN, cut=50), "the token service: connection"),
    "cut in the head": (Fault(where=TOKEN, head=True), "the token service: connection"),
    "silent": (Fault(where=TOKEN, head=True, how="hang"), "service: timed out"),
    "dripping": (Fault(where=TOKEN, cut=50, how="drip"), "service: too slow"),
}


@pytest.mark.parametrize("name", SERVICE)
def test_a_token_service_that_fails(name: str, tokens: Line) -> None:
    """Once or twice it is asked again; for ever it ends the scan."""
    fault, part = SERVICE[name]
    access = patient(tries=5, facing=fault)
    for times in (1, 2):
        tokens.proxy.set(replace(fault, times=times))
        assert tokens.whole == found(tokens.scan(access))
        assert times == tokens.proxy.struck
    tokens.proxy.set(replace(fault, times=FOREVER))
    assert part in tokens.ends(patient(facing=fault)).message


def test_a_token_service_that_asks_to_wait_for_an_hour(tokens: Line) -> None:
    """Nobody waits; the line says how long, and what a limit means."""
    headers = header(Retry_After=str(HOUR))
    tokens.proxy.set(Fault(where=TOKEN, status=429, headers=headers, times=FOREVER))
    error = tokens.ends()
    assert (
        "the token service: the server says 429 and to wait for 3600" in error.message
    )
    assert "log in, wait" in error.hint
    assert 1 == tokens.proxy.struck


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"<html>",
        b'{"token": 5}',
        b'{"token": null}',
        b'{"token": "a\\r\\nX-Evil: 1"}',
        b'{"token": "\xd1\x82\xd0\xb0\xd0\xb9\xd0\xbd\xd0\xb0"}',
        b'{"token": "\\ud800"}',
        b'{"token": "wrong"}',
        b'{"token": "' + b"a" * 100_000 + b'"}',
        b'{"token": "' + b"a" * 2_000_000 + b'"}',
    ],
)
def test_what_is_no_token(body: bytes, tokens: Line) -> None:
    """Whatever the service answers, the scan ends with a line."""
    tokens.proxy.set(Fault(where=TOKEN, body=body, times=FOREVER))
    message = tokens.ends().message
    assert "access denied" in message or "no answer" in message
