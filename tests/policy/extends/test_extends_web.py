"""Shared policies at an https address: pinned by their bytes, bounded, and led nowhere but to https."""

from __future__ import annotations

import hashlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from feedserver import (
    Handler,
    Publisher,
    broken_off,
    content,
    publisher,
    status,
    trickling,
)
from registries import certificates
from travelling import HASTY

from shipworthy.advisories.distribute.policies import MAX_POLICY
from shipworthy.errors import UnreachableError, UsageError
from shipworthy.extends import SharedPolicies
from shipworthy.policy.document.fetch import Fetched
from shipworthy.remote.connection import Connection
from shipworthy.remote.web import download


POLICY = b"rules: []\n"
PIN = hashlib.sha256(POLICY).hexdigest()
OPEN = Connection(plain_http=True, patience=HASTY.patience)
"""Plain http, for a server of the test's own."""


def files(reference: str, *, relative_to: str) -> Fetched:
    """No file is asked for here."""
    raise AssertionError(reference + relative_to)


def fetched(reference: str, cache: Path, connection: Connection = OPEN) -> Fetched:
    """One document."""
    shared = SharedPolicies(files=files, cache=cache, connection=connection)
    return shared(reference, relative_to="app.yaml")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Publisher]:
    """A server that has a policy."""
    with publisher(tmp_path / "www") as serving:
        serving.put("base.yaml", POLICY)
        yield serving


@contextmanager
def encrypted(directory: Path) -> Iterator[Publisher]:
    """A server that has the policy, with TLS of its own authority, which is at ``ca.crt``."""
    directory.mkdir()
    certificates(directory)
    serving = Publisher(directory)
    handler = type("_Handler", (Handler,), {"publisher": serving})
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "srv.crt", directory / "srv.key")
    httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    serving.put("base.yaml", POLICY)
    serving.url = f"https://127.0.0.1:{httpd.server_port}"
    try:
        yield serving
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


@pytest.mark.functional
def test_over_https(tmp_path: Path) -> None:
    """A policy comes encrypted from whom the connection trusts, and then needs no network."""
    with encrypted(tmp_path / "www") as serving:
        trusting = Connection(ca_file=tmp_path / "www/ca.crt", patience=HASTY.patience)
        reference = f"{serving.url}/base.yaml@sha256:{PIN}"
        found = fetched(reference, tmp_path / "cache", trusting)
        assert (found.name, found.data) == (reference, POLICY)
        assert found.digest == f"sha256:{PIN}"
        with pytest.raises(UnreachableError, match="TLS"):
            fetched(reference, tmp_path / "other", HASTY)
    assert fetched(reference, tmp_path / "cache", HASTY) == found


def test_both_ways_to_pin_are_one_document(server: Publisher, tmp_path: Path) -> None:
    """``@sha256:`` and ``#sha256=`` name the same, and it is fetched once."""
    one = fetched(f"{server.url}/base.yaml@sha256:{PIN}", tmp_path)
    two = fetched(f"{server.url}/base.yaml#sha256={PIN}", tmp_path)
    assert one == two
    assert server.statuses() == [200]


def test_an_unpinned_address_is_told_its_digest(
    server: Publisher, tmp_path: Path
) -> None:
    """The hint is the reference to write, where there is something now."""
    with pytest.raises(UsageError, match="pinned by its digest") as error:
        fetched(f"{server.url}/base.yaml", tmp_path)
    assert f"{server.url}/base.yaml@sha256:{PIN}" in error.value.hint
    with pytest.raises(UsageError, match="pinned by its digest") as error:
        fetched(f"{server.url}/absent.yaml", tmp_path)
    assert "…@sha256:…" in error.value.hint


def test_other_bytes_than_the_pinned_are_refused(
    server: Publisher, tmp_path: Path
) -> None:
    """Whoever changed it, it is not the policy that was meant; the digest found is told."""
    reference = f"{server.url}/base.yaml@sha256:{PIN}"
    server.fail("base.yaml", content(b"rules: [] # changed\n"))
    with pytest.raises(UsageError, match=f"expected sha256:{PIN}, found sha256:"):
        fetched(reference, tmp_path)
    assert fetched(reference, tmp_path).data == POLICY


def test_plain_http_is_never_spoken_unasked(server: Publisher, tmp_path: Path) -> None:
    """Not even on this machine, and not even where the policy is in the cache."""
    reference = f"{server.url}/base.yaml@sha256:{PIN}"
    fetched(reference, tmp_path)
    for cache in (tmp_path, tmp_path / "other"):
        with pytest.raises(UsageError, match="expected an https:// address"):
            fetched(reference, cache, HASTY)
    assert server.statuses() == [200]


@pytest.mark.parametrize(
    "location",
    ["ftp://example.com/x", "file:///etc/passwd", "http://[", "//u:p@h/?signed"],
)
def test_it_is_led_nowhere_else(
    server: Publisher, tmp_path: Path, location: str
) -> None:
    """A redirect to what is not https is not followed."""
    server.fail("base.yaml", status(302, Location=location))
    with pytest.raises(UnreachableError, match="leads to") as caught:
        fetched(f"{server.url}/base.yaml@sha256:{PIN}", tmp_path)
    assert "u:p@" not in caught.value.message
    assert "signed" not in caught.value.message


@pytest.mark.functional
def test_https_does_not_lead_to_http(tmp_path: Path) -> None:
    """What began encrypted stays so."""
    trusting = Connection(ca_file=tmp_path / "www/ca.crt", patience=HASTY.patience)
    with publisher(tmp_path / "open") as plain, encrypted(tmp_path / "www") as serving:
        plain.put("base.yaml", POLICY)
        there = f"{plain.url}/base.yaml"
        serving.fail("base.yaml", status(302, Location=there))
        with pytest.raises(UnreachableError, match="which is not https"):
            fetched(f"{serving.url}/base.yaml@sha256:{PIN}", tmp_path, trusting)
        assert not plain.asked


def test_a_redirect_is_followed_and_a_circle_is_not(
    server: Publisher, tmp_path: Path
) -> None:
    """Five times at most."""
    server.fail("old.yaml", status(301, Location="/base.yaml"))
    found = fetched(f"{server.url}/old.yaml@sha256:{PIN}", tmp_path)
    assert found.data == POLICY
    server.fail("round", *[status(302, Location="/round")] * 20)
    with pytest.raises(UnreachableError, match="from one address to the next"):
        fetched(f"{server.url}/round@sha256:{PIN}", tmp_path / "other")


def test_what_is_too_large_is_not_read_to_its_end(
    server: Publisher, tmp_path: Path
) -> None:
    """A policy has a megabyte at most, whatever the server says of its length."""
    large = b"#" * MAX_POLICY
    server.put("large.yaml", large)
    digest = hashlib.sha256(large).hexdigest()
    assert fetched(f"{server.url}/large.yaml@sha256:{digest}", tmp_path).data == large
    server.put("large.yaml", large + b"#")
    with pytest.raises(UsageError, match="larger than 1,048,576 bytes"):
        fetched(f"{server.url}/large.yaml@sha256:{PIN}", tmp_path)


def test_what_breaks_off_is_asked_for_again(server: Publisher, tmp_path: Path) -> None:
    """Once more, as patience has it; then it is no answer."""
    server.fail("base.yaml", broken_off(POLICY, 3), status(503))
    with pytest.raises(UnreachableError, match="no answer"):
        fetched(f"{server.url}/base.yaml@sha256:{PIN}", tmp_path)
    server.fail("base.yaml", broken_off(POLICY, 3))
    assert fetched(f"{server.url}/base.yaml@sha256:{PIN}", tmp_path).data == POLICY


def test_what_trickles_ends(server: Publisher) -> None:
    """A server that sends a little for ever does not hold the scan up for ever."""
    data, hold = b"#" * 1_000_000, threading.Event()
    server.fail("slow", trickling(data, 100, hold))
    try:
        with pytest.raises(UnreachableError, match="in time"):
            download(f"{server.url}/slow", OPEN, MAX_POLICY, longest=0.3)
    finally:
        hold.set()


@pytest.mark.parametrize(("code", "kind"), [(404, UsageError), (410, UsageError)])
def test_what_is_not_there_is_a_mistake(
    server: Publisher, tmp_path: Path, code: int, kind: type[Exception]
) -> None:
    """Waiting does not bring it."""
    server.fail("base.yaml", status(code))
    with pytest.raises(kind, match="is not there"):
        fetched(f"{server.url}/base.yaml@sha256:{PIN}", tmp_path)
    server.fail("base.yaml", status(403))
    with pytest.raises(UnreachableError, match="access denied"):
        fetched(f"{server.url}/base.yaml@sha256:{PIN}", tmp_path)
