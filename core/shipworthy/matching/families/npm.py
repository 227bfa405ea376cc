"""
npm packages.

Names are compared as they are written, scope included. Names from before npm forbade capital
letters (``JSONStream``) are filed in lower case by some publishers; what is found that way is
less sure, since another package may own the lower-case name. What npm itself brings along
(``node_modules/npm/node_modules``) is mended by another npm and not by the user.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from shipworthy.matching.families.language import LanguageFamily
from shipworthy.matching.interface import Hit
from shipworthy.model.advisory import Advisory
from shipworthy.model.bucket import normal_name
from shipworthy.model.package import Distro, Package
from shipworthy.values import dataclass


_GAP_FILLERS = frozenset({"retirejs"})
"""Feeds that count only where no other knows the vulnerability of the package."""
_NPM_OWN = "node_modules/npm/node_modules/"
_NPM_ITSELF = "node_modules/npm/package.json"
_FIXTURES = re.compile(r"(?:\A|/)(?:tests?|__tests__|fixtures|testdata)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class NpmFamily(LanguageFamily):
    """npm by GitHub's advisories and what fills their gaps."""

    npms: Mapping[str, str] = field(default_factory=dict)
    """The versions of npm in the image by the directory that npm is installed in."""

    @classmethod
    def of(
        cls,
        bucket: str,
        distro: Distro | None,
        packages: Sequence[Package],
    ) -> NpmFamily:
        """The family for an image with these packages, npm itself perhaps among them."""
        return cls(bucket=bucket, distro=distro, npms=npms_in(packages))

    def also_named(self, name: str) -> tuple[str, ...]:
        """In lower case where that is another."""
        return () if name.islower() else tuple({name.lower()} - {name})

    def weak_points(self, package: Package) -> Sequence[str]:
        """Packages that are only there for tests to read."""
        places = package.locations
        if places and all(_FIXTURES.search(place.path) for place in places):
            return ("test-fixture: found only among files for tests",)
        return ()

    def remarks(self, package: Package) -> Sequence[str]:
        """Which npm brought it along, if all places of it are npm's."""
        places = [place.path for place in package.locations]
        if not places or not all(_NPM_OWN in path for path in places):
            return ()
        found = {self.npms.get(path.partition(_NPM_OWN)[0], "") for path in places}
        versions = sorted(version for version in found if version)
        named = f"npm {', '.join(versions)}" if versions else "npm"
        return (f"bundled-by {named}: an update of npm itself brings the fix",)

    def settle(
        self,
        package: Package,  # noqa: ARG002 - the seam's signature
        hits: Sequence[Hit],
        passed: Sequence[Advisory],
    ) -> Sequence[Hit]:
        """What only fills gaps counts where nobody else knows the vulnerability."""
        said = [*(hit.advisory for hit in hits), *passed]
        if all(advisory.feed in _GAP_FILLERS for advisory in said):
            return hits
        return [hit for hit in hits if hit.advisory.feed not in _GAP_FILLERS]

    def doubts_on(
        self, package: Package, advisory: Advisory
    ) -> tuple[str, tuple[str, ...]]:
        """As of the package, and less sure where only the letters of its name are the same."""
        confidence, notes = self.doubts(package)
        if advisory.package in {"", normal_name(self.bucket, package.name)}:
            return confidence, notes
        note = f"name-case: the advisory is on {advisory.package}"
        return ("medium" if confidence == "high" else confidence), (*notes, note)


def npms_in(packages: Iterable[Package]) -> dict[str, str]:
    """The versions of npm by the directory it is installed in, ``usr/local/lib/``."""
    return {
        place.path[: -len(_NPM_ITSELF)]: package.version
        for package in packages
        if package.name == "npm"
        for place in package.locations
        if place.path.endswith(_NPM_ITSELF)
    }
