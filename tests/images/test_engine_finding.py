"""A reference alone: looked up in one place after the other, never taken for a path."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import imagebuilder as ib
import pytest
from fakeengine import fake_engine
from scanning import EXAMPLE

from shipworthy.errors import ImageError, ImageNotFoundError, UsageError
from shipworthy.images.access import Access
from shipworthy.images.target import SOMEWHERE, open_image, parse_target


ENGINES = "docker,podman,containerd"


@pytest.mark.parametrize(
    "text",
    [
        "alpine",
        "alpine:3.18",
        "library/alpine",
        "ghcr.io/o/app:1.2",
        "localhost:5000/app",
        f"app@sha256:{'0' * 64}",
        "0123456789ab",
        "docker-app:1",
        "dir-server:2",
    ],
)
def test_references_are_told(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name, with or without host, tag and digest, or an id, is a reference where no such file is."""
    monkeypatch.chdir("/")
    assert (SOMEWHERE, text) == (parse_target(text).kind, parse_target(text).path)


@pytest.mark.parametrize(
    "text", ["./alpine", "/alpine", "../a/b", "image.tar", "build/out.tar.gz", "~/a"]
)
def test_paths_are_told(text: str) -> None:
    """What is written as a path, or ends as archives do, is one whether or not it is there."""
    with pytest.raises(ImageNotFoundError, match="no such file or directory"):
        open_image(text)


@pytest.mark.parametrize(
    "text", ["dockr:alpine", "podmann:x", "containered:x", "oci-arch:x"]
)
def test_a_misspelt_kind_is_no_reference(text: str) -> None:
    """A kind that is nearly one of ours is a slip, and not looked up anywhere."""
    with pytest.raises(UsageError) as caught:
        open_image(text)
    assert "did you mean" in caught.value.hint
    assert f"an image of that name is docker:{text}" in caught.value.hint


def test_a_file_comes_before_a_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there is scanned, whatever an engine may have of that name."""
    monkeypatch.chdir(tmp_path)
    ib.write_archive(EXAMPLE.classic_files(), tmp_path / "app")
    with closing(open_image("app")) as image:
        assert "docker-archive" == image.info.kind


def test_the_first_place_that_has_it_is_taken_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Docker has not got it, Podman has; the other way round where --from says so."""
    told: list[str] = []
    other = ib.image({"x": b"y"}, tag="other:1")
    with fake_engine(other) as docker, fake_engine(EXAMPLE, "podman") as podman:
        monkeypatch.setenv("DOCKER_HOST", docker.url)
        monkeypatch.setenv("CONTAINER_HOST", podman.url)
        image = open_image("example:1", access=Access(source=ENGINES, tell=told.append))
        assert ("podman", "example:1") == (image.info.kind, image.info.target)
        assert ["shipworthy: example:1: taken from podman"] == told
        podman.asked.clear()
        assert "docker" == open_image("other:1").info.kind
        assert [] == podman.asked
        first = Access(source="podman, docker", tell=told.append)
        assert "docker" == open_image("other:1", access=first).info.kind
        assert podman.asked


def test_why_no_place_has_it_is_told_a_line_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One line for the whole and one for each place, with the reason."""
    monkeypatch.setenv("CONTAINER_HOST", "unix:///nowhere/p.sock")
    monkeypatch.setenv("CONTAINERD_ADDRESS", "/nowhere/c.sock")
    with fake_engine(EXAMPLE) as docker:
        monkeypatch.setenv("DOCKER_HOST", docker.url)
        with pytest.raises(ImageNotFoundError) as caught:
            open_image("absent:1", access=Access(source=ENGINES))
    assert [
        "absent:1: no file of that name, and no image in docker, podman, containerd",
        "docker: no such image: absent:1",
        "podman: no engine at unix:///nowhere/p.sock (CONTAINER_HOST): no such file or directory",
        "containerd: no engine at unix:///nowhere/c.sock",
    ] == list(caught.value.lines)


def test_what_is_no_place_is_wrong_use() -> None:
    """A misspelt place is told with the one that is meant; an address needs to be one engine's."""
    with pytest.raises(UsageError, match="'dokcer'") as caught:
        open_image("a:1", access=Access(source="dokcer"))
    assert "docker" in caught.value.hint
    with pytest.raises(UsageError, match="which engine's"):
        open_image("a:1", access=Access(engine="unix:///x"))


def test_one_place_alone_tells_its_own_reason() -> None:
    """With --from of one place the error is that place's, with its hint."""
    with pytest.raises(ImageError, match="podman: no engine at") as caught:
        open_image("a:1", access=Access(source="podman", engine="unix:///nowhere/p"))
    assert "podman system service" in caught.value.hint


def test_the_command_tells_where_the_image_was(tmp_path: Path) -> None:
    """On stderr alone; --quiet says nothing; what cannot be opened ends with 3."""
    with fake_engine(EXAMPLE) as docker:
        environment = {**os.environ, "DOCKER_HOST": docker.url}

        def ran(*more: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [
                    *(sys.executable, "-m", "shipworthy", "sbom", *more, "-o", "json"),
                    *("--cache-dir", str(tmp_path), "--from", "docker"),
                ],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )

        loud, silent, absent = ran("example:1"), ran("example:1", "-q"), ran("no:1")
    assert (0, 0, 3) == (loud.returncode, silent.returncode, absent.returncode)
    assert "shipworthy: example:1: taken from docker\n" in loud.stderr
    assert "" == silent.stderr
    assert "docker" == json.loads(loud.stdout)["target"]["kind"]
    assert absent.stderr.startswith(
        "shipworthy: error: docker: no such image: no:1\nhint: "
    )
