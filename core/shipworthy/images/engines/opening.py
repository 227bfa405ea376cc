"""Targets that an engine keeps: ``docker:REF``, ``podman:REF`` and ``containerd:REF``."""

from __future__ import annotations

import os
import re

from shipworthy.errors import UsageError
from shipworthy.images.access import Access
from shipworthy.images.interface import Image, Memory
from shipworthy.images.several import Several


ENGINES = ("docker", "podman", "containerd")
CONTAINER = "container/"

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(?::[0-9]{1,5})?"
_REFERENCE = re.compile(
    rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?(?:@sha256:[0-9a-f]{{64}})?",
    re.ASCII,
)
_ID = re.compile(r"(?:sha256:)?[0-9a-f]{12,64}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}", re.ASCII)
_LONGEST = 1000


def is_reference(text: str) -> bool:
    """Whether ``text`` may name an image: a name with or without host, tag and digest, or an id."""
    if len(text) > _LONGEST:
        return False
    return bool(_REFERENCE.fullmatch(text) or _ID.fullmatch(text))


def open_in_engine(
    kind: str,
    reference: str,
    *,
    target: str,
    platform: str | None = "",
    access: Access | None = None,
    memory: Memory | None = None,
) -> Image | Several:
    """
    An image that an engine keeps, or a container of Docker's or Podman's (``container/NAME``).

    Without a ``platform``, not even an empty one, the images of all that containerd keeps.

    Raises:
        UsageError: The reference is none, or the engine's address.
        ImageNotFoundError: The engine has no such image.
        ImageError: The engine cannot be asked, or its answer cannot be understood.
    """
    access = access or Access()
    name = reference.removeprefix(CONTAINER)
    of_container = name != reference and kind != "containerd"
    if of_container and not _NAME.fullmatch(name):
        raise UsageError(f"{target[:200]}: {name[:100]!r} is no name of a container")
    if not of_container and not is_reference(reference):
        raise UsageError(
            f"{target[:200]}: {reference[:100]!r} is no reference of an image",
            hint=f"expected {kind}:NAME[:TAG][@sha256:…], in lower case",
        )
    if kind == "containerd":
        from shipworthy.images.engines.containerd import open_containerd

        return open_containerd(
            reference, target=target, platform=platform, access=access
        )
    from shipworthy.images.engines.api import Engine
    from shipworthy.images.engines.endpoint import docker_endpoint, podman_endpoint
    from shipworthy.images.engines.image import EngineImage

    endpoint = docker_endpoint if kind == "docker" else podman_endpoint
    engine = Engine(kind, endpoint(access.engine, os.environ))
    if of_container:
        from shipworthy.images.engines.container import ContainerImage

        return ContainerImage(
            engine, name, target=target, platform=platform or "", memory=memory
        )
    return EngineImage(
        engine, reference, target=target, platform=platform or "", memory=memory
    )
