"""
An engine on a Unix socket that holds one image, in every shape of export, and fails exactly as a test says.

It answers the questions of the Docker Engine API that a scan asks. Shapes: ``classic`` (Docker before 25),
``blobs`` (Docker from 25 on), ``store`` (Docker over containerd's store: compressed blobs, manifest last) and ``podman``.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any
from urllib.parse import unquote

import imagebuilder as ib

from shipworthy.images.engines.names import names_of


_PIECE = 32 * 1024


@dataclass(kw_only=True)
class FakeEngine:
    """What it holds, what goes wrong, and what it was asked."""

    image: ib.BuiltImage
    shape: str = "classic"
    socket: str = ""
    cut: int = -1
    """Bytes of an export that still come."""
    hangs: str = ""
    """A part of a path that is never answered."""
    status: Mapping[str, int] = field(default_factory=dict)
    """By a part of a path."""
    said: dict[str, Any] = field(default_factory=dict)
    """Members of the image's description that are told otherwise."""
    export: bytes = b""
    """Exported instead of the image."""
    containers: dict[str, tuple[list[dict[str, Any]], bytes]] = field(
        default_factory=dict
    )
    """(changes, file system) by name."""
    asked: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{self.socket}"

    @property
    def exports(self) -> int:
        """How often something was exported."""
        return sum(path.endswith(("/get", "/export")) for path in self.asked)

    @property
    def id(self) -> str:
        """The image's id: its configuration's digest, or its manifest's."""
        in_store = self.shape == "store"
        return ib.sha256(self.image.manifest if in_store else self.image.config)

    def exported(self) -> bytes:
        """The image as the engine writes it."""
        files = {
            "classic": _classic,
            "blobs": lambda image: image.blobs_files(),
            "store": lambda image: image.blobs_files(),
            "podman": _podman,
        }[self.shape](self.image)
        return self.export or ib.layer_tar(dict(sorted(files.items())))

    def answer(self, path: str) -> tuple[int, bytes]:
        """Status and body of one answer."""
        for part, status in self.status.items():
            if part in path:
                return status, json.dumps({"message": "as the test says"}).encode()
        own = "/v4.0.0/libpod" if self.shape == "podman" else ""
        kind, _, rest = path.removeprefix(own).strip("/").partition("/")
        name, _, what = rest.rpartition("/")
        if kind == "containers" and name in self.containers:
            return 200, self._of_container(name, what)
        if kind != "images" or name not in {self.id, self.image.tag}:
            return 404, b'{"message": "no such image"}'
        if what == "get":
            return 200, self.exported()
        return 200, json.dumps(
            self._inspected() if what == "json" else self._history()
        ).encode()

    def _of_container(self, name: str, what: str) -> bytes:
        changes, system = self.containers[name]
        if what == "export":
            return system
        said = {"Id": name, "Image": self.id, "Name": f"/{name}"}
        return json.dumps(changes if what == "changes" else said).encode()

    def _inspected(self) -> dict[str, Any]:
        config = json.loads(self.image.config)
        said = {
            "Id": self.id,
            "RepoTags": [self.image.tag],
            "Created": config.get("created", ""),
            "Os": config["os"],
            "Architecture": config["architecture"],
            "Config": config["config"],
            "RootFS": {"Type": "layers", "Layers": config["rootfs"]["diff_ids"]},
        }
        if self.shape == "podman":
            said["Id"] = self.id.partition(":")[2]
            said["History"] = config["history"]
        if self.shape == "store":
            said["Descriptor"] = {"digest": self.id}
        return {**said, **self.said}

    def _history(self) -> list[dict[str, Any]]:
        steps = json.loads(self.image.config)["history"]
        sizes = iter(len(layer) for layer in self.image.layers)
        told = [
            {
                "CreatedBy": step["created_by"],
                "Size": 0 if step.get("empty_layer") else next(sizes),
            }
            for step in steps
        ]
        return told[::-1]


def _classic(image: ib.BuiltImage) -> dict[str, ib.Node]:
    """As Docker 20.10 writes it: directories by v1 identity, links for layers that occur twice."""
    diff_ids = [ib.sha256(layer) for layer in image.layers]
    known = {index: name for name, index in names_of(diff_ids).items() if "/" in name}
    seen: dict[str, str] = {}
    files: dict[str, ib.Node] = {}
    names = []
    for index, layer in enumerate(image.layers):
        top = hashlib.sha256(b"top" + bytes([index])).hexdigest()
        is_known = index < len(image.layers) - 1 and index in known
        name = known[index] if is_known else f"{top}/layer.tar"
        name = name if name.endswith("layer.tar") else f"{top}/layer.tar"
        names.append(name)
        directory = name.partition("/")[0]
        files[f"{directory}/VERSION"] = b"1.0"
        files[f"{directory}/json"] = b"{}"
        link = seen.get(diff_ids[index])
        files[name] = ib.Symlink(f"../{link}") if link else layer
        seen.setdefault(diff_ids[index], name)
    return {**files, **_documents(image, names)}


def _podman(image: ib.BuiltImage) -> dict[str, ib.Node]:
    """As Podman writes it: layers by diff ID."""
    names = [f"{ib.sha256(layer)[7:]}.tar" for layer in image.layers]
    layers = dict(zip(names, image.layers, strict=True))
    return {**layers, **_documents(image, names)}


def _documents(image: ib.BuiltImage, names: list[str]) -> dict[str, ib.Node]:
    config = f"{ib.sha256(image.config)[7:]}.json"
    entry = {"Config": config, "RepoTags": [image.tag], "Layers": names}
    return {config: image.config, "manifest.json": json.dumps([entry]).encode()}


@contextmanager
def fake_engine(image: ib.BuiltImage, shape: str = "classic") -> Iterator[FakeEngine]:
    """An engine for as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="sw") as directory:
        engine = FakeEngine(image=image, shape=shape, socket=f"{directory}/e.sock")

        class Handler(_Handler):
            held = engine

        server = _Server(engine.socket, Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield engine
        finally:
            engine.released.set()
            server.shutdown()
            thread.join()
            server.server_close()


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    held: FakeEngine
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer one question, an export in chunks."""
        path = unquote(self.path)
        self.held.asked.append(path)
        if self.held.hangs and self.held.hangs in path:
            self.held.released.wait(30)
            return
        status, data = self.held.answer(path)
        self.send_response(status)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        whole = self.held.cut < 0 or not path.endswith("/get")
        end = len(data) if whole else self.held.cut
        try:
            for at in range(0, end, _PIECE):
                piece = data[at : min(at + _PIECE, end)]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if whole:
                self.wfile.write(b"0\r\n\r\n")
        except OSError:
            return  # the scanner has seen enough
        self.close_connection = not whole


def fake_ssh(directory: Path, socket: str) -> str:
    """A ``PATH`` whose ``ssh`` carries a line to a Unix socket, and notes how it was called."""
    script = directory / "ssh"
    script.write_text(
        f"""#!{sys.executable}
import socket, sys, threading
open({str(directory / "called")!r}, "w").write(" ".join(sys.argv[1:]))
line = socket.socket(socket.AF_UNIX)
line.connect({socket!r})
def up():
    while data := sys.stdin.buffer.raw.read(65536):
        line.sendall(data)
threading.Thread(target=up, daemon=True).start()
while data := line.recv(65536):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
"""
    )
    script.chmod(0o755)
    return f"{directory}:{os.environ['PATH']}"
