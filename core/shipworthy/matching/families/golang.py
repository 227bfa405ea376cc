"""
Go modules and the standard library.

Build information names the modules that were built in, replaced ones by what replaced them,
and the toolchain whose library is inside. The main module has a release only where one
was built (``go install module@version``, or a tag's version stamped in).
"""

from __future__ import annotations

from shipworthy.matching.families.language import NO_VERSION, LanguageFamily
from shipworthy.matching.interface import Reason
from shipworthy.model.package import Package


OWN_BUILD = Reason(
    subject="Go main modules without a release",
    message="a working tree is not a release that advisories could name",
)

_DEVEL = "(devel)"


class GolangFamily(LanguageFamily):
    """The Go vulnerability database and GitHub's advisories on modules."""

    __slots__ = ()

    def obstacle(self, package: Package) -> Reason | None:
        """A main module out of a working tree is no release (tried elsewhere: accuracy fell)."""
        version = package.version
        if version == _DEVEL:
            return OWN_BUILD
        if "main-module" in package.notes and _is_no_release(version):
            return OWN_BUILD
        return None if version else NO_VERSION


def _is_no_release(version: str) -> bool:
    return not version or version.startswith("v0.0.0-")
