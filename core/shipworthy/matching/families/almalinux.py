"""
AlmaLinux: its own advisories say what is fixed, Red Hat's what is known.

AlmaLinux publishes an advisory when it has a fix, and nothing on what has none; its packages are
rebuilt from RHEL's sources under RHEL's versions. So where AlmaLinux speaks of a vulnerability in
a package it decides. Where it is silent, Red Hat's word stands: affected and not to be fixed,
never affected, or fixed in a build that AlmaLinux has announced nothing of. Builds of modules
count on their own there (``….module_el8.8.0+3609+…``), so only what stands before is compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from shipworthy.matching.families.redhat import with_source
from shipworthy.matching.families.redhat_words import (
    fixes_of,
    is_at_least,
    is_main_line,
    is_same_build,
    stream_fixes,
    without_outruled,
)
from shipworthy.matching.families.rpm import RpmFamily
from shipworthy.matching.interface import Advisories, Family, Hit, Lookup, Skip
from shipworthy.model.advisory import Advisory
from shipworthy.model.package import Package


_MODULE = re.compile(r"\.module[_+].*")


class AlmaFamily(RpmFamily):
    """AlmaLinux by its own advisories, and by Red Hat's where the database holds them."""

    __slots__ = ()

    def in_database(self, advisories: Advisories) -> Family:
        """With RHEL's bucket of the same release, if the database can answer for it."""
        other = f"redhat-{self._release}"
        return replace(self, more=(other,) if advisories.has(other) else ())

    def look_up(self, package: Package) -> Lookup | Skip:
        """By binary name, and in RHEL's bucket also by the source's."""
        found = RpmFamily.look_up(self, package)
        return with_source(found) if self.more else found

    def admits(self, package: Package, advisory: Advisory) -> bool:
        """Tell whether the advisory is on this build; of Red Hat's only what is on the main line, in whatever repository."""
        if not RpmFamily.admits(self, package, advisory):
            return False
        return self._is_own(advisory) or (
            is_main_line(advisory.cpes, self._release, None)
            and is_same_build(package.version, advisory)
        )

    def needs(self, package: Package, advisory: Advisory) -> str:  # noqa: ARG002 - the seam's signature
        """For a fix that only Red Hat has announced: AlmaLinux's own."""
        if self._is_own(advisory) or not fixes_of(advisory):
            return ""
        return f"an advisory of {self.bucket}"

    def settle(
        self, package: Package, hits: Sequence[Hit], passed: Sequence[Advisory]
    ) -> Sequence[Hit]:
        """AlmaLinux's hits where it says anything; else Red Hat's that are not outruled."""
        said = [*(hit.advisory for hit in hits), *passed]
        if any(map(self._is_own, said)):
            return [hit for hit in hits if self._is_own(hit.advisory)]
        if any(_has_fix(package.version, advisory) for advisory in said):
            return ()
        return without_outruled(hits, passed)

    def _is_own(self, advisory: Advisory) -> bool:
        return advisory.bucket == self.bucket

    @property
    def _release(self) -> str:
        return self.bucket.partition("-")[2]


def _has_fix(version: str, advisory: Advisory) -> bool:
    """Whether the build is at least RHEL's of the same stream, as far as the two count alike."""
    if _MODULE.search(version):
        stem = _MODULE.sub("", version)
        return any(
            is_at_least(stem, _MODULE.sub("", fix)) for fix in fixes_of(advisory)
        )
    fixes = stream_fixes(version, advisory)
    return any(is_at_least(version, fix) for fix in fixes)
