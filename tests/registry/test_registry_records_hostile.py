"""Repositories of layer records that fail, lie or are somebody's who lies: the scan is whole, and says so in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import imagebuilder as ib
import orjson
import pytest
import zstandard
from fakeregistry import FakeRegistry, Fault
from hypothesis import given
from hypothesis import strategies as st
from imagesheld import HASTY
from recording import REPOSITORY, TAG, read, records, sharing
from scanning import EXAMPLE

from shipworthy.contents import Contents, read_contents
from shipworthy.errors import ParseError
from shipworthy.layers.record import load
from shipworthy.layers.shared.artifact import (
    dump_manifest,
    parse_manifest,
    tag_of,
)
from shipworthy.remote.blob import Blob, blob_of
from shipworthy.remote.connection import Connection
from shipworthy.remote.transfer import Patience


SHORT = replace(
    HASTY, registry=Connection(patience=Patience(tries=2, first=0.0, timeout=0.4))
)
DIFF_IDS = [ib.sha256(layer) for layer in EXAMPLE.layers]
Change = Callable[[FakeRegistry, str, bytes], None]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The target of an archive."""
    folder = tmp_path_factory.mktemp("archive")
    path = ib.write_archive(EXAMPLE.classic_files(), folder / "image.tar")
    return f"docker-archive:{path}"


@pytest.fixture(scope="module")
def expected(archive: str) -> Contents:
    """What is in it."""
    return read_contents(archive)


def instead(data: bytes) -> Change:
    """Keep these bytes as the record."""

    def change(fake: FakeRegistry, tag: str, manifest: bytes) -> None:
        document = json.loads(manifest)
        blob = blob_of(data)
        document["layers"][0] |= {"digest": blob.digest, "size": blob.size}
        fake.blobs[blob.digest] = data
        hold(fake, tag, json.dumps(document).encode())

    return change


def hold(fake: FakeRegistry, tag: str, manifest: bytes) -> None:
    """Keep a manifest under a tag."""
    digest = ib.sha256(manifest)
    fake.manifests[digest] = manifest
    fake.tags[tag] = digest


def document_of(fake: FakeRegistry, manifest: bytes) -> list[Any]:
    """A record's document."""
    (layer,) = json.loads(manifest)["layers"]
    raw = zstandard.ZstdDecompressor().decompress(fake.blobs[layer["digest"]])
    document = orjson.loads(raw)
    assert isinstance(document, list)
    return document


def packed(document: object) -> bytes:
    """A document as records are kept."""
    return zstandard.ZstdCompressor().compress(orjson.dumps(document))


def part(index: int, value: object) -> Change:
    """A record with another value in one place."""

    def change(fake: FakeRegistry, tag: str, manifest: bytes) -> None:
        document = document_of(fake, manifest)
        document[index] = value
        instead(packed(document))(fake, tag, manifest)

    return change


def noted(name: str, value: object) -> Change:
    """A manifest whose layer says something else."""

    def change(fake: FakeRegistry, tag: str, manifest: bytes) -> None:
        document = json.loads(manifest)
        document["layers"][0][name] = value
        hold(fake, tag, json.dumps(document).encode())

    return change


def swapped(fake: FakeRegistry, tag: str, manifest: bytes) -> None:
    """Another layer's manifest under this one's tag."""
    (more,) = (data for data in records(fake).values() if data != manifest)
    hold(fake, tag, more)


def disguised(fake: FakeRegistry, tag: str, manifest: bytes) -> None:
    """Another layer's record in this one's manifest."""
    (more,) = (data for data in records(fake).values() if data != manifest)
    instead(packed(document_of(fake, more)))(fake, tag, manifest)


def retagged(fake: FakeRegistry, tag: str, manifest: bytes) -> None:
    """A record that other catalogers made."""
    (layer,) = json.loads(manifest)["layers"]
    blob = Blob(digest=layer["digest"], size=layer["size"])
    diff_id = f"sha256:{tag.rpartition('-')[2]}"
    hold(fake, tag, dump_manifest(blob, diff_id, "0123456789abcdef"))


def gone(fake: FakeRegistry, _: str, manifest: bytes) -> None:
    """A manifest whose record the registry threw away."""
    (layer,) = json.loads(manifest)["layers"]
    del fake.blobs[layer["digest"]]


def altered(fake: FakeRegistry, _: str, manifest: bytes) -> None:
    """A record that was changed where it is kept."""
    (layer,) = json.loads(manifest)["layers"]
    data = fake.blobs[layer["digest"]]
    fake.blobs[layer["digest"]] = data[:-1] + bytes([data[-1] ^ 1])


def huge(fake: FakeRegistry, tag: str, _: bytes) -> None:
    """A manifest of 100 MB."""
    hold(fake, tag, b" " * 100_000_000)


def bomb() -> bytes:
    """A few bytes that say they are gigabytes."""
    magic, descriptor = b"\x28\xb5\x2f\xfd", b"\xe0"
    return magic + descriptor + (1 << 40).to_bytes(8, "little") + b"\x01\x00\x00"


DEEP = "/".join(["a"] * 5_000)
WRONG: dict[str, Change] = {
    "another layer's manifest": swapped,
    "another layer's record": disguised,
    "other catalogers": retagged,
    "garbage": instead(b"garbage"),
    "no record": instead(packed({"schemaVersion": 2})),
    "another version": part(0, 99),
    "a bomb": instead(bomb()),
    "numbers for texts": part(5, 7),
    "texts for numbers": part(2, "7"),
    "a negative size": part(2, -1),
    "no texts in a list": part(8, [7]),
    "a path too deep": part(8, [DEEP]),
    "a link too deep": part(7, [[DEEP, "b"]]),
    "evidence of nothing": part(10, [[1, "a", [], "", "", [], []]]),
    "100 MB by its size": noted("size", 100_000_000),
    "no size": noted("size", True),
    "no digest": noted("digest", "sha256:x"),
    "another media type": noted("mediaType", "application/octet-stream"),
    "no bytes": gone,
    "wrong bytes": altered,
    "a manifest of 100 MB": huge,
    "no JSON": lambda fake, tag, _: hold(fake, tag, b"<html>"),
    "a list": lambda fake, tag, _: hold(fake, tag, b"[]"),
    "deep": lambda fake, tag, _: hold(fake, tag, b"[" * 60_000),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_record_is_passed_over(
    wrong: str, fake: FakeRegistry, archive: str, expected: Contents, tmp_path: Path
) -> None:
    """The layer is read, one line says so, and what was read takes its place."""
    read(archive, tmp_path / "1", sharing(None, fake))
    before = records(fake)
    tag = next(tag for tag in before if tag.endswith(DIFF_IDS[0][7:]))
    WRONG[wrong](fake, tag, before[tag])
    told: list[str] = []
    layers: list[str] = []
    access = sharing(fake, fake, tell=told.append, access=SHORT)
    assert expected == read(archive, tmp_path / "2", access, layers)
    assert (1, 1) == (len(layers), len(told)), told
    assert "passed over 1" in told[0]
    assert "\n" not in told[0]
    assert before == records(fake)
    assert expected == read(archive, tmp_path / "3", access, layers)
    assert (1, 1) == (len(layers), len(told))


def test_more_bytes_than_it_has(
    fake: FakeRegistry, archive: str, expected: Contents, tmp_path: Path
) -> None:
    """A record that is longer than its manifest says is not read to its end."""
    read(archive, tmp_path / "1", sharing(None, fake))
    for manifest in records(fake).values():
        (layer,) = json.loads(manifest)["layers"]
        fake.blobs[layer["digest"]] += b" " * 100_000_000
    fake.sent = 0
    told: list[str] = []
    access = sharing(fake, tell=told.append, access=SHORT)
    assert expected == read(archive, tmp_path / "2", access)
    assert 1 == len(told)


FAULTS = {
    "unauthorized": (Fault(status=401), "access denied (401)"),
    "forbidden": (Fault(status=403), "docker login"),
    "broken": (Fault(status=500), "the server says 500"),
    "busy": (Fault(status=429, after="50"), "the server says 429"),
    "busy for hours": (Fault(status=503, after="9999"), "the server says 503"),
    "silent": (Fault(cut=0, how="stall"), "timed out"),
    "cut": (Fault(cut=0, how="reset"), "no answer"),
    "led in circles": (Fault(status=302, location="/again"), "leads from one address"),
    "teapot": (Fault(status=418), "the server says 418"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_repository_that_fails(
    kind: str, fake: FakeRegistry, archive: str, expected: Contents, tmp_path: Path
) -> None:
    """It costs a line and little time, and is not asked for the next image of the run."""
    read(archive, tmp_path / "0", sharing(None, fake))
    fault, reason = FAULTS[kind]
    fake.faults["GET /"] = [fault]
    fake.forever = True
    told: list[str] = []
    quick = replace(
        HASTY.registry.patience, timeout=0.4, sleep=lambda s: told.append(str(s))
    )
    access = replace(HASTY, registry=Connection(patience=quick))
    access = sharing(fake, tell=told.append, access=access)
    assert expected == read(archive, tmp_path / "1", access)
    waits = [float(line) for line in told if len(line) < 9]
    assert all(wait <= 1.0 for wait in waits)
    (line,) = [line for line in told if len(line) >= 9]
    assert line.startswith(
        f"shipworthy: layer records: registry:{fake.host}/{REPOSITORY}: "
    )
    assert reason in line
    asked = len(fake.asked)
    assert expected == read(archive, tmp_path / "2", access)
    assert asked == len(fake.asked)


def test_no_such_repository(
    fake: FakeRegistry, archive: str, expected: Contents, tmp_path: Path
) -> None:
    """One line; the first record that is sent makes it."""
    told: list[str] = []
    fake.faults["GET /"] = [Fault(status=404, code="NAME_UNKNOWN")] * len(DIFF_IDS)
    access = sharing(fake, fake, tell=told.append)
    assert expected == read(archive, tmp_path / "1", access)
    assert 1 == len(told)
    assert "no such repository" in told[0]
    assert len(DIFF_IDS) == len(records(fake))


@pytest.mark.parametrize("at", ["POST /", "PUT /uploads", f"PUT {TAG}", "HEAD /"])
@pytest.mark.parametrize("status", [403, 405, 500])
def test_a_repository_that_takes_nothing(
    at: str,
    status: int,
    fake: FakeRegistry,
    archive: str,
    expected: Contents,
    tmp_path: Path,
) -> None:
    """The verdict is the same; a line says so once in a run."""
    fake.faults[at] = [Fault(status=status)]
    fake.forever = True
    told: list[str] = []
    access = sharing(fake, fake, tell=told.append, access=SHORT)
    assert expected == read(archive, tmp_path / "1", access)
    assert expected == read(archive, tmp_path / "2", access)
    assert 1 == len(told)
    assert str(status) in told[0]
    assert {} == records(fake)


def test_nothing_is_sent_elsewhere(
    fake: FakeRegistry, archive: str, tmp_path: Path
) -> None:
    """A registry that wants its blobs sent to another host gets none, and no host gets our password."""
    fake.uploads = "http://127.0.0.1:1/uploads"
    told: list[str] = []
    read(archive, tmp_path / "1", sharing(None, fake, tell=told.append, access=SHORT))
    assert 1 == len(told)
    assert "where on it to send to" in told[0]


def test_whose_password_it_is(fake: FakeRegistry, archive: str, tmp_path: Path) -> None:
    """The user of the command line is the target's registry's: others are asked as docker's configuration says."""
    fake.users = {"robot": "hidden-word"}
    told: list[str] = []
    access = replace(SHORT, username="robot", password="hidden-word")
    for host in ("", "elsewhere.example"):
        given = replace(access, login_host=host)
        read(
            archive,
            tmp_path / f"1{host}",
            sharing(fake, tell=told.append, access=given),
        )
        assert "docker login" in told.pop()
        assert {""} == set(fake.authorizations)
    given = replace(access, login_host=fake.host)
    read(archive, tmp_path / "2", sharing(fake, fake, tell=told.append, access=given))
    assert [] == told
    assert len(DIFF_IDS) == len(records(fake))


@pytest.mark.property
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["digest", "size", "mediaType"]), inner)
        ),
        max_leaves=9,
    )
)
def test_any_document_is_a_manifest_or_none(layers: object) -> None:
    """Nothing but our own error comes out, however well it begins."""
    good = orjson.loads(dump_manifest(blob_of(b"x"), DIFF_IDS[0], "f"))
    for document in (layers, good | {"layers": layers}, good | {"layers": [layers]}):
        with pytest.raises(ParseError):
            parse_manifest(orjson.dumps(document), DIFF_IDS[0], "f")


@pytest.mark.property
@given(st.binary(max_size=200))
def test_any_bytes_are_a_manifest_or_none(data: bytes) -> None:
    """Nothing but our own error comes out, of records too."""
    with pytest.raises(ParseError):
        parse_manifest(data, DIFF_IDS[0], "f")
    with pytest.raises(ParseError):
        load(data)


def test_tags_are_within_their_grammar() -> None:
    """Whatever a fingerprint is."""
    tag = tag_of(DIFF_IDS[0], "ünsigned/v:1" * 20)
    assert len(tag) <= 128
    assert tag.replace("-", "").isalnum()
    assert tag.isascii()
