"""
Packages of Ubuntu: what Ubuntu Pro repairs, and builds that are not the release's own.

Extended Security Maintenance (``esm-infra`` for main, ``esm-apps`` for universe) puts patches on
top of the release's sources, so its advisories speak of the release too (https://ubuntu.com/pro,
https://documentation.ubuntu.com/security/security-updates/osv/):

- A package whose version says ``esm``, and any package of an image that is set up to
  install from ESM, is held against ESM's fixes.
- To any other the fix is out of reach: it is affected, the advisory says what it lacks, and
  no gate on fixable findings counts it.
- Who has ESM's fix has it, whatever is said of the release.

Packages built for FIPS 140 are others with the same names. They are held against the FIPS
lines and nothing else; without these in the database they are not judged, and that is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shipworthy.matching.families.deb import DebFamily
from shipworthy.matching.interface import Lookup, Reason, Skip
from shipworthy.model.advisory import UNRELEASED, Advisory, FixState
from shipworthy.model.package import Distro, Package


FIPS = Reason(
    subject="FIPS packages",
    message="the database holds no advisories for builds for FIPS 140",
    partial=True,
)

_ESM = re.compile(r"[~+]esm\d", re.ASCII)
_FIPS = re.compile(r"[.+~]fips", re.ASCII | re.IGNORECASE)


class UbuntuFamily(DebFamily):
    """Ubuntu and what is built from it; ``more`` is the bucket of its FIPS lines."""

    __slots__ = ()

    @classmethod
    def of(
        cls, bucket: str, distro: Distro | None, packages: Sequence[Package]
    ) -> UbuntuFamily:
        """The family for an image of ``distro`` with these packages."""
        return cls(bucket=bucket, distro=distro, more=fips_buckets(bucket, packages))

    def look_up(self, package: Package) -> Lookup | Skip:
        """By source; a FIPS build only where there is something to hold it against."""
        found = DebFamily.look_up(self, package)
        if isinstance(found, Lookup) and is_fips(package) and not self.more:
            return Skip(package=package, reason=FIPS)
        return found

    def admits(self, package: Package, advisory: Advisory) -> bool:
        """Tell whether the advisory is on this line of builds."""
        return is_fips(package) == (advisory.bucket in self.more)

    def needs(self, package: Package, advisory: Advisory) -> str:
        """Ubuntu Pro with the part that has the fix, where the image has it not."""
        missing = DebFamily.needs(self, package, advisory)
        if not missing or missing == UNRELEASED:
            return missing
        if self.is_of(package, advisory):
            return ""
        return f"Ubuntu Pro ({advisory.channel})"

    def is_of(self, package: Package, advisory: Advisory) -> bool:
        """Tell whether ESM or the FIPS line is where this image gets the package from."""
        channels = self.distro.channels if self.distro else ()
        if advisory.channel in channels:
            return True
        if is_fips(package):
            return advisory.channel == "fips"
        if advisory.channel == "esm" and any(c.startswith("esm") for c in channels):
            return True
        return _ESM.search(package.source_version or package.version) is not None

    def without_fix(self) -> FixState:
        """A fix in Ubuntu Pro alone says that the release gets none."""
        return "will-not-fix"


def is_fips(package: Package) -> bool:
    """Whether the version is that of a build for FIPS 140: ``….fips.2.8``, ``…+Fips1``."""
    return _FIPS.search(package.source_version or package.version) is not None


def fips_buckets(bucket: str, packages: Iterable[Package]) -> tuple[str, ...]:
    """The bucket of the release's FIPS lines, where any of its packages is of one."""
    found = any(package.type == "deb" and is_fips(package) for package in packages)
    return (f"{bucket}-pro-fips",) if found else ()
