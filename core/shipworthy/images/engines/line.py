"""
A line to an engine: over a Unix socket, TCP, TLS, or a command that ``ssh`` runs beside the engine.

The line is the standard library's HTTP client over a socket of ours: it loads in a quarter of the time that
Docker's SDK takes, and every wait and size is bounded (docs/adr/0028).
"""

from __future__ import annotations

import http.client
import io
import os
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shipworthy.errors import UsageError
from shipworthy.images.engines.endpoint import Endpoint


if TYPE_CHECKING:
    import ssl

_LONGEST_SOCKET = 107
_PORTION = 1 << 18
_PORT, _TLS_PORT = 2375, 2376


class _Answer(http.client.HTTPResponse):
    """An answer that is taken from the line in large portions; an engine sends an export in small ones."""

    def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        self.fp = io.BufferedReader(self.fp.detach(), _PORTION)


class Line(http.client.HTTPConnection):
    """
    One connection to an engine; ``timeout`` is the seconds without a byte.

    Connecting raises ``OSError``, or ``UsageError`` where the address cannot be one.
    """

    response_class = _Answer

    def __init__(self, endpoint: Endpoint, *, timeout: float) -> None:
        super().__init__("engine", timeout=timeout)
        self._endpoint = endpoint
        self._seconds = timeout
        self._process: subprocess.Popen[bytes] | None = None

    def connect(self) -> None:
        """Connect, as the address says."""
        scheme = self._endpoint.url.partition("://")[0]
        if scheme == "unix":
            self.sock = _unix(self._endpoint.url, self._seconds)
        elif scheme == "ssh":
            self.sock, self._process = _ssh(self._endpoint, self._seconds)
        else:
            self.sock = _tcp(self._endpoint, self._seconds)

    def close(self) -> None:
        """Hang up."""
        super().close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _unix(url: str, seconds: float) -> socket.socket:
    path = url.removeprefix("unix://")
    if len(os.fsencode(path)) > _LONGEST_SOCKET:
        raise UsageError(
            f"{path[:60]}…: a socket's path has at most {_LONGEST_SOCKET} bytes"
        )
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(seconds)
        line.connect(path)
    except BaseException:
        line.close()
        raise
    return line


def _tcp(endpoint: Endpoint, seconds: float) -> socket.socket:
    try:
        parts = urlsplit(endpoint.url)
        host = parts.hostname or ""
        port = parts.port or (_TLS_PORT if endpoint.tls else _PORT)
    except ValueError:
        host = ""
        port = 0
    if not host or parts.password or parts.username:
        raise UsageError(f"{endpoint.told_by}: expected tcp://HOST:PORT")
    line = socket.create_connection((host, port), min(seconds, 10.0))
    try:
        line.settimeout(seconds)
        if not endpoint.tls:
            return line
        return _context(endpoint).wrap_socket(line, server_hostname=host)
    except BaseException:
        line.close()
        raise


def _context(endpoint: Endpoint) -> ssl.SSLContext:
    import ssl

    directory = endpoint.certificates
    authorities = directory / "ca.pem" if directory else None
    try:
        context = ssl.create_default_context(
            cafile=authorities if authorities and authorities.is_file() else None
        )
        if directory and (directory / "cert.pem").is_file():
            context.load_cert_chain(directory / "cert.pem", directory / "key.pem")
    except ssl.SSLError as error:
        raise _unreadable(directory, "no certificates in PEM") from error
    except OSError as error:
        raise _unreadable(directory, error.strerror or "") from error
    if not endpoint.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _unreadable(directory: Path | None, reason: str) -> UsageError:
    return UsageError(
        f"{directory}: the certificates for the engine cannot be read ({reason})",
        hint="expected ca.pem, cert.pem and key.pem, as DOCKER_CERT_PATH names them",
    )


def _ssh(
    endpoint: Endpoint, seconds: float
) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """The command that docker's own client runs on the other machine, its ends as one socket."""
    try:
        parts = urlsplit(endpoint.url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or host.startswith("-") or parts.password:
        raise UsageError(
            f"{endpoint.told_by}: expected ssh://USER@HOST[:PORT]",
            hint="ssh asks for no password here: use a key or an agent",
        )
    command = ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-T"]
    command += ["-l", parts.username] if parts.username else []
    command += ["-p", str(port)] if port else []
    command += ["--", host, endpoint.program, "system", "dial-stdio"]
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = subprocess.Popen(  # noqa: S603  # no shell, and nothing that may be an option
                command,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
            )
        except BaseException:
            ours.close()
            raise
    ours.settimeout(seconds)
    return ours, process
