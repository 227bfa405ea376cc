"""
NuGet versions: up to four numbers, then as semantic versions do (learn.microsoft.com, "Package versioning").

Letter case and build labels do not count.
"""

from __future__ import annotations

import re

from shipworthy.versions.interface import Key, make, refuse
from shipworthy.versions.semver import precedence


_VERSION = re.compile(
    r"v?([0-9]+(?:\.[0-9]+)*)(?:-([0-9a-z._~-]+))?(?:\+[\x21-\x7e]*)?", re.IGNORECASE
)


def _parse(text: str) -> Key:
    found = _VERSION.fullmatch(text)
    if found is None or not text.isascii():
        raise refuse("nuget", text, "numbers[-pre-release][+build]")
    numbers, pre = found.groups()
    return precedence([int(part) for part in numbers.split(".")], (pre or "").lower())


SCHEME = make("nuget", _parse)
