"""The engines themselves: what they keep is what was loaded, and what goes wrong is told."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import engines
import imagebuilder as ib
import pytest
from engines import RealEngine
from indexing import BOTH, Index
from scanning import BASE, EXAMPLE, OURS

from shipworthy.contents import Contents, read_contents
from shipworthy.errors import ImageError, ImageNotFoundError
from shipworthy.images.access import Access
from shipworthy.platforms.contents import EachContents, read_each


pytestmark = pytest.mark.functional

_STATUS = {"var/lib/dpkg/status": BASE["var/lib/dpkg/status"]}
IMAGES = {
    "plain": ib.image(BASE, tag="t/plain:1"),
    "two": replace(EXAMPLE, tag="t/two:1"),
    "gone": ib.image(BASE, OURS, {"var/lib/dpkg/.wh.status": b""}, tag="t/gone:1"),
    "opaque": ib.image(BASE, {"var/lib/.wh..wh..opq": b""}, OURS, tag="t/opaque:1"),
    "twice": ib.image(BASE, OURS, BASE, tag="t/twice:1"),
    "links": ib.image(
        {"a": BASE["etc/os-release"], "etc/os-release": ib.Hardlink("a")},
        _STATUS,
        tag="t/links:1",
    ),
    "labels": ib.image(BASE, tag="t/labels:1"),
    "many": ib.image(
        BASE, *({f"l{n}": b"%d" % n} for n in range(20)), OURS, tag="t/many:1"
    ),
}
IMAGES["labels"] = replace(IMAGES["labels"], labels={"a": "b", "c": "d"})
STARTS: dict[str, Callable[[], AbstractContextManager[RealEngine]]] = {
    "docker": engines.dockerd,
    "podman": engines.podman,
    "containerd": engines.containerd,
}


@pytest.fixture(scope="module", params=STARTS)
def engine(
    request: pytest.FixtureRequest, archives: dict[str, Path]
) -> Iterator[RealEngine]:
    """An engine that holds every image."""
    with STARTS[request.param]() as running:
        for archive in archives.values():
            running.load(archive)
        yield running


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every image as a docker archive."""
    folder = tmp_path_factory.mktemp("archives")
    return {
        name: ib.write_archive(image.classic_files(), folder / f"{name}.tar")
        for name, image in IMAGES.items()
    }


def read(engine: RealEngine, reference: str, cache: Path | None = None) -> Contents:
    """What is in one image of the engine."""
    return read_contents(
        f"{engine.kind}:{reference}",
        cache_dir=cache,
        access=Access(engine=engine.url),
    )


def bare(contents: Contents) -> Contents:
    """Without what a place gives of its own: target, names, digests of what is stored."""
    info = contents.image
    layers = tuple(replace(layer, digest="") for layer in info.layers)
    return replace(
        contents,
        image=replace(
            info, target="", kind="", tags=(), manifest_digest="", layers=layers
        ),
    )


@pytest.mark.parametrize("name", IMAGES)
def test_an_engine_gives_what_the_archive_gives(
    name: str, engine: RealEngine, archives: dict[str, Path], tmp_path: Path
) -> None:
    """Packages, layers, instructions and configuration are the same: cold, cached, and known from the archive alone."""
    cache = tmp_path / "archive"
    expected = bare(read_contents(f"docker-archive:{archives[name]}", cache_dir=cache))
    assert expected.inventory.packages or name == "gone"
    for place in (None, cache, tmp_path / "own", tmp_path / "own"):
        assert expected == bare(read(engine, f"t/{name}:1", place))


def test_an_image_is_found_by_id_and_short_name(engine: RealEngine) -> None:
    """A tag of latest may be left out; Docker and Podman know ids, whole and short."""
    source = {"docker": ("tag",), "podman": ("tag",), "containerd": ("images", "tag")}
    name = "docker.io/t/two:1" if engine.kind == "containerd" else "t/two:1"
    full = "docker.io/library/short:latest"
    engine.run(*source[engine.kind], name, full)
    whole = ib.sha256(IMAGES["two"].config)
    ids = () if engine.kind == "containerd" else (whole, whole[7:], whole[7:19])
    for reference in ("short", "short:latest", full, *ids):
        assert whole == read(engine, reference).image.image_id


def test_what_is_not_there_is_told(engine: RealEngine) -> None:
    """No image, another platform: one line each, of an image that was not found."""
    with pytest.raises(ImageNotFoundError, match="no such image: absent/it:1"):
        read(engine, "absent/it:1")
    with pytest.raises(ImageNotFoundError, match="linux/arm64"):
        read_contents(
            f"{engine.kind}:t/two:1",
            platform="linux/arm64",
            access=Access(engine=engine.url),
        )


def test_namespaces_of_containerd_are_looked_through(archives: dict[str, Path]) -> None:
    """Kubernetes' images are found without being named; a namespace that is named is the only one."""
    with engines.containerd() as running:
        running.run("-n", "k8s.io", "images", "import", str(archives["two"]))
        assert 4 == len(read(running, "t/two:1").inventory.packages)
        access = Access(engine=running.url, namespace="default")
        with pytest.raises(ImageNotFoundError, match=r"namespaces: default\)"):
            read_contents("containerd:t/two:1", access=access)


def test_containerd_keeps_all_platforms(tmp_path: Path) -> None:
    """An index that was imported for all platforms is read for all; one image that is not there is told."""
    index = Index(images=BOTH)
    archive = ib.write_archive(index.files("docker.io/t/multi:1"), tmp_path / "a.tar")
    with engines.containerd() as running:
        running.run("images", "import", "--all-platforms", str(archive))
        access = Access(engine=running.url)
        found = read_each("containerd:t/multi:1", access=access)
        assert isinstance(found, EachContents)
        assert [one.platform for one in found.platforms] == [
            *("linux/amd64", "linux/arm64")
        ]
        assert not any(one.problem for one in found.platforms)
        running.run("content", "rm", ib.sha256(BOTH[1].manifest))
        found = read_each("containerd:t/multi:1", access=access)
        assert isinstance(found, EachContents)
        assert [bool(one.problem) for one in found.platforms] == [False, True]


def test_content_that_containerd_lacks_is_told(archives: dict[str, Path]) -> None:
    """A layer that is not in the store ends the scan with its digest, not with a part of the image."""
    with engines.containerd() as running:
        running.load(archives["two"])
        layer = running.run("content", "ls").splitlines()
        largest = max((line for line in layer if "sha256:" in line), key=_size)
        running.run("content", "rm", largest.split()[0])
        with pytest.raises(ImageError, match=r"containerd: .*not found"):
            read(running, "t/two:1")


def _size(line: str) -> float:
    number, unit = line.split()[1][:-1], line.split()[1]
    digits = "".join(c for c in number if c.isdigit() or c == ".")
    return float(digits) * (1000 if "k" in unit.lower() else 1)


def test_containers_of_docker_are_their_image_with_changes() -> None:
    """Files copied into a container count, in a layer of its own on top."""
    with engines.dockerd() as running:
        archive = Path(running.socket).parent / "a.tar"
        running.load(ib.write_archive(IMAGES["two"].classic_files(), archive))
        running.run("create", "--name", "web", "t/two:1", "sh")
        untouched = read(running, "container/web").inventory.packages
        data = b'{"name": "left-pad", "version": "1.3.0"}'
        into = io.BytesIO()
        with tarfile.open(fileobj=into, mode="w") as tar:
            info = tarfile.TarInfo("node_modules/left-pad/package.json")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        subprocess.run(
            [*running.command, "cp", "-", "web:/"], input=into.getvalue(), check=True
        )
        found = read(running, "container/web")
    assert 4 == len(untouched)
    added = {p.name: p.locations[0].layer for p in found.inventory.packages}
    assert 2 == added["left-pad"]
    assert 5 == len(added)
    assert "container web" in found.image.layers[2].instruction


def test_an_engine_that_is_killed_ends_the_scan() -> None:
    """A dockerd killed in the middle of an export: one line, exit 3, nothing on stdout."""
    with engines.dockerd() as running:
        folder = Path(running.socket).parent
        noise = {f"f{n}": os.urandom(1 << 20) for n in range(60)}
        image = ib.image(BASE, noise, tag="t/noise:1")
        running.load(ib.write_archive(image.classic_files(), folder / "a.tar"))
        scan = subprocess.Popen(
            [
                *(sys.executable, "-m", "shipworthy", "sbom", "docker:t/noise:1"),
                *("--engine", running.url, "--no-cache"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        export = folder / "data/tmp"
        for _ in range(2000):
            if scan.poll() is not None or any(export.glob("docker-export-*")):
                break
            time.sleep(0.005)
        os.kill(int((folder / "pid").read_text()), signal.SIGKILL)
        out, err = scan.communicate(timeout=60)
    assert (3, "") == (scan.returncode, out)
    assert "docker: the engine ended the connection" in err
    assert 2 == len(err.splitlines())
