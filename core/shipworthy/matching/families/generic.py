"""
Software outside package managers, found by its files: OpenSSL, nginx, Node.js, PHP and others.

The projects' own advisories judge it. NVD's product configurations fill what the projects do
not speak of: they go by ``vendor:product`` and are written by others than those who know, so
what they say of a vulnerability counts only where no advisory of the project knows it, and with
less confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from shipworthy.matching.families.language import LanguageFamily
from shipworthy.matching.interface import Hit, Lookup, Reason, Skip
from shipworthy.model.advisory import Advisory
from shipworthy.model.bucket import CPE
from shipworthy.model.package import Package
from shipworthy.model.products import cpes_of, is_product, project_of


NO_PROJECT = Reason(
    subject="software without advisories",
    message="nobody is known to publish advisories on it",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GenericFamily(LanguageFamily):
    """Projects' own advisories, then NVD's configurations."""

    more: tuple[str, ...] = (CPE,)
    least: ClassVar[str] = "medium"
    """Confidence in what NVD's configurations say, at best."""

    def look_up(self, package: Package) -> Lookup | Skip:
        """By the project whose product it is part of, and in NVD's bucket by ``vendor:product``."""
        reason = self.obstacle(package)
        if reason is not None:
            return Skip(package=package, reason=reason)
        project = project_of(package.name)
        return Lookup(
            package=package,
            name=project,
            version=self.version_of(package),
            also=tuple(cpes_of(project)),
        )

    def obstacle(self, package: Package) -> Reason | None:
        """A product that no project or configuration speaks of is not judged, and that is told."""
        if not is_product(package.name):
            return NO_PROJECT
        return super(GenericFamily, self).obstacle(package)

    def settle(
        self,
        package: Package,  # noqa: ARG002 - the seam's signature
        hits: Sequence[Hit],
        passed: Sequence[Advisory],
    ) -> Sequence[Hit]:
        """What the project says of the vulnerability stands, also that this version is not affected."""
        said = [*(hit.advisory for hit in hits), *passed]
        if all(advisory.bucket == CPE for advisory in said):
            return hits
        return [hit for hit in hits if hit.advisory.bucket != CPE]

    def doubts_on(
        self, package: Package, advisory: Advisory
    ) -> tuple[str, tuple[str, ...]]:
        """As of the package, and no more than some where NVD's configuration is all there is."""
        confidence, notes = self.doubts(package)
        if advisory.bucket != CPE:
            return confidence, notes
        note = f"cpe {advisory.package}: by NVD's configuration, not by the project"
        return (self.least if confidence == "high" else confidence), (*notes, note)
