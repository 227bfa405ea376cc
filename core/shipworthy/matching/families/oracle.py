"""
Packages of Oracle Linux.

Oracle builds some packages three times: as they are, for Ksplice (patched while in use) and
FIPS-validated. Each build has errata of its own and versions that do not compare with the
others'; the release says which it is (Oracle on aquasecurity/trivy#1967). Of the Unbreakable
Enterprise Kernel several lines live in one release, all named ``kernel-uek``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shipworthy.matching.families.rpm import RpmFamily, fixes_of, upstream_of
from shipworthy.matching.interface import Hit
from shipworthy.model.advisory import Advisory
from shipworthy.model.package import Package


_FLAVOURS = (".ksplice", "_fips")
_32_BIT = frozenset({"i386", "i486", "i586", "i686"})
_UEK = "kernel-uek"


class OracleFamily(RpmFamily):
    """Oracle Linux."""

    __slots__ = ()

    def admits(self, package: Package, advisory: Advisory) -> bool:
        """Tell whether the advisory is on this flavour, this module stream and a machine that takes the package."""
        fixes = fixes_of(advisory)
        if fixes and all(_flavour(fix) != _flavour(package.version) for fix in fixes):
            return False
        if package.arch in _32_BIT and "x86_64" in advisory.arches:
            # Oracle names the machine's architecture
            package = replace(package, arch="x86_64")
        return RpmFamily.admits(self, package, advisory)

    def settle(
        self, package: Package, hits: Sequence[Hit], passed: Sequence[Advisory]
    ) -> Sequence[Hit]:
        """All of them; but a kernel that has its own line's fix is not held against another line's."""
        if not package.name.startswith(_UEK):
            return hits
        line = upstream_of(package.version)
        fixed = any(upstream_of(fix) == line for one in passed for fix in fixes_of(one))
        if not fixed:
            return hits
        return [
            hit
            for hit in hits
            if any(upstream_of(fix) == line for fix in fixes_of(hit.advisory))
        ]


def _flavour(version: str) -> tuple[bool, ...]:
    return tuple(mark in version for mark in _FLAVOURS)
