"""Writes small CycloneDX documents as each producer shapes them, for tests."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from shipworthy.model.package import Distro, Inventory, Package


Json = dict[str, Any]


def document(*components: Any, subject: Json | None = None, **more: Any) -> bytes:
    """A CycloneDX document with these components."""
    metadata = {"component": subject} if subject else {}
    made = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "metadata": metadata,
        "components": list(components),
        **more,
    }
    return json.dumps(made).encode()


def component(purl: str, name: str = "", version: str = "", **more: Any) -> Json:
    """A library with a purl; properties as keyword ``properties``."""
    path = purl.partition("?")[0].partition("@")[0]
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name or path.rpartition("/")[2],
        **({"version": version} if version else {}),
        "purl": purl,
        **more,
    }


def properties(*pairs: tuple[str, str]) -> list[Json]:
    """Properties in the standard's shape."""
    return [{"name": name, "value": value} for name, value in pairs]


def system(name: str, version: str, *pairs: tuple[str, str]) -> Json:
    """An operating-system component."""
    return {
        "type": "operating-system",
        "name": name,
        "version": version,
        "properties": properties(*pairs),
    }


def syft_of(inventory: Inventory) -> bytes:
    """What syft would write of an inventory, in its properties' names."""
    assert inventory.distro is not None
    return document(_syft_system(inventory.distro), *map(_syft, inventory.packages))


def trivy_of(inventory: Inventory) -> bytes:
    """What Trivy would write: the source package in properties, the release alone in ``distro``."""
    assert inventory.distro is not None
    distro = inventory.distro
    return document(
        system(distro.id, distro.version, ("aquasecurity:trivy:Type", distro.id)),
        *(_trivy(package, distro) for package in inventory.packages),
    )


def _syft_system(distro: Distro) -> Json:
    said = (
        ("syft:distro:id", distro.id),
        ("syft:distro:versionID", distro.version),
        ("syft:distro:versionCodename", distro.codename),
        ("syft:distro:prettyName", distro.name),
    )
    return system(distro.id, distro.version, *said)


def _syft(package: Package) -> Json:
    places = [
        (f"syft:location:{index}:path", f"/{place.path}")
        for index, place in enumerate(package.locations)
    ]
    return component(
        package.purl,
        package.name,
        package.version,
        publisher=package.vendor,
        properties=properties(("syft:package:type", package.type), *places),
    )


def _trivy(package: Package, distro: Distro) -> Json:
    pairs = [("aquasecurity:trivy:PkgType", package.type)]
    purl = package.purl
    if package.type == "deb":
        version = package.source_version or package.version
        epoch, colon, rest = version.partition(":")
        upstream, dash, revision = (rest if colon else version).rpartition("-")
        pairs += [
            ("aquasecurity:trivy:SrcName", package.source or package.name),
            ("aquasecurity:trivy:SrcVersion", upstream if dash else revision),
            *([("aquasecurity:trivy:SrcRelease", revision)] if dash else []),
            *([("aquasecurity:trivy:SrcEpoch", epoch)] if colon else []),
        ]
        purl = f"{purl.partition('?')[0]}?arch=amd64&distro={distro.version}"
        purl += (
            f"&epoch={package.version.partition(':')[0]}"
            if ":" in package.version
            else ""
        )
    pairs += [("aquasecurity:trivy:FilePath", p.path) for p in package.locations]
    return component(purl, package.name, properties=properties(*pairs))


def names(packages: Iterable[Package]) -> list[tuple[str, str]]:
    """Name and version of each, in order."""
    return [(package.name, package.version) for package in packages]
