"""PHP packages of Packagist: ``vendor/name`` in lower case; a branch has no place among releases."""

from __future__ import annotations

from shipworthy.matching.families.language import LanguageFamily
from shipworthy.matching.interface import Reason
from shipworthy.model.package import Package


BRANCH = Reason(
    subject="Composer branches",
    message="a branch is not a release that advisories could name",
)


class ComposerFamily(LanguageFamily):
    """Packagist by FriendsOfPHP and GitHub's advisories."""

    __slots__ = ()

    def obstacle(self, package: Package) -> Reason | None:
        """A branch (``dev-main``) compares with nothing; a line of releases (``2.x-dev``) does."""
        if package.version.lower().startswith("dev-"):
            return BRANCH
        return super().obstacle(package)
