"""Whether a version is among those that an advisory lists one by one, however it is written."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from shipworthy.errors import VersionError
from shipworthy.versions.interface import Scheme


_CACHED_LISTS = 1 << 12

_FIRST_NUMBERS = re.compile(r"[^0-9]*[0-9.]*")
_ALL_BUT_1_TO_9 = bytes(code for code in range(256) if code not in b"123456789")


def is_listed(scheme: Scheme, version: str, versions: Sequence[str]) -> bool:
    """Tell whether one of ``versions`` is the same version, written the same way or another."""
    listed, by_digits = _listed(tuple(versions))
    if version in listed:
        return True
    key = scheme.range_key(version)
    first = _FIRST_NUMBERS.match(scheme.normalise(version))
    digits = _digits(first.group()) if first else b""
    for start in range(bisect_left(by_digits, (digits, "")), len(by_digits)):
        others, text = by_digits[start]
        if not others.startswith(digits):
            return False
        try:
            if scheme.range_key(text) == key:
                return True
        except VersionError:
            continue
    return False


def _digits(text: str) -> bytes:
    return text.encode("utf-8", "replace").translate(None, _ALL_BUT_1_TO_9)


@lru_cache(maxsize=_CACHED_LISTS)
def _listed(
    versions: tuple[str, ...],
) -> tuple[frozenset[str], tuple[tuple[bytes, str], ...]]:
    """
    Give the listed versions as a set, and sorted by their digits 1 to 9.

    However one version is written, its first numbers are the same but for zeros and dots,
    so that only the few that begin with the same digits need parsing.
    """
    by_digits = sorted((_digits(text), text) for text in versions)
    return frozenset(versions), tuple(by_digits)
