"""Bitnami's components: their versions may carry the revision of a rebuild, which upstream's ranges lack."""

from __future__ import annotations

import re

from shipworthy.matching.families.language import LanguageFamily
from shipworthy.model.package import Package


_REVISION = re.compile(r"-r?\d{1,4}\Z")


class BitnamiFamily(LanguageFamily):
    """Bitnami by its own OSV feed."""

    __slots__ = ()

    def version_of(self, package: Package) -> str:
        """The version without the rebuild: ``16.4.0-2`` is 16.4.0 and not before it."""
        return _REVISION.sub("", package.version)
