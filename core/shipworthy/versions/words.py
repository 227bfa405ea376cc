"""Comparisons of versions as sentences for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shipworthy.errors import VersionError
from shipworthy.model.advisory import Range
from shipworthy.versions import scheme as scheme_named
from shipworthy.versions.interface import Key, Scheme


_ORDERS = {
    "apk": "apk's order",
    "composer": "Composer's order",
    "cran": "CRAN's order",
    "deb": "dpkg's order",
    "gem": "RubyGems' order",
    "golang": "Go's order",
    "hackage": "Hackage's order",
    "maven": "Maven's order",
    "nuget": "NuGet's order",
    "pep440": "PEP 440",
    "pub": "pub's order",
    "rpm": "rpm's order",
    "semver": "semantic versioning",
}
_SIGNS = {
    ">=": "is not below",
    "<=": "is not above",
    "<": "is below",
    ">": "is above",
    "=": "is the version named",
}
_MOST = 6


def order_of(scheme: str) -> str:
    """By what versions of the scheme are compared: ``dpkg's order``."""
    return _ORDERS.get(scheme, f"the order of {scheme}" if scheme else "its order")


def in_words(scheme: str, version: str, constraint: str) -> str:
    """
    Why ``constraint`` holds for ``version``: ``1.0-1 is below 1.0-2 by dpkg's order``.

    ``constraint`` is written as :class:`shipworthy.versions.ranges.AffectedRange` writes it.
    """
    if constraint in {"", ">= 0"}:
        return f"every version is affected, so {version} is"
    said = []
    for part in constraint.split(", "):
        sign, _, bound = part.partition(" ")
        words = _SIGNS.get(sign, sign)
        said.append(words if sign == "=" else f"{words} {bound}")
    return f"{version} {' and '.join(said)} by {order_of(scheme)}"


def why_not(
    scheme: str, version: str, ranges: Sequence[Range], versions: Sequence[str]
) -> tuple[str, str]:
    """
    Why ranges and listed versions do not hold ``version``, which they do not.

    Returns:
        A short word, ``never-affected``, ``fixed``, ``later`` or ``other-versions``, and the
        sentence.
    """
    events = [event for one in ranges for event in one.events]
    fixes = [text for kind, text in events if kind == "fixed"]
    if fixes and all(text == "0" for text in fixes):
        return "never-affected", "the publisher says that it never was affected"
    found = scheme_named(scheme)
    key = _key(found, version)
    order = order_of(scheme)
    if key is not None:
        past = [pair for pair in _keyed(found, fixes) if pair[0] <= key]
        ends = [text for kind, text in events if kind == "last_affected"]
        gone = [pair for pair in _keyed(found, ends) if pair[0] < key]
        starts = [text for kind, text in events if kind == "introduced" and text != "0"]
        later = [pair for pair in _keyed(found, starts) if pair[0] > key]
        if past:
            fix = max(past)[1]
            if fix == version:
                return "fixed", f"fixed in {fix}, which is this version"
            return (
                "fixed",
                f"fixed in {fix}, and {version} is not below that by {order}",
            )
        if gone:
            return (
                "fixed",
                f"affected up to {max(gone)[1]}, and {version} is above that by {order}",
            )
        if later:
            return (
                "later",
                f"introduced in {min(later)[1]}, and {version} is below that by {order}",
            )
    if versions:
        shown = ", ".join(versions[:_MOST]) + (" …" if len(versions) > _MOST else "")
        return "other-versions", f"only versions listed are affected: {shown}"
    return "other-versions", f"no range of it holds {version}"


def _keyed(scheme: Scheme, texts: Sequence[str]) -> Iterator[tuple[Key, str]]:
    for text in texts:
        key = _key(scheme, text)
        if key is not None:
            yield key, text


def _key(scheme: Scheme, text: str) -> Key | None:
    try:
        return scheme.range_key(text)
    except VersionError:
        return None
