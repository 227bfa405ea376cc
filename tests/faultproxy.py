"""
A proxy before a real server that passes everything on, but for the faults that a test names.

It notes the headers of every request, so that it can also stand for the other host to which a registry leads.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


FOREVER = -1
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
_LONGEST = 30.0
"""Seconds after which even a server that hangs hangs up."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong, with which answers, and how often."""

    where: str
    """A part of ``METHOD /path``."""
    refusals: bool = False
    """Strikes answers that ask who is there (401), and no others."""
    times: int = 1
    """How many answers it strikes, or ``FOREVER``."""
    status: int = 0
    """Answered instead of what the server says, with an empty body."""
    headers: tuple[tuple[str, str], ...] = ()
    """Added; ``{path}`` in one stands for the path that was asked for."""
    body: bytes | None = None
    """Sent instead of the server's."""
    flip: int = -1
    """The byte of the body that is changed on its way."""
    grow: int = 0
    """Bytes that the body is longer, or shorter; its stated length is that of what comes."""
    extra: int = 0
    """Bytes that follow what was stated."""
    stated: bool = True
    """Whether a length is stated at all."""
    cut: int = -1
    """Bytes of the body that still come; with ``head`` none, and half of the head."""
    head: bool = False
    how: str = "close"
    """What happens at the cut: ``close``, ``reset`` the line, ``hang``, ``drip`` a byte now and then."""
    pause: float = 0.05
    """Seconds between two bytes that drip."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as it came."""

    line: str
    headers: dict[str, str]


@dataclass(kw_only=True)
class FaultProxy:
    """Where it passes requests on to, what it is to do wrong, and what it was asked."""

    upstream: str
    host: str = ""
    authorization: str = field(default="", repr=False)
    """Shown to the server instead of what the client shows."""
    asked: list[Asked] = field(default_factory=list)
    struck: int = 0
    _faults: list[tuple[Fault, list[int]]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    released: threading.Event = field(default_factory=threading.Event)

    def set(self, *faults: Fault) -> None:
        """Do these from now on, and forget what was asked."""
        with self._lock:
            self._faults = [(fault, [fault.times]) for fault in faults]
            self.asked.clear()
            self.struck = 0

    def fault(self, line: str, *, is_refusal: bool) -> Fault | None:
        """The fault that strikes the answer to this request."""
        with self._lock:
            for fault, left in self._faults:
                is_meant = fault.where in line and fault.refusals == is_refusal
                if is_meant and left[0]:
                    left[0] -= left[0] > 0
                    self.struck += 1
                    return fault
        return None

    def count(self, part: str) -> int:
        """How often was asked for something."""
        return sum(part in one.line for one in self.asked)


@contextmanager
def fault_proxy(
    upstream: str,
    *,
    authorization: str = "",
    certificate: Sequence[str] = (),
) -> Iterator[FaultProxy]:
    """
    A proxy before ``HOST:PORT``, which speaks plain HTTP, for as long as the context lasts.

    With ``certificate`` (its file and its key's) the proxy itself speaks TLS.
    """
    proxy = FaultProxy(upstream=upstream, authorization=authorization)

    class Handler(_Handler):
        held = proxy

    server = _Server(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    proxy.host = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield proxy
    finally:
        proxy.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that hang up are what is tested."""


class _Handler(BaseHTTPRequestHandler):
    held: FaultProxy
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        """Say nothing."""

    def do_HEAD(self) -> None:
        """As GET without a body."""
        self._answer()

    def do_GET(self) -> None:
        """Pass on, and do wrong what is to be done wrong."""
        self._answer()

    def _answer(self) -> None:
        line = f"{self.command} {self.path}"
        self.held.asked.append(Asked(line=line, headers=dict(self.headers.items())))
        status, headers, body = self._passed_on()
        fault = self.held.fault(line, is_refusal=status == 401) or Fault(where="")
        if fault.status:
            status, headers, body = fault.status, [], b""
        headers += [(k, v.replace("{path}", self.path)) for k, v in fault.headers]
        self._send(status, headers, _changed(body, fault), fault)

    def _passed_on(self) -> tuple[int, list[tuple[str, str]], bytes]:
        line = http.client.HTTPConnection(self.held.upstream, timeout=_LONGEST)
        headers = dict(self.headers.items())
        if self.held.authorization:
            headers["Authorization"] = self.held.authorization
        try:
            line.request(self.command, self.path, headers=headers)
            answer = line.getresponse()
            kept = [h for h in answer.getheaders() if h[0].lower() not in _HOP]
            return answer.status, kept, answer.read()
        finally:
            line.close()

    def _send(
        self, status: int, headers: list[tuple[str, str]], body: bytes, fault: Fault
    ) -> None:
        if not any(name.lower() == "date" for name, _ in headers):
            headers.append(("Date", self.date_time_string()))
        if fault.stated:
            headers.append(("Content-Length", str(len(body))))
        else:
            headers.append(("Connection", "close"))
        told = "".join(f"{name}: {value}\r\n" for name, value in headers)
        head = f"HTTP/1.1 {status} as said\r\n{told}\r\n".encode("latin-1")
        body = b"" if self.command == "HEAD" else body
        whole = head + body + b"x" * fault.extra
        end = len(head) // 2 if fault.head else len(head) + fault.cut
        is_cut = fault.head or fault.cut >= 0
        self.wfile.write(whole[:end] if is_cut else whole)
        self.wfile.flush()
        self.close_connection = is_cut or not fault.stated
        if is_cut:
            self._cut(whole[end:], fault)

    def _cut(self, rest: bytes, fault: Fault) -> None:
        until = time.monotonic() + _LONGEST
        if fault.how == "hang":
            self.held.released.wait(_LONGEST)
        elif fault.how == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        elif fault.how == "drip":
            for at in range(len(rest)):
                self.wfile.write(rest[at : at + 1])
                if self.held.released.wait(fault.pause) or time.monotonic() > until:
                    return


def _changed(body: bytes, fault: Fault) -> bytes:
    if fault.body is not None:
        return fault.body
    if fault.flip >= 0:
        at = fault.flip % len(body)
        return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
    if fault.grow < 0:
        return body[: fault.grow]
    return body + b"x" * fault.grow
