"""
Python packages: names by PEP 503, versions by PEP 440.

What pip vendors (``pip/_vendor``) is mended by another pip. What was installed from a URL, a
directory or a repository (PEP 610: ``direct_url.json`` among its files) has the name and
version that its author wrote there, which need not be the index's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shipworthy.matching.families.language import _LOW, LanguageFamily
from shipworthy.model.package import Package


_VENDORED = "/_vendor/"
_DIRECT = ".dist-info/direct_url.json"


class PypiFamily(LanguageFamily):
    """PyPI by PyPA's and GitHub's advisories."""

    __slots__ = ()

    low: ClassVar[frozenset[str]] = _LOW | {"direct-url", "editable", "source-vcs"}

    def weak_points(self, package: Package) -> Sequence[str]:
        """Whether it came from elsewhere than the index."""
        if _DIRECT in package.file_list:
            return ("direct-url: not installed by name from an index",)
        return ()

    def remarks(self, package: Package) -> Sequence[str]:
        """Who brought it along, if all places of it are in another package's ``_vendor``."""
        owners = {_vendor(place.path) for place in package.locations}
        if not owners or "" in owners:
            return ()
        named = ", ".join(sorted(owners))
        return (f"bundled-by {named}: an update of {named} itself brings the fix",)


def _vendor(path: str) -> str:
    head, found, _ = path.partition(_VENDORED)
    return head.rpartition("/")[2] if found else ""
