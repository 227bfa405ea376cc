"""The packages of an SBOM, each once with all its places: producers name one for every place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shipworthy.model.package import Package


_Identity = tuple[str, str, str, str, str, str, str]


class Gathered:
    """Packages while they are gathered."""

    def __init__(self) -> None:
        self._held: dict[_Identity, Package] = {}
        self._again: dict[_Identity, list[Package]] = {}

    def add(self, package: Package) -> None:
        """Take one in; the same package of another place adds its places."""
        key = (
            package.type,
            package.name,
            package.version,
            package.arch,
            package.source,
            package.source_version,
            package.modularity,
        )
        if self._held.setdefault(key, package) is not package:
            self._again.setdefault(key, []).append(package)

    def packages(self) -> tuple[Package, ...]:
        """All of them, sorted as an image's are."""
        for key, others in self._again.items():
            self._held[key] = _joined([self._held[key], *others])
        self._again.clear()
        return tuple(sorted(self._held.values(), key=_order))


def _joined(same: Sequence[Package]) -> Package:
    """All as one: owned only where all are by the same."""
    owners = {one.owner for one in same}
    return replace(
        same[0],
        purl=min(one.purl for one in same),
        locations=tuple(sorted({place for one in same for place in one.locations})),
        owner=owners.pop() if len(owners) == 1 else "",
    )


def _order(package: Package) -> tuple[str, str, str, str, str]:
    return (
        package.type,
        package.name,
        package.version,
        package.purl,
        package.locations[0].path if package.locations else "",
    )
