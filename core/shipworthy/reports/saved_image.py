"""What a saved result tells of the image besides the software in it, read back."""

from __future__ import annotations

from shipworthy.model.image import (
    HistoryEntry,
    ImageConfig,
    ImageInfo,
    Layer,
    PlatformImage,
)
from shipworthy.model.package import Distro
from shipworthy.reports.fields import (
    Json,
    flag,
    items,
    mapping,
    one_of,
    text,
    texts,
    whole,
    wholes,
)
from shipworthy.reports.saved_parts import ORIGINS


def image_of(document: Json) -> ImageInfo:
    """The image that was scanned, or those of all platforms as one."""
    target, image = mapping(document, "target"), mapping(document, "image")
    base = mapping(image, "base")
    layers = tuple(map(_layer, items(image, "layers")))
    return ImageInfo(
        target=text(target, "name"),
        kind=text(target, "kind"),
        tags=tuple(texts(image, "tags")),
        manifest_digest=text(image, "manifestDigest"),
        image_id=text(image, "imageId"),
        platform=text(image, "platform"),
        base_name=text(base, "name"),
        base_digest=text(base, "digest"),
        config=_config(mapping(image, "config"), layers),
        layers=layers,
        platforms=tuple(map(_platform, items(image, "platforms"))),
    )


def _platform(entry: Json) -> PlatformImage:
    return PlatformImage(
        platform=text(entry, "platform"),
        manifest_digest=text(entry, "manifestDigest"),
        image_id=text(entry, "imageId"),
        distro=distro_of(mapping(entry, "distro")),
        layers=tuple(at for at in wholes(entry, "layers") if at >= 0),
        problem=text(entry, "problem"),
    )


def _config(entry: Json, layers: tuple[Layer, ...]) -> ImageConfig:
    labels = mapping(entry, "labels")
    return ImageConfig(
        os=text(entry, "os"),
        architecture=text(entry, "architecture"),
        variant=text(entry, "variant"),
        created=text(entry, "created"),
        user=text(entry, "user"),
        env=tuple(texts(entry, "envNames")),
        entrypoint=tuple(texts(entry, "entrypoint")),
        cmd=tuple(texts(entry, "cmd")),
        exposed_ports=tuple(texts(entry, "exposedPorts")),
        labels=tuple(
            (name, value) for name, value in labels.items() if type(value) is str
        ),
        diff_ids=tuple(layer.diff_id for layer in layers),
        history=tuple(
            HistoryEntry(
                created_by=text(step, "createdBy"),
                empty_layer=flag(step, "emptyLayer"),
                comment=text(step, "comment"),
            )
            for step in items(entry, "history")
        ),
    )


def _layer(entry: Json) -> Layer:
    return Layer(
        index=whole(entry, "index"),
        diff_id=text(entry, "diffId"),
        digest=text(entry, "digest"),
        instruction=text(entry, "instruction"),
        origin=one_of(entry, "origin", ORIGINS, "unknown"),
    )


def distro_of(entry: Json) -> Distro | None:
    """The distribution; ``None`` where none is told."""
    if not text(entry, "id"):
        return None
    return Distro(
        id=text(entry, "id"),
        version=text(entry, "version"),
        codename=text(entry, "codename"),
        name=text(entry, "name"),
        id_like=tuple(texts(entry, "idLike")),
        branch=text(entry, "branch"),
        path=text(entry, "path"),
        channels=tuple(texts(entry, "channels")),
    )
