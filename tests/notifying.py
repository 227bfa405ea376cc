"""A receiver of notifications on this machine that fails in each way a test asks for, and a clock that does not wait."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass(frozen=True)
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    """By names in lower case."""
    body: bytes


@dataclass
class Webhook:
    """What it was sent, and what it does next: one plan a request, then 204."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    plans: list[Callable[[Handler], None]] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    """Set at the end, so that what hangs ends."""


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    webhook: Webhook

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # inherited
        """Say nothing."""

    def do_POST(self) -> None:
        """Note the request and do as planned."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        named = {name.lower(): value for name, value in self.headers.items()}
        self.webhook.got.append(Got(self.path, named, body))
        plans = self.webhook.plans
        (plans.pop(0) if plans else status(204))(self)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A line that was dropped is what the test is about."""


def status(code: int, **headers: str) -> Callable[[Handler], None]:
    """An answer without content."""

    def answer(handler: Handler) -> None:
        handler.send_response_only(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if code != 204:
            handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def cut(handler: Handler) -> None:
    """The line ends before an answer."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def hang(handler: Handler) -> None:
    """No answer comes, nor does the line end."""
    handler.webhook.hold.wait(20)
    handler.close_connection = True


def trickle(handler: Handler) -> None:
    """A header comes byte by byte, so that no time limit on a single read is ever met."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.webhook.hold.wait(0.02):
        handler.wfile.write(b"x")
        handler.wfile.flush()
    handler.close_connection = True


def endless(handler: Handler) -> None:
    """A good answer with a body that has no end."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.webhook.hold.is_set():
        handler.wfile.write(b"x" * 65_536)


@contextmanager
def webhook(
    *plans: Callable[[Handler], None], certificate: Path | None = None
) -> Iterator[Webhook]:
    """A receiver on a free port of the loopback; with a certificate and its key in one file it speaks TLS."""
    receiver = Webhook(plans=list(plans))
    handler = type("_Handler", (Handler,), {"webhook": receiver})
    server = _Server(("127.0.0.1", 0), handler)
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    receiver.url = f"{scheme}://127.0.0.1:{server.server_port}/hook/S3CRET-PATH"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Hours:
    """A :class:`shipworthy.notify.delivery.Timing` in which sleeping takes no time."""

    moment: float = 1_700_000_000.0
    chances: list[float] = field(default_factory=lambda: [1.0] * 20)
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        """Seconds of the epoch."""
        return self.moment

    def elapsed(self) -> float:
        """The same clock."""
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Let it pass at once."""
        self.slept.append(seconds)
        self.moment += seconds

    def chance(self) -> float:
        """The next number that the test chose."""
        return self.chances.pop(0)
