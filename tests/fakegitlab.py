"""
GitLab's REST interface on this machine, as far as notes and artifacts go, failing exactly as a test says.

Written from docs.gitlab.com: "Notes API", "Users API", "Job artifacts API".
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fakegithub import Fault
from pipelining import variables

from shipworthy_ci.surroundings import Surroundings, here


ME = 7
"""The user that the token is of."""
JOB = "shipworthy: [main, 1]"
"""The job's name."""
TOKEN, JOB_TOKEN = "glpat-secret", "job-secret"
_NOTES = re.compile(r"/projects/([^/]+)/merge_requests/(\d+)/notes(?:/(\d+))?")
_RAW = re.compile(r"/projects/([^/]+)/jobs/artifacts/([^/]+)/raw/(.+)")


@dataclass(kw_only=True)
class FakeGitlab:
    """What it holds, what it is to do wrong, and what it was asked."""

    url: str = ""
    notes: list[dict[str, Any]] = field(default_factory=list)
    artifacts: dict[tuple[str, str, str, str], bytes] = field(default_factory=dict)
    """By project, branch and path as they are quoted in addresses, and job."""
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    """By ``METHOD`` or ``METHOD /path``; used up in order."""
    asked: list[str] = field(default_factory=list)
    drips: bool = False
    """Whether a file comes byte by byte, without end."""
    hangs: bool = False
    """Whether nothing is ever answered."""
    closing: threading.Event = field(default_factory=threading.Event)

    def hold(self, body: str, user: int, *, system: bool = False) -> dict[str, Any]:
        """A note that somebody wrote."""
        note = {
            "id": len(self.notes) + 1,
            "body": body,
            "author": {"id": user},
            "system": system,
        }
        self.notes.append(note)
        return note

    def fault(self, method: str, path: str) -> Fault | None:
        """What goes wrong now."""
        for key in (f"{method} {path}", method):
            if self.faults.get(key):
                return self.faults[key].pop(0)
        return None

    def answer(
        self, method: str, path: str, query: dict[str, list[str]], body: Any, who: str
    ) -> tuple[int, Any]:
        """Status and JSON, or bytes of a file; ``who`` is the header that a token came in."""
        raw = _RAW.fullmatch(path)
        if raw:
            found = self.artifacts.get((raw[1], raw[2], raw[3], query["job"][0]))
            if found is None or who != "JOB-TOKEN":
                return 404, {"message": "404 Not found"}
            return 200, found
        if who != "PRIVATE-TOKEN":
            return 401, {"message": "401 Unauthorized"}
        if (method, path) == ("GET", "/user"):
            return 200, {"id": ME, "username": "project_1_bot"}
        notes = _NOTES.fullmatch(path)
        if not notes or notes[2] != "12":
            return 404, {"message": "404 Not found"}
        return self._noted(method, notes[3], query, body)

    def _noted(
        self, method: str, number: str | None, query: dict[str, list[str]], body: Any
    ) -> tuple[int, Any]:
        if method == "GET":
            page, size = int(query["page"][0]), int(query["per_page"][0])
            return 200, self.notes[(page - 1) * size : page * size]
        if method == "POST":
            return 201, self.hold(body["body"], ME)
        for note in self.notes:
            if note["id"] == int(number or 0):
                note["body"] = body["body"]
                return 200, note
        return 404, {"message": "404 Not found"}


class _Handler(BaseHTTPRequestHandler):
    fake: FakeGitlab

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        size = int(self.headers.get("Content-Length", "0"))
        body = json.loads(self.rfile.read(size)) if size else None
        self.fake.asked.append(f"{self.command} {parts.path}")
        known = {"PRIVATE-TOKEN": TOKEN, "JOB-TOKEN": JOB_TOKEN}
        shown = [name for name in known if self.headers.get(name) == known[name]]
        who = shown[0] if shown else ""
        if self.fake.hangs:
            self.fake.closing.wait()
            return
        if self.fake.drips:
            self._drip()
            return
        fault = self.fake.fault(self.command, parts.path)
        asked = (self.command, parts.path, parse_qs(parts.query), body, who)
        if fault is not None and fault.done:
            self.fake.answer(*asked)
        if fault is not None and not fault.status:
            self.close_connection = True
            return
        if fault is not None:
            self._send(fault.status, fault.body.encode(), fault.headers)
            return
        status, answer = self.fake.answer(*asked)
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self._send(status, data, ())

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        while not self.fake.closing.wait(0.01):
            try:
                self.wfile.write(b" ")
            except OSError:
                return

    def _send(
        self, status: int, data: bytes, headers: tuple[tuple[str, str], ...]
    ) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = _serve  # noqa: N815  # http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        del format, args


@contextmanager
def gitlab() -> Iterator[FakeGitlab]:
    """A server for as long as the test lasts."""
    fake = FakeGitlab()

    handler = type("Handler", (_Handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def told(server: FakeGitlab, folder: Path, **more: str | Path) -> dict[str, str]:
    """The variables of a merge request's pipeline."""
    return variables(
        **{
            "GITLAB_CI": "true",
            "CI_API_V4_URL": server.url,
            "CI_PROJECT_ID": "5",
            "CI_PROJECT_PATH": "acme/shop",
            "CI_PROJECT_DIR": folder,
            "CI_JOB_NAME": JOB,
            "CI_JOB_TOKEN": JOB_TOKEN,
            "CI_DEFAULT_BRANCH": "main",
            "CI_MERGE_REQUEST_IID": "12",
            "CI_MERGE_REQUEST_PROJECT_ID": "3",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "release/1 ä",
            **more,
        }
    )


def around(server: FakeGitlab, folder: Path, **more: str | Path) -> Surroundings:
    """The pipeline of it."""
    return Surroundings(
        environment=told(server, folder, **more), log=here().log, folder=folder
    )
