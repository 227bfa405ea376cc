"""
What Red Hat's statements on one vulnerability are worth beside each other.

Three kinds: fixes name builds, states (affected, will not be fixed, …) name none, and
``never`` says that no version is affected.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipworthy.errors import VersionError
from shipworthy.matching.interface import Hit
from shipworthy.model.advisory import Advisory
from shipworthy.model.cpe import parse_cpe
from shipworthy.versions import compare
from shipworthy.versions.disttag import DistTag, dist_tag


SOURCE = ".src"
"""Ends the name of a source package, under which statements on all its binaries are filed."""

_NEVER = "0"
_ENTERPRISE_LINUX = "enterprise_linux"
_CHANNELS = ("rhel_", "enterprise_linux_")


def fixes_of(advisory: Advisory) -> tuple[str, ...]:
    """The builds that a statement names as fixed."""
    return tuple(
        version
        for one in advisory.ranges
        for kind, version in one.events
        if kind == "fixed" and version != _NEVER
    )


def is_never(advisory: Advisory) -> bool:
    """Whether a statement says that no version is affected."""
    return any(("fixed", _NEVER) in one.events for one in advisory.ranges)


def is_main_line(
    cpes: Iterable[str], release: str, editions: frozenset[str] | None
) -> bool:
    """
    Whether one of ``cpes`` is RHEL's own line of the major ``release``.

    ``editions`` are the repositories that count; ``None`` counts all of the release's.
    """
    for text in cpes:
        cpe = parse_cpe(text)
        if cpe is None or cpe.product != _ENTERPRISE_LINUX:
            continue
        if cpe.version.partition(".")[0] == release and (
            cpe.edition != "fastdatapath"
            if editions is None
            else cpe.edition in editions
        ):
            return True
    return False


def is_same_build(version: str, advisory: Advisory) -> bool:
    """
    Whether a statement's builds are of the same maker as ``version``.

    A build of another product (``.el9fdp``, ``.rhaos4.16.el9``) counts on its own, so only such
    fixes can be held against it, and none of them against RHEL's.
    """
    own = dist_tag(version)
    fixes = fixes_of(advisory)
    if own is None or not fixes:
        return True
    return any(
        (tag := dist_tag(fix)) is None or tag.product == own.product for fix in fixes
    )


def stream_fixes(version: str, advisory: Advisory) -> tuple[str, ...]:
    """The builds of a statement that were made for the very minor release that ``version`` was."""
    own = dist_tag(version)
    if own is None or not own.stream:
        return ()
    return tuple(fix for fix in fixes_of(advisory) if _is_of(dist_tag(fix), own))


def is_at_least(version: str, fix: str) -> bool:
    """Whether ``version`` is ``fix`` or later; false where they cannot be compared."""
    try:
        return compare("rpm", version, fix) >= 0
    except VersionError:
        return False


def without_outruled(hits: Sequence[Hit], passed: Sequence[Advisory]) -> Sequence[Hit]:
    """
    The hits that stand against what does not cover the version.

    A fix that the version has outrules a state; ``never`` outrules whatever is said of the same
    product. What is said of a package by its own name need not be said again by its source's.
    """
    has_fix = any(fixes_of(advisory) for advisory in passed)
    never = [advisory for advisory in passed if is_never(advisory)]
    stand = [
        hit
        for hit in hits
        if not (has_fix and not fixes_of(hit.advisory))
        and not any(_is_same_product(one, hit.advisory) for one in never)
    ]
    own = [hit for hit in stand if not hit.advisory.package.endswith(SOURCE)]
    return own or stand


def _is_of(tag: DistTag | None, own: DistTag) -> bool:
    return tag is not None and (tag.stream, tag.product) == (own.stream, own.product)


def _is_same_product(one: Advisory, other: Advisory) -> bool:
    if not one.cpes or not other.cpes:
        return True
    return not _products(one.cpes).isdisjoint(_products(other.cpes))


def _products(cpes: Iterable[str]) -> frozenset[str]:
    """The products by name; RHEL's channels are RHEL."""
    found = (parse_cpe(text) for text in cpes)
    return frozenset(
        _ENTERPRISE_LINUX if cpe.product.startswith(_CHANNELS) else cpe.product
        for cpe in found
        if cpe is not None
    )
