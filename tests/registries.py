"""A real registry for tests: docker-registry, plain or with TLS and basic authentication."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest


def need(*programs: str) -> None:
    """Skip with the reason where a program is missing; fail instead with ``CI=true``."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        lacking(f"not installed: {', '.join(missing)}")


def lacking(reason: str) -> NoReturn:
    """Skip with the reason; fail instead with ``CI=true``."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def registry(
    directory: Path,
    *,
    secured: bool = False,
    passwords: bool = False,
    days: int = 30,
    clients: bool = False,
    more: Sequence[str] = (),
) -> Iterator[str]:
    """
    ``HOST:PORT`` of a registry that keeps its files below ``directory / "reg"``.

    ``secured`` is with TLS and basic authentication; its certificate lasts ``days``, and with
    ``clients`` it lets in only who shows one of its authority. ``passwords`` is basic authentication alone.
    ``more`` are lines of its configuration.
    """
    need("docker-registry")
    directory.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    lines = [
        "version: 0.1",
        "log: {level: error}",
        f"storage: {{filesystem: {{rootdirectory: {directory / 'reg'}}}}}",
    ]
    if secured or passwords:
        _passwords(directory)
        lines.append("auth: {htpasswd: {realm: test, path: htpasswd}}")
    if secured:
        certificates(directory, days)
        asked = ", clientcas: [ca.crt]" if clients else ""
        tls = f"tls: {{certificate: srv.crt, key: srv.key{asked}}}"
        lines.append(f'http: {{addr: "127.0.0.1:{port}", {tls}}}')
    else:
        lines.append(f'http: {{addr: "127.0.0.1:{port}"}}')
    lines += more
    (directory / "reg.yml").write_text("\n".join(lines) + "\n")
    with (directory / "reg.log").open("wb") as log:
        process = subprocess.Popen(
            ["docker-registry", "serve", "reg.yml"],
            cwd=directory,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(port)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("docker-registry did not start")


def certificates(directory: Path, days: int = 30) -> None:
    """An authority (``ca.crt``) and a server that it signed (``srv.crt``, ``srv.key``)."""
    need("openssl")
    (directory / "ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    for command in (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=TestCA -keyout ca.key -out ca.crt",
        "openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout srv.key -out srv.csr",
        f"openssl x509 -req -in srv.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days {days} -extfile ext -out srv.crt",
    ):
        subprocess.run(command.split(), cwd=directory, check=True, capture_output=True)


def _passwords(directory: Path) -> None:
    need("htpasswd")
    subprocess.run(
        ["htpasswd", "-Bbc", "htpasswd", "user", "pass1"],
        cwd=directory,
        check=True,
        capture_output=True,
    )
