"""
Where an engine listens, told as the engine's own tools tell it.

Docker: ``DOCKER_HOST``, else ``DOCKER_CONTEXT`` or the configuration's ``currentContext``, read from
``contexts/meta/<sha256 of the name>/meta.json`` beside ``config.json``, else the sockets known
(https://docs.docker.com/engine/manage-resources/contexts/). TLS: ``DOCKER_TLS_VERIFY`` and
``DOCKER_CERT_PATH``, or the context's own files. Podman: ``CONTAINER_HOST``, else the user's socket,
else the system's (podman-system-service(1)).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from shipworthy.errors import ImageError, UsageError
from shipworthy.images.documents import Json, decode
from shipworthy.values import dataclass


_MAX = 1 << 20
_SCHEMES = ("unix", "tcp", "http", "https", "ssh")
_DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One engine's address."""

    url: str
    """``unix:///path``, ``tcp://host:port`` or ``ssh://[user@]host[:port][/path]``."""
    told_by: str
    """Where the address comes from, for messages."""
    program: str = "docker"
    """The engine's command, which ssh runs."""
    tls: bool = False
    verify: bool = True
    """Whether the engine must show a certificate of the authorities known."""
    certificates: Path | None = None
    """A directory with ``ca.pem``, ``cert.pem`` and ``key.pem``, each of which may be missing."""


def docker_endpoint(given: str, environment: Mapping[str, str]) -> Endpoint:
    """
    Where Docker listens.

    Args:
        given: What the caller says; empty for Docker's own rules.
        environment: The process's environment.

    Raises:
        UsageError: The address is none.
        ImageError: A context is named that is not there.
    """
    if given:
        return _named(given, "--engine", environment)
    if host := environment.get("DOCKER_HOST", ""):
        return _named(host, "DOCKER_HOST", environment)
    directory = _configuration(environment)
    context = environment.get("DOCKER_CONTEXT", "") or _current(directory)
    if context and context != _DEFAULT:
        return _of_context(context, directory)
    return Endpoint(url=f"unix://{_first(_docker_sockets(environment))}", told_by="")


def podman_endpoint(given: str, environment: Mapping[str, str]) -> Endpoint:
    """Where Podman listens; raises ``UsageError`` where what the caller or ``CONTAINER_HOST`` says is no address."""
    host = given or environment.get("CONTAINER_HOST", "")
    if host:
        told_by = "--engine" if given else "CONTAINER_HOST"
        return replace(_named(host, told_by, {}), program="podman")
    return Endpoint(url=f"unix://{_first(_podman_sockets(environment))}", told_by="")


def _named(url: str, told_by: str, environment: Mapping[str, str]) -> Endpoint:
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in _SCHEMES or not rest:
        raise UsageError(
            f"{told_by}: {url[:200]!r} is no address of an engine",
            hint="expected unix:///PATH, tcp://HOST:PORT or ssh://USER@HOST",
        )
    network = scheme in {"tcp", "http", "https"}
    verify = bool(environment.get("DOCKER_TLS_VERIFY", ""))
    tls = scheme == "https" or verify or bool(environment.get("DOCKER_TLS", ""))
    path = environment.get("DOCKER_CERT_PATH", "")
    directory = Path(path) if path else _configuration(environment)
    return Endpoint(
        url=url,
        told_by=told_by,
        tls=tls and network,
        verify=verify or scheme == "https",
        certificates=directory if network and tls else None,
    )


def _of_context(name: str, directory: Path) -> Endpoint:
    told_by = f"the docker context {name[:100]!r}"
    place = hashlib.sha256(name.encode()).hexdigest()
    document = _read(directory / "contexts" / "meta" / place / "meta.json", told_by)
    if document is None:
        raise ImageError(
            f"{told_by} is not there", hint="docker context ls lists those that are"
        )
    endpoints = document.get("Endpoints")
    docker = endpoints.get("docker") if isinstance(endpoints, dict) else None
    host = docker.get("Host") if isinstance(docker, dict) else None
    if not isinstance(docker, dict) or not isinstance(host, str) or not host:
        return Endpoint(url="unix:///var/run/docker.sock", told_by=told_by)
    named = _named(host, told_by, {})
    files = directory / "contexts" / "tls" / place / "docker"
    if not files.is_dir() or host.startswith(("unix:", "ssh:")):
        return named
    return Endpoint(
        url=host,
        told_by=told_by,
        tls=True,
        verify=docker.get("SkipTLSVerify") is not True,
        certificates=files,
    )


def _configuration(environment: Mapping[str, str]) -> Path:
    """Docker's directory of configuration."""
    known = environment.get("DOCKER_CONFIG", "")
    return Path(known) if known else Path(environment.get("HOME", "/")) / ".docker"


def _current(directory: Path) -> str:
    try:
        document = _read(directory / "config.json", "docker's configuration")
    except ImageError:
        return ""  # docker itself says what is wrong with it
    name = document.get("currentContext") if document else None
    return name if isinstance(name, str) else ""


def _read(path: Path, name: str) -> Json | None:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX)
    except OSError:
        return None
    document = decode(data, name)
    return document if isinstance(document, dict) else None


def _docker_sockets(environment: Mapping[str, str]) -> Sequence[str]:
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    own = (f"{runtime}/docker.sock",) if runtime else ()
    return ("/var/run/docker.sock", *own)


def _podman_sockets(environment: Mapping[str, str]) -> Sequence[str]:
    runtime = environment.get("XDG_RUNTIME_DIR", "") or f"/run/user/{os.getuid()}"
    return (f"{runtime}/podman/podman.sock", "/run/podman/podman.sock")


def _first(paths: Sequence[str]) -> str:
    """The first that is there, else the first."""
    return next((path for path in paths if Path(path).exists()), paths[0])
