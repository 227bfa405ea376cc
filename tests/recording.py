"""Layer records in registries, fetched and sent by scans on machines that have none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fakeregistry import FakeRegistry
from imagesheld import HASTY

from shipworthy.contents import Contents, read_contents
from shipworthy.images.access import Access


REPOSITORY = "shared/records"
TAG = f"/v2/{REPOSITORY}/manifests/v1-"


def where(fake: FakeRegistry | str) -> str:
    """The repository of records, as the options name it."""
    host = fake if isinstance(fake, str) else fake.host
    return f"registry:{host}/{REPOSITORY}"


def sharing(
    source: FakeRegistry | str | None = None,
    target: FakeRegistry | str | None = None,
    *,
    tell: Callable[[str], None] = lambda _: None,
    access: Access = HASTY,
) -> Access:
    """An access that fetches records from one registry and sends them to another; ``access`` says how."""
    return replace(
        access,
        cache_from=(where(source),) if source else (),
        cache_to=where(target) if target else "",
        failed=set(),
        tell=tell,
    )


def read(
    target: str, cache: Path, access: Access, told: list[str] | None = None
) -> Contents:
    """What is in an image, on a machine that remembers in ``cache``; ``told`` takes the layers that were read."""
    progress = None if told is None else told.append
    return read_contents(target, cache_dir=cache, access=access, progress=progress)


def records(fake: FakeRegistry) -> dict[str, bytes]:
    """The manifests of records that a registry holds, by their tags."""
    return {
        tag: fake.manifests[digest]
        for tag, digest in fake.tags.items()
        if tag.startswith("v1-")
    }
