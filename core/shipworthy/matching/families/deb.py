"""Packages of dpkg: looked up by source package and source version."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shipworthy.matching.families.base import PlainFamily
from shipworthy.matching.families.vendors import is_third_party_deb
from shipworthy.matching.interface import Lookup, Reason, Skip
from shipworthy.model.package import Package


HEADERS = Reason(
    subject="kernel headers",
    message="kernel headers are not the kernel",
)
THIRD_PARTY = Reason(
    subject="third-party packages",
    message="the distribution's advisories do not speak of packages from elsewhere",
)

_HEADERS = re.compile(
    r"linux-(?:libc-dev(?:-.*)?|(?:.*-)?headers-.*|kbuild-.*|compiler-.*|doc(?:-.*)?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DebFamily(PlainFamily):
    """Debian, Ubuntu and what is built from them."""

    def look_up(self, package: Package) -> Lookup | Skip:
        """By source: a rebuild of the binary alone (``+b1``) does not change what is compared."""
        if _HEADERS.fullmatch(package.name):
            return Skip(package=package, reason=HEADERS)
        if is_third_party_deb(package.vendor, package.version):
            return Skip(package=package, reason=THIRD_PARTY)
        return Lookup(
            package=package,
            name=package.source or package.name,
            version=package.source_version or package.version,
        )
