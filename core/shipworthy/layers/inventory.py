"""
From what is visible to packages: joined with their files, located, attributed and owned.

- A package found in several places is one package with all its locations.
- Its layer is the one since which this version has been in that file without a break.
- Its origin is the base image's, or ours, by that layer; ``unknown`` where the base is not known.
- A language package is owned when an OS package lists every file it was found by, and no later
  layer than the one that brought the OS package wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from shipworthy.catalogers.interface import PackageSeen
from shipworthy.layers.squash import Squashed, key_of
from shipworthy.model.image import Layer, Origin
from shipworthy.model.package import Distro, Inventory, Location, Package, Status
from shipworthy.model.purl import os_purl
from shipworthy.values import dataclass


OS_TYPES = frozenset({"deb", "apk", "rpm", "alpm"})
"""Types whose packages own files."""

_Identity = tuple[str, str, str, str, str, str, str]


@dataclass(slots=True)
class _Draft:
    """A package while its places are gathered."""

    seen: PackageSeen
    locations: set[Location] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    file_lists: list[str] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    licences: set[str] = field(default_factory=set)


def take_inventory(
    visible: Squashed, distro: Distro | None, layers: Sequence[Layer]
) -> Inventory:
    """The inventory of what is visible, for an image of ``distro`` made of ``layers``."""
    drafts, lists = _gather(visible)
    os_packages: list[Package] = []
    others: list[_Draft] = []
    for draft in drafts.values():
        if draft.seen.type in OS_TYPES:
            os_packages.append(_os_package(draft, lists, distro, layers))
        else:
            others.append(draft)
    owners = _Owners(os_packages, visible.symlinks) if others else None
    packages = os_packages + [
        _package(draft, lists, layers, owners) for draft in others
    ]
    statuses, failed = _problems(visible)
    return Inventory(
        distro=distro,
        packages=tuple(sorted(packages, key=_order)),
        statuses=statuses,
        entries=visible.entries,
        files_read=visible.files_read,
        files_failed=failed,
    )


def _order(package: Package) -> tuple[str, str, str, str, str]:
    return (
        package.type,
        package.name,
        package.version,
        package.purl,
        package.locations[0].path if package.locations else "",
    )


def _gather(visible: Squashed) -> tuple[dict[_Identity, _Draft], dict[str, list[str]]]:
    """All packages by identity, and the file lists by the key that joins them."""
    drafts: dict[_Identity, _Draft] = {}
    lists: dict[str, list[str]] = {}
    for file in visible.files:
        for found in file.found:
            evidence = found.evidence
            if evidence.files_of and evidence.file_list:
                lists.setdefault(evidence.files_of, []).append(evidence.file_list)
            for seen in evidence.packages:
                identity = (
                    seen.type,
                    seen.name,
                    seen.version,
                    seen.arch,
                    seen.purl,
                    seen.source,
                    seen.modularity,
                )
                draft = drafts.get(identity)
                if draft is None:
                    draft = drafts[identity] = _Draft(seen)
                path = f"{file.path}!/{seen.inner}" if seen.inner else file.path
                layer = file.since.get(key_of(seen), file.layer)
                draft.locations.add(Location(path=path, layer=layer))
                draft.notes.update(seen.notes)
                draft.licences.update(seen.licences)
                if seen.key:
                    draft.keys.add(seen.key)
                if seen.file_list:
                    draft.file_lists.append(seen.file_list)
    return drafts, lists


def _files(draft: _Draft, lists: Mapping[str, list[str]]) -> str:
    """The package's files, from its own file and from the lists that name it."""
    parts = list(draft.file_lists)
    for key in sorted(draft.keys):
        parts.extend(lists.get(key, ()))
    if len(parts) < 2:
        return parts[0] if parts else ""
    return "\0".join(sorted({path for part in parts for path in part.split("\0")}))


def _os_package(
    draft: _Draft,
    lists: Mapping[str, list[str]],
    distro: Distro | None,
    layers: Sequence[Layer],
) -> Package:
    return _build(draft, _files(draft, lists), _os_purl(draft.seen, distro), layers, "")


def _os_purl(seen: PackageSeen, distro: Distro | None) -> str:
    return os_purl(
        seen.type,
        seen.name,
        seen.version,
        arch=seen.arch,
        source=seen.source,
        source_version=seen.source_version,
        modularity=seen.modularity,
        distro=distro,
    )


def _package(
    draft: _Draft,
    lists: Mapping[str, list[str]],
    layers: Sequence[Layer],
    owners: _Owners | None,
) -> Package:
    owner = owners.of(draft.locations) if owners else ""
    return _build(draft, _files(draft, lists), draft.seen.purl, layers, owner)


def _build(
    draft: _Draft, file_list: str, purl: str, layers: Sequence[Layer], owner: str
) -> Package:
    seen = draft.seen
    locations = tuple(sorted(draft.locations))
    return Package(
        type=seen.type,
        name=seen.name,
        version=seen.version,
        purl=purl,
        arch=seen.arch,
        source=seen.source,
        source_version=seen.source_version,
        vendor=seen.vendor,
        modularity=seen.modularity,
        licences=tuple(sorted(draft.licences)),
        locations=locations,
        origin=_origin(locations, layers),
        owner=owner,
        notes=tuple(sorted(draft.notes)),
        file_list=file_list,
    )


def _origin(locations: Iterable[Location], layers: Sequence[Layer]) -> Origin:
    """Base only when all places are; ours as soon as one is."""
    origins = {
        layers[place.layer].origin if 0 <= place.layer < len(layers) else "unknown"
        for place in locations
    }
    if "own" in origins:
        return "own"
    return "base" if origins == {"base"} else "unknown"


class _Owners:
    """Which OS package installed a file."""

    def __init__(
        self, packages: Iterable[Package], symlinks: Mapping[str, str]
    ) -> None:
        self._owned: dict[str, Package] = {}
        for package in packages:
            if package.file_list:
                self._owned.update(dict.fromkeys(package.files, package))
        # Package managers list /lib/x where a merged /usr holds usr/lib/x.
        self._merged = [
            (f"{target.strip('/')}/", f"{link}/")
            for link, target in sorted(symlinks.items())
            if "/" not in link and ".." not in target
        ]

    def of(self, locations: Iterable[Location]) -> str:
        """The purl of the package that installed every one of ``locations``; empty where none did."""
        owner: Package | None = None
        for place in locations:
            package = self._find(place.path.partition("!/")[0])
            if package is None or (owner is not None and package is not owner):
                return ""
            since = max((p.layer for p in package.locations), default=-1)
            if place.layer > since:
                return ""
            owner = package
        return owner.purl if owner else ""

    def _find(self, path: str) -> Package | None:
        package = self._owned.get(path)
        if package is None:
            for real, listed in self._merged:
                if path.startswith(real):
                    package = self._owned.get(listed + path[len(real) :])
                    if package is not None:
                        break
        return package


def _problems(visible: Squashed) -> tuple[tuple[Status, ...], int]:
    """A status for each problem of a visible file, and how many files have one."""
    statuses = {
        Status(
            source=f"cataloger/{found.cataloger}", subject=file.path, message=problem
        )
        for file in visible.files
        for found in file.found
        for problem in found.evidence.problems
    }
    failed = {status.subject for status in statuses}
    return tuple(sorted(statuses)), len(failed)
