"""What a manifest and its configuration say of an image, wherever both are kept."""

from __future__ import annotations

from shipworthy.errors import ImageError
from shipworthy.images.choice import Choice
from shipworthy.images.documents import Manifest, instructions
from shipworthy.model.image import ImageConfig, ImageInfo, Layer


BASE_NAME = "org.opencontainers.image.base.name"
BASE_DIGEST = "org.opencontainers.image.base.digest"


def check_is_image(manifest: Manifest, choice: Choice, name: str) -> None:
    """Raise ``ImageError`` where the manifest is that of another artifact."""
    type_ = manifest.config.media_type
    if "config" not in type_ and "image" not in type_:
        raise ImageError(
            f"{name}: {choice.descriptor.digest} is an artifact of type"
            f" {type_[:100]!r}, not an image"
        )


def described(
    manifest: Manifest,
    config: ImageConfig,
    choice: Choice,
    *,
    target: str,
    kind: str,
    name: str,
) -> ImageInfo:
    """
    The image that the documents describe; diff IDs as the configuration claims them.

    Raises ``ImageError`` where both do not name as many layers.
    """
    annotations = dict(manifest.annotations)
    labels = dict(config.labels)
    parts = (config.os, config.architecture, config.variant)
    return ImageInfo(
        target=target,
        kind=kind,
        tags=choice.tags,
        manifest_digest=choice.descriptor.digest,
        image_id=manifest.config.digest,
        platform="/".join(part for part in parts if part),
        base_name=annotations.get(BASE_NAME, labels.get(BASE_NAME, "")),
        base_digest=annotations.get(BASE_DIGEST, labels.get(BASE_DIGEST, "")),
        config=config,
        layers=_layers(manifest, config, name),
        index_digests=choice.indexes,
    )


def _layers(manifest: Manifest, config: ImageConfig, name: str) -> tuple[Layer, ...]:
    count = len(manifest.layers)
    if len(config.diff_ids) != count:
        raise ImageError(
            f"{name}: the configuration names {len(config.diff_ids)} layers, the manifest {count}"
        )
    steps = instructions(config, count)
    return tuple(
        Layer(
            index=index,
            diff_id=config.diff_ids[index],
            digest=layer.digest,
            instruction=steps[index],
        )
        for index, layer in enumerate(manifest.layers)
    )
