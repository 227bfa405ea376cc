"""What is known of an image besides the software in it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from shipworthy.values import dataclass


if TYPE_CHECKING:
    from shipworthy.model.package import Distro


Origin = Literal["base", "own", "unknown"]
"""Whether something came with the base image, was added on top, or cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One step of the image's history (OCI image specification, ``history``)."""

    created_by: str = ""
    empty_layer: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageConfig:
    """The parts of the image's configuration that a scan looks at."""

    os: str = ""
    architecture: str = ""
    variant: str = ""
    created: str = ""
    user: str = ""
    env: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    exposed_ports: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    diff_ids: tuple[str, ...] = ()
    history: tuple[HistoryEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer, bottom is index 0."""

    index: int
    diff_id: str
    """
    sha256 of the uncompressed layer as ``sha256:<hex>``, empty for a directory.

    It was computed when the layer was read. Only of a layer read by its table of contents, which a status then says, is it what
    the image's configuration claims.
    """
    digest: str = ""
    """The blob's digest as the manifest gives it; empty where the source has none."""
    instruction: str = ""
    """The history's ``created_by`` of the step that made the layer."""
    origin: Origin = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformImage:
    """One of the images that a result of all platforms was put together from."""

    platform: str
    """``os/architecture[/variant]``; where an index tells two apart by the system's version, ``windows(10.0.20348.2527)/amd64``."""
    manifest_digest: str = ""
    image_id: str = ""
    distro: Distro | None = None
    layers: tuple[int, ...] = ()
    """Indices of its layers among those of the whole, bottom first."""
    problem: str = ""
    """Why it could not be read; empty where it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageInfo:
    """The image that was scanned."""

    target: str
    """The target as the caller named it."""
    kind: str
    """``docker-archive``, ``oci``, ``oci-archive``, ``dir``, ``docker``, ``podman``, ``containerd``, ``registry`` or ``sbom``."""
    tags: tuple[str, ...] = ()
    manifest_digest: str = ""
    image_id: str = ""
    """Digest of the configuration."""
    platform: str = ""
    """``os/architecture[/variant]``."""
    base_name: str = ""
    base_digest: str = ""
    config: ImageConfig = field(default_factory=ImageConfig)
    layers: tuple[Layer, ...] = ()
    serial: str = ""
    """Serial number of the SBOM that was scanned, ``urn:uuid:…``; empty for anything else."""
    serial_version: int = 0
    """Which version of that SBOM; 0 where it is not told."""
    index_digests: tuple[str, ...] = ()
    """Digests of the indexes for several platforms that the image is one of: what a registry's tag points to."""
    platforms: tuple[PlatformImage, ...] = ()
    """The images of all platforms, in the order of the index, where they were scanned into one result; then digest and layers are those of the whole, and the configuration is the first one's."""
