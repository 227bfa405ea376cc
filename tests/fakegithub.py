"""
GitHub's REST interface on this machine, as far as comments on pull requests go, failing exactly as a test says.

Written from docs.github.com: "REST API endpoints for issue comments", "… for users", "Rate limits for the REST API".
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


LONGEST = 65_536
"""Characters of a comment."""
_COMMENTS = re.compile(r"/repos/acme/shop/issues/(\d+)/comments")
_COMMENT = re.compile(r"/repos/acme/shop/issues/comments/(\d+)")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with one answer."""

    status: int = 0
    """Answered instead; 0 drops the line."""
    headers: tuple[tuple[str, str], ...] = ()
    body: str = '{"message": "no"}'
    done: bool = False
    """Whether what was asked is done all the same, and only its answer is lost."""


@dataclass(kw_only=True)
class FakeGithub:
    """What it holds, what it is to do wrong, and what it was asked."""

    url: str = ""
    login: str = "github-actions[bot]"
    """Who the token is of; a bot's may not ask for itself."""
    comments: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    """By ``METHOD`` or ``METHOD /path``; used up in order."""
    asked: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def hold(self, body: str, login: str, kind: str = "User") -> dict[str, Any]:
        """A comment that somebody wrote."""
        comment = {
            "id": len(self.comments) + 1,
            "body": body,
            "user": {"login": login, "type": kind},
        }
        self.comments.append(comment)
        return comment

    def fault(self, method: str, path: str) -> Fault | None:
        """What goes wrong now."""
        for key in (f"{method} {path}", method):
            if self.faults.get(key):
                return self.faults[key].pop(0)
        return None

    def answer(
        self, method: str, path: str, query: dict[str, list[str]], body: Any
    ) -> tuple[int, Any]:
        """Status and JSON."""
        bot = self.login.endswith("[bot]")
        if (method, path) == ("GET", "/user"):
            if bot:
                return 403, {"message": "Resource not accessible by integration"}
            return 200, {"login": self.login, "type": "User"}
        if method == "GET" and _COMMENTS.fullmatch(path):
            page, size = int(query["page"][0]), int(query["per_page"][0])
            return 200, self.comments[(page - 1) * size : page * size]
        if method not in {"POST", "PATCH"} or not isinstance(body, dict):
            return 404, {"message": "Not Found"}
        if len(body["body"]) > LONGEST:
            return 422, {"message": "Validation Failed"}
        if method == "POST" and _COMMENTS.fullmatch(path):
            return 201, self.hold(body["body"], self.login, "Bot" if bot else "User")
        found = _COMMENT.fullmatch(path)
        for comment in self.comments:
            if found and comment["id"] == int(found[1]):
                comment["body"] = body["body"]
                return 200, comment
        return 404, {"message": "Not Found"}


@contextmanager
def github() -> Iterator[FakeGithub]:
    """A server for as long as the test lasts."""
    fake = FakeGithub()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("Content-Length", "0"))
            body = json.loads(self.rfile.read(size)) if size else None
            fake.asked.append(f"{self.command} {parts.path}")
            fake.tokens.add(self.headers.get("Authorization", ""))
            fault = fake.fault(self.command, parts.path)
            if fault is not None and fault.done:
                fake.answer(self.command, parts.path, parse_qs(parts.query), body)
            if fault is not None and not fault.status:
                self.close_connection = True
                return
            if fault is not None:
                self._send(fault.status, fault.body.encode(), fault.headers)
                return
            status, answer = fake.answer(
                self.command, parts.path, parse_qs(parts.query), body
            )
            self._send(status, json.dumps(answer).encode(), ())

        def _send(
            self, status: int, data: bytes, headers: tuple[tuple[str, str], ...]
        ) -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = _serve  # noqa: N815  # http.server's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
