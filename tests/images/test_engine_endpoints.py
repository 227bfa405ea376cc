"""Where engines are looked for, and the lines to them."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakeengine import fake_engine, fake_ssh
from registries import certificates
from scanning import EXAMPLE

from shipworthy.contents import read_contents
from shipworthy.errors import ImageError, UsageError
from shipworthy.images.access import Access
from shipworthy.images.engines.api import Engine
from shipworthy.images.engines.endpoint import (
    Endpoint,
    docker_endpoint,
    podman_endpoint,
)


def context(home: Path, name: str, host: str, **more: object) -> Path:
    """A docker context as the command writes it; gives where its certificates belong."""
    place = hashlib.sha256(name.encode()).hexdigest()
    meta = home / ".docker/contexts/meta" / place
    meta.mkdir(parents=True)
    document = {"Name": name, "Endpoints": {"docker": {"Host": host, **more}}}
    (meta / "meta.json").write_text(json.dumps(document))
    return home / ".docker/contexts/tls" / place / "docker"


def test_docker_is_found_as_docker_finds_it(tmp_path: Path) -> None:
    """What is given, then DOCKER_HOST, then the context chosen, then the socket; TLS as the variables say."""
    home = {"HOME": str(tmp_path)}
    context(tmp_path, "far", "ssh://ci@far")
    context(tmp_path, "near", "tcp://near:2376", SkipTLSVerify=True).mkdir(parents=True)
    (tmp_path / ".docker/config.json").write_text('{"currentContext": "near"}')
    given = docker_endpoint("tcp://a:1", {**home, "DOCKER_HOST": "unix:///b"})
    assert ("tcp://a:1", False) == (given.url, given.tls)
    host = {**home, "DOCKER_HOST": "unix:///b", "DOCKER_CONTEXT": "far"}
    assert "unix:///b" == docker_endpoint("", host).url
    assert "ssh://ci@far" == docker_endpoint("", {**home, "DOCKER_CONTEXT": "far"}).url
    near = docker_endpoint("", home)
    assert ("tcp://near:2376", True, False) == (near.url, near.tls, near.verify)
    plain = docker_endpoint("", {**home, "DOCKER_CONTEXT": "default"})
    assert plain.url.endswith("/docker.sock")
    secured = docker_endpoint(
        "", {"DOCKER_HOST": "tcp://c:2", "DOCKER_TLS_VERIFY": "1", **home}
    )
    assert secured.tls
    assert secured.verify
    assert tmp_path / ".docker" == secured.certificates


def test_a_context_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The message names the context and how to list those that are there."""
    with pytest.raises(ImageError, match="'gone' is not there"):
        docker_endpoint("", {"HOME": str(tmp_path), "DOCKER_CONTEXT": "gone"})


def test_podman_is_found_by_itself(tmp_path: Path) -> None:
    """The user's own socket comes before the system's, and CONTAINER_HOST before both."""
    own = tmp_path / "podman/podman.sock"
    own.parent.mkdir()
    own.touch()
    runtime = {"XDG_RUNTIME_DIR": str(tmp_path)}
    assert f"unix://{own}" == podman_endpoint("", runtime).url
    named = {**runtime, "CONTAINER_HOST": "unix:///x"}
    assert "unix:///x" == podman_endpoint("", named).url


@pytest.mark.parametrize("address", ["x", "file:///x", "unix://", "npipe:////./pipe"])
def test_an_address_that_is_none_is_wrong_use(address: str) -> None:
    """Only the schemes known are taken."""
    with pytest.raises(UsageError, match="no address of an engine"):
        docker_endpoint(address, {})


@pytest.mark.parametrize(
    "url",
    ["ssh://", "ssh://-oProxyCommand=x/", "ssh://u:secret@h", "tcp://u:secret@h:1"],
)
def test_no_address_becomes_an_option_or_tells_a_password(url: str) -> None:
    """What could be an option of ssh, or holds a password, is refused, and the password not shown."""
    engine = Engine("docker", Endpoint(url=url, told_by="DOCKER_HOST"))
    with pytest.raises((UsageError, ImageError)) as caught:
        engine.image("x")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("unix:///nowhere/d.sock", "no engine at unix:///nowhere/d.sock.*no such file"),
        (f"unix:///{'x' * 200}", "at most 107 bytes"),
        ("tcp://127.0.0.1:1", "connection refused"),
    ],
)
@pytest.mark.parametrize("name", ["docker", "podman"])
def test_no_engine_is_told_with_what_to_do(name: str, url: str, words: str) -> None:
    """The address, the reason, and how to start the engine or name another."""
    engine = Engine(name, Endpoint(url=url, told_by="DOCKER_HOST"))
    with pytest.raises((ImageError, UsageError), match=words) as caught:
        engine.image("x")
    assert isinstance(caught.value, UsageError) or "start the" in caught.value.hint


def test_no_permission_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket of others: become one of its group, or scan an archive."""
    with fake_engine(EXAMPLE) as engine:
        Path(engine.socket).chmod(0)
        if os.geteuid() == 0:  # root may open everything
            monkeypatch.setattr(socket.socket, "connect", _denied)
        with pytest.raises(ImageError, match="no permission to open") as caught:
            read_contents("docker:x", access=Access(engine=engine.url))
    assert "group" in caught.value.hint


def _denied(*_: object) -> None:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize(
    ("kind", "program"), [("docker", "docker"), ("podman", "podman")]
)
def test_ssh_carries_the_line(
    kind: str, program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ssh command runs the engine's own bridge on the other machine, with nobody to ask."""
    shape = "podman" if kind == "podman" else "classic"
    with fake_engine(EXAMPLE, shape) as engine:
        monkeypatch.setenv("PATH", fake_ssh(tmp_path, engine.socket))
        access = Access(engine="ssh://ci@build.example:2222")
        found = read_contents(f"{kind}:example:1", access=access)
    assert 4 == len(found.inventory.packages)
    called = (tmp_path / "called").read_text()
    assert called.startswith("-o BatchMode=yes ")
    assert called.endswith(
        f"-l ci -p 2222 -- build.example {program} system dial-stdio"
    )


def test_ssh_that_fails_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ssh that ends at once is an engine that gives no answer."""
    script = tmp_path / "ssh"
    script.write_text("#!/bin/sh\nexit 255\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(ImageError, match="docker: the engine ended the connection"):
        read_contents("docker:x", access=Access(engine="ssh://h"))


def test_tls_takes_only_the_authorities_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With DOCKER_TLS_VERIFY the engine must show a certificate of ca.pem's authority."""
    certificates(tmp_path)
    files = tmp_path / "certificates"
    files.mkdir()
    with fake_engine(EXAMPLE) as engine, _secured(tmp_path, engine.socket) as port:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://localhost:{port}")
        monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
        monkeypatch.setenv("DOCKER_CERT_PATH", str(files))
        with pytest.raises(ImageError, match="no engine at tcp://localhost"):
            read_contents("docker:example:1")
        (files / "ca.pem").write_text((tmp_path / "ca.crt").read_text())
        assert 4 == len(read_contents("docker:example:1").inventory.packages)
        (files / "ca.pem").write_text("no certificate")
        with pytest.raises(UsageError, match="cannot be read"):
            read_contents("docker:example:1")


@contextmanager
def _secured(directory: Path, path: str) -> Iterator[int]:
    """A port that speaks TLS before a socket that does not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "srv.crt", directory / "srv.key")
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, context, path))
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(server: socket.socket, context: ssl.SSLContext, path: str) -> None:
    while True:
        try:
            raw = server.accept()[0]
        except OSError:
            return
        try:
            line = context.wrap_socket(raw, server_side=True)
        except (ssl.SSLError, OSError):
            raw.close()
            continue
        with line, socket.socket(socket.AF_UNIX) as inner:
            inner.connect(path)
            inner.sendall(line.recv(65536))
            while data := inner.recv(65536):
                line.sendall(data)
                if data.endswith(b"0\r\n\r\n"):
                    break
