"""
Java packages by Maven's ``group:artifact``.

Without the group nothing is looked up: the same artifact name exists in many groups
(``spring-web`` of anybody is not ``org.springframework:spring-web``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from shipworthy.matching.families.language import LanguageFamily
from shipworthy.matching.interface import Reason
from shipworthy.model.package import Package


NO_GROUP = Reason(
    subject="jars without a group",
    message="no group is named, and the same artifact name exists in many",
)

_VENDOR_BUILD = re.compile(
    r"[.-](?:redhat|jbossorg|fuse|cloudera|hortonworks|cdh)-?\d", re.IGNORECASE
)


class MavenFamily(LanguageFamily):
    """Jars, and Jenkins plug-ins under ``org.jenkins-ci.plugins``."""

    __slots__ = ()

    def obstacle(self, package: Package) -> Reason | None:
        """A version and a group are needed."""
        reason = super().obstacle(package)
        if reason is None and ":" not in package.name:
            return NO_GROUP
        return reason

    def weak_points(self, package: Package) -> Sequence[str]:
        """A vendor's rebuild has fixes that its upstream version does not show."""
        if _VENDOR_BUILD.search(package.version):
            return ("vendor-build: the vendor may have fixed it under its own version",)
        return ()
