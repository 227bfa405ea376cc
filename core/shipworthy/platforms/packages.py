"""
The packages of several platforms as those of one image.

What differs in its architecture alone is one package, with the platforms that have it and all its places. Where it has more
than one architecture it is told without: no ``arch``, and none in its package URL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace

from shipworthy.model.package import Location, Package
from shipworthy.platforms.layers import Places, joined_origin
from shipworthy.values import dataclass


_ARCH = "arch="
_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The packages of one platform, and where its layers are in the whole."""

    platform: str
    packages: Sequence[Package]
    places: Places


@dataclass(slots=True)
class _Group:
    """One package on all platforms that have it."""

    packages: list[Package] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)


class United:
    """
    The packages of all platforms.

    Args:
        held: The packages of each platform, in the order of the index; they must live as long as this.
    """

    def __init__(self, held: Sequence[Held]) -> None:
        groups: dict[_Key, _Group] = {}
        for one in held:
            seen: Counter[_Key] = Counter()
            for package in one.packages:
                key = _key(package)
                # Of one platform's packages for two processors none is the other.
                group = groups.setdefault((*key, seen[key]), _Group())
                seen[key] += 1
                group.packages.append(package)
                group.held.append(one)
        whole = [(group, _package(group)) for group in groups.values()]
        purls = {
            (one.platform, own.purl): package.purl
            for group, package in whole
            for one, own in zip(group.held, group.packages, strict=True)
        }
        self._of: dict[int, Package] = {}
        found: list[Package] = []
        for group, package in whole:
            owner = group.packages[0].owner
            if owner:
                known = purls.get((group.held[0].platform, owner), owner)
                package = replace(package, owner=known)  # noqa: PLW2901  # the same with its owner's name
            found.append(package)
            self._of.update((id(own), package) for own in group.packages)
        self.packages = tuple(sorted(found, key=_order))
        """All of them, sorted by type, name and version."""

    def of(self, package: Package) -> Package | None:
        """What one of the packages given has become; nothing for any other."""
        return self._of.get(id(package))


def without_arch(purl: str) -> str:
    """The package URL without the processor that the package is for."""
    head, mark, rest = purl.partition("?")
    if not mark:
        return purl
    qualifiers, sharp, subpath = rest.partition("#")
    kept = "&".join(q for q in qualifiers.split("&") if not q.startswith(_ARCH))
    return f"{head}{'?' if kept else ''}{kept}{sharp}{subpath}"


def _key(package: Package) -> _Key:
    """What packages of two platforms share that are one."""
    return (
        package.type,
        package.name,
        package.version,
        without_arch(package.purl),
        package.source,
        package.source_version,
        package.vendor,
        package.modularity,
        without_arch(package.owner),
    )


def _package(group: _Group) -> Package:
    first = group.packages[0]
    is_same = len({(one.arch, one.purl) for one in group.packages}) == 1
    return replace(
        first,
        arch=first.arch if is_same else "",
        purl=first.purl if is_same else without_arch(first.purl),
        licences=_all(one.licences for one in group.packages),
        locations=_locations(group),
        origin=joined_origin([one.origin for one in group.packages]),
        notes=_all(one.notes for one in group.packages),
        file_list=_file_list([one.file_list for one in group.packages]),
        platforms=tuple(one.platform for one in group.held),
    )


def _locations(group: _Group) -> tuple[Location, ...]:
    """Every place once, in the layer of the first platform that has it there."""
    found: dict[str, int] = {}
    for package, held in zip(group.packages, group.held, strict=True):
        for place in package.locations:
            found.setdefault(place.path, placed(place.layer, held.places))
    return tuple(Location(path=path, layer=found[path]) for path in sorted(found))


def placed(layer: int, places: Places) -> int:
    """The index in the whole of an image's layer; -1 where there is none."""
    return places[layer] if 0 <= layer < len(places) else -1


def _file_list(lists: Sequence[str]) -> str:
    """The files on any of the platforms."""
    known = [one for one in dict.fromkeys(lists) if one]
    if len(known) < 2:
        return known[0] if known else ""
    return "\0".join(sorted({path for one in known for path in one.split("\0")}))


def _all(texts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({text for some in texts for text in some}))


def _order(package: Package) -> tuple[object, ...]:
    return (
        package.type,
        package.name,
        package.version,
        package.purl,
        package.locations[0].path if package.locations else "",
        package.platforms,
    )


def counted(
    unmatched: Mapping[str, Sequence[tuple[str, int]]],
    packages: Sequence[Package],
    os_types: frozenset[str],
) -> tuple[tuple[str, int], ...]:
    """
    How many packages could not be looked up, by bucket or type, each counted once for all platforms.

    ``unmatched`` is by platform.
    """
    where: dict[str, set[str]] = {}
    for platform, counts in unmatched.items():
        for bucket, _ in counts:
            where.setdefault(bucket, set()).add(platform)
    types = {package.type for package in packages}
    return tuple(
        (
            bucket,
            sum(
                not platforms.isdisjoint(package.platforms)
                for package in packages
                if (
                    package.type == bucket
                    if bucket in types
                    else package.type in os_types
                )
            ),
        )
        for bucket, platforms in sorted(where.items())
    )
