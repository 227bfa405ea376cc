"""Packages of language ecosystems: looked up by their own name in their ecosystem's bucket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shipworthy.matching.families.base import PlainFamily
from shipworthy.matching.interface import Lookup, Reason, Skip
from shipworthy.model.bucket import normal_name
from shipworthy.model.package import Package


NO_VERSION = Reason(
    subject="packages without a version",
    message="there is no version to compare",
)

_LOW = frozenset({"low-confidence", "private", "source-local"})
_MEDIUM = frozenset({"version-from-ldflags", "shaded", "source-git", "source-registry"})


class LanguageFamily(PlainFamily):
    """An ecosystem without rules of its own; the others override what they differ in."""

    __slots__ = ()

    low: ClassVar[frozenset[str]] = _LOW
    """Notes of the cataloger that leave little confidence."""
    medium: ClassVar[frozenset[str]] = _MEDIUM
    """Notes of the cataloger that leave some."""

    def look_up(self, package: Package) -> Lookup | Skip:
        """By the name that the ecosystem files the package under."""
        reason = self.obstacle(package)
        if reason is not None:
            return Skip(package=package, reason=reason)
        name = normal_name(self.bucket, package.name)
        return Lookup(
            package=package,
            name=name,
            version=self.version_of(package),
            also=self.also_named(name),
        )

    def also_named(self, name: str) -> tuple[str, ...]:  # noqa: ARG002 - the seam's signature
        """Other names under which some publishers file it."""
        return ()

    def obstacle(self, package: Package) -> Reason | None:
        """Why ``package`` cannot be judged; nothing where it can."""
        return None if package.version else NO_VERSION

    def version_of(self, package: Package) -> str:
        """The version that is compared."""
        return package.version

    def doubts(self, package: Package) -> tuple[str, tuple[str, ...]]:
        """What the cataloger guessed, and what the ecosystem's rules say of such packages."""
        found = [n for n in package.notes if n in self.low or n in self.medium]
        confidence = "high" if self.medium.isdisjoint(found) else "medium"
        if weak := self.weak_points(package):
            confidence = "medium"
        if not self.low.isdisjoint(found):
            confidence = "low"
        return confidence, tuple(sorted({*found, *weak, *self.remarks(package)}))

    def weak_points(self, package: Package) -> Sequence[str]:  # noqa: ARG002 - the seam's signature
        """What makes a match of ``package`` less sure."""
        return ()

    def remarks(self, package: Package) -> Sequence[str]:  # noqa: ARG002 - the seam's signature
        """What a reader should know of ``package`` beside."""
        return ()
