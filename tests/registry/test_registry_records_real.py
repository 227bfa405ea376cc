"""Layer records in a real registry, plain, with passwords and with tokens; and as commands use them."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import pytest
from fakeregistry import FakeRegistry, Fault
from imagesheld import HASTY, hold
from recording import REPOSITORY, read, records, sharing, where
from registries import certificates, need, registry
from scanning import BASE, EXAMPLE, OURS, dist_info
from tokenserver import token_server

from shipworthy.cli.main import run
from shipworthy.images.access import Access
from shipworthy.remote.connection import Connection


NEWER = ib.image(BASE, {**OURS, **dist_info("Flask", "0.12")}, compression="gzip")


def log_in(docker: Path, host: str, user: str, password: str) -> None:
    """Docker's configuration, as docker login writes it."""
    secret = base64.b64encode(f"{user}:{password}".encode()).decode()
    document = {"auths": {host: {"auth": secret}}}
    (docker / "config.json").write_text(json.dumps(document))


def command(
    *arguments: str, folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, **variables},
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The target of an archive."""
    folder = tmp_path_factory.mktemp("archive")
    path = ib.write_archive(EXAMPLE.classic_files(), folder / "image.tar")
    return f"docker-archive:{path}"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A registry without encryption and passwords."""
    with registry(tmp_path_factory.mktemp("plain")) as host:
        yield host


@pytest.mark.functional
def test_a_real_registry(plain: str, archive: str, tmp_path: Path) -> None:
    """It takes the records, and a second machine reads no layer of the archive, nor of the same image elsewhere."""
    told: list[str] = []
    first = read(archive, tmp_path / "1", sharing(plain, plain, tell=told.append))
    layers: list[str] = []
    access = sharing(plain, plain, tell=told.append)
    assert first == read(archive, tmp_path / "2", access, layers)
    layout = ib.write_directory(EXAMPLE.layout_files(), tmp_path / "layout")
    found = read(f"oci:{layout}", tmp_path / "3", access, layers)
    assert first.inventory == found.inventory
    assert ([], []) == (told, layers)
    listed = f"http://{plain}/v2/{REPOSITORY}/tags/list"
    with urllib.request.urlopen(listed) as answer:
        assert len(EXAMPLE.layers) == len(json.load(answer)["tags"])


@pytest.mark.functional
def test_two_machines_send_at_once(plain: str, archive: str, tmp_path: Path) -> None:
    """A real registry keeps whole records, whoever came first."""
    access = replace(HASTY, cache_to=f"registry:{plain}/at/once", failed=set())
    threads = [
        threading.Thread(target=read, args=(archive, tmp_path / name, access))
        for name in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set() == access.failed
    layers: list[str] = []
    fetching = replace(access, cache_to="", cache_from=(access.cache_to,))
    read(archive, tmp_path / "c", fetching, layers)
    assert [] == layers


@pytest.mark.functional
def test_others_can_copy_them(plain: str, archive: str, tmp_path: Path) -> None:
    """A record is an artifact like any other: skopeo mirrors it, and from the mirror it is as good."""
    need("skopeo")
    read(archive, tmp_path / "1", sharing(None, plain))
    listed = f"http://{plain}/v2/{REPOSITORY}/tags/list"
    with urllib.request.urlopen(listed) as answer:
        tags = json.load(answer)["tags"]
    for tag in tags:
        ways = [f"docker://{plain}/{name}:{tag}" for name in (REPOSITORY, "mirror/it")]
        insecure = ["--src-tls-verify=false", "--dest-tls-verify=false"]
        subprocess.run(["skopeo", "copy", "-q", *insecure, *ways], check=True)
    layers: list[str] = []
    access = replace(HASTY, cache_from=(f"registry:{plain}/mirror/it",))
    read(archive, tmp_path / "2", access, layers)
    assert [] == layers


@pytest.mark.functional
def test_with_a_password(archive: str, docker: Path, tmp_path: Path) -> None:
    """Docker's configuration says whom to log in as; a wrong password costs a line, and is not in it."""
    with registry(tmp_path, secured=True) as host:
        trusting = Access(
            registry=Connection(
                also_trust=(tmp_path / "ca.crt",),
                patience=HASTY.registry.patience,
            )
        )
        told: list[str] = []
        layers: list[str] = []
        log_in(docker, host, "user", "hidden-word")
        access = sharing(host, host, tell=told.append, access=trusting)
        first = read(archive, tmp_path / "1", access)
        assert 2 == len(told)
        assert all("access denied (401)" in line for line in told)
        assert not any("hidden-word" in line for line in told)
        log_in(docker, host, "user", "pass1")
        access = sharing(host, host, tell=told.append, access=trusting)
        assert first == read(archive, tmp_path / "2", access)
        assert first == read(archive, tmp_path / "3", access, layers)
        assert ([], 2) == (layers, len(told))


@pytest.mark.functional
def test_with_tokens(archive: str, docker: Path, tmp_path: Path) -> None:
    """A token to fetch with, and one to send with."""
    need("openssl", "htpasswd")
    certificates(tmp_path)
    with (
        token_server(tmp_path, {"robot": "hidden-word"}) as service,
        registry(tmp_path, more=service.lines) as host,
    ):
        log_in(docker, host, "robot", "hidden-word")
        told: list[str] = []
        layers: list[str] = []
        access = sharing(host, host, tell=told.append)
        first = read(archive, tmp_path / "1", access)
        assert first == read(archive, tmp_path / "2", access, layers)
        assert ([], []) == (told, layers)
        scopes = {scope.rpartition(":")[2] for scope in service.scopes}
        assert {"pull"} < scopes
        assert any("push" in scope for scope in scopes)


@pytest.mark.functional
def test_the_commands(plain: str, database: Path, tmp_path: Path) -> None:
    """`scan` sends, `ci` on another machine fetches; both write the same result, and the option comes by its variable."""
    archive = ib.write_archive(EXAMPLE.classic_files(), tmp_path / "image.tar")
    repository = f"registry:{plain}/by/commands"
    given = ["--db", str(database), "--allow-partial"]
    done = command(
        "scan",
        f"docker-archive:{archive}",
        *given,
        *("--cache-dir", "1", "--cache-from", repository, "--cache-to", repository),
        *("-o", "json=one.json"),
        folder=tmp_path,
    )
    assert 0 == done.returncode, done.stderr
    assert "layer records" not in done.stderr
    target = f"docker-archive:{archive}"
    done = command(
        *("ci", target, *given, "--cache-dir", "2", "-o", "json=two.json"),
        folder=tmp_path,
        SHIPWORTHY_CACHE_FROM=f"registry:127.0.0.1:1/none/here {repository}",
        SHIPWORTHY_CACHE_TO="registry:127.0.0.1:1/none/here",
    )
    assert 0 == done.returncode, done.stderr
    assert 1 == done.stderr.count("connection refused"), done.stderr
    one, two = ((tmp_path / f"{name}.json").read_bytes() for name in ("one", "two"))
    assert one == two
    kept = [sorted(p.name for p in (tmp_path / n / "layers").iterdir()) for n in "12"]
    assert kept[0] == kept[1]


def test_ci_asks_a_dead_repository_once(
    fake: FakeRegistry, database: Path, tmp_path: Path
) -> None:
    """Several targets are one run."""
    hold(fake, NEWER, "2")
    fake.faults[REPOSITORY] = [Fault(status=503)]
    fake.forever = True
    targets = [f"registry:{fake.host}/a/app:{tag}" for tag in "12"]
    done = command(
        *("ci", *targets, "--db", str(database), "--allow-partial"),
        *("--cache-dir", "c", "--cache-from", where(fake), "--cache-to", where(fake)),
        folder=tmp_path,
    )
    assert 0 == done.returncode, done.stderr
    assert 1 == done.stderr.count("layer records"), done.stderr
    assert {} == records(fake)


@pytest.mark.parametrize("option", ["--cache-from", "--cache-to"])
@pytest.mark.parametrize(
    ("named", "reason"),
    [
        ("registry:host.example/a/b:1", "names a tag or a digest"),
        ("registry:localhost:5000", "names a tag or a digest"),
        (f"registry:host.example/a@sha256:{'0' * 64}", "names a tag or a digest"),
        ("oci://host.example/a", "not in a registry"),
        ("host.example/a/b", "not in a registry"),
        ("/a/directory", "not in a registry"),
        ("registry:", "names no"),
        ("registry:https://host.example/a", "without the scheme"),
        ("registry:user:hidden-word@host.example/a", "expected registry:"),
        ("https://user:hidden-word@host.example/a", "not in a registry"),
    ],
)
def test_what_is_no_repository(
    option: str, named: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The call is wrong, before anything is done; no password is repeated."""
    assert 2 == run(["scan", "/nowhere", option, named])
    told = capsys.readouterr().err
    assert reason in told or "docker login" in told
    assert "hint: " in told
    assert "hidden-word" not in told
