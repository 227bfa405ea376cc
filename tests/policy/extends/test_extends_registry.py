"""Shared policies in a registry: published, pinned, fetched once, and never another than the one pinned."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakeregistry import FakeRegistry, Fault, fake_registry
from registries import certificates, need, registry
from travelling import HASTY

from shipworthy.advisories.distribute.artifact import TITLE
from shipworthy.advisories.distribute.policies import (
    MAX_POLICY,
    POLICY_TYPE,
    dump_policy_manifest,
)
from shipworthy.cli.policy.push import command as push
from shipworthy.errors import UnreachableError, UsageError
from shipworthy.extends import SharedPolicies
from shipworthy.policy.document.fetch import Fetched
from shipworthy.remote.blob import MANIFEST_TYPE, blob_of
from shipworthy.remote.connection import Connection


POLICY = b"rules:\n  - name: known-exploited\n    when: {kev: true}\n"
DIGEST = f"sha256:{hashlib.sha256(POLICY).hexdigest()}"
ROOT = Path(__file__).resolve().parents[3]


def files(reference: str, *, relative_to: str) -> Fetched:
    """Whatever is a path, without looking."""
    return Fetched(name=f"{relative_to}>{reference}", data=b"", digest="")


def shared(cache: Path, connection: Connection = HASTY) -> SharedPolicies:
    """What fetches, with a cache of its own."""
    return SharedPolicies(files=files, cache=cache, connection=connection)


def fetched(reference: str, cache: Path, relative_to: str = "app.yaml") -> Fetched:
    """One document."""
    return shared(cache)(reference, relative_to=relative_to)


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    """A registry that fails as a test says."""
    with fake_registry() as held:
        yield held


def hold(fake: FakeRegistry, manifest: bytes = b"", policy: bytes = POLICY) -> str:
    """Let a registry hold a policy; gives the pinned reference."""
    manifest = manifest or dump_policy_manifest(blob_of(policy), "base.yaml")
    digest = blob_of(manifest).digest
    fake.manifests[digest] = manifest
    fake.blobs[blob_of(policy).digest] = policy
    fake.tags["v1"] = digest
    return f"oci://{fake.host}/policies/base@{digest}"


def by_oras(
    *layers: tuple[str, bytes],
    media_type: str = "application/vnd.oci.image.layer.v1.tar",
) -> bytes:
    """The manifest that ``oras push`` 1.3 writes of files (oras.land/docs/commands/oras_push)."""
    empty = {
        "mediaType": "application/vnd.oci.empty.v1+json",
        "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "size": 2,
        "data": "e30=",
    }
    document = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "artifactType": "application/vnd.unknown.artifact.v1",
        "config": empty,
        "layers": [
            {
                "mediaType": media_type,
                "digest": blob_of(data).digest,
                "size": len(data),
                "annotations": {TITLE: title},
            }
            for title, data in layers
        ],
        "annotations": {"org.opencontainers.image.created": "2026-11-01T00:00:00Z"},
    }
    return json.dumps(document).encode()


@pytest.mark.functional
def test_what_is_published_can_be_extended(tmp_path: Path) -> None:
    """The printed reference gives the same bytes, also under a tag, and a second push prints it again."""
    file = tmp_path / "base.yaml"
    file.write_bytes(POLICY)
    with registry(tmp_path / "registry") as host:
        place = f"oci://{host}/policies/base:v1"
        printed = []
        for _ in range(2):
            done = CliRunner().invoke(push, [str(file), place, "-q"])
            assert done.exit_code == 0, done.output
            printed.append(done.output.strip())
        assert printed[0] == printed[1]
        found = fetched(printed[0], tmp_path / "cache")
        assert (found.name, found.data, found.digest) == (printed[0], POLICY, DIGEST)
        tagged = printed[0].replace("base@", "base:v1@")
        assert fetched(tagged, tmp_path / "other") == found
        with pytest.raises(UsageError) as error:
            fetched(place, tmp_path / "cache")
        assert tagged in error.value.hint


@pytest.mark.functional
def test_passwords_and_authorities_are_those_of_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registry with TLS of its own and a password lets in whom docker has logged in."""
    file = tmp_path / "base.yaml"
    file.write_bytes(POLICY)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    with registry(tmp_path / "registry", secured=True) as host:
        authority = tmp_path / "registry/ca.crt"
        arguments = [str(file), f"oci://{host}/a/base", "--ca-file", str(authority)]
        done = CliRunner().invoke(push, arguments)
        assert isinstance(done.exception, UnreachableError)
        assert "docker login" in done.exception.hint
        auth = {"auths": {host: {"auth": "dXNlcjpwYXNzMQ=="}}}
        (tmp_path / "config.json").write_text(json.dumps(auth))
        done = CliRunner().invoke(push, arguments)
        pinned = done.output.splitlines()[-1]
        connection = Connection(ca_file=authority, patience=HASTY.patience)
        found = shared(tmp_path / "c", connection)(pinned, relative_to="")
        assert found.data == POLICY
        (tmp_path / "else").mkdir()
        certificates(tmp_path / "else")
        other = tmp_path / "else/ca.crt"
        with pytest.raises(UnreachableError, match="TLS") as error:
            shared(tmp_path / "d", Connection(insecure=False, ca_file=other))(
                pinned, relative_to=""
            )
        assert "--db-ca-file" in error.value.hint


@pytest.mark.functional
def test_a_second_run_needs_no_network(fake: FakeRegistry, tmp_path: Path) -> None:
    """What was fetched once is there in a namespace without any network; what was not is not."""
    need("unshare")
    pinned = hold(fake)
    cache = tmp_path / "cache"
    assert fetched(pinned, cache).data == POLICY
    asked = len(fake.asked)
    assert fetched(pinned, cache).data == POLICY
    assert len(fake.asked) == asked
    script = (
        "import sys; from pathlib import Path; from shipworthy.extends import SharedPolicies\n"
        "fetch = SharedPolicies(files=None, cache=Path(sys.argv[2]))\n"
        "print(fetch(sys.argv[1], relative_to='').digest)"
    )
    prefix = ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no namespaces may be made here")
    done = subprocess.run(
        [*prefix, sys.executable, "-c", script, pinned, str(cache)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.stdout.strip() == DIGEST, done.stderr


@pytest.mark.parametrize(
    "manifest",
    [
        by_oras(("base.yaml", POLICY)),
        by_oras(("policies/base.yml", POLICY)),
        by_oras(("README.md", b"read me"), ("base.yaml", POLICY)),
        by_oras(("base", POLICY), media_type=POLICY_TYPE),
        by_oras(("1.yaml", POLICY), ("2.yaml", b"x"), media_type=POLICY_TYPE),
    ],
)
def test_what_oras_pushes_is_read(
    fake: FakeRegistry, tmp_path: Path, manifest: bytes
) -> None:
    """The layer of the media type, or the one YAML file, is the policy."""
    assert fetched(hold(fake, manifest), tmp_path).data == POLICY


@pytest.mark.parametrize(
    "manifest",
    [
        by_oras(("README.md", POLICY)),
        by_oras(("1.yaml", POLICY), ("2.yaml", b"x")),
        by_oras(),
        b"{}",
        b"[]",
        b"not json",
        b'{"layers": {}}',
        b'{"layers": [1]}',
        by_oras(("a.yaml", POLICY)).replace(b"sha256:", b"sha256:x"),
        by_oras(("a.yaml", b"")),
        b'{"layers": [' + b"[" * 100_000,
        json.dumps({"layers": [{}] * 101}).encode(),
    ],
)
def test_what_is_no_policy_is_told(
    fake: FakeRegistry, tmp_path: Path, manifest: bytes
) -> None:
    """An artifact of something else, or of several policies, is refused."""
    with pytest.raises(UsageError, match="expected an artifact with one policy"):
        fetched(hold(fake, manifest), tmp_path)


def test_a_large_policy_is_refused_unread(fake: FakeRegistry, tmp_path: Path) -> None:
    """Its size is known before anything of it travels."""
    pinned = hold(fake, policy=b"#" * (MAX_POLICY + 1))
    with pytest.raises(UsageError, match="larger than 1,048,576 bytes"):
        fetched(pinned, tmp_path)
    assert not fake.count("/blobs/")
    assert fetched(hold(fake, policy=b"#" * MAX_POLICY), tmp_path).data


@pytest.mark.parametrize("part", ["GET /v2/policies/base/manifests", "/blobs/"])
def test_bytes_that_were_changed_are_refused(
    fake: FakeRegistry, tmp_path: Path, part: str
) -> None:
    """Neither the manifest nor the policy may be another than the digest says; nothing of it is kept."""
    pinned = hold(fake)
    fake.faults[part] = [Fault(flip=10)]
    fake.forever = True
    with pytest.raises(UsageError, match=r"expected .*sha256:.*, found sha256:"):
        fetched(pinned, tmp_path)
    fake.faults.clear()
    assert fetched(pinned, tmp_path).data == POLICY


def test_a_policy_that_breaks_off_is_asked_for_again(
    fake: FakeRegistry, tmp_path: Path
) -> None:
    """One that never ends is no answer, in time or not."""
    pinned = hold(fake)
    fake.faults["/blobs/"] = [Fault(cut=7, how="short")]
    assert fetched(pinned, tmp_path / "a").data == POLICY
    fake.faults["/blobs/"] = [Fault(cut=7, how="short")]
    fake.forever = True
    with pytest.raises(UnreachableError, match="ended after 7 of"):
        fetched(pinned, tmp_path / "b")


@pytest.mark.parametrize("status", [401, 403])
def test_who_is_not_let_in_is_told_how(
    fake: FakeRegistry, tmp_path: Path, status: int
) -> None:
    """The registry wants a password: docker's."""
    pinned = hold(fake)
    fake.faults["/v2/"] = [Fault(status=status)]
    fake.forever = True
    with pytest.raises(UnreachableError, match="access denied") as error:
        fetched(pinned, tmp_path)
    assert "docker login" in error.value.hint


def test_what_is_not_there_is_a_mistake(fake: FakeRegistry, tmp_path: Path) -> None:
    """A digest that the registry does not have will not come by waiting."""
    missing = f"oci://{fake.host}/policies/base@sha256:{'0' * 64}"
    with pytest.raises(UsageError, match="is not there"):
        fetched(missing, tmp_path)


def test_who_does_not_answer_may_later(tmp_path: Path) -> None:
    """It is not the policy that is wrong; the hint does not speak of databases."""
    gone = f"oci://127.0.0.1:1/policies/base@sha256:{'0' * 64}"
    with pytest.raises(UnreachableError, match="no answer") as error:
        fetched(gone, tmp_path)
    assert "--db" not in error.value.hint


@pytest.mark.parametrize("name", ["", ":v1", ":v2"])
def test_an_unpinned_reference_is_told_its_digest(
    fake: FakeRegistry, tmp_path: Path, name: str
) -> None:
    """The digest that is there now stands in the hint; nothing is fetched, and nothing believed that is none."""
    digest = hold(fake).partition("@")[2]
    fake.tags["latest"], fake.tags["v2"] = digest, "no digest"
    with pytest.raises(UsageError, match="expected a reference pinned") as error:
        fetched(f"oci://{fake.host}/policies/base{name}", tmp_path)
    told = f"base{name}@{digest}" in error.value.hint
    assert told == (name != ":v2")
    assert not fake.count("/blobs/")
    with pytest.raises(UsageError, match="pinned") as error:
        fetched("oci://127.0.0.1:1/a/b", tmp_path)
    assert "…@sha256:…" in error.value.hint


def test_a_cache_that_was_changed_is_not_believed(
    fake: FakeRegistry, tmp_path: Path
) -> None:
    """What is kept is hashed again; one that cannot be written only costs time."""
    pinned = hold(fake)
    fetched(pinned, tmp_path / "cache")
    for path in (tmp_path / "cache").rglob("sha256-*"):
        path.write_bytes(b"rules: []")
    assert fetched(pinned, tmp_path / "cache").data == POLICY
    (tmp_path / "file").write_text("")
    assert fetched(pinned, tmp_path / "file").data == POLICY


@pytest.mark.parametrize("path", ["base.yaml", "../base.yaml", "/etc/p.yaml", "file:a"])
def test_a_fetched_policy_names_no_file_of_this_machine(
    fake: FakeRegistry, tmp_path: Path, path: str
) -> None:
    """It could only mean one on the runner; a policy in a file may."""
    for remote in (hold(fake), f"https://example.com/p.yaml@sha256:{'0' * 64}"):
        with pytest.raises(UsageError, match="cannot extend a file"):
            fetched(path, tmp_path, relative_to=remote)
    assert fetched(path, tmp_path).name == f"app.yaml>{path}"
    assert fetched(hold(fake), tmp_path, relative_to=hold(fake)).data == POLICY


@pytest.mark.parametrize(
    "reference",
    [
        "oci://UPPER/b c",
        "ftp://a/b",
        "oci://",
        "git+ssh://u:p@h/x",
        "https://",
        "a://",
        f"oci://u:hidden@host/a@sha256:{'0' * 64}",
        "https://u:hidden@host/a.yaml",
        f"https://host/{'a' * 3000}@sha256:{'0' * 64}",
    ],
)
def test_references_that_are_none(tmp_path: Path, reference: str) -> None:
    """Each is told, and no password in it is."""
    with pytest.raises(UsageError) as error:
        fetched(reference, tmp_path)
    assert "hidden" not in str(error.value) + error.value.hint


@pytest.mark.parametrize("size", [0, MAX_POLICY + 1])
def test_what_cannot_be_a_policy_is_not_published(tmp_path: Path, size: int) -> None:
    """Nothing is pushed of an empty or a large file, of none, or to a digest."""
    file = tmp_path / "p.yaml"
    file.write_bytes(b"#" * size)
    place = "oci://127.0.0.1:1/a/b"
    done = CliRunner().invoke(push, [str(file), place])
    assert isinstance(done.exception, UsageError)
    done = CliRunner().invoke(push, [str(tmp_path / "absent"), place])
    assert isinstance(done.exception, UsageError)
    file.write_bytes(POLICY)
    done = CliRunner().invoke(push, [str(file), f"{place}@sha256:{'0' * 64}"])
    assert isinstance(done.exception, UsageError)
