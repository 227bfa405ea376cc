"""
Ruby gems: case-sensitive names; a platform at the version's end does not count.

Default gems (``specifications/default``) are part of the Ruby that was installed. They can be
updated beside it, but the files that Ruby brought stay.
"""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.matching.families.language import LanguageFamily
from shipworthy.model.package import Package


_DEFAULT = "/specifications/default/"


class GemFamily(LanguageFamily):
    """RubyGems by ruby-advisory-db and GitHub's advisories."""

    __slots__ = ()

    def remarks(self, package: Package) -> Sequence[str]:
        """Whether it is nowhere but among Ruby's default gems."""
        places = package.locations
        if places and all(_DEFAULT in f"/{place.path}" for place in places):
            return ("bundled-by ruby: a default gem of the installed Ruby",)
        return ()
