"""
What was scanned: a saved JSON result, or an SBOM, as values that can be explained.

A result may be of another release of the same major schema, so every field is read with a
default; what has the wrong type counts as absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from shipworthy.errors import ParseError, UsageError
from shipworthy.model.package import Inventory
from shipworthy.model.purl_parse import parse_purl
from shipworthy.reports.document import check_schema
from shipworthy.reports.fields import Json, items, mapping
from shipworthy.reports.saved_image import distro_of
from shipworthy.reports.saved_parts import package_of as package_of_result
from shipworthy.sboms.cyclonedx import read_cyclonedx
from shipworthy.sboms.packages import BY_PACKAGE_MANAGER, package_of
from shipworthy.sboms.release import from_hint, hint_of
from shipworthy.sboms.source import read_bytes


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
    packages = tuple(map(package_of_result, items(document, "packages")))
    distro = distro_of(mapping(document, "distro"))
    inventory = Inventory(distro=distro, packages=packages)
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
