"""Images of an engine: the same as in an archive, exported only where something is missing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import imagebuilder as ib
import pytest
from fakeengine import FakeEngine, fake_engine
from fakeregistry import fake_registry
from recording import read as shared
from recording import sharing
from scanning import BASE, EXAMPLE, OURS

from shipworthy.contents import Contents, read_contents
from shipworthy.errors import (
    DigestMismatchError,
    ImageError,
    ImageNotFoundError,
    LimitError,
    UsageError,
)
from shipworthy.images.access import Access
from shipworthy.images.engines.api import Engine
from shipworthy.images.engines.endpoint import Endpoint
from shipworthy.images.engines.image import EngineImage


SHAPES = ("classic", "blobs", "store", "podman")
TWICE = ib.image(BASE, {}, OURS, BASE)
"""A layer that occurs twice, and an empty one."""


def read(engine: FakeEngine, cache: Path | None = None) -> Contents:
    """What is in the engine's image."""
    kind = "podman" if engine.shape == "podman" else "docker"
    return read_contents(
        f"{kind}:{engine.image.tag}",
        cache_dir=cache,
        access=Access(engine=engine.url),
    )


def same(one: Contents, other: Contents) -> bool:
    """Whether two readings differ in nothing but the target and the stored bytes' digests."""
    bare = [
        replace(
            found,
            image=replace(
                found.image,
                target="",
                kind="",
                manifest_digest="",
                layers=tuple(replace(x, digest="") for x in found.image.layers),
            ),
        )
        for found in (one, other)
    ]
    return bare[0] == bare[1]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("image", [EXAMPLE, TWICE, ib.image(BASE)])
def test_every_shape_gives_what_an_archive_gives(
    image: ib.BuiltImage, shape: str, tmp_path: Path
) -> None:
    """Packages, layers, instructions and configuration are the archive's, in whatever shape they come."""
    archive = ib.write_archive(image.classic_files(), tmp_path / "a.tar")
    expected = read_contents(f"docker-archive:{archive}")
    with fake_engine(image, shape) as engine:
        assert same(expected, read(engine))
        assert 1 == engine.exports
        assert same(expected, read(engine, tmp_path / "c"))
        assert same(expected, read(engine, tmp_path / "c"))
        assert 2 == engine.exports


@pytest.mark.parametrize("shape", ["classic", "blobs", "podman"])
def test_nothing_is_exported_when_every_layer_is_known(
    shape: str, tmp_path: Path
) -> None:
    """Layers known from an archive are not asked of the engine, and its answers tell the rest."""
    archive = ib.write_archive(EXAMPLE.classic_files(), tmp_path / "a.tar")
    expected = read_contents(f"docker-archive:{archive}", cache_dir=tmp_path / "c")
    with fake_engine(EXAMPLE, shape) as engine:
        assert same(expected, read(engine, tmp_path / "c"))
        assert 0 == engine.exports
        asked = {path.rpartition("/")[2] for path in engine.asked}
        assert asked == ({"json"} if shape == "podman" else {"json", "history"})


def test_nothing_is_exported_when_every_record_is_fetched(tmp_path: Path) -> None:
    """Records that another machine sent to a registry do as well as those kept here."""
    archive = ib.write_archive(EXAMPLE.classic_files(), tmp_path / "a.tar")
    with fake_registry() as registry, fake_engine(EXAMPLE) as engine:
        name = f"docker-archive:{archive}"
        first = shared(name, tmp_path / "1", sharing(None, registry))
        access = sharing(registry, registry, access=Access(engine=engine.url))
        found = shared(f"docker:{EXAMPLE.tag}", tmp_path / "2", access)
        assert same(first, found)
        assert 0 == engine.exports
        assert 0 == registry.count("PUT /") - 2 * len(EXAMPLE.layers) - 1


def test_steps_that_cannot_be_told_apart_are_exported_once(tmp_path: Path) -> None:
    """A layer without a byte looks like no layer in the engine's history; the configuration is fetched, and kept."""
    empty = ib.image(BASE, {"srv": ib.Directory()})
    archive = ib.write_archive(empty.classic_files(), tmp_path / "a.tar")
    expected = read_contents(f"docker-archive:{archive}", cache_dir=tmp_path / "c")
    with fake_engine(empty) as engine:
        engine._history = lambda: [  # type: ignore[method-assign]
            {"CreatedBy": "CMD sh", "Size": 0},
            {"CreatedBy": "RUN step 1", "Size": 0},
            {"CreatedBy": "RUN step 0", "Size": 3},
        ]
        for _ in range(3):
            assert same(expected, read(engine, tmp_path / "c"))
        assert 1 == engine.exports


@pytest.mark.parametrize("shape", ["classic", "blobs", "podman"])
def test_layers_known_are_passed_over(shape: str, tmp_path: Path) -> None:
    """Of an image on a known base only the layers on top are read."""
    base = ib.write_archive(ib.image(BASE, OURS).classic_files(), tmp_path / "a.tar")
    read_contents(f"docker-archive:{base}", cache_dir=tmp_path / "c")
    image = ib.image(BASE, OURS, {"new": b"1"})
    told: list[str] = []
    with fake_engine(image, shape) as engine:
        kind = "podman" if shape == "podman" else "docker"
        read_contents(
            f"{kind}:{image.tag}",
            cache_dir=tmp_path / "c",
            access=Access(engine=engine.url),
            progress=told.append,
        )
    assert [f"read {kind}:{image.tag}: layer 3 of 3"] == told


def test_compressed_blobs_are_known_again(tmp_path: Path) -> None:
    """A blob whose digest says nothing is read once; the next image on it passes it over."""
    base, top = (
        ib.image(*trees, {"n": b"1"}, compression="gzip", tag=tag)
        for trees, tag in (((BASE, OURS), "base:1"), ((BASE, OURS, {"m": b""}), "t:1"))
    )
    told: list[str] = []
    for image in (base, top):
        with fake_engine(image, "store") as engine:
            read_contents(
                f"docker:{image.tag}",
                cache_dir=tmp_path / "c",
                access=Access(engine=engine.url),
                progress=told.append,
            )
            engine.cut = 0
            read(engine, tmp_path / "c")
    assert 4 == len(told)  # three layers, and the one that is new on top


def test_hard_links_to_bodies_that_went_by_are_read() -> None:
    """A wanted name that is a hard link is found in a second export."""
    tree: ib.Tree = {
        "a/body": BASE["etc/os-release"],
        "etc/os-release": ib.Hardlink("a/body"),
    }
    for shape in SHAPES:
        with fake_engine(ib.image(tree), shape) as engine:
            assert read(engine).inventory.distro is not None
            assert 2 == engine.exports


Breaking = Callable[[FakeEngine], Any]


def _lies(**said: Any) -> Breaking:
    return lambda engine: engine.said.update(said)


def _holds(data: bytes) -> Breaking:
    return lambda engine: setattr(engine, "export", data)


_OTHER = FakeEngine(image=ib.image(BASE, {"x": b"y"}))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("breaking", "error", "words"),
    [
        (lambda e: setattr(e, "cut", 3000), ImageError, "in the middle"),
        (lambda e: setattr(e, "cut", 0), ImageError, "in the middle"),
        (lambda e: e.status.update({"/json": 500}), ImageError, "says 500: as the"),
        (lambda e: e.status.update({"/get": 500}), ImageError, "says 500: as the"),
        (lambda e: e.status.update({"/json": 404}), ImageNotFoundError, "no such"),
        (_lies(Id=7), ImageError, "not a digest"),
        (_lies(Id="../../x"), ImageError, "not a digest"),
        (_lies(RootFS=None), ImageError, "names no layers"),
        (_lies(RootFS={"Layers": ["x"]}), ImageError, "not a digest"),
        (_lies(RootFS={"Layers": [ib.sha256(b"")] * 2}), ImageError, "."),
        (_lies(RootFS={"Layers": [ib.sha256(b"")] * 2000}), LimitError, "layers"),
        (_holds(b"no tar at all" * 99), ImageError, "."),
        (_holds(_OTHER.exported()), ImageError, "."),
    ],
)
def test_what_goes_wrong_is_an_error_in_a_line(
    breaking: Breaking, error: type[ImageError], words: str, shape: str
) -> None:
    """An engine that dies, refuses or lies ends the scan with one line, never with a part of the image."""
    status: dict[str, int] = {}
    with fake_engine(EXAMPLE, shape) as engine:
        engine.status = status
        breaking(engine)
        with pytest.raises(error, match=words) as caught:
            read(engine)
        assert "\n" not in caught.value.message


def test_a_changed_layer_is_refused(tmp_path: Path) -> None:
    """A layer that is not what its name says is told, whoever sends it."""
    with fake_engine(EXAMPLE, "podman") as engine:
        data = bytearray(engine.exported())
        at = data.index(b"Version: 2.36-9")
        data[at : at + 15] = b"Version: 9.99-9"
        engine.export = bytes(data)
        with pytest.raises(DigestMismatchError):
            read(engine, tmp_path / "c")


@pytest.mark.parametrize("where", ["/json", "/get"])
def test_an_engine_that_hangs_is_given_up(where: str) -> None:
    """Where nothing comes for the time allowed, the scan ends."""
    with fake_engine(EXAMPLE) as fake:
        fake.hangs = where
        endpoint = Endpoint(url=fake.url, told_by="")
        engine = Engine("docker", endpoint, quick=0.3, patient=0.3)
        with pytest.raises(ImageError, match=r"sent nothing for 0\.3 seconds"):
            list(EngineImage(engine, EXAMPLE.tag, target="x").stream([0]))


def test_another_platform_is_not_the_image() -> None:
    """An image for another platform is told with how to get the right one."""
    with fake_engine(EXAMPLE) as engine:
        access = Access(engine=engine.url)
        for platform in ("linux/amd64", "linux"):
            read_contents("docker:example:1", platform=platform, access=access)
        with pytest.raises(ImageNotFoundError, match="for linux/amd64, not") as caught:
            read_contents("docker:example:1", platform="linux/arm64", access=access)
        assert "pull --platform linux/arm64" in caught.value.hint


@pytest.mark.parametrize(
    "target",
    [
        "docker:UPPER",
        "podman:-x",
        "containerd:../x",
        "docker:a b",
        "docker:container/",
        "docker:container/../images",
        f"docker:{'a' * 2000}",
    ],
)
def test_a_reference_that_is_none_is_wrong_use(target: str) -> None:
    """Nothing that is no reference reaches an engine."""
    with pytest.raises(UsageError):
        read_contents(target, access=Access(engine="unix:///nowhere"))


def test_no_document_is_read_without_a_bound() -> None:
    """An answer of more than the bound ends the scan before it is decoded."""
    with fake_engine(EXAMPLE) as engine:
        engine.said["Padding"] = "x" * (17 << 20)
        with pytest.raises(LimitError, match="an answer of more than"):
            read(engine)


def test_the_engine_sees_questions_alone() -> None:
    """Nothing but documents and one export is asked for: a scan changes nothing in an engine."""
    with fake_engine(EXAMPLE) as engine:
        read(engine)
        assert json.dumps(engine.asked) == json.dumps(
            [
                "/images/example:1/json",
                f"/images/{engine.id}/history",
                f"/images/{engine.id}/get",
            ]
        )
    assert not os.path.exists(engine.socket)  # noqa: PTH110  # the test's own cleaning
