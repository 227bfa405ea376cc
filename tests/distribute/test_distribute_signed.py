"""One signature in a directory, a bundle and a registry: who may have signed, and what every command does without."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakeregistry import FakeRegistry, fake_registry
from registries import need, registry
from travelling import NEWER, image_of, scanned, shipworthy, told_by, two_databases

from shipworthy.advisories.distribute.signing import sign


pytestmark = pytest.mark.functional

KINDS = {"ed25519": "ed25519", "p256": "EC -pkeyopt ec_paramgen_curve:P-256"}


def make_key(directory: Path, name: str, kind: str) -> None:
    """``NAME.pem`` and ``NAME.pub``."""
    need("openssl")
    for command in (
        f"openssl genpkey -algorithm {kind} -out {name}.pem",
        f"openssl pkey -in {name}.pem -pubout -out {name}.pub",
    ):
        subprocess.run(command.split(), cwd=directory, check=True, capture_output=True)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ours and theirs of each kind, and files that are no such key."""
    directory = tmp_path_factory.mktemp("keys")
    for kind, options in KINDS.items():
        make_key(directory, kind, options)
        make_key(directory, f"their-{kind}", options)
    make_key(directory, "rsa", "RSA -pkeyopt rsa_keygen_bits:2048")
    make_key(directory, "p384", "EC -pkeyopt ec_paramgen_curve:P-384")
    (directory / "text.pub").write_text("no key\n")
    (directory / "empty.pub").write_bytes(b"")
    return directory


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unsigned."""
    return two_databases(tmp_path_factory.mktemp("two"))[1]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image that it judges."""
    return image_of(tmp_path_factory.mktemp("image"))


@pytest.fixture
def signed(database: Path, keys: Path, tmp_path: Path, kind: str) -> Path:
    """A copy of the database with our signature."""
    copy = tmp_path / "signed"
    subprocess.run(["cp", "-r", database, copy], check=True)
    done = shipworthy(
        "db", "sign", "--db", copy, "--key", keys / f"{kind}.pem", cache=tmp_path
    )
    assert 0 == done.returncode, done.stderr
    return copy


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    """A registry of the test's own."""
    with fake_registry() as held:
        yield held


def places(database: Path, fake: FakeRegistry, directory: Path) -> list[str]:
    """The database as a directory, a bundle and an artifact."""
    fake.hold(database)
    bundle = directory / "bundle.tar"
    done = shipworthy("db", "bundle", bundle, "--db", database, cache=directory)
    assert 0 == done.returncode, done.stderr
    return [str(database), str(bundle), f"oci://{fake.host}/a/db"]


@pytest.mark.parametrize("kind", KINDS)
def test_ours_is_taken_and_theirs_is_not(
    kind: str, signed: Path, keys: Path, image: Path, fake: FakeRegistry, tmp_path: Path
) -> None:
    """Every command takes the key that signed and ends with 3 for another, wherever the database is."""
    cache = tmp_path / "cache"
    for place in places(signed, fake, tmp_path):
        commands: list[tuple[str | Path, ...]] = [
            ("scan", image, "--allow-partial", "-q"),
            ("db", "verify"),
            ("db", "status"),
            ("db", "bundle", tmp_path / "again.tar"),
        ]
        if place.startswith("oci:"):
            commands.append(("db", "pull"))
        for command in commands:
            options = (*command, "--db", place, "--db-key")
            good = shipworthy(*options, keys / f"{kind}.pub", cache=cache)
            assert 0 == good.returncode, good.stderr
            bad = shipworthy(*options, keys / f"their-{kind}.pub", cache=cache)
            assert 3 == bad.returncode
            assert "the signature is not by" in bad.stderr
            assert place in bad.stderr


def test_unsigned_is_refused(
    database: Path, keys: Path, image: Path, fake: FakeRegistry, tmp_path: Path
) -> None:
    """Where a key is asked for, a database without a signature is not used, and nothing says it was."""
    for place in places(database, fake, tmp_path):
        done = shipworthy(
            "scan",
            image,
            "--db",
            place,
            "--db-key",
            keys / "ed25519.pub",
            cache=tmp_path,
        )
        assert 3 == done.returncode
        assert "is not signed" in done.stderr
        assert "shipworthy db sign" in done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_index_is_refused(
    kind: str, signed: Path, keys: Path, fake: FakeRegistry, tmp_path: Path
) -> None:
    """A signature over other bytes than those of the index is none."""
    index = signed / "index.json"
    index.write_bytes(index.read_bytes().replace(b'"skipped": 0', b'"skipped": 1'))
    for place in places(signed, fake, tmp_path):
        options = ("--db", place, "--db-key", keys / f"{kind}.pub")
        done = shipworthy("db", "status", *options, cache=tmp_path)
        assert 3 == done.returncode
        assert "the database was changed" in done.stderr


@pytest.mark.parametrize(
    "name", ["text.pub", "empty.pub", "rsa.pub", "p384.pub", "ed25519.pem", "none.pub"]
)
def test_what_is_no_key_is_wrong_use(
    name: str, database: Path, keys: Path, tmp_path: Path
) -> None:
    """Exit 2, the file and the kinds that are known."""
    options = ("--db", database, "--db-key", keys / name)
    done = shipworthy("db", "verify", *options, cache=tmp_path)
    assert 2 == done.returncode
    assert name in done.stderr
    assert "Ed25519 or P-256" in done.stderr or "cannot be read" in done.stderr


@pytest.mark.parametrize("name", ["text.pub", "rsa.pem", "ed25519.pub", "none.pem"])
def test_what_cannot_sign_is_wrong_use(
    name: str, database: Path, keys: Path, tmp_path: Path
) -> None:
    """A public key, another kind or no file: exit 2, and nothing is written beside the index."""
    options = ("--db", database, "--key", keys / name)
    done = shipworthy("db", "sign", *options, cache=tmp_path)
    assert 2 == done.returncode
    assert name in done.stderr
    assert not (database / "index.json.sig").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_signed_while_pushed(
    kind: str, database: Path, keys: Path, image: Path, tmp_path: Path
) -> None:
    """``db push --sign-key`` signs what lies there unsigned; the private key is what counts, not the file's name."""
    with registry(tmp_path / "registry") as host:
        reference = f"oci://{host}/a/db"
        done = shipworthy(
            "db",
            "push",
            reference,
            "--db",
            database,
            "--sign-key",
            keys / f"{kind}.pem",
            cache=tmp_path,
        )
        assert 0 == done.returncode, done.stderr
        options = ("--db", reference, "--db-key", keys / f"{kind}.pub")
        done = shipworthy(
            "scan", image, "-q", "--allow-partial", *options, cache=tmp_path
        )
        assert 0 == done.returncode, done.stderr
        options = ("--db", reference, "--db-key", keys / f"their-{kind}.pub")
        assert 3 == shipworthy("db", "pull", *options, cache=tmp_path).returncode


def test_a_foreign_database_does_not_hide_ours(
    database: Path, keys: Path, image: Path, fake: FakeRegistry, tmp_path: Path
) -> None:
    """With a mirror whose database another signed, the next place is asked."""
    copy = tmp_path / "theirs"
    subprocess.run(["cp", "-r", database, copy], check=True)
    index = (copy / "index.json").read_bytes()
    (copy / "index.json.sig").write_text(sign(index, keys / "their-p256.pem"))
    fake.hold(copy)
    (copy / "index.json.sig").write_text(sign(index, keys / "p256.pem"))
    with fake_registry() as second:
        second.hold(copy)
        mirrors = [f"oci://{fake.host}/a/db", f"oci://{second.host}/a/db"]
        done = shipworthy(
            "scan",
            image,
            "-q",
            "--allow-partial",
            "--db",
            ",".join(mirrors),
            "--db-key",
            keys / "p256.pub",
            cache=tmp_path,
        )
        assert 0 == done.returncode, done.stderr
        assert NEWER == told_by(scanned(image, mirrors, tmp_path))
