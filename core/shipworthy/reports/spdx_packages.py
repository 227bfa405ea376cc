"""Packages of an SPDX 2.3 document (clause 7): the image, its operating system and the software in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from shipworthy.reports.bom import Document, key_of, shown, shown_each, subject, url_of
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
    """One package; ``used`` are the identifiers that are taken, ``layers`` what is said of each by its index."""
    version = package["version"]
    name, shown_version, source, source_version = shown_each(
        package["name"], version, package["source"], package["sourceVersion"] or version
    )
    part = _part(
        _id(package, used),
        name or "unnamed",
        shown_version,
        purpose="APPLICATION" if package["type"] == "generic" else "LIBRARY",
        licence=licences.declared(package["licences"]),
        supplier=_supplier(package["vendor"]),
    )
    told = _seen(package["locations"], layers)
    if package["source"]:
        told.insert(0, f"built from {source} {source_version}".strip())
    if told:
        part["sourceInfo"] = "; ".join(told)
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


@lru_cache(maxsize=1 << 10)
def _supplier(vendor: str) -> str:
    """Who built it: an organisation, with the address where it is written as ``Name <address>``."""
    text = shown(vendor)
    if found := _MAINTAINER.fullmatch(text):
        return f"Organization: {found[1]} ({found[2]})"
    plain = re.sub(r"[()<>]+", " ", text).strip()
    return f"Organization: {plain}" if plain else NOASSERTION


def _seen(locations: Sequence[Document], layers: Mapping[int, str]) -> list[str]:
    """The places in the image that show it; nothing where none does."""
    if not locations:
        return []
    places = [
        f"/{shown(place['path'])}{layers.get(place['layer'], '')}"
        for place in locations[:_PLACES]
    ]
    if (more := len(locations) - _PLACES) > 0:
        places.append(f"and {more} more places")
    return [f"seen in {', '.join(places)}"]


def _paths(locations: Sequence[Document]) -> list[str]:
    return [place["path"] for place in locations]
