"""Who is let in: tokens, passwords out of docker's configuration, helper programs; and that nothing secret is told."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from fakeregistry import FakeRegistry, Fault, fake_registry
from travelling import (
    HASTY,
    NEWER,
    image_of,
    scanned,
    shipworthy,
    told_by,
    two_databases,
)

from shipworthy.errors import UnreachableError
from shipworthy.remote.connection import Connection
from shipworthy.remote.credentials import Credentials
from shipworthy.remote.reference import parse_registry


PASSWORD = "hidden-word"
SECRETS = (
    PASSWORD,
    base64.b64encode(f"robot:{PASSWORD}".encode()).decode(),
    "secret-token",
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small database."""
    return two_databases(tmp_path_factory.mktemp("two"))[1]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image that it judges."""
    return image_of(tmp_path_factory.mktemp("image"))


@pytest.fixture
def registry(database: Path) -> Iterator[FakeRegistry]:
    """A registry that holds it and gives tokens, as ghcr.io does."""
    with fake_registry() as fake:
        fake.hold(database)
        fake.tokens = True
        yield fake


@pytest.fixture(autouse=True)
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory of docker's configuration."""
    directory = tmp_path / "docker"
    directory.mkdir()
    monkeypatch.setenv("DOCKER_CONFIG", str(directory))
    return directory


def configure(docker: Path, **document: object) -> None:
    """Write docker's configuration."""
    (docker / "config.json").write_text(json.dumps(document))


def helper(directory: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put ``docker-credential-test`` on the PATH."""
    program = directory / "docker-credential-test"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")


def auth(password: str = PASSWORD) -> str:
    """How docker keeps a password."""
    return base64.b64encode(f"robot:{password}".encode()).decode()


def test_anonymous(registry: FakeRegistry, image: Path, tmp_path: Path) -> None:
    """Anybody may pull: a token is fetched for the scope that the registry names, once for all threads."""
    assert NEWER == told_by(scanned(image, f"oci://{registry.host}/a/db", tmp_path))
    assert {"repository:a/db:pull"} == {*registry.scopes}
    assert 1 == registry.given


def test_a_token_that_runs_out_is_renewed(
    registry: FakeRegistry, image: Path, tmp_path: Path
) -> None:
    """A pull may take longer than a token lasts."""
    registry.lasting = 2
    assert NEWER == told_by(scanned(image, f"oci://{registry.host}/a/db", tmp_path))
    assert registry.given > 2


@pytest.mark.parametrize("tokens", [True, False])
@pytest.mark.parametrize("way", ["auths", "credHelpers", "credsStore"])
def test_passwords(
    way: str,
    tokens: bool,
    registry: FakeRegistry,
    docker: Path,
    image: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Docker's configuration lets in, for a token or by basic authentication, and nothing of it is in the result."""
    registry.tokens, registry.users = tokens, {"robot": PASSWORD}
    answer = json.dumps({"Username": "robot", "Secret": PASSWORD})
    asked = tmp_path / "asked"
    helper(tmp_path, monkeypatch, f"cat > {asked}; echo '{answer}'")
    ways: dict[str, object] = {
        "auths": {registry.host: {"auth": auth()}},
        "credHelpers": {registry.host: "test"},
        "credsStore": "test",
    }
    configure(docker, **{way: ways[way]})
    done = shipworthy(
        "scan",
        image,
        "-o",
        "json",
        "--allow-partial",
        "--db",
        f"oci://{registry.host}/a/db",
        cache=tmp_path / "cache",
    )
    assert 0 == done.returncode, done.stderr
    assert not [word for word in SECRETS if word in done.stdout + done.stderr]
    assert way == "auths" or registry.host == asked.read_text()


BROKEN = {
    "a wrong password": ({"auths": {"HOST": {"auth": auth("other")}}}, ""),
    "another host's": ({"auths": {"example.org": {"auth": auth()}}}, ""),
    "no password": ({}, ""),
    "no configuration": ([], ""),
    "wrong types": ({"auths": {"HOST": {"auth": 5}}, "credHelpers": 3}, ""),
    "a line in it": ({"auths": {"HOST": {"auth": f"{auth()}\r\nX: y"}}}, ""),
    "a helper that fails": ({"credsStore": "test"}, f"echo {PASSWORD} >&2; exit 1"),
    "a helper that babbles": ({"credsStore": "test"}, f"echo {PASSWORD}"),
    "a helper without a secret": ({"credsStore": "test"}, "echo '{}'"),
    "a helper that is not there": ({"credsStore": "nobody"}, ""),
}


@pytest.mark.parametrize("tokens", [True, False])
@pytest.mark.parametrize("case", BROKEN)
def test_who_is_not_let_in_is_told_so(
    case: str,
    tokens: bool,
    registry: FakeRegistry,
    docker: Path,
    image: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exit 3, the place, what to do, and not a word of what was tried."""
    registry.tokens, registry.users = tokens, {"robot": PASSWORD}
    document, script = BROKEN[case]
    helper(tmp_path, monkeypatch, script)
    text = json.dumps(document).replace("HOST", registry.host)
    (docker / "config.json").write_text(text)
    with pytest.raises(UnreachableError) as caught:
        scanned(image, f"oci://{registry.host}/a/db", tmp_path / "cache")
    told = f"{caught.value.message} {caught.value.hint}"
    assert registry.host in told
    assert not [word for word in SECRETS if word in told]
    if case != "a line in it":
        assert "access denied" in told
        assert "docker login" in told


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(status=503), "the token service"),
        (Fault(cut=3), "connection lost"),
        (Fault(flip=0), "gives no token"),
        (Fault(status=401), "access denied"),
        (Fault(status=404), "the token service: the server says 404"),
    ],
)
def test_a_token_service_that_fails(
    fault: Fault,
    said: str,
    registry: FakeRegistry,
    image: Path,
    tmp_path: Path,
) -> None:
    """It is told apart from the registry, and no traceback comes of it."""
    registry.faults["/token"], registry.forever = [fault], True
    with pytest.raises(UnreachableError, match=said):
        scanned(image, f"oci://{registry.host}/a/db", tmp_path / "cache")


@pytest.mark.parametrize(
    "realm", ["", "ftp://x/", "http://127.0.0.1:1/token", "/token"]
)
def test_a_realm_that_leads_nowhere(
    realm: str, registry: FakeRegistry, image: Path, tmp_path: Path
) -> None:
    """Whatever the registry names as its token service, it is a message."""
    registry.realm = realm
    with pytest.raises(UnreachableError):
        scanned(image, f"oci://{registry.host}/a/db", tmp_path / "cache")


def test_a_busy_token_service_is_asked_again(
    registry: FakeRegistry, image: Path, tmp_path: Path
) -> None:
    """Once overloaded is not refused."""
    registry.faults["/token"] = [Fault(status=503)]
    result = scanned(image, f"oci://{registry.host}/a/db", tmp_path / "cache", HASTY)
    assert NEWER == told_by(result)


def test_a_token_stays_with_its_registry(
    registry: FakeRegistry, database: Path, image: Path, tmp_path: Path
) -> None:
    """Blobs that the registry keeps elsewhere are fetched there, and nobody there sees the token."""
    with fake_registry() as store:
        store.hold(database)
        for digest in registry.blobs:
            place = f"http://{store.host}/v2/a/db/blobs/{digest}?signature=abc"
            store.blobs[f"{digest}?signature=abc"] = store.blobs[digest]
            registry.faults[f"blobs/{digest}"] = [Fault(status=307, location=place)]
        registry.forever = True
        result = scanned(image, f"oci://{registry.host}/a/db", tmp_path / "cache")
        assert NEWER == told_by(result)
        assert {""} == {*store.authorizations}
        store.faults[""], store.forever = [Fault(cut=3)], True
        with pytest.raises(UnreachableError) as caught:
            scanned(image, f"oci://{registry.host}/a/db", tmp_path / "new")
        assert "abc" not in caught.value.message


@pytest.mark.parametrize("realm", ["http://ghcr.io/token", "HTTP://tokens.example"])
def test_no_password_goes_out_without_encryption(realm: str, docker: Path) -> None:
    """A registry that has encryption cannot send the password to an address that has none."""
    configure(docker, auths={"ghcr.io": {"auth": auth()}})
    credentials = Credentials(parse_registry("oci://ghcr.io/a/db"), Connection())
    refusal = requests.Response()
    refusal.status_code = 401
    refusal.headers["Www-Authenticate"] = f'Bearer realm="{realm}",service="x"'
    with pytest.raises(UnreachableError, match="without encryption") as caught:
        credentials.answer(refusal)
    assert not [word for word in SECRETS if word in caught.value.message]
