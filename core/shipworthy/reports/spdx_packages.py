"""Packages of an SPDX 2.3 document (clause 7): the image, its operating system and the software in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from shipworthy.reports.bom import Document, key_of, shown, subject, url_of
from shipworthy.reports.spdx_licences import NOASSERTION, Licences


Json = dict[str, Any]

IMAGE_ID = "SPDXRef-Image"
SYSTEM_ID = "SPDXRef-OperatingSystem"

_PLACES = 50
_ILLEGAL = re.compile(r"[^A-Za-z0-9.-]+")
_LONGEST = 80
_MAINTAINER = re.compile(r"([^<>()]{1,200}?)\s*<([^<>()\s]{3,200})>")


def image_part(document: Document) -> Json:
    """The image."""
    named = subject(document)
    part = _part(IMAGE_ID, named.name, named.version, purpose="CONTAINER")
    if named.sha256:
        part["checksums"] = [
            {"algorithm": "SHA256", "checksumValue": named.sha256},
        ]
    return _with_purl(part, named.purl)


def system_part(distro: Document) -> Json:
    """The operating system."""
    part = _part(
        SYSTEM_ID,
        shown(distro["id"]) or "unknown",
        shown(distro["version"]),
        purpose="OPERATING-SYSTEM",
    )
    if name := shown(distro["name"]):
        part["summary"] = name
    return part


def package_part(
    package: Document,
    used: set[str],
    licences: Licences,
    layers: Mapping[int, str],
) -> Json:
    """One package; ``used`` are the identifiers that are taken, ``layers`` the diff IDs by index."""
    part = _part(
        _id(package, used),
        shown(package["name"]) or "unnamed",
        shown(package["version"]),
        purpose="APPLICATION" if package["type"] == "generic" else "LIBRARY",
        licence=licences.declared(package["licences"]),
        supplier=_supplier(package["vendor"]),
    )
    told = _source(package, layers)
    if told:
        part["sourceInfo"] = told
    return _with_purl(part, url_of(package["purl"]))


def _part(
    id_: str,
    name: str,
    version: str,
    *,
    purpose: str,
    licence: str = NOASSERTION,
    supplier: str = NOASSERTION,
) -> Json:
    part: Json = {
        "SPDXID": id_,
        "name": name,
        "downloadLocation": NOASSERTION,
        "filesAnalyzed": False,
        "licenseConcluded": NOASSERTION,
        "licenseDeclared": licence,
        "copyrightText": NOASSERTION,
        "supplier": supplier,
        "primaryPackagePurpose": purpose,
    }
    if version:
        part["versionInfo"] = version
    return part


def _with_purl(part: Json, purl: str) -> Json:
    if purl:
        part["externalRefs"] = [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": purl,
            }
        ]
    return part


def _id(package: Document, used: set[str]) -> str:
    """Type and name for people, and a hash of all that tells the package from others."""
    whole = repr((key_of(package), package["modularity"], _paths(package["locations"])))
    mark = hashlib.sha256(whole.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    words = _ILLEGAL.sub("-", f"{package['type']}-{package['name']}"[:_LONGEST])
    made = whole_id = f"SPDXRef-Package-{words.strip('-.')}-{mark}"
    again = 1
    while made in used:
        again += 1
        made = f"{whole_id}-{again}"
    return made


def _supplier(vendor: str) -> str:
    """Who built it: an organisation, with the address where it is written as ``Name <address>``."""
    text = shown(vendor)
    if found := _MAINTAINER.fullmatch(text):
        return f"Organization: {found[1]} ({found[2]})"
    plain = re.sub(r"[()<>]+", " ", text).strip()
    return f"Organization: {plain}" if plain else NOASSERTION


def _source(package: Document, layers: Mapping[int, str]) -> str:
    """What it was built from, and the places in the image that show it."""
    told: list[str] = []
    if package["source"]:
        version = package["sourceVersion"] or package["version"]
        told.append(f"built from {shown(package['source'])} {shown(version)}".strip())
    places = [
        f"/{shown(place['path'])}"
        + (
            f" (layer {shown(diff_id)})"
            if (diff_id := layers.get(place["layer"]))
            else ""
        )
        for place in package["locations"][:_PLACES]
    ]
    if (more := len(package["locations"]) - _PLACES) > 0:
        places.append(f"and {more} more places")
    if places:
        told.append(f"seen in {', '.join(places)}")
    return "; ".join(told)


def _paths(locations: Sequence[Document]) -> list[str]:
    return [place["path"] for place in locations]
