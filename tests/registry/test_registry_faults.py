"""Registries that fail: the whole result comes out, or one line that says what."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import pytest
from fakeregistry import FakeRegistry, Fault, fake_registry
from imagesheld import HASTY, PATIENCE, hold, said, scanned
from scanning import BASE, EXAMPLE, OURS

from shipworthy.errors import (
    ImageError,
    ImageNotFoundError,
    ImageUnreachableError,
)
from shipworthy.images.access import Access
from shipworthy.remote.connection import Connection


NOISE: ib.Tree = {f"srv/{n}": ib.File(os.urandom(200_000)) for n in range(4)}
LARGE = ib.image(BASE, {**OURS, **NOISE}, compression="gzip")
LAYER = ib.sha256(LARGE.blobs[1])
SIZE = len(LARGE.blobs[1])


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    """A registry with an image, one layer of which does not come in one piece."""
    with fake_registry() as fake:
        hold(fake, LARGE, "1")
        yield fake


def target(fake: FakeRegistry) -> str:
    """The target."""
    return f"registry:{fake.host}/a/app:1"


@pytest.mark.parametrize("ranges", ["obeyed", "ignored", "wrong", "refused"])
@pytest.mark.parametrize("how", ["close", "reset", "stall", "short"])
def test_a_cut_line(
    how: str, ranges: str, registry: FakeRegistry, database: Path
) -> None:
    """A layer goes on where it was cut, or from its start where the registry cannot do that."""
    whole = said(scanned(target(registry), database))
    registry.ranges = ranges
    registry.sent = 0
    registry.faults[LAYER] = [Fault(cut=500_000, how=how)]
    assert whole == said(scanned(target(registry), database))
    if how == "reset" and not registry.parts:
        return  # the kernel threw away what had come, so there was nothing to go on from
    (part,) = registry.parts
    start = int(part.removeprefix("bytes=").removesuffix("-"))
    assert 0 < start <= 500_000
    if ranges == "obeyed":
        assert registry.sent < SIZE + 300_000  # what the cut lost, and not all of it


def test_a_line_that_is_cut_again_and_again(
    registry: FakeRegistry, database: Path
) -> None:
    """As long as something comes each time, all of it comes in the end."""
    whole = said(scanned(target(registry), database))
    registry.faults[LAYER] = [Fault(cut=262_144)] * 3
    assert whole == said(scanned(target(registry), database))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("what", ["manifests/1", "blobs/"])
def test_a_registry_that_is_overloaded(
    what: str, status: int, registry: FakeRegistry, database: Path
) -> None:
    """It is asked again; a result is whole or there is none."""
    registry.faults[what] = [Fault(status=status), Fault(status=status)]
    assert scanned(target(registry), database).findings
    registry.faults[what] = [Fault(status=status)]
    registry.forever = True
    with pytest.raises(ImageUnreachableError, match=f"the server says {status}"):
        scanned(target(registry), database)


def test_a_limit_of_requests(registry: FakeRegistry, database: Path) -> None:
    """What the registry asks to wait is waited, within bounds; what it means is told."""
    waited: list[float] = []
    patience = replace(PATIENCE, sleep=waited.append)
    access = Access(registry=Connection(patience=patience))
    registry.faults["manifests/1"] = [Fault(status=429, after="7")]
    assert scanned(target(registry), database, access=access).findings
    assert [7.0] == waited
    registry.faults["manifests/1"] = [Fault(status=429, after="21600")]
    with pytest.raises(ImageUnreachableError, match="to wait for 21600 s") as caught:
        scanned(target(registry), database, access=access)
    assert "limits how often it is asked: log in, wait" in caught.value.hint
    assert [7.0] == waited


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault(flip=700_000), "corrupt|the manifest says|configuration says"),
        (Fault(status=404), "no such image"),
        (Fault(status=403), "access denied"),
        (Fault(status=307, location="ftp://elsewhere/x"), "leads to no address"),
        (Fault(status=307, location="http://[bad"), "leads to no address"),
        (Fault(status=418), "the server says 418"),
        (Fault(cut=0), r"ended after 0 of|connection lost after 0 of"),
        (Fault(cut=0, how="stall"), "timed out"),
    ],
)
def test_a_layer_that_cannot_be_had(
    fault: Fault, told: str, registry: FakeRegistry, database: Path
) -> None:
    """There is no result without it."""
    registry.faults[LAYER] = [fault]
    registry.forever = True
    with pytest.raises(ImageError, match=told):
        scanned(target(registry), database)


@pytest.mark.parametrize(("more", "told"), [(b"x", "more|2"), (b"", "ended after")])
@pytest.mark.parametrize("how", ["close", "short"])
def test_a_layer_of_another_size(
    more: bytes, told: str, how: str, registry: FakeRegistry, database: Path
) -> None:
    """Longer or shorter than the manifest says, with a stated length or without."""
    blob = registry.blobs[LAYER]
    registry.blobs[LAYER] = blob + more if more else blob[:-9]
    length = len(registry.blobs[LAYER])
    registry.faults[LAYER] = [Fault(cut=length, how=how)]
    registry.forever = True
    expected = f"{told}|has {length} bytes, the manifest says {SIZE}"
    with pytest.raises(ImageError, match=expected):
        scanned(target(registry), database)


def test_a_redirect_loop(registry: FakeRegistry, database: Path) -> None:
    """It is followed a few times only."""
    circle = f"http://{registry.host}/v2/a/app/manifests/1"
    registry.faults["manifests/1"] = [Fault(status=307, location=circle)]
    registry.forever = True
    with pytest.raises(ImageUnreachableError, match="from one address to the next"):
        scanned(target(registry), database)
    assert registry.count("manifests/1") < 10


def test_nothing_follows_to_the_storage(registry: FakeRegistry, database: Path) -> None:
    """Blobs may lie elsewhere; user, password and token stay with the registry."""
    registry.users = {"robot": "hidden-word"}
    access = replace(HASTY, username="robot", password="hidden-word")
    for registry.tokens in (False, True):
        with fake_registry() as storage:
            storage.blobs = dict(registry.blobs)
            for digest in registry.blobs:
                there = f"http://{storage.host}/any/blobs/{digest}"
                registry.faults[f"blobs/{digest}"] = [
                    Fault(status=307, location=there)
                ] * 2
            storage.faults[LAYER] = [Fault(cut=400_000)]
            assert scanned(target(registry), database, access=access).findings
            assert len(storage.asked) == 4
            assert {""} == {*storage.authorizations}
            assert 1 == len(storage.parts)
    assert {*registry.authorizations} > {""}


def test_nothing_there(registry: FakeRegistry, database: Path) -> None:
    """No such tag, no such digest, nobody who listens."""
    with pytest.raises(ImageNotFoundError, match=r"app:2: no such image"):
        scanned(f"registry:{registry.host}/a/app:2", database)
    with pytest.raises(ImageNotFoundError, match="no such image"):
        scanned(f"registry:{registry.host}/a/app@sha256:{'0' * 64}", database)
    with pytest.raises(ImageUnreachableError, match="connection refused"):
        scanned("registry:127.0.0.1:1/a/app", database)


def test_several_layers_in_processes(database: Path) -> None:
    """A fork takes no connection of its parent's along."""
    trees: list[ib.Tree] = [
        {f"srv/{n}/{m}": ib.File(os.urandom(1_500_000)) for m in range(4)}
        for n in range(4)
    ]
    image = ib.image(BASE, OURS, *trees)
    with fake_registry() as fake:
        hold(fake, image, "1")
        fake.tokens = True
        found = scanned(target(fake), database)
    assert {"Django", "Jinja2"} <= {package.name for package in found.packages}
    assert EXAMPLE.layers[0] == image.layers[0]
