"""
What contains what: from a package up to the image.

A statement on a package inside a product holds where every way from the image to the package leads
through the product. The ways are told by an SBOM's dependencies, or by the places of the packages: the
main module of a Go or Rust program contains the modules at its path, ``outer.jar`` contains
``outer.jar!/inner.jar``, ``node_modules/a`` contains ``node_modules/a/node_modules/b``, and an
operating-system package contains what it installed. What nothing contains, the image itself does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from shipworthy.model.package import Package


ROOT = ""
"""The image itself."""

_PROGRAMS = frozenset({"golang", "cargo"})
_NODE = "node_modules/"
_NO_REFS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Parents:
    """From the purl of a package to the purls of what contains it; :data:`ROOT` is the image."""

    edges: Mapping[str, frozenset[str]] = field(default_factory=dict)
    refs: Mapping[str, str] = field(default_factory=lambda: _NO_REFS)
    """From the bom-refs of the scanned SBOM to purls."""

    def of(self, purl: str) -> frozenset[str]:
        """What directly contains the package; the image where nothing else is known to."""
        return self.edges.get(bare(purl), _IMAGE)


_IMAGE = frozenset({ROOT})


def bare(purl: str) -> str:
    """The purl without qualifiers and subpath: what containment is filed under."""
    return purl.partition("#")[0].partition("?")[0]


def parents_of_pairs(
    pairs: Iterable[tuple[str, str]], refs: Mapping[str, str] = _NO_REFS
) -> Parents:
    """The parents that (container, contained) pairs tell; what is contained by nothing is the image's."""
    edges: dict[str, set[str]] = {}
    for container, contained in pairs:
        edges.setdefault(bare(contained), set()).add(container)
    return Parents(
        edges={key: frozenset(found) for key, found in edges.items()}, refs=refs
    )


def parents_of(
    packages: Sequence[Package],
    dependencies: Iterable[tuple[str, str]] = (),
    refs: Mapping[str, str] = _NO_REFS,
) -> Parents:
    """
    What contains what, among the packages of one image.

    Args:
        packages: All of them.
        dependencies: (container, contained) purls that an SBOM tells, ``ROOT`` for its subject; where
            there are any, the places are not looked at.
        refs: From an SBOM's bom-refs to purls.
    """
    told = list(dependencies)
    if told:
        return parents_of_pairs(told, refs)
    mains, places = _mains(packages), _places(packages)
    edges: dict[str, set[str]] = {}
    for package in packages:
        if not package.purl:
            continue
        found = edges.setdefault(bare(package.purl), set())
        outermost = package.owner or ROOT
        if not package.locations:
            found.add(outermost)
        for place in package.locations:
            holders = _holders(package, place.path, mains, places) - {package.purl}
            found.update(holders or {outermost})
    only_image = {ROOT}
    return Parents(
        edges={
            key: frozenset(found) for key, found in edges.items() if found != only_image
        },
        refs=refs,
    )


def _mains(packages: Sequence[Package]) -> dict[tuple[str, str], set[str]]:
    """The programs' own packages by (type, path)."""
    found: dict[tuple[str, str], set[str]] = {}
    for package in packages:
        if package.type in _PROGRAMS and "main-module" in package.notes:
            for place in package.locations:
                found.setdefault((package.type, place.path), set()).add(package.purl)
    return found


def _places(packages: Sequence[Package]) -> dict[str, set[str]]:
    """Archives of Java by their path, npm packages by their directory."""
    found: dict[str, set[str]] = {}
    for package in packages:
        is_jar = package.type == "maven" and "shaded" not in package.notes
        for place in package.locations:
            if is_jar:
                found.setdefault(place.path, set()).add(package.purl)
            elif package.type == "npm":
                directory = place.path.removesuffix("/package.json")
                found.setdefault(directory, set()).add(package.purl)
    return found


def _holders(
    package: Package,
    path: str,
    mains: Mapping[tuple[str, str], set[str]],
    places: Mapping[str, set[str]],
) -> set[str]:
    """The packages that contain what is at ``path``; none where the image itself does."""
    if package.type in _PROGRAMS:
        if "main-module" in package.notes:
            return set()
        return mains.get((package.type, path), set())
    if package.type == "maven":
        if "shaded" in package.notes and path in places:
            return places[path]
        outer = path.rpartition("!/")[0]
        while outer:
            if outer in places:
                return places[outer]
            outer = outer.rpartition("!/")[0]
    if package.type == "npm":
        directory = path.removesuffix("/package.json")
        outer = directory.rpartition(_NODE)[0].rstrip("/")
        while outer:
            if outer in places:
                return places[outer]
            outer = outer.rpartition(_NODE)[0].rstrip("/")
    return set()
