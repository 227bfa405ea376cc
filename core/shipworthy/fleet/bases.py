"""
Base images that several images share, found from the layers they have in common.

Layers are compared by their diff IDs (OCI image specification, ``rootfs.diff_ids``), which are the same wherever a
layer lies: images that begin with the same layers were built on the same base. Where layers differ, the base that the
images name themselves (``org.opencontainers.image.base.name``) tells which are built on the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shipworthy.fleet.model import Found, Image
from shipworthy.fleet.tallies import by_severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """One base, and the images that are built on it."""

    name: str
    layers: tuple[str, ...]
    """The layers that all share, bottom first; empty where only a name is shared."""
    images: tuple[Image, ...]

    def brought(self, image: Image) -> list[Found]:
        """The findings of one of its images that come from it."""
        if not self.layers:
            return [one for one in image.newest.findings if one.origin == "base"]
        return [
            one for one in image.newest.findings if 0 <= one.layer < len(self.layers)
        ]


def shared_bases(images: Sequence[Image]) -> list[Base]:
    """The bases that at least two images share, the one that brings most risk first."""
    bases = list(_by_layers(images))
    told = {frozenset(image.label for image in base.images) for base in bases}
    named: dict[str, list[Image]] = {}
    for image in images:
        if image.newest.base:
            named.setdefault(image.newest.base, []).append(image)
    for name, group in named.items():
        if len(group) > 1 and frozenset(one.label for one in group) not in told:
            bases.append(Base(name=name, layers=(), images=tuple(group)))
    return sorted(bases, key=_worst_first)


def base_part(base: Base) -> dict[str, object]:
    """One base in the document."""
    brought = [(image, base.brought(image)) for image in base.images]
    findings = [found for _, some in brought for found in some]
    return {
        "name": base.name,
        "layers": len(base.layers),
        "diffId": base.layers[-1] if base.layers else "",
        "images": [
            {"name": image.label, "findings": len(some)} for image, some in brought
        ],
        "findings": len(findings),
        "fixable": sum(one.fixable for one in findings),
        "exploited": sum(one.exploited for one in findings),
        "risk": round(sum(one.risk for one in findings), 1),
        "vulnerabilities": len({one.id for one in findings}),
        "severities": by_severity(findings),
    }


def _by_layers(images: Sequence[Image]) -> Iterable[Base]:
    """Every run of first layers that two or more images have, where not all of them go on the same way."""
    sharing: dict[tuple[str, ...], list[Image]] = {(): list(images)}
    while sharing:
        further: dict[tuple[str, ...], list[Image]] = {}
        for layers, group in sharing.items():
            longer: dict[str, list[Image]] = {}
            for image in group:
                held = image.newest.layers
                if len(held) > len(layers) and held[len(layers)]:
                    longer.setdefault(held[len(layers)], []).append(image)
            alike = any(len(some) == len(group) for some in longer.values())
            if layers and longer and not alike:
                yield Base(
                    name=_name(layers, group), layers=layers, images=tuple(group)
                )
            for layer, some in longer.items():
                if len(some) > 1:
                    more = (*layers, layer)
                    further[more] = some
        sharing = further


def _name(layers: tuple[str, ...], group: Sequence[Image]) -> str:
    """The image that is this base, else what the images call it, else the system."""
    for image in group:
        if image.newest.layers == layers:
            return image.newest.reference
    called = {image.newest.base for image in group}
    if len(called) == 1 and (name := called.pop()):
        return name
    systems = {image.newest.system for image in group}
    system = systems.pop() if len(systems) == 1 else ""
    return f"{system or 'the same'} layers of {group[0].newest.name}"


def _worst_first(base: Base) -> tuple[object, ...]:
    risk = sum(one.risk for image in base.images for one in base.brought(image))
    return (-round(risk, 1), -len(base.images), base.name, base.layers)
