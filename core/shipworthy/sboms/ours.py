"""
What our own SBOMs tell of the image and its distribution, which other producers leave out.

Properties of ``metadata.component`` called ``shipworthy:image:…``, of the operating-system component called
``shipworthy:distro:…``, and of ``metadata`` whether everything was read, as :mod:`shipworthy.reports.cyclonedx` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shipworthy.model.image import ImageInfo
from shipworthy.model.package import Distro, Package, Status
from shipworthy.sboms.packages import Layers
from shipworthy.sboms.properties import OURS, named, values_of


_DIGEST = re.compile(r"sha256:[0-9a-f]{64}").fullmatch
_LAYER = f"{OURS}image:layer"
_MARK = f"{OURS}image:target"
_MOST = 1000


def with_our_image(subject: Mapping[str, Any], image: ImageInfo) -> ImageInfo:
    """``image`` with the names and digests that our own SBOM gives its subject; any other's stays as it is."""
    said = named(subject)
    if _MARK not in said:
        return image
    return replace(
        image,
        tags=tuple(values_of(subject, f"{OURS}image:tag")[:_MOST]),
        manifest_digest=_digest(said.get(f"{OURS}image:manifestDigest", "")),
        image_id=_digest(said.get(f"{OURS}image:id", "")),
        platform=said.get(f"{OURS}image:platform", ""),
        base_name=said.get(f"{OURS}image:base:name", ""),
        base_digest=_digest(said.get(f"{OURS}image:base:digest", "")),
    )


def with_our_channels(component: Mapping[str, Any], distro: Distro) -> Distro:
    """``distro`` with what our own SBOM tells beyond its name and release."""
    said = named(component)
    if f"{OURS}distro:id" not in said:
        return distro
    return replace(
        distro,
        branch=said.get(f"{OURS}distro:branch", ""),
        id_like=tuple(values_of(component, f"{OURS}distro:like")[:_MOST]),
        channels=tuple(sorted(values_of(component, f"{OURS}distro:channel")[:_MOST])),
    )


def our_statuses(metadata: Mapping[str, Any]) -> tuple[Status, ...]:
    """That part of the image stayed unread, where our own SBOM says so: what was not listed cannot be judged."""
    if named(metadata).get(f"{OURS}complete") != "false":
        return ()
    status = Status(
        source="sbom",
        subject="incomplete",
        message="part of the image could not be read when the SBOM was written",
    )
    return (status,)


def in_our_order(subject: Mapping[str, Any], layers: Layers) -> list[int]:
    """
    The indexes of ``layers`` in the order in which our own SBOM has them, as they are where it tells none.

    Its components stand before its subject, so that layers are met in the order of packages.
    """
    told = [layers.index(diff_id) for diff_id in values_of(subject, _LAYER)]
    first = [index for index in dict.fromkeys(told) if index >= 0]
    known = set(first)
    rest = (index for index in range(len(layers.diff_ids)) if index not in known)
    return [*first, *rest]


def renumbered(
    packages: tuple[Package, ...], order: Sequence[int]
) -> tuple[Package, ...]:
    """The packages with the indexes of their layers as places in ``order``."""
    if list(order) == sorted(order):
        return packages
    place = {index: at for at, index in enumerate(order)}
    return tuple(
        replace(
            package,
            locations=tuple(
                sorted(
                    replace(one, layer=place.get(one.layer, -1))
                    for one in package.locations
                )
            ),
        )
        for package in packages
    )


def _digest(text: str) -> str:
    return text if _DIGEST(text) else ""
