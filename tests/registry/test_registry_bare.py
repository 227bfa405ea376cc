"""A bare reference that no engine has is looked for in the registry, as the user given and nobody else."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from fakeregistry import FakeRegistry
from imagesheld import HASTY

from shipworthy.errors import ImageNotFoundError
from shipworthy.images.target import bound, open_image


def test_the_registry_is_asked_last(
    fake: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no engine runs, the registry has it, and that is told."""
    for name in ("DOCKER_HOST", "CONTAINER_HOST"):
        monkeypatch.setenv(name, "unix:///nowhere/e.sock")
    monkeypatch.setenv("CONTAINERD_ADDRESS", "/nowhere/c.sock")
    told: list[str] = []
    access = replace(HASTY, tell=told.append)
    reference = f"{fake.host}/a/app:1"
    with closing(open_image(reference, access=access)) as image:
        assert ("registry", reference) == (image.info.kind, image.info.target)
    assert [f"shipworthy: {reference}: taken from registry"] == told
    with pytest.raises(ImageNotFoundError) as caught:
        open_image(f"{fake.host}/a/app:2", access=access)
    assert 5 == len(caught.value.lines)


def test_a_password_is_for_the_registry_of_a_bare_reference() -> None:
    """It is bound to that host, as with ``registry:``; other targets bind nothing."""
    access = replace(HASTY, username="robot", password="word")
    assert "ghcr.io" == bound(access, "ghcr.io/a/b:1").login_host
    for target in ("docker:ghcr.io/a/b", "./app", "sbom:-", "dir:x"):
        assert "" == bound(access, target).login_host
