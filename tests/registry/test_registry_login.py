"""Who is let in, and that nobody else gets to see a password or a token."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import pytest
from fakeregistry import FakeRegistry, fake_registry
from imagesheld import HASTY, hold, scanned
from scanning import BASE, EXAMPLE

from shipworthy.errors import ImageUnreachableError
from shipworthy.images.target import bound


PASSWORD = "hidden-word"
AUTH = base64.b64encode(f"robot:{PASSWORD}".encode()).decode()
SECRETS = (PASSWORD, AUTH, "secret-token", "identity-word")


@pytest.fixture
def registry(fake: FakeRegistry) -> FakeRegistry:
    """A registry that gives tokens to one user."""
    fake.tokens, fake.users = True, {"robot": PASSWORD}
    return fake


def target(fake: FakeRegistry, tag: str = "1") -> str:
    """The target of a tag."""
    return f"registry:{fake.host}/a/app:{tag}"


def configure(docker: Path, **document: object) -> None:
    """Write docker's configuration."""
    (docker / "config.json").write_text(json.dumps(document))


def helper(directory: Path, monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    """Put ``docker-credential-test`` on the PATH."""
    program = directory / "docker-credential-test"
    program.write_text(f"#!/bin/sh\ncat >/dev/null\necho '{json.dumps(answer)}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")


def command(
    *arguments: str, stdin: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
    )


def test_anonymous_tokens(registry: FakeRegistry, database: Path) -> None:
    """Anybody may pull: a token for the scope that the registry names, renewed when it runs out."""
    registry.users = {}
    registry.lasting = 2
    assert scanned(target(registry), database).findings
    assert registry.given > 1


@pytest.mark.parametrize("tokens", [True, False])
@pytest.mark.parametrize("way", ["auths", "address", "credHelpers", "credsStore"])
def test_dockers_configuration(
    way: str,
    tokens: bool,
    registry: FakeRegistry,
    database: Path,
    docker: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every place where docker keeps passwords lets in, for a token or by basic authentication."""
    registry.tokens = tokens
    helper(tmp_path, monkeypatch, {"Username": "robot", "Secret": PASSWORD})
    ways: dict[str, object] = {
        "auths": {registry.host: {"auth": AUTH}},
        "address": {f"https://{registry.host}/v1/": {"auth": AUTH}},
        "credHelpers": {registry.host: "test"},
        "credsStore": "test",
    }
    configure(docker, **{"auths" if way == "address" else way: ways[way]})
    assert scanned(target(registry), database).findings


@pytest.mark.parametrize("way", ["auths", "credsStore"])
def test_identity_tokens(
    way: str,
    registry: FakeRegistry,
    database: Path,
    docker: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One is exchanged for a token of the scope, as often as that runs out."""
    registry.identity = "identity-word"
    registry.lasting = 2
    helper(tmp_path, monkeypatch, {"Username": "<token>", "Secret": "identity-word"})
    entry = {"auth": "", "identitytoken": "identity-word"}
    configure(
        docker,
        **({way: {registry.host: entry}} if way == "auths" else {way: "test"}),
    )
    assert scanned(target(registry), database).findings
    assert registry.count("POST /token") > 1
    assert {"repository:a/db:pull"} == {*registry.scopes}


def test_a_token_of_the_registry(
    registry: FakeRegistry, database: Path, docker: Path
) -> None:
    """Docker's ``registrytoken`` is shown as it is."""
    registry.left["given-token"] = 100
    configure(docker, auths={registry.host: {"registrytoken": "given-token"}})
    assert scanned(target(registry), database).findings
    assert not registry.given


def test_a_user_of_ones_own(
    registry: FakeRegistry, database: Path, docker: Path
) -> None:
    """The caller's user comes before docker's."""
    configure(docker, auths={registry.host: {"auth": "eDp5"}})
    access = replace(HASTY, username="robot", password=PASSWORD)
    assert scanned(target(registry), database, access=access).findings
    assert PASSWORD not in repr(access)


def test_a_password_is_for_the_targets_registry(
    registry: FakeRegistry, database: Path
) -> None:
    """A base that is kept elsewhere does not get to see it."""
    access = replace(HASTY, username="robot", password=PASSWORD)
    with fake_registry() as other:
        hold(other, ib.image(BASE, compression="gzip"), "base")
        other.users = {"robot": PASSWORD}
        with pytest.raises(ImageUnreachableError, match=r"base: access denied \(401\)"):
            scanned(
                target(registry), database, access=access, base=target(other, "base")
            )
        assert {""} == {*other.authorizations}


def test_a_password_for_any_other_target(database: Path, tmp_path: Path) -> None:
    """A user set for a whole pipeline is in nobody's way where no registry is asked."""
    archive = ib.write_archive(EXAMPLE.classic_files(), tmp_path / "image.tar")
    access = replace(HASTY, username="robot", password=PASSWORD)
    assert scanned(f"docker-archive:{archive}", database, access=access).findings
    assert bound(access, "sbom:-") == access
    assert "ghcr.io" == bound(access, "registry:ghcr.io/a/b").login_host
    assert "registry-1.docker.io" == bound(access, "registry:alpine").login_host


@pytest.mark.parametrize("way", ["variable", "stdin"])
def test_the_command(
    way: str, registry: FakeRegistry, database: Path, tmp_path: Path
) -> None:
    """The password comes by the environment or standard input, and into no output."""
    given = ["--db", str(database), "--username", "robot", "--allow-partial"]
    given += ["--cache-dir", str(tmp_path), "-o", "json"]
    password = {"SHIPWORTHY_REGISTRY_PASSWORD": PASSWORD} if way == "variable" else {}
    extra = ["--password-stdin"] if way == "stdin" else []
    done = command(
        "scan",
        target(registry),
        *given,
        *extra,
        stdin=f"{PASSWORD}\n" if extra else "",
        **password,
    )
    assert 0 == done.returncode, done.stderr
    assert json.loads(done.stdout)["findings"]
    assert not [s for s in SECRETS if s in done.stdout + done.stderr]
    assert EXAMPLE.tag not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--username", "robot"], 2, "--username robot: no password"),
        (["--password-stdin"], 2, "--password-stdin: no user"),
        ([], 3, "access denied (401)"),
        (["--username", "robot", "--password-stdin"], 3, "access denied (401)"),
    ],
)
def test_nobody_is_let_in(
    arguments: list[str],
    code: int,
    told: str,
    registry: FakeRegistry,
    database: Path,
    tmp_path: Path,
) -> None:
    """One line says so, and how to log in."""
    given = ["--db", str(database), "--cache-dir", str(tmp_path)]
    done = command(
        "scan", target(registry), *given, *arguments, stdin="other-hidden-word"
    )
    assert (code, "") == (done.returncode, done.stdout)
    assert told in done.stderr
    assert not [s for s in (*SECRETS, "Traceback") if s in done.stderr]
