"""
A registry on this machine that fails exactly as a test says, at the byte that it says.

It serves the endpoints of the OCI distribution specification 1.1 that a pull and a push in one piece use: manifests and
blobs, and a token service as the "token authentication specification" of distribution describes it.
"""

from __future__ import annotations

import base64
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from shipworthy.advisories.distribute.packed import packing
from shipworthy.advisories.source import DirectorySource
from shipworthy.remote.blob import MANIFEST_TYPE, blob_of


_STEP = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with an answer."""

    status: int = 0
    """Answered instead of 200."""
    code: str = ""
    """The error's code (OCI distribution specification, "Error Codes")."""
    after: str = ""
    """``Retry-After``."""
    location: str = ""
    """Where a redirect leads to."""
    cut: int = -1
    """Bytes of the body that still come."""
    how: str = "close"
    """What happens at the cut: ``close``, ``reset`` the line, ``stall`` until the end, ``short`` without a length."""
    flip: int = -1
    """The byte that is changed on its way."""


@dataclass(kw_only=True)
class FakeRegistry:
    """What it holds, what it is to do wrong, and what it was asked."""

    host: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    manifests: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    """Media types of manifests that are not OCI's of an image, by digest."""
    claimed: dict[str, str] = field(default_factory=dict)
    """Digests that are claimed of manifests instead of their own."""
    referrers: dict[str, bytes] = field(default_factory=dict)
    """Indexes of what refers to a manifest; with none of them there is no such endpoint."""
    ranges: str = "obeyed"
    """What becomes of a Range: ``obeyed``, ``ignored``, ``wrong`` for another part, ``refused``."""
    parts: list[str] = field(default_factory=list)
    """The ranges that were asked for."""
    sent: int = 0
    """Bytes of bodies."""
    pace: int = 0
    """Bytes a second of a body at most, if any."""
    identity: str = field(default="", repr=False)
    """What a token is given for instead of a password."""
    uploads: str = "/uploads/1"
    """Where blobs are to be sent to."""
    allowed: tuple[str, ...] = ()
    """The types of artifacts that are taken, as GitLab's registry has a list of; with none of them all are."""
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    """By a part of ``METHOD /path``; used up in order, the last one only if ``forever``."""
    forever: bool = False
    users: dict[str, str] = field(default_factory=dict)
    """Names and passwords; with none of them and :attr:`tokens` set, anybody gets a token."""
    tokens: bool = False
    realm: str = ""
    lasting: int = 1_000
    """Requests that a token is good for."""
    given: int = 0
    left: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    stalled: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, database: Path, tag: str = "latest") -> str:
        """Hold a database under a tag; gives the manifest's digest."""
        source = DirectorySource(database)
        with packing(source, source.signature, lambda _: None) as packed:
            digest = blob_of(packed.manifest).digest
            self.manifests[digest] = packed.manifest
            self.blobs[packed.artifact.index.digest] = packed.index
            for blob, path in packed.files.values():
                self.blobs[blob.digest] = path.read_bytes()
        self.tags[tag] = digest
        return digest

    def fault(self, line: str) -> Fault:
        """The next thing to do wrong with a request."""
        with self.lock:
            for part, faults in self.faults.items():
                if part in line and faults:
                    keep = self.forever and len(faults) == 1
                    return faults[0] if keep else faults.pop(0)
        return Fault()

    def count(self, part: str) -> int:
        """How often was asked for something."""
        return sum(part in line for line in self.asked)


@contextmanager
def fake_registry() -> Iterator[FakeRegistry]:
    """A registry for as long as the context lasts."""
    registry = FakeRegistry()

    class Handler(_Handler):
        held = registry

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    registry.host = f"127.0.0.1:{server.server_port}"
    registry.realm = f"http://{registry.host}/token"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield registry
    finally:
        registry.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    held: FakeRegistry
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        """Say nothing."""

    def do_HEAD(self) -> None:
        """As GET without a body."""
        self._answer()

    def do_GET(self) -> None:
        """Serve a manifest, a blob or a token."""
        self._answer()

    def do_PUT(self) -> None:
        """Take a blob or a manifest."""
        self._take()

    def do_POST(self) -> None:
        """Begin an upload, or give a token for an identity token."""
        if self.path.startswith("/v2/"):
            self._take()
            return
        length = int(self.headers["Content-Length"])
        form = parse_qs(self.rfile.read(length).decode())
        self.held.asked.append(f"POST {self.path}")
        self.held.scopes += form.get("scope", [])
        is_known = form.get("refresh_token") == [self.held.identity]
        if not is_known or form.get("grant_type") != ["refresh_token"]:
            self._send(401, b"{}", Fault(), {})
            return
        self._give("access_token", Fault())

    def _answer(self) -> None:
        line = f"{self.command} {self.path}"
        self.held.asked.append(line)
        self.held.authorizations.append(self.headers.get("Authorization", ""))
        fault = self.held.fault(line)
        if fault.status:
            headers = {"Retry-After": fault.after, "Location": fault.location}
            told = {"errors": [{"code": fault.code}]} if fault.code else {}
            self._send(fault.status, json.dumps(told).encode(), fault, headers)
        elif self.path.startswith("/token"):
            self._token(fault)
        elif not self._is_let_in():
            self._challenge()
        else:
            self._content(fault)

    def _challenge(self) -> None:
        scope = "repository:a/db:pull"
        kind = f'Bearer realm="{self.held.realm}",service="fake",scope="{scope}"'
        basic = 'Basic realm="fake"'
        challenge = kind if self.held.tokens else basic
        self._send(401, b"{}", Fault(), {"WWW-Authenticate": challenge})

    def _take(self) -> None:
        line = f"{self.command} {self.path}"
        data = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.held.asked.append(line)
        self.held.authorizations.append(self.headers.get("Authorization", ""))
        fault = self.held.fault(line)
        if fault.status:
            self._send(fault.status, b"{}", fault, {"Location": fault.location})
        elif not self._is_let_in():
            self._challenge()
        elif self.command == "POST":
            self._send(202, b"", fault, {"Location": self.held.uploads})
        else:
            self._send(self._taken(data), b"", fault, {})

    def _taken(self, data: bytes) -> int:
        """The status of what was done with a blob or a manifest."""
        address = urlsplit(self.path)
        digest = blob_of(data).digest
        if "digest" in (query := parse_qs(address.query)):
            if query["digest"] != [digest]:
                return 400
            self.held.blobs[digest] = data
            return 201
        document = json.loads(data)
        type_ = document.get("artifactType", "")
        parts = [document["config"], *document["layers"]]
        if type_ and self.held.allowed and type_ not in self.held.allowed:
            return 400
        if any(part["digest"] not in self.held.blobs for part in parts):
            return 400
        self.held.manifests[digest] = data
        self.held.tags[address.path.rpartition("/")[2]] = digest
        return 201

    def _content(self, fault: Fault) -> None:
        kind, name = self.path.rsplit("/", 2)[1:]
        if kind == "manifests":
            digest = self.held.tags.get(name, name)
            data = self.held.manifests.get(digest)
            headers = {
                "Content-Type": self.held.types.get(digest, MANIFEST_TYPE),
                "Docker-Content-Digest": self.held.claimed.get(digest, digest),
            }
        elif kind == "referrers":
            data, headers = self.held.referrers.get(name), {}
        else:
            data, headers = self.held.blobs.get(name), {}
        if data is None:
            code = "MANIFEST_UNKNOWN" if kind == "manifests" else "BLOB_UNKNOWN"
            told = json.dumps({"errors": [{"code": code}]}).encode()
            self._send(404, told, Fault(), {})
        elif (wanted := self.headers.get("Range", "")) and kind == "blobs":
            self._part(data, wanted, fault)
        else:
            self._send(200, data, fault, headers)

    def _part(self, data: bytes, wanted: str, fault: Fault) -> None:
        self.held.parts.append(wanted)
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start, end = int(first), int(last or len(data) - 1) + 1
        if self.held.ranges == "ignored":
            self._send(200, data, fault, {})
            return
        if self.held.ranges == "refused":
            self._send(416, b"{}", fault, {})
            return
        start -= self.held.ranges == "wrong"
        told = f"bytes {start}-{end - 1}/{len(data)}"
        self._send(206, data[start:end], fault, {"Content-Range": told})

    def _is_let_in(self) -> bool:
        if not self.held.tokens and not self.held.users:
            return True
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if not self.held.tokens:
            return kind == "Basic" and self._is_known(value)
        with self.held.lock:
            left = self.held.left.get(value, 0)
            self.held.left[value] = left - 1
        return kind == "Bearer" and left > 0

    def _is_known(self, basic: str) -> bool:
        name, _, password = base64.b64decode(basic).decode().partition(":")
        return self.held.users.get(name) == password != ""

    def _token(self, fault: Fault) -> None:
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        self.held.scopes += parse_qs(urlsplit(self.path).query).get("scope", [])
        if self.held.users and not (kind == "Basic" and self._is_known(value)):
            self._send(401, b"{}", Fault(), {})
            return
        self._give("token", fault)

    def _give(self, member: str, fault: Fault) -> None:
        with self.held.lock:
            self.held.given += 1
            token = f"secret-token-{self.held.given}"
            self.held.left[token] = self.held.lasting
        self._send(200, json.dumps({member: token}).encode(), fault, {})

    def _send(
        self, status: int, data: bytes, fault: Fault, headers: dict[str, str]
    ) -> None:
        if fault.flip >= 0:
            at = fault.flip % len(data)
            data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        self.send_response(status)
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        if fault.how == "short" and fault.cut >= 0:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(data)))
        if fault.cut >= 0 and fault.how == "stall" and self.command == "HEAD":
            self._stall()
        self.end_headers()
        if self.command == "HEAD":
            return
        part = data if fault.cut < 0 else data[: fault.cut]
        with self.held.lock:
            self.held.sent += len(part)
        step = _STEP if self.held.pace else max(len(part), 1)
        try:
            for at in range(0, len(part), step):
                self.wfile.write(part[at : at + step])
                self.wfile.flush()
                time.sleep(step / self.held.pace if self.held.pace else 0)
        except OSError:
            return  # the other side was killed, as it should be
        if fault.cut >= 0:
            self.close_connection = True
            self._cut(fault)

    def _cut(self, fault: Fault) -> None:
        if fault.how == "stall":
            self._stall()
        elif fault.how == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def _stall(self) -> None:
        self.held.stalled.set()
        self.held.released.wait(60)
