"""The plain answers to what matching asks of a family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module

from shipworthy.matching.interface import Advisories, Family, Hit, Lookup, Skip
from shipworthy.model.advisory import Advisory
from shipworthy.model.package import Distro, Package
from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainFamily:
    """A family with the plain answers; each distribution overrides those that it has rules for."""

    bucket: str
    more: tuple[str, ...] = ()
    distro: Distro | None = None
    """The image's distribution, for its channels."""

    @classmethod
    def of(
        cls,
        bucket: str,
        distro: Distro | None,
        packages: Sequence[Package],  # noqa: ARG003 - the seam's signature
    ) -> PlainFamily:
        """The family for an image of ``distro`` with these packages."""
        return cls(bucket=bucket, distro=distro)

    def in_database(self, advisories: Advisories) -> Family:
        """With those of its further buckets that the database has."""
        if not self.more:
            return self
        return replace(self, more=tuple(filter(advisories.has, self.more)))

    def look_up(self, package: Package) -> Lookup | Skip:
        """By binary name and version."""
        return Lookup(package=package, name=package.name, version=package.version)

    def doubts(self, package: Package) -> tuple[str, tuple[str, ...]]:  # noqa: ARG002 - the seam's signature
        """None: what the package manager installed is known by name and version."""
        return "high", ()

    def doubts_on(
        self,
        package: Package,
        advisory: Advisory,  # noqa: ARG002 - the seam's signature
    ) -> tuple[str, tuple[str, ...]]:
        """As of the package, whatever the advisory."""
        return self.doubts(package)

    def admits(self, package: Package, advisory: Advisory) -> bool:
        """Tell whether the advisory is on the package's architecture."""
        return not advisory.arches or package.arch in ("", *advisory.arches)

    def needs(self, package: Package, advisory: Advisory) -> str:  # noqa: ARG002 - the seam's signature
        """Nothing but an update, unless the fix is in a channel that the image is not set up for."""
        channel = advisory.channel
        if not channel or (self.distro and channel in self.distro.channels):
            return ""
        return channel

    def settle(
        self,
        package: Package,  # noqa: ARG002 - the seam's signature
        hits: Sequence[Hit],
        passed: Sequence[Advisory],  # noqa: ARG002 - the seam's signature
    ) -> Sequence[Hit]:
        """All of them: advisories are alternatives."""
        return hits


@cache
def family_at(place: str) -> type[PlainFamily]:
    """The family in ``MODULE:CLASS`` of this package, loaded when an image first needs it."""
    module, _, name = place.partition(":")
    found: type[PlainFamily] = getattr(
        import_module(f"shipworthy.matching.families.{module}"), name
    )
    return found


def is_plain(family: object, method: str) -> bool:
    """Whether the family has no rule of its own in that method, so that its answer is the same for all."""
    return getattr(type(family), method, None) is getattr(PlainFamily, method)
