"""Where a database may be named: without a network, with wrong names, and how registries are spoken to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from fakeregistry import FakeRegistry, fake_registry
from registries import need, registry
from travelling import image_of, shipworthy, two_databases

from shipworthy.advisories.distribute.freshness import parse_max_age, stale
from shipworthy.errors import DatabaseError, UsageError
from shipworthy.remote.connection import Connection
from shipworthy.remote.reference import parse_registry


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small database, of 2024-05-01, below a directory with a blank in its name."""
    return two_databases(tmp_path_factory.mktemp("two databases"))[1]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image that it judges."""
    return image_of(tmp_path_factory.mktemp("image"))


@pytest.fixture
def fake(database: Path) -> Iterator[FakeRegistry]:
    """A registry that holds it."""
    with fake_registry() as held:
        held.hold(database)
        yield held


def cut_off(*arguments: str | Path, cache: Path) -> subprocess.CompletedProcess[str]:
    """The command in a namespace without any network, not even to itself."""
    need("unshare")
    prefix = ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        if os.environ.get("CI") == "true":
            pytest.fail("no namespaces may be made here")
        pytest.skip("no namespaces may be made here")
    return subprocess.run(
        [
            *prefix,
            "env",
            f"SHIPWORTHY_CACHE_DIR={cache}",
            sys.executable,
            "-m",
            "shipworthy",
            *map(str, arguments),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.functional
def test_without_a_network(
    database: Path, image: Path, fake: FakeRegistry, tmp_path: Path
) -> None:
    """A directory, a bundle and a filled cache judge alike; the last says that nobody answered."""
    cache, bundle = tmp_path / "cache", tmp_path / "a bundle.tar"
    reference = f"oci://{fake.host}/a/db"
    shipworthy("db", "bundle", bundle, "--db", database, cache=cache)
    shipworthy("db", "pull", "--db", reference, cache=cache)
    found = []
    for place in (database, bundle, reference):
        done = cut_off(
            "scan", image, "-o", "json", "--allow-partial", "--db", place, cache=cache
        )
        assert 0 == done.returncode, done.stderr
        result = json.loads(done.stdout)
        told = [s["message"] for s in result["statuses"] if s["subject"] == "fetch"]
        assert bool(told) == (place == reference)
        assert not told or "no registry answered" in told[0]
        found.append(result["findings"])
    assert found[0] == found[1] == found[2]


@pytest.mark.functional
def test_without_a_network_and_without_a_cache(
    image: Path, fake: FakeRegistry, tmp_path: Path
) -> None:
    """Exit 3: the reference, the reason, what to do."""
    reference = f"oci://{fake.host}/a/db"
    done = cut_off("scan", image, "--db", reference, cache=tmp_path)
    assert 3 == done.returncode
    assert reference in done.stderr
    assert "no answer" in done.stderr
    assert "hint:" in done.stderr
    done = cut_off("scan", image, "--db", "oci://ghcr.io/a/db", cache=tmp_path)
    assert 3 == done.returncode
    assert "cannot be resolved" in done.stderr


WRONG = {
    "oci://host/UPPER": (2, "expected oci://"),
    "oci://host/a@sha256:12": (2, "expected oci://"),
    "oci://host/a@md5:12": (2, "expected oci://"),
    "oci://127.0.0.1:99999/a/db": (2, "port"),
    "oci://127.0.0.1:0/a/db": (2, "port"),
    "oci://user:word@host/a": (2, "expected oci://"),
    "oci://nowhere.invalid/a/db": (3, "cannot be resolved"),
    "/nowhere at all": (3, "no advisory database there"),
    "": (3, "no advisory database there"),
}


@pytest.mark.parametrize("command", ["status", "verify"])
@pytest.mark.parametrize("place", WRONG)
def test_wrong_names(place: str, command: str, tmp_path: Path) -> None:
    """Wrong use ends with 2, what is not there with 3; both name it and say what to do."""
    code, said = WRONG[place]
    options = ("--db", place or tmp_path)
    done = shipworthy("db", command, *options, cache=tmp_path / "cache")
    assert (code, True) == (done.returncode, said in done.stderr), done.stderr
    assert "hint:" in done.stderr
    assert "Traceback" not in done.stderr
    assert ":word@" not in done.stderr


def test_what_is_no_database(tmp_path: Path) -> None:
    """A file of another kind, an empty one, a directory of something else: exit 3."""
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "text").write_text("no database\n" * 100)
    (tmp_path / "else").mkdir()
    (tmp_path / "else/index.json").write_text("[]")
    for name in ("empty", "text", "else"):
        done = shipworthy("db", "status", "--db", tmp_path / name, cache=tmp_path)
        assert 3 == done.returncode
        assert str(tmp_path / name) in done.stderr
        assert "hint:" in done.stderr


def test_status_and_verify_everywhere(
    database: Path, fake: FakeRegistry, tmp_path: Path
) -> None:
    """A directory, a bundle (with blanks in their names) and a registry show the same database, and a broken one fails."""
    bundle = tmp_path / "a bundle.tar"
    shipworthy("db", "bundle", bundle, "--db", database, cache=tmp_path)
    shown = []
    for place in (database, bundle, f"oci://{fake.host}/a/db"):
        done = shipworthy("db", "verify", "--db", place, cache=tmp_path)
        assert 0 == done.returncode, done.stderr
        assert f"{place}: every shard" in done.stdout
        done = shipworthy("db", "status", "--json", "--db", place, cache=tmp_path)
        assert 0 == done.returncode, done.stderr
        document = json.loads(done.stdout)
        assert document.pop("source").startswith(str(place))
        shown.append(document)
    assert shown[0] == shown[1] == shown[2]
    data = bytearray(bundle.read_bytes())
    data[data.index(b"\x28\xb5\x2f\xfd") + 30] ^= 1
    bundle.write_bytes(data)
    done = shipworthy("db", "verify", "--db", bundle, cache=tmp_path / "new")
    assert 3 == done.returncode
    assert "not what the database says" in done.stderr


NOW = datetime(2026, 8, 20, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize("limit", ["7d", "168h", "1w"])
def test_the_boundary_of_age(limit: str) -> None:
    """As old as allowed is fresh enough; a second more is not."""
    made = NOW - timedelta(days=7)
    assert "" == stale(made.isoformat(), parse_max_age(limit), NOW)
    older = (made - timedelta(seconds=1)).isoformat()
    assert "the limit is" in stale(older, parse_max_age(limit), NOW)
    with pytest.raises(DatabaseError, match="newest feed: 2026"):
        stale(older, parse_max_age(f"{limit},fail"), NOW)


@pytest.mark.parametrize(
    "text", ["7", "d", "0d", "-1d", "7d,", "7d,stop", "7 d", "1.5d", "٧d", "9999999d"]
)
def test_what_is_no_age(text: str) -> None:
    """It is wrong use, and the hint says what an age looks like."""
    with pytest.raises(UsageError, match="is not an age") as caught:
        parse_max_age(text)
    assert "7d" in caught.value.hint


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-45", "9" * 500])
def test_a_date_that_cannot_be_read_is_not_fresh(text: str) -> None:
    """Nobody's word is taken for it."""
    assert "does not say how old" in stale(text, parse_max_age("7d"), NOW)


def test_age_in_a_scan(database: Path, image: Path, tmp_path: Path) -> None:
    """Told is a status and changes no verdict; failed is exit 3 with the age, the limit and what to do."""
    options = ("scan", image, "--allow-partial", "--db", database, "--db-max-age")
    told = shipworthy(*options, "7d", "-o", "json", cache=tmp_path)
    assert 0 == told.returncode, told.stderr
    statuses = json.loads(told.stdout)["statuses"]
    (age,) = [s for s in statuses if s["subject"] == "age"]
    assert "the limit is 7 days (newest feed: 2024-05-01" in age["message"]
    failed = shipworthy(*options, "7d,fail", cache=tmp_path)
    assert 3 == failed.returncode
    assert "the limit is 7 days" in failed.stderr
    assert "--db-max-age" in failed.stderr
    assert 2 == shipworthy(*options, "a week", cache=tmp_path).returncode


@pytest.mark.parametrize(
    ("host", "options", "is_plain"),
    [
        ("localhost:5000", {}, True),
        ("127.0.0.1", {}, True),
        ("127.8.8.8:80", {}, True),
        ("[::1]:5000", {}, True),
        ("localhost.example.org", {}, False),
        ("127.0.0.1.example.org", {}, False),
        ("registry", {}, False),
        ("ghcr.io", {}, False),
        ("ghcr.io", {"plain_http": True}, True),
        ("localhost", {"insecure": True}, False),
        ("localhost", {"ca_file": Path("ca.pem")}, False),
    ],
)
def test_who_is_spoken_to_without_encryption(
    host: str, options: dict[str, bool], is_plain: bool
) -> None:
    """This machine, unless a certificate is spoken of; everybody else only when asked for."""
    connection = Connection(**options)  # type: ignore[arg-type]
    assert is_plain == connection.is_plain(parse_registry(f"oci://{host}/a/db"))


@pytest.mark.functional
def test_certificates(database: Path, tmp_path: Path) -> None:
    """An unknown authority is refused in words, taken with its file, and with --db-insecure whatever it is."""
    with registry(tmp_path / "registry", secured=True) as host:
        docker = tmp_path / "docker"
        docker.mkdir()
        auths = {host: {"auth": "dXNlcjpwYXNzMQ=="}}
        (docker / "config.json").write_text(json.dumps({"auths": auths}))
        reference, ca = f"oci://{host}/a/db", tmp_path / "registry/ca.crt"
        (tmp_path / "other.crt").write_text("no certificate\n")

        def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
            return shipworthy(
                "db", *arguments, cache=tmp_path, DOCKER_CONFIG=str(docker)
            )

        done = run("push", reference, "--db", database, "--db-ca-file", ca)
        assert 0 == done.returncode, done.stderr
        for options in (("--db-ca-file", ca), ("--db-insecure",)):
            done = run("status", "--db", reference, *options)
            assert 0 == done.returncode, done.stderr
            assert "Warning" not in done.stderr
        (tmp_path / "databases").rename(tmp_path / "elsewhere")
        system = ("--db-ca-file", "/etc/ssl/certs/ca-certificates.crt")
        done = run("status", "--db", reference, *system)
        assert 3 == done.returncode
        assert "TLS" in done.stderr
        for name in ("other.crt", "none.crt"):
            done = run("status", "--db", reference, "--db-ca-file", tmp_path / name)
            assert done.returncode in {2, 3}
            assert name in done.stderr


@pytest.mark.functional
def test_another_tool_puts_a_bundle_into_a_registry(
    database: Path, tmp_path: Path
) -> None:
    """Skopeo copies it as it is: the digest stays, and a pull gives what was built."""
    need("skopeo")
    bundle = tmp_path / "bundle.tar"
    done = shipworthy("db", "bundle", bundle, "--db", database, cache=tmp_path)
    digest = done.stderr.split()[-1]
    with registry(tmp_path / "registry") as host:
        copy = ["skopeo", "--insecure-policy", "copy", "--preserve-digests"]
        copy += ["--dest-tls-verify=false", f"oci-archive:{bundle}"]
        copied = subprocess.run(
            [*copy, f"docker://{host}/a/db:latest"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == copied.returncode, copied.stderr
        pinned = f"oci://{host}/a/db@{digest}"
        done = shipworthy("db", "verify", "--db", pinned, cache=tmp_path / "new")
        assert 0 == done.returncode, done.stderr
