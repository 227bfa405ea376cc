"""Bitnami's components: their versions may carry the revision of a rebuild, which upstream's ranges lack."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shipworthy.matching.families.language import LanguageFamily
from shipworthy.model.package import Package


_REVISION = re.compile(r"-r?\d{1,4}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class BitnamiFamily(LanguageFamily):
    """Bitnami by its own OSV feed."""

    def version_of(self, package: Package) -> str:
        """The version without the rebuild: ``16.4.0-2`` is 16.4.0 and not before it."""
        return _REVISION.sub("", package.version)
