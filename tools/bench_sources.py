"""
Scans of ``big`` out of a registry on this machine, beside the same from an OCI layout on disk.

The registry is a real one, ``docker-registry``; what a scan fetches is counted by a line that all of it goes through.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench_images import first, warm, with_json
from measure import DATABASE, Row, in_turn, show


_PROGRAMS = ("docker-registry", "skopeo")
_COLD, _CACHED, _FETCHED = 1.15, "0.60 s, 350 MiB", "100 kB"


def rows(corpus: Path) -> list[Row]:
    """Cold and cached scans, and the bytes of a cached one; nothing but the reason where a program is missing."""
    if missing := [name for name in _PROGRAMS if shutil.which(name) is None]:
        return [(f"registry: not installed: {', '.join(missing)}", "", "")]
    with tempfile.TemporaryDirectory() as directory, _registry(Path(directory)) as port:
        there = f"127.0.0.1:{port}/big:1"
        push = ["skopeo", "copy", "-q", "--preserve-digests", "--dest-tls-verify=false"]
        subprocess.run(
            [*push, f"oci:{corpus / 'big.oci'}", f"docker://{there}"], check=True
        )
        layout, fetched = in_turn(
            lambda: first(f"oci:{corpus / 'big.oci'}", DATABASE),
            lambda: first(f"registry:{there}", DATABASE),
        )
        cached = warm(f"registry:{there}", DATABASE)
        alone = with_json(f"registry:{there}", DATABASE)
        with _counted(port) as (line, count):
            warm(f"registry:127.0.0.1:{line}/big:1", DATABASE)
            scans = count[1]
            told = f"{count[0] / max(scans, 1) / 1000:8.1f} kB"
    return [
        ("cold, OCI layout", show(layout), ""),
        ("cold, registry", show(fetched), f"{_COLD * layout[0]:.2f} s, 350 MiB"),
        ("cached, registry, JSON", show(alone), _CACHED),
        ("cached, registry, JSON, CSV and page", show(cached), ""),
        ("cached, registry: fetched by a connection", told, _FETCHED),
    ]


@contextmanager
def _registry(directory: Path) -> Iterator[int]:
    """The port of a registry that keeps its files below ``directory``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (directory / "reg.yml").write_text(
        "version: 0.1\nlog: {level: error}\n"
        f"storage: {{filesystem: {{rootdirectory: {directory / 'reg'}}}}}\n"
        f'http: {{addr: "127.0.0.1:{port}"}}\n'
    )
    process = subprocess.Popen(
        ["docker-registry", "serve", str(directory / "reg.yml")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _counted(port: int) -> Iterator[tuple[int, list[int]]]:
    """A port that leads to ``port``, and (bytes that came from there, connections)."""
    count = [0, 0]
    server = socket.create_server(("127.0.0.1", 0))

    def carry(source: socket.socket, sink: socket.socket, index: int | None) -> None:
        try:
            while data := source.recv(1 << 16):
                if index is not None:
                    count[index] += len(data)
                sink.sendall(data)
        except OSError:
            pass  # the other side has gone
        finally:
            sink.close()

    def accept() -> None:
        while True:
            try:
                here, _ = server.accept()
            except OSError:
                return
            count[1] += 1
            there = socket.create_connection(("127.0.0.1", port))
            for ends in ((here, there, None), (there, here, 0)):
                threading.Thread(target=carry, args=ends, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server.getsockname()[1], count
    finally:
        server.close()
