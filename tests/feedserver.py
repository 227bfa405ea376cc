"""A publisher on this machine: serves files as real servers do, and misbehaves when told to."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote


@dataclass(frozen=True)
class Asked:
    """One request and the status it got."""

    path: str
    headers: dict[str, str]
    status: int


@dataclass
class Publisher:
    """What is served below ``root``, how, and what was asked."""

    root: Path
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    faults: dict[str, list[Callable[[Handler], None]]] = field(default_factory=dict)
    """By path: what happens instead of an answer, once each, in turn."""
    has_tags: bool = True
    has_ranges: bool = True
    zips_text: bool = False

    def put(self, path: str, data: bytes | str) -> None:
        """Publish a file."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data.encode() if isinstance(data, str) else data)

    def fail(self, path: str, *faults: Callable[[Handler], None]) -> None:
        """Let the next requests for a path go wrong."""
        self.faults.setdefault(f"/{path}", []).extend(faults)

    def statuses(self, path: str = "") -> list[int]:
        """What was answered, for one path or all."""
        return [a.status for a in self.asked if not path or a.path == f"/{path}"]


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    publisher: Publisher

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # inherited
        """Say nothing."""

    def do_GET(self) -> None:
        """Serve the file, or what was arranged instead."""
        faults = self.publisher.faults.get(self.path, [])
        if faults:
            faults.pop(0)(self)
            return
        below = unquote(self.path.partition("?")[0]).strip("/")
        place = self.publisher.root / below
        if place.is_dir():
            place /= "index.html"
        query = self.publisher.root / unquote(self.path).strip("/").replace("/?", "?")
        if "?" in self.path and query.is_file():
            place = query
        if not place.is_file():
            self.answer(404, b"not here")
            return
        self.serve(place.read_bytes())

    def serve(self, data: bytes) -> None:
        """The bytes, or as much of them as the client lacks."""
        tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        date = formatdate(1_700_000_000 + len(data), usegmt=True)
        headers = {"Last-Modified": date}
        if self.publisher.has_tags:
            headers["ETag"] = tag
        asked = self.headers
        known = asked.get("If-None-Match") == tag and self.publisher.has_tags
        if known or asked.get("If-Modified-Since") == date:
            self.answer(304, b"", headers)
            return
        first = asked.get("Range", "").removeprefix("bytes=").rstrip("-")
        if first and self.publisher.has_ranges and asked.get("If-Range") == tag:
            if int(first) >= len(data):
                self.answer(416, b"", {"Content-Range": f"bytes */{len(data)}"})
                return
            headers["Content-Range"] = f"bytes {first}-{len(data) - 1}/{len(data)}"
            self.answer(206, data[int(first) :], headers)
            return
        if self.publisher.zips_text and "gzip" in asked.get("Accept-Encoding", ""):
            data = gzip.compress(data)
            headers["Content-Encoding"] = "gzip"
        self.answer(200, data, headers)

    def answer(
        self,
        status: int,
        data: bytes,
        headers: dict[str, str] | None = None,
        *,
        length: int | None = None,
    ) -> None:
        """One answer, noted; a ``length`` that is not the data's breaks the line after it."""
        self.publisher.asked.append(Asked(self.path, dict(self.headers), status))
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        self.end_headers()
        self.wfile.write(data)
        if length not in {None, len(data)}:
            self.close_connection = True


class _Server(ThreadingHTTPServer):
    """Says nothing of clients that go."""

    def handle_error(self, request: object, client_address: object) -> None:
        """A line that was dropped is what the test is about."""


def status(code: int, **headers: str) -> Callable[[Handler], None]:
    """An answer without content."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.answer(code, b"no", named)


def content(data: bytes, **headers: str) -> Callable[[Handler], None]:
    """A good answer of other bytes than the file's."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.answer(200, data, named)


def broken_off(data: bytes, after: int) -> Callable[[Handler], None]:
    """The beginning of the right answer, and then nothing."""
    tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
    return lambda handler: handler.answer(
        200, data[:after], {"ETag": tag}, length=len(data)
    )


def trickling(
    data: bytes, first: int, hold: threading.Event
) -> Callable[[Handler], None]:
    """The beginning of the right answer, and a line that stays open until ``hold`` is set."""
    tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'

    def answer(handler: Handler) -> None:
        handler.answer(200, data[:first], {"ETag": tag}, length=len(data))
        for place in range(first, len(data), 20_000):
            if hold.wait(0.05):
                return
            handler.wfile.write(data[place : place + 20_000])

    return answer


@contextmanager
def publisher(root: Path) -> Iterator[Publisher]:
    """A publisher on a free port of the loopback."""
    serving = Publisher(root)
    handler = type("_Handler", (Handler,), {"publisher": serving})
    server = _Server(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    serving.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield serving
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
