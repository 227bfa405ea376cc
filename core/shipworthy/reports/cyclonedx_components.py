"""
The software of a CycloneDX document: the image, its operating system and its packages.

What the standard has no field for stands in properties called ``shipworthy:…``, which
:mod:`shipworthy.sboms` reads again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from shipworthy.reports.bom import (
    Document,
    key_of,
    shown,
    shown_each,
    subject,
    told,
    url_of,
)
from shipworthy.reports.licence_terms import expression, licence_id, stated


Json = dict[str, Any]
Pair = tuple[str, object]

PREFIX = "shipworthy:"
IMAGE_REF = "image"
SYSTEM_REF = "operating-system"

_OS_PACKAGES = frozenset({"apk", "deb", "rpm", "alpm", "os"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """The packages as components, and what each package is called in the document."""

    listed: list[Json] = field(default_factory=list)
    refs: dict[tuple[str, ...], str] = field(default_factory=dict)
    has_system: bool = False

    def ref(self, package: Document) -> str:
        """What a finding's package is called; the image where it is none of the inventory's."""
        found = self.refs.get(key_of(package), "")
        if not found and package["type"] == "os" and self.has_system:
            return SYSTEM_REF
        return found or IMAGE_REF


def properties(pairs: Iterable[Pair]) -> list[Json]:
    """Properties of those that have a value."""
    return [_property(name, str(value)) for name, value in pairs if value or value == 0]


@lru_cache(maxsize=1 << 13)
def _property(name: str, value: str) -> Json:
    """Most stand at thousands of findings and are one value then."""
    return {"name": PREFIX + name, "value": told(value)}


def filled(whole: Mapping[str, object]) -> Json:
    """``whole`` without what is empty; a zero is a value."""
    return {key: value for key, value in whole.items() if value or value == 0}


def image_component(document: Document) -> Json:
    """The image."""
    named = subject(document)
    image = document["image"]
    base = image["base"] or {"name": "", "digest": ""}
    pairs: list[Pair] = [("image:target", document["target"]["name"])]
    pairs += [("image:tag", tag) for tag in image["tags"]]
    pairs += [
        ("image:manifestDigest", image["manifestDigest"]),
        ("image:id", image["imageId"]),
        ("image:platform", image["platform"]),
        ("image:base:name", base["name"]),
        ("image:base:digest", base["digest"]),
    ]
    pairs += [
        ("image:platform:manifestDigest", f"{one['platform']} {one['manifestDigest']}")
        for one in image.get("platforms", ())
    ]
    pairs += [("image:layer", layer["diffId"]) for layer in image["layers"]]
    hashes = [{"alg": "SHA-256", "content": named.sha256}] if named.sha256 else []
    return filled(
        {
            "type": "container",
            "bom-ref": IMAGE_REF,
            "name": named.name,
            "version": named.version,
            "hashes": hashes,
            "purl": named.purl,
            "properties": properties(pairs),
        }
    )


def components(document: Document) -> Components:
    """The operating system, where one is known, and every package in its order."""
    made = Components(has_system=document["distro"] is not None)
    if document["distro"] is not None:
        made.listed.append(_system(document["distro"]))
    diff_ids = {
        layer["index"]: shown(layer["diffId"]) for layer in document["image"]["layers"]
    }
    used = {IMAGE_REF, SYSTEM_REF}
    for package in document["packages"]:
        ref = _ref(package, used)
        used.add(ref)
        made.refs.setdefault(key_of(package), ref)
        made.listed.append(_package(package, ref, diff_ids))
    return made


def _system(distro: Document) -> Json:
    pairs: list[Pair] = [
        ("distro:id", distro["id"]),
        ("distro:version", distro["version"]),
        ("distro:codename", distro["codename"]),
        ("distro:name", distro["name"]),
        ("distro:branch", distro["branch"]),
    ]
    pairs += [("distro:like", one) for one in distro["idLike"]]
    pairs += [("distro:channel", one) for one in distro["channels"]]
    return filled(
        {
            "type": "operating-system",
            "bom-ref": SYSTEM_REF,
            "name": shown(distro["id"]) or "unknown",
            "version": shown(distro["version"]),
            "description": shown(distro["name"]),
            "properties": properties(pairs),
        }
    )


def _ref(package: Document, used: set[str]) -> str:
    """The purl, or where that is none or another's, a hash of all that tells the package from others."""
    url = url_of(package["purl"])
    if url and url not in used:
        return url
    places = [(place["path"], place["layer"]) for place in package["locations"]]
    whole = repr((key_of(package), package["modularity"], places))
    mark = hashlib.sha256(whole.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    ref, again = f"package-{mark}", 1
    while ref in used:
        again += 1
        ref = f"package-{mark}-{again}"
    return ref


def _package(package: Document, ref: str, diff_ids: Mapping[int, str]) -> Json:
    group, name, version, vendor = shown_each(
        *_named(package), package["version"], package["vendor"]
    )
    first = next((p["layer"] for p in package["locations"]), None)
    pairs: list[Pair] = [
        ("package:type", package["type"]),
        ("package:arch", package["arch"]),
        ("package:source", package["source"]),
        ("package:sourceVersion", package["sourceVersion"]),
        ("package:modularity", package["modularity"]),
        ("package:origin", package["origin"]),
        ("package:owner", package["owner"]),
        ("package:layer", first),
    ]
    pairs += [("package:note", note) for note in package["notes"]]
    pairs += [("package:platform", one) for one in package.get("platforms", ())]
    places = _occurrences(package["locations"], diff_ids)
    generic = package["type"] == "generic"
    return filled(
        {
            "type": "application" if generic else "library",
            "bom-ref": ref,
            "supplier": {"name": vendor} if vendor else {},
            "group": group,
            "name": name or "unnamed",
            "version": version,
            "licenses": _licences(tuple(package["licences"])),
            "purl": url_of(package["purl"]),
            "properties": properties(pairs),
            "evidence": {"occurrences": places} if places else {},
        }
    )


def _named(package: Document) -> tuple[str, str]:
    """Group and name: Maven's group, npm's scope."""
    name = package["name"]
    sign = {"maven": ":", "npm": "/"}.get(package["type"], "")
    head, found, tail = name.rpartition(sign) if sign else ("", "", name)
    if not (found and head and tail) or (sign == "/" and not head.startswith("@")):
        return "", name
    return head, tail


def _occurrences(
    locations: Sequence[Document], diff_ids: Mapping[int, str]
) -> list[Json]:
    """Where it was seen, each place with the layer that brought it."""
    made: list[Json] = []
    for place in locations:
        one = {"location": f"/{shown(place['path'])}"}
        if layer := diff_ids.get(place["layer"], ""):
            one["additionalContext"] = layer
        made.append(one)
    return made


@lru_cache(maxsize=1 << 12)
def _licences(licences: tuple[str, ...]) -> list[Json]:
    """An expression where there is one; else identifiers of SPDX's list and names."""
    found = stated(licences)
    if len(found) == 1 and not licence_id(found[0]) and (terms := expression(found[0])):
        return [{"expression": terms}]
    made: list[Json] = []
    for text in found:
        id_ = licence_id(text)
        made.append({"license": {"id": id_} if id_ else {"name": shown(text)}})
    return made
