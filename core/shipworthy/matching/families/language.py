"""Packages of language ecosystems: looked up by their own name in their ecosystem's bucket."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shipworthy.matching.families.base import PlainFamily
from shipworthy.matching.interface import Lookup, Reason, Skip
from shipworthy.model.advisory import Advisory
from shipworthy.model.bucket import normal_name
from shipworthy.model.package import Package


NO_VERSION = Reason(
    subject="packages without a version",
    message="there is no version to compare",
)
OWN_BUILD = Reason(
    subject="Go main modules without a release",
    message="a working tree is not a release that advisories could name",
)
NO_GROUP = Reason(
    subject="jars without a group",
    message="no group is named, and the same artifact name exists in many",
)

_DEVEL = "(devel)"
_VENDOR_BUILD = re.compile(
    r"[.-](?:redhat|jbossorg|fuse|cloudera|hortonworks|cdh)-?\d", re.IGNORECASE
)
_NPM_OWN = "node_modules/npm/node_modules/"
_LOW = frozenset({"low-confidence", "private", "source-local"})
_MEDIUM = frozenset({"version-from-ldflags", "shaded", "source-git", "source-registry"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageFamily(PlainFamily):
    """PyPI, npm, Maven, Go, crates, gems and the rest of the ecosystems that OSV names."""

    def look_up(self, package: Package) -> Lookup | Skip:
        """By the name that the ecosystem files the package under."""
        reason = self._obstacle(package)
        if reason is not None:
            return Skip(package=package, reason=reason)
        return Lookup(
            package=package,
            name=normal_name(self.bucket, package.name),
            version=package.version,
        )

    def doubts(self, package: Package) -> tuple[str, tuple[str, ...]]:
        """What the cataloger guessed, what a vendor rebuilt, and what npm brings along for itself."""
        notes = [note for note in package.notes if note in _LOW or note in _MEDIUM]
        confidence = "high" if _MEDIUM.isdisjoint(notes) else "medium"
        if self.bucket == "maven" and _VENDOR_BUILD.search(package.version):
            notes.append(
                "vendor-build: the vendor may have fixed it under its own version"
            )
            confidence = "medium"
        if not _LOW.isdisjoint(notes):
            confidence = "low"
        if self.bucket == "npm" and _is_npms_own(package):
            notes.append("bundled-by npm: an update of npm itself brings the fix")
        return confidence, tuple(sorted(notes))

    def _obstacle(self, package: Package) -> Reason | None:
        version = package.version
        if self.bucket == "golang" and (
            version == _DEVEL
            or ("main-module" in package.notes and _is_no_release(version))
        ):
            return OWN_BUILD
        if not version:
            return NO_VERSION
        if self.bucket == "maven" and ":" not in package.name:
            return NO_GROUP
        return None

    def admits(self, package: Package, advisory: Advisory) -> bool:  # noqa: ARG002 - the seam's signature
        """Every advisory of the ecosystem on that name is on every build of it."""
        return True


def _is_no_release(version: str) -> bool:
    return not version or version.startswith("v0.0.0-")


def _is_npms_own(package: Package) -> bool:
    places = package.locations
    return bool(places) and all(_NPM_OWN in place.path for place in places)
