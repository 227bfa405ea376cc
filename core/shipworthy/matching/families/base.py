"""The plain answers to what matching asks of a family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shipworthy.matching.interface import Hit, Lookup, Skip
from shipworthy.model.advisory import Advisory
from shipworthy.model.package import Distro, Package


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainFamily:
    """A family with the plain answers; each distribution overrides those that it has rules for."""

    bucket: str
    more: tuple[str, ...] = ()
    distro: Distro | None = None
    """The image's distribution, for its channels."""

    def only_with(self, more: tuple[str, ...]) -> PlainFamily:
        """The same family with these further buckets."""
        return replace(self, more=more)

    def look_up(self, package: Package) -> Lookup | Skip:
        """By binary name and version."""
        return Lookup(package=package, name=package.name, version=package.version)

    def doubts(self, package: Package) -> tuple[str, tuple[str, ...]]:  # noqa: ARG002 - the seam's signature
        """None: what the package manager installed is known by name and version."""
        return "high", ()

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
