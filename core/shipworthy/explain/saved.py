"""
What was scanned: a saved JSON result, or an SBOM, as values that can be explained.

A result may be of another release of the same major schema, so every field is read with a
default; what has the wrong type counts as absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from shipworthy.errors import ParseError, UsageError
from shipworthy.model.package import Distro, Inventory, Location, Package
from shipworthy.model.purl_parse import parse_purl
from shipworthy.reports.document import check_schema
from shipworthy.sboms.cyclonedx import read_cyclonedx
from shipworthy.sboms.packages import BY_PACKAGE_MANAGER, package_of
from shipworthy.sboms.release import from_hint, hint_of
from shipworthy.sboms.source import read_bytes


Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a scan found, or what an SBOM holds without findings."""

    document: Json
    """The JSON result; empty for an SBOM."""
    inventory: Inventory

    def findings(self) -> Iterator[tuple[Json, Json | None]]:
        """(finding, its suppression or ``None``), those that count first."""
        for finding in items(self.document, "findings"):
            yield finding, None
        for entry in items(self.document, "suppressed"):
            yield mapping(entry, "finding"), entry


def load_saved(path: str) -> Saved:
    """
    The result or SBOM at ``path``, which may say ``sbom:`` as a target does.

    Raises:
        UsageError: It is neither, or a result of a newer release.
        ImageError: It cannot be read.
    """
    path = path.removeprefix("sbom:")
    data = read_bytes(path)
    try:
        document = orjson.loads(data)
    except ValueError as error:
        raise UsageError(
            f"{path}: not JSON: {error}",
            hint="give a file written by `shipworthy scan -o json=FILE`, or an SBOM",
        ) from None
    if type(document) is not dict:
        raise UsageError(f"{path}: expected a JSON result or an SBOM")
    if "schemaVersion" not in document and (
        "bomFormat" in document or "sbom" in document
    ):
        del document
        return Saved(document={}, inventory=read_cyclonedx(data, target=path)[1])
    check_schema(document)
    packages = tuple(_package(entry) for entry in items(document, "packages"))
    inventory = Inventory(distro=_distro(document), packages=packages)
    return Saved(document=document, inventory=inventory)


def single(purl: str, distro: str) -> Inventory:
    """
    An inventory of one package by its purl, of the distribution ``distro`` or of the purl's own.

    Raises ``UsageError`` for a purl or a distribution that cannot be understood.
    """
    try:
        url = parse_purl(purl)
    except ParseError as error:
        raise UsageError(
            error.message, hint="without a result, name the package by its purl"
        ) from None
    hint = hint_of(url)
    found = from_hint(("", distro, "", "")) if distro else hint and from_hint(hint)
    if distro and not found:
        raise UsageError(
            f"{distro!r} names no distribution", hint="write it as debian-12"
        )
    if not found and url.type in BY_PACKAGE_MANAGER:
        raise UsageError(
            f"{purl} does not say of which distribution it is",
            hint="add --distro debian-12, or a distro qualifier",
        )
    return Inventory(distro=found or None, packages=(package_of(url, purl=purl),))


def text(entry: Json, key: str) -> str:
    """The text under ``key``; nothing where it is none."""
    value = entry.get(key)
    return value if type(value) is str else ""


def texts(entry: Json, key: str) -> list[str]:
    """The texts in the list under ``key``."""
    value = entry.get(key)
    return [one for one in value if type(one) is str] if type(value) is list else []


def mapping(entry: Json, key: str) -> Json:
    """The object under ``key``; an empty one where it is none."""
    value = entry.get(key)
    return value if type(value) is dict else {}


def items(entry: Json, key: str) -> list[Json]:
    """The objects in the list under ``key``."""
    value = entry.get(key)
    return [one for one in value if type(one) is dict] if type(value) is list else []


def _package(entry: Json) -> Package:
    return Package(
        type=text(entry, "type"),
        name=text(entry, "name"),
        version=text(entry, "version"),
        purl=text(entry, "purl"),
        arch=text(entry, "arch"),
        source=text(entry, "source"),
        source_version=text(entry, "sourceVersion"),
        vendor=text(entry, "vendor"),
        modularity=text(entry, "modularity"),
        owner=text(entry, "owner"),
        notes=tuple(texts(entry, "notes")),
        locations=tuple(
            Location(path=text(place, "path"), layer=index_of(place))
            for place in items(entry, "locations")
        ),
    )


def index_of(place: Json) -> int:
    """The index of a place's layer; -1 where none is told."""
    layer = place.get("layer")
    return layer if type(layer) is int and layer >= 0 else -1


def _distro(document: Json) -> Distro | None:
    entry = mapping(document, "distro")
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
