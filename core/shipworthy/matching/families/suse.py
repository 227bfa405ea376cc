"""
Packages of SUSE Linux Enterprise, SUSE Linux Micro and openSUSE.

By binary name. A service pack has one line of a package, which SUSE goes on with for those
who pay when the general support has ended (LTSS, ESPOS, SAP): the same code, so a version that
reaches any of these fixes has the fix, and base images of such releases do carry LTSS
builds. Why a fix counts and for whom: docs/adr/0010-suse-products-and-channels.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.matching.families.rpm import (
    RpmFamily,
    fixes_of,
    has_kernel,
    is_never,
    upstream_of,
)
from shipworthy.matching.interface import Hit
from shipworthy.model.advisory import Advisory
from shipworthy.model.package import Distro, Package
from shipworthy.values import dataclass


_TERMS = {
    "sles-ltss-release": "ltss",
    "SLE_HPC-LTSS-release": "ltss",
    "SLE_HPC-ESPOS-release": "espos",
    "SLE_HPC-release": "hpc",
    "SLES_SAP-release": "sap",
    "sle-ha-release": "high-availability",
    "sle-we-release": "workstation-extension",
    "PackageHub-release": "package-hub",
}
"""The release package that a product installs, and the channel it opens."""
_PTF = ".PTF."


@dataclass(frozen=True, slots=True, kw_only=True)
class SuseFamily(RpmFamily):
    """SUSE and openSUSE."""

    terms: frozenset[str] = frozenset()
    """Channels of the products that are installed beside the release."""

    @classmethod
    def of(
        cls, bucket: str, distro: Distro | None, packages: Sequence[Package]
    ) -> RpmFamily:
        """The family for an image with these packages, whose release packages say on what terms it gets updates."""
        return cls(
            bucket=bucket,
            distro=distro,
            has_kernel=has_kernel(packages),
            terms=frozenset(
                _TERMS[package.name] for package in packages if package.name in _TERMS
            ),
        )

    def doubts(self, package: Package) -> tuple[str, tuple[str, ...]]:
        """A customer's hot-fix (PTF) has the base's number and more: which fixes are in it, it does not say."""
        if _PTF in package.version:
            return "medium", ("ptf-build: a hot-fix may hold fixes before its number",)
        return "high", ()

    def needs(self, package: Package, advisory: Advisory) -> str:
        """What the image is not subscribed to, neither by a release package nor by its channels."""
        if advisory.channel in self.terms:
            return ""
        return RpmFamily.needs(self, package, advisory)

    def settle(
        self, package: Package, hits: Sequence[Hit], passed: Sequence[Advisory]
    ) -> Sequence[Hit]:
        """
        The hits that no other word of SUSE's answers.

        A CVE that SUSE calls not affecting a package is none for a bulletin that merely lists
        it. A fix reached in the package's own upstream version is the fix, whatever later
        build names the CVE again; a fix reached in an older one leaves only what is said
        of its own.
        """
        if any(is_never(one) and not one.bulletin for one in passed):
            hits = [hit for hit in hits if not hit.advisory.bulletin]
        line = upstream_of(package.version)
        reached = {upstream_of(fix) for one in passed for fix in fixes_of(one)}
        if line in reached:
            return []
        if not reached:
            return hits
        return [
            hit
            for hit in hits
            if any(upstream_of(fix) == line for fix in fixes_of(hit.advisory))
        ]
