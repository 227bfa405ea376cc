"""The vulnerable package in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shipworthy.reports.asff_words import filled, fit


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


def named(kind: str, name: str, whole: str) -> dict[str, object]:
    """What a package is: its name, manager and version in parts; what nothing tells is left out."""
    epoch, version, release = _parts(kind, whole)
    return filled(
        {
            "Name": fit(name),
            "Version": fit(version),
            "Epoch": epoch,
            "Release": fit(release),
            "PackageManager": _MANAGERS.get(kind, fit(kind.upper(), 64)),
        }
    )


def packages(package: Document, diff_ids: Mapping[int, str]) -> list[dict[str, object]]:
    """The package in each of its places."""
    same = {
        **named(package["type"], package["name"], package["version"]),
        "Architecture": fit(package["arch"], 64),
    }
    places = package["locations"][:PLACES] or [{"path": "", "layer": None}]
    return [
        filled(
            {
                **same,
                "FilePath": fit(place["path"]),
                "SourceLayerHash": fit(diff_ids.get(place["layer"], "")),
            }
        )
        for place in places
    ]


def _parts(kind: str, version: str) -> tuple[str, str, str]:
    """Epoch, version and release, as far as the packages of a kind have them."""
    if kind not in {"deb", "rpm"}:
        return "", version, ""
    found = _EPOCH.fullmatch(version)
    epoch, rest = (found[1], found[2]) if found else ("0", version)
    head, dash, release = rest.rpartition("-")
    return (epoch, head, release) if dash and head else (epoch, rest, "")
