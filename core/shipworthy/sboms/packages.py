"""
From a component's purl to a package of the model.

The purl names the package; what it leaves out or folds (the case of npm's and Go's names, the
source package, the epoch) is taken from the component's own name and from what its
producer tells (:mod:`shipworthy.sboms.properties`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from shipworthy.catalogers.rpm.package import split_source
from shipworthy.model.package import Location, Package
from shipworthy.model.purl_parse import PackageUrl
from shipworthy.sboms.properties import NOTHING, Told, text_of


BY_PACKAGE_MANAGER = frozenset({"deb", "rpm", "apk", "alpm"})
"""Types whose purls say of which distribution they are."""

_WITH_EPOCH = frozenset({"deb", "rpm"})
_KEEPS_CASE = frozenset({"npm", "golang", "pypi"})
_EPOCH = re.compile(r"[0-9]{1,10}").fullmatch
_SEPARATORS = re.compile(r"[-_.]+")
_LAYERS = 1024
_PATH = 4096


class Parent(NamedTuple):
    """The source package that a component is nested under."""

    name: str
    version: str


class Layers:
    """The diff IDs of the image's layers in the order in which they are named, and the index of each."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}

    def index(self, diff_id: str) -> int:
        """The layer's index; -1 where none is named or there are too many."""
        found = self._index.get(diff_id)
        if found is not None:
            return found
        if not diff_id or len(self._index) >= _LAYERS:
            return -1
        self._index[diff_id] = len(self._index)
        return self._index[diff_id]

    @property
    def diff_ids(self) -> tuple[str, ...]:
        """All layers named so far."""
        return tuple(self._index)


def package_of(
    url: PackageUrl,
    *,
    purl: str,
    component: Mapping[str, Any] | None = None,
    told: Told = NOTHING,
    parent: Parent | None = None,
    layers: Layers | None = None,
) -> Package:
    """
    The package that ``url`` names.

    Args:
        url: The purl, taken apart.
        purl: The purl as it was written; it stays the package's own.
        component: The component it was found in.
        told: What the component's producer tells of it.
        parent: The source package that it is nested under.
        layers: Gives layers their index.
    """
    name = _name(url, component or {})
    version = _version(url, component or {})
    source, source_version = _source(url, told, parent)
    qualifiers = url.qualifiers
    bare = version.partition(":")[2] or version if url.type == "rpm" else version
    return Package(
        type=url.type,
        name=name,
        version=version,
        purl=purl,
        arch=told.arch
        or (qualifiers.get("arch", "") if url.type in BY_PACKAGE_MANAGER else ""),
        source="" if source == name else source,
        source_version="" if source_version in {version, bare} else source_version,
        vendor=told.vendor if url.type in _WITH_EPOCH or told.whole else "",
        modularity=(
            qualifiers.get("modularitylabel", "")
            or qualifiers.get("rpmmod", "")
            or told.modularity
        )
        if url.type == "rpm"
        else "",
        locations=_locations(url, told, layers),
        owner="" if url.type in BY_PACKAGE_MANAGER else told.owner,
        origin=told.origin,
        notes=told.notes,
        licences=told.licences,
    )


def full_version(url: PackageUrl) -> str:
    """The version as its ecosystem writes it: an epoch in front where it is not 0, Go's with ``v``."""
    version = url.version.strip()
    if url.type in _WITH_EPOCH and ":" not in version:
        epoch = url.qualifiers.get("epoch", "")
        if _EPOCH(epoch) and epoch.strip("0"):
            return f"{epoch.lstrip('0')}:{version}"
    if url.type in _WITH_EPOCH and version.startswith("0:"):
        return version[2:]
    if url.type == "golang" and version[:1].isdecimal():
        return f"v{version}"
    return version


def _version(url: PackageUrl, component: Mapping[str, Any]) -> str:
    """The purl's version, or where it has none the component's."""
    return full_version(url) or text_of(component, "version").strip()


def _name(url: PackageUrl, component: Mapping[str, Any]) -> str:
    """The ecosystem's own name, in the component's case where the purl folds it."""
    namespace, name = url.namespace, url.name
    if url.type in BY_PACKAGE_MANAGER or not namespace:
        whole = name
    elif url.type == "maven":
        return f"{namespace}:{name}"
    elif url.type == "npm" and not namespace.startswith("@"):
        whole = f"@{namespace}/{name}"
    else:
        whole = f"{namespace}/{name}"
    if url.type not in _KEEPS_CASE:
        return whole
    own, group = text_of(component, "name"), text_of(component, "group")
    for written in (own, f"{group}/{own}"):
        if _folded(url.type, written) == _folded(url.type, whole):
            return written
    return whole


def _folded(type_: str, name: str) -> str:
    name = name.lower()
    return _SEPARATORS.sub("-", name) if type_ == "pypi" else name


def _source(url: PackageUrl, told: Told, parent: Parent | None) -> tuple[str, str]:
    """Name and version of the source package; empty where nothing names it."""
    if url.type not in BY_PACKAGE_MANAGER:
        return "", ""
    if told.source or told.whole:
        return told.source, told.source_version
    upstream = url.qualifiers.get("upstream", "")
    if upstream.endswith(".rpm"):
        return split_source(upstream)
    if upstream:
        name, _, version = upstream.partition("@")
        return name, version
    if source := url.qualifiers.get("source", ""):
        return source, ""
    return (parent.name, parent.version) if parent else ("", "")


def _locations(
    url: PackageUrl, told: Told, layers: Layers | None
) -> tuple[Location, ...]:
    places = told.places
    if not places and (path := url.qualifiers.get("path", "")):
        places = ((path, ""),)
    if not places:
        return ()
    index = layers.index if layers else _no_layer
    if len(places) == 1:
        path, layer = places[0]
        return (_location(path, index(layer)),)
    return tuple(sorted({_location(path, index(layer)) for path, layer in places}))


def _no_layer(_: str) -> int:
    return -1


@lru_cache(maxsize=64)
def _location(path: str, layer: int) -> Location:
    """A place; packages of one database share theirs."""
    return Location(path=path.lstrip("/")[:_PATH], layer=layer)
