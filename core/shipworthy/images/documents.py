"""
Manifests, indexes and configurations: the OCI image specification 1.1 and Docker's schema 2.

Every value is checked before it is believed; what is missing or of another type is an
``ImageError`` that names the document and the member.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import cast

from shipworthy.errors import DigestMismatchError, ImageError, LimitError
from shipworthy.model.image import HistoryEntry, ImageConfig
from shipworthy.model.limits import LIMITS
from shipworthy.values import dataclass


INDEX_TYPES = frozenset(
    {
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    }
)
MANIFEST_TYPES = frozenset(
    {
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    }
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """What points to a blob (OCI image specification, "Content Descriptors")."""

    digest: str
    size: int
    media_type: str = ""
    platform: str = ""
    """``os/architecture[/variant]``; empty where none is given."""
    annotations: tuple[tuple[str, str], ...] = ()
    artifact_type: str = ""
    os_version: str = ""
    """The version of the operating system that the image is for, as indexes tell of Windows."""

    def annotation(self, key: str) -> str:
        """The value of an annotation; empty where it is absent."""
        return dict(self.annotations).get(key, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One image's manifest."""

    config: Descriptor
    layers: tuple[Descriptor, ...]
    annotations: tuple[tuple[str, str], ...] = ()


def decode(data: bytes, name: str, *, hint: str = "") -> object:
    """The JSON document in ``data``; raises ``ImageError`` when it is none."""
    import orjson

    try:
        return cast("object", orjson.loads(data))
    except orjson.JSONDecodeError as error:
        raise ImageError(f"{name}: not valid JSON ({error})", hint=hint) from error


def verify(data: bytes, digest: str, name: str) -> None:
    """Raise ``DigestMismatchError`` unless ``data`` has that digest."""
    algorithm, _, expected = checked_digest(digest, name).partition(":")
    actual = hashlib.new(algorithm, data).hexdigest()
    if actual != expected:
        raise DigestMismatchError(
            f"{name}: the content is {algorithm}:{actual}, it should be {digest}",
            hint="the image is damaged or was altered; build or fetch it again",
        )


def checked_digest(digest: object, name: str) -> str:
    """The digest as text; raises ``ImageError`` unless it is a sha256 or sha512 digest."""
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise ImageError(
            f"{name}: {str(digest)[:100]!r} is not a digest, expected sha256:<64 hex digits>"
        )
    return digest


def parse_index(data: bytes, name: str) -> tuple[Descriptor, ...]:
    """The descriptors of an image index."""
    document = _object(decode(data, name), name)
    _schema(document, name)
    manifests = _list(document.get("manifests"), f"{name}: manifests")
    return tuple(_descriptor(item, f"{name}: manifests") for item in manifests)


def parse_manifest(data: bytes, name: str) -> Manifest:
    """An image manifest; raises ``ImageError`` for manifests of other artifacts."""
    document = _object(decode(data, name), name)
    _schema(document, name)
    media_type = document.get("mediaType", "")
    if media_type and media_type not in MANIFEST_TYPES:
        raise ImageError(f"{name}: {str(media_type)[:100]!r} is not an image manifest")
    config = _descriptor(document.get("config"), f"{name}: config")
    layers = _list(document.get("layers"), f"{name}: layers")
    if len(layers) > LIMITS.layers:
        raise LimitError(f"{name}: {len(layers)} layers, the bound is {LIMITS.layers}")
    return Manifest(
        config=config,
        layers=tuple(_descriptor(item, f"{name}: layers") for item in layers),
        annotations=_strings(document.get("annotations"), f"{name}: annotations"),
    )


def parse_config(data: bytes, name: str) -> ImageConfig:
    """An image configuration (OCI image specification, "Image Configuration")."""
    document = _object(decode(data, name), name)
    rootfs = _object(document.get("rootfs"), f"{name}: rootfs")
    diff_ids = tuple(
        checked_digest(item, f"{name}: rootfs.diff_ids")
        for item in _list(rootfs.get("diff_ids") or [], f"{name}: rootfs.diff_ids")
    )
    inner = _object(document.get("config") or {}, f"{name}: config")
    history = [
        _object(item, f"{name}: history")
        for item in _list(document.get("history") or [], f"{name}: history")
    ]
    return ImageConfig(
        os=_text(document.get("os")),
        architecture=_text(document.get("architecture")),
        variant=_text(document.get("variant")),
        created=_text(document.get("created")),
        user=_text(inner.get("User")),
        env=_texts(inner.get("Env")),
        entrypoint=_texts(inner.get("Entrypoint")),
        cmd=_texts(inner.get("Cmd")),
        exposed_ports=tuple(
            sorted(_object(inner.get("ExposedPorts") or {}, f"{name}: ExposedPorts"))
        ),
        labels=_strings(inner.get("Labels"), f"{name}: Labels"),
        diff_ids=diff_ids,
        history=tuple(
            HistoryEntry(
                created_by=_text(item.get("created_by")),
                empty_layer=item.get("empty_layer") is True,
                comment=_text(item.get("comment")),
            )
            for item in history
        ),
    )


def instructions(config: ImageConfig, layers: int) -> tuple[str, ...]:
    """
    The instruction that made each layer, bottom first.

    Empty texts where the history does not name as many layers as there are, because then
    it cannot be told which is which.
    """
    made = [step.created_by for step in config.history if not step.empty_layer]
    return tuple(made) if len(made) == layers else ("",) * layers


def _schema(document: Json, name: str) -> None:
    if document.get("schemaVersion") != 2:
        raise ImageError(
            f"{name}: schemaVersion is {str(document.get('schemaVersion'))[:20]!r}, expected 2"
        )


def _descriptor(item: object, name: str) -> Descriptor:
    document = _object(item, name)
    size = document.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise ImageError(
            f"{name}: a size is {str(size)[:30]!r}, expected a number of bytes"
        )
    platform = _object(document.get("platform") or {}, f"{name}: platform")
    parts = [_text(platform.get(key)) for key in ("os", "architecture", "variant")]
    return Descriptor(
        digest=checked_digest(document.get("digest"), name),
        size=size,
        media_type=_text(document.get("mediaType")),
        platform="/".join(part for part in parts if part),
        annotations=_strings(document.get("annotations"), f"{name}: annotations"),
        artifact_type=_text(document.get("artifactType")),
        os_version=_text(platform.get("os.version")),
    )


def _object(value: object, name: str) -> Json:
    if not isinstance(value, dict):
        raise ImageError(f"{name}: expected an object, found {_kind(value)}")
    return value


def _list(value: object, name: str) -> list[object]:
    if not isinstance(value, list):
        raise ImageError(f"{name}: expected a list, found {_kind(value)}")
    return value


def _kind(value: object) -> str:
    return "nothing" if value is None else type(value).__name__


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value if isinstance(item, str))


def _strings(value: object, name: str) -> tuple[tuple[str, str], ...]:
    items = _object(value or {}, name).items()
    return tuple(sorted((key, text) for key, text in items if isinstance(text, str)))
