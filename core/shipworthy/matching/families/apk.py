"""Packages of apk: looked up by origin, which is built as one and has one version."""

from __future__ import annotations

from shipworthy.matching.families.base import PlainFamily
from shipworthy.matching.interface import Lookup, Skip
from shipworthy.model.advisory import Advisory
from shipworthy.model.package import Package


_GUESSES = frozenset({"alpine/tracker"})
"""Feeds that find packages by a product's name, before anybody looked at the package."""


class ApkFamily(PlainFamily):
    """Alpine, Wolfi and what is built from them."""

    __slots__ = ()

    def look_up(self, package: Package) -> Lookup | Skip:
        """By origin; packages that apk itself makes up (``.build-deps``) hold nothing."""
        if package.name.startswith("."):
            return Skip(package=package)
        return Lookup(
            package=package,
            name=package.source or package.name,
            version=package.source_version or package.version,
        )

    def admits(self, package: Package, advisory: Advisory) -> bool:
        """Tell whether the advisory is on the package's architecture."""
        return not advisory.arches or package.arch in ("noarch", *advisory.arches)

    def doubts_on(
        self, package: Package, advisory: Advisory
    ) -> tuple[str, tuple[str, ...]]:
        """None but where the package was found by its product's name alone."""
        if advisory.feed in _GUESSES:
            return "medium", (
                "by-product-name: nobody has confirmed it for the package",
            )
        return self.doubts(package)
