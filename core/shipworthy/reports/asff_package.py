"""The vulnerable package in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from shipworthy.reports.asff_words import (
    fit,
    is_plain,
    told_as_it_fits,
    told_as_it_is,
)


Document = Mapping[str, Any]

PLACES = 10
"""Most places of a package that are told, each with its layer."""

_MANAGERS: Mapping[str, str] = {
    "apk": "OS",
    "deb": "OS",
    "rpm": "OS",
    "alpm": "OS",
    "os": "OS",
    "cargo": "CARGO",
    "composer": "COMPOSER",
    "gem": "GEMSPEC",
    "golang": "GOBINARY",
    "maven": "JAR",
    "npm": "NODEPKG",
    "nuget": "NUGET",
    "pypi": "PYTHONPKG",
}
_EPOCH = re.compile(r"([0-9]{1,9}):(.+)", re.ASCII | re.DOTALL)


class Named(NamedTuple):
    """What a package is, as members of it, each with a comma behind it; what nothing tells is left out."""

    built_for: str
    """Its architecture and its epoch."""
    name: str
    """Its name, manager and release."""
    version: str


class Place(NamedTuple):
    """Where a package is, as members of it, each with a comma behind it."""

    path: str = ""
    layer: str = ""


NOWHERE = Place()
"""Where nobody knows."""


def named(kind: str, name: str, whole: str, arch: str = "") -> Named:
    """What a package is: its name, manager and version in parts."""
    epoch, version, release = _parts(kind, whole)
    told = told_as_it_is if is_plain(f"{name}{whole}") else told_as_it_fits
    return Named(
        _built_for(arch, epoch),
        f"{told('Name', name)}{_manager(kind)}{told('Release', release)}",
        told("Version", version),
    )


def places(package: Document, diff_ids: Mapping[int, str]) -> list[Place]:
    """The places of a package; one that nobody knows where nothing tells them."""
    every = package["locations"][:PLACES]
    paths = "".join([place["path"] for place in every])
    told = told_as_it_is if is_plain(paths) else told_as_it_fits
    return [
        Place(
            told("FilePath", place["path"]),
            _layer(diff_ids.get(place["layer"], "")),
        )
        for place in every
    ] or [NOWHERE]


def package_of(
    known: Named, place: Place = NOWHERE, fixed: str = "", remedy: str = ""
) -> str:
    """The package in one of its places as JSON, with the members that tell its fix."""
    members = (
        f"{known.built_for}{place.path}{fixed}{known.name}{remedy}"
        f"{place.layer}{known.version}"
    )
    return f"{{{members[:-1]}}}"


@lru_cache(maxsize=1 << 8)
def _built_for(arch: str, epoch: str) -> str:
    told = told_as_it_fits("Architecture", fit(arch, 64))
    return f"{told}{told_as_it_fits('Epoch', epoch)}"


@lru_cache(maxsize=1 << 6)
def _manager(kind: str) -> str:
    manager = _MANAGERS.get(kind) or fit(kind.upper(), 64)
    return told_as_it_fits("PackageManager", manager)


@lru_cache(maxsize=1 << 8)
def _layer(diff_id: str) -> str:
    return told_as_it_fits("SourceLayerHash", diff_id)


def _parts(kind: str, version: str) -> tuple[str, str, str]:
    """Epoch, version and release, as far as the packages of a kind have them."""
    if kind not in {"deb", "rpm"}:
        return "", version, ""
    found = _EPOCH.fullmatch(version) if ":" in version else None
    epoch, rest = (found[1], found[2]) if found else ("0", version)
    head, dash, release = rest.rpartition("-")
    return (epoch, head, release) if dash and head else (epoch, rest, "")
