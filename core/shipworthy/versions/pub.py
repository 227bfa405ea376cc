"""
Dart package versions: semantic versions in which the build label counts (pub's version scheme).

``1.0.0-a < 1.0.0-a+1 < 1.0.0 < 1.0.0+1``.
"""

from __future__ import annotations

from shipworthy.versions.interface import Key, make
from shipworthy.versions.semver import identifiers, precedence, split


def _parse(text: str) -> Key:
    numbers, pre, build = split("pub", text)
    return (*precedence(numbers, pre), identifiers(build) if build else ())


SCHEME = make("pub", _parse)
