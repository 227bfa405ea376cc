"""What a plan knows of the image besides its findings: who upgrades packages there, and which step made a layer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field

from shipworthy.assessment.remediation.managers import Manager, manager_of
from shipworthy.model.image import ImageInfo
from shipworthy.model.package import Distro, Package
from shipworthy.values import dataclass


OS_TYPES = frozenset({"alpm", "apk", "deb", "rpm"})
"""Package types that the system's package manager holds."""

_MAX_INSTRUCTION = 60
_PYTHON = re.compile(r"(?:lib)?python[\w.-]* (?:\d+:)?(\d+\.\d+)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The image that a plan is for."""

    image: ImageInfo
    distro: Distro | None = None
    managers: Mapping[str, Manager] = field(default_factory=dict)
    """By package type; none where the image has no program to upgrade with."""
    lines: Mapping[int, int] = field(default_factory=dict)
    """Lines of the Dockerfile by layer, where they are sure."""
    day: str = ""
    """The day of judging."""
    pythons: frozenset[str] = frozenset()
    """``3.11``: the interpreters that packages of the image bring."""

    @property
    def distro_name(self) -> str:
        """The distribution for a sentence."""
        if self.distro is None:
            return "The distribution"
        return _NAMES.get(self.distro.id, self.distro.id.capitalize())

    @property
    def base(self) -> str:
        """The base image for a sentence, with its name where it is known."""
        name = self.image.base_name
        return f"the base image {name}" if name else "the base image"

    @property
    def is_mixed(self) -> bool:
        """Whether it has several platforms, and they are not all of one distribution's release."""
        read = [one for one in self.image.platforms if not one.problem]
        return (
            len({(d.id, d.version) if (d := one.distro) else None for one in read}) > 1
        )

    def only_on(self, platforms: Iterable[str]) -> str:
        """``linux/arm64``, where that is not all that was looked at; empty where it is, or there is but one."""
        read = [one.platform for one in self.image.platforms if not one.problem]
        held = set(platforms)
        some = [name for name in read if name in held]
        return "" if len(some) == len(read) else ", ".join(some)

    def instruction(self, layer: int) -> str:
        """The instruction that made a layer; empty where it is not told."""
        layers = self.image.layers
        return layers[layer].instruction if 0 <= layer < len(layers) else ""

    def where(self, layer: int) -> str:
        """``layer 2 (line 12, RUN apt-get …)``; empty where there is no layer."""
        if layer < 0:
            return ""
        line = self.lines.get(layer, 0)
        told = [f"line {line}"] if line else []
        words = " ".join(self.instruction(layer).split())
        if words:
            long = len(words) > _MAX_INSTRUCTION
            told.append(f"{words[:_MAX_INSTRUCTION]}…" if long else words)
        return f"layer {layer}" + (f" ({', '.join(told)})" if told else "")


def site_of(
    packages: Iterable[Package],
    image: ImageInfo,
    distro: Distro | None,
    lines: Mapping[int, int],
    day: str,
) -> Site:
    """Look around in the image once."""
    names: dict[str, set[str]] = {}
    pythons: set[str] = set()
    for package in packages:
        kind, name = package.type, package.name
        if kind in OS_TYPES:
            names.setdefault(kind, set()).add(name)
        if "python" in name and (kind in OS_TYPES or kind == "generic"):
            found = _PYTHON.match(f"{name} {package.version}")
            pythons.update(found.groups() if found else ())
    managers = {kind: manager_of(kind, held) for kind, held in names.items()}
    return Site(
        image=image,
        distro=distro,
        managers={kind: one for kind, one in managers.items() if one is not None},
        lines=lines,
        day=day,
        pythons=frozenset(pythons),
    )


_NAMES = {
    "almalinux": "AlmaLinux",
    "alpine": "Alpine",
    "amzn": "Amazon Linux",
    "arch": "Arch Linux",
    "azurelinux": "Azure Linux",
    "centos": "CentOS",
    "mariner": "CBL-Mariner",
    "ol": "Oracle Linux",
    "opensuse-leap": "openSUSE Leap",
    "photon": "Photon OS",
    "rhel": "Red Hat",
    "rocky": "Rocky Linux",
    "sles": "SUSE",
}
