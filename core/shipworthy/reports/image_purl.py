"""The image of a result as a package URL of type ``oci`` (package-url specification)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shipworthy.values import dataclass


_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HUB = "docker.io"
_SCHEMES = (
    "docker-archive:",
    "oci-archive:",
    "oci:",
    "dir:",
    "sbom:",
    "registry:",
    "docker:",
    "podman:",
    "containerd:",
)
_UNFIT = re.compile(r"[^a-z0-9._-]+")
_ENDINGS = re.compile(r"(?:\.(?:tar|tgz|gz|zst|oci|json))+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageName:
    """The parts of the purl."""

    name: str
    digest: str
    """Of the manifest; of the configuration where the target had no manifest, as docker archives."""
    qualifiers: tuple[tuple[str, str], ...]


def image_name(document: Mapping[str, Any]) -> ImageName | None:
    """The name of the image; ``None`` where no digest says which image it is."""
    image = document["image"]
    digests = (image["manifestDigest"], image["imageId"])
    digest = next((one for one in digests if _DIGEST.fullmatch(one)), "")
    if not digest:
        return None
    repository = next((r for tag in image["tags"] if (r := repository_of(tag))), "")
    name = repository.rpartition("/")[2] or name_from_target(document["target"]["name"])
    several = "platforms" in image  # the digest is then that of their index
    arch = "" if several else image["platform"].partition("/")[2].partition("/")[0]
    pairs = (("arch", arch), ("repository_url", repository))
    return ImageName(
        name=name, digest=digest, qualifiers=tuple((k, v) for k, v in pairs if v)
    )


def repository_of(tag: str) -> str:
    """The repository with its registry; nothing where the tag stands alone, as in OCI layouts."""
    whole = tag.partition("@")[0]
    head, slash, last = whole.rpartition("/")
    last, colon, _ = last.partition(":")
    if not last or not (slash or colon):
        return ""
    path = f"{head}{slash}{last}".lower()
    first, slash, _ = path.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return path
    return f"{_HUB}/{path}" if slash else f"{_HUB}/library/{path}"


def name_from_target(target: str) -> str:
    """A name for an image that has none: its file's or directory's."""
    last = target.rstrip("/").rpartition("/")[2].lower()
    for prefix in _SCHEMES:
        last = last.removeprefix(prefix)
    last = _ENDINGS.sub("", last.partition(":")[0].partition("@")[0])
    return _UNFIT.sub("-", last).strip("-._") or "image"
